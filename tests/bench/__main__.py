"""Time eduflow beside PyTorch eager, one thread each, in turn, in one process.

    python -m tests.bench [workload ...] [--runs N] [--together] [--memory]

Prints the median of each and the median of the ratios, pair by pair: shared machines drift, and a
ratio of neighbours drifts less than a time. Each workload has a process of its own, because memory
that one has freed is quicker to get for the next, which changes the ratio; `--together` shows by
how much. Without PyTorch, eduflow alone is timed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported

import eduflow  # noqa: E402
from tests.bench.workloads import WORKLOADS  # noqa: E402


def _torch():
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


def _seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(workload, torch, runs):
    """Medians in milliseconds of eduflow and PyTorch, and the median ratio, over `runs` pairs."""
    ours, theirs = workload(eduflow), workload(torch) if torch else None
    for run in filter(None, (ours, theirs)):
        run(), run()
    pairs = [(_seconds(ours), _seconds(theirs) if theirs else float("nan")) for _ in range(runs)]
    ratio = statistics.median(a / b for a, b in pairs)
    return *(statistics.median(column) * 1e3 for column in zip(*pairs)), ratio


def print_row(name, workload, torch, runs):
    """Time a workload here and now, and print its row of the table."""
    ours, theirs, ratio = compare(workload, torch, runs)
    print(f"{name:22}{ours:12.3f}{theirs:12.3f}{ratio:8.2f}", flush=True)


def print_row_from_outside(name, runs):
    """The same in a process of its own."""
    code = f"""
from tests.bench.__main__ import WORKLOADS, _torch, print_row
workloads = {{workload.__name__: workload for workload in WORKLOADS}}
print_row({name!r}, workloads[{name!r}], _torch(), {runs})
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def gained(workload, library):
    """By how many megabytes the most memory held grows while `workload` runs three times.

    In a process of its own, which asks Linux.
    """
    code = f"""
import importlib, pathlib
from tests.bench import workloads
library = importlib.import_module({library!r})
if hasattr(library, "set_num_threads"):
    library.set_num_threads(1)
workloads.mlp(library)()  # what a library loads at its first step does not count
run = workloads.{workload}(library)
pathlib.Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
facts = lambda: dict(line.split(":") for line in open("/proc/self/status"))
before = int(facts()["VmRSS"].split()[0])
run(), run(), run()
print((int(facts()["VmHWM"].split()[0]) - before) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help="all, unless some are named")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--together", action="store_true", help="all in one process, in this order")
    parser.add_argument("--memory", action="store_true", help="peak memory in place of time")
    arguments = parser.parse_args()
    known = {workload.__name__: workload for workload in WORKLOADS}
    unknown = set(arguments.workloads) - set(known)
    if unknown:
        parser.error(f"no workload called {', '.join(unknown)}: there are {', '.join(known)}")
    torch = _torch()
    if arguments.memory:
        print(f"{'workload':22}{'eduflow MB':>12}{'PyTorch MB':>12}")
        for name in arguments.workloads or known:
            theirs = gained(name, "torch") if torch else float("nan")
            print(f"{name:22}{gained(name, 'eduflow'):12.1f}{theirs:12.1f}", flush=True)
        return
    print(f"{'workload':22}{'eduflow ms':>12}{'PyTorch ms':>12}{'ratio':>8}", flush=True)
    for name in arguments.workloads or known:
        if arguments.together:
            print_row(name, known[name], torch, arguments.runs)
        else:
            print_row_from_outside(name, arguments.runs)
    if torch is None:
        print("PyTorch is not installed, so there is nothing to compare with: pip install torch")


if __name__ == "__main__":
    main()
