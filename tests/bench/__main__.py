"""Measure eduflow's speed, memory and growth beside PyTorch eager, and record it.

    python -m tests.bench [workload ...] [--quick] [--threads N] [--seconds S] [--clock cpu|wall]
                          [--record]
    python -m tests.bench [workload ...] --profile

All workloads, unless some are named. `--quick` takes about two minutes, all others ten. With one
thread the clock is the processor's time, which a busy machine hardly changes; with more threads it
is the wall's. `--record` writes `tests/bench/recorded.json`, of which the book makes its page; one
and two threads are recorded by a run each. Without PyTorch, eduflow alone is timed.
"""

import argparse
import datetime
import json
import os
import platform
import sys
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded.json")
# Where these are set NumPy's matrix products run the code of the processor that is named; PyTorch's
# heed no such word. Here both choose by the processor that is there.
_PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def _arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__.split("\n")[0]
    )
    parser.add_argument("workloads", nargs="*", help="all, unless some are named")
    parser.add_argument("--quick", action="store_true", help="short rounds: about two minutes")
    parser.add_argument("--threads", type=int, default=1, help="for each library; 1 unless given")
    parser.add_argument("--seconds", type=float, help="for each workload")
    parser.add_argument("--clock", choices=("cpu", "wall"), help="cpu with one thread, else wall")
    parser.add_argument("--profile", action="store_true", help="where the time of eduflow goes")
    parser.add_argument("--record", action="store_true", help=f"write {RECORDED.name}")
    given = parser.parse_args()
    given.seconds = given.seconds or (0.6 if given.quick else 4)
    given.clock = given.clock or ("cpu" if given.threads == 1 else "wall")
    return parser, given


def _machine():
    """What a reader has to know of the machine to compare; no name of it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
    }


def _head(measure, given):
    import numpy

    torch = measure.pytorch(given.threads)
    return {
        "date": datetime.date.today().isoformat(),
        "machine": _machine(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "torch": torch and str(torch.__version__).partition("+")[0],
        "clock": given.clock,
        "quick": given.quick,
    }


def _times(measure, names, given):
    print(f"{'':22}{'eduflow ms':>12}{'PyTorch ms':>12}{'ratio':>8}  {'quartiles':12}{'plain':>8}")
    result = {}
    for name in names:
        result[name] = found = measure.apart(
            measure.timed, name, given.seconds, given.clock, given.threads
        )
        none = [float("nan")] * 3
        ratio, low, high = found.get("eduflow ratio", none)
        slow = found.get("plain ratio", none)[0]
        print(
            f"{name:22}{found['eduflow ms']:12.3f}{found.get('PyTorch ms', none[0]):12.3f}"
            f"{ratio:8.2f}  {low:.2f} {high:.2f}{slow:11.2f}",
            flush=True,
        )
    return result


def _memory(measure, names):
    print(f"\n{'memory':22}{'eduflow MB':>12}{'PyTorch MB':>12}")
    result = {}
    for name in names:
        libraries = ("eduflow", "PyTorch") if measure.pytorch() else ("eduflow",)
        found = {library: measure.apart(measure.gained, name, library) for library in libraries}
        result[name] = {key: value and round(value, 1) for key, value in found.items()}
        print(f"{name:22}" + "".join(f"{value or 0:12.1f}" for value in found.values()), flush=True)
    return result


def _growth(measure, given):
    print(f"\n{'growth with':22}{'eduflow':>12}{'PyTorch':>12}  exponents")
    result = {}
    for name in (work.__name__ for work in measure.GROWING):
        result[name] = found = measure.apart(measure.grown, name, given.seconds, given.clock)
        theirs = found.get("PyTorch exponent", float("nan"))
        print(f"{name:22}{found['eduflow exponent']:12.2f}{theirs:12.2f}", flush=True)
    return result


def _imports(measure, given):
    modules = ("numpy", "eduflow", "torch") if measure.pytorch() else ("numpy", "eduflow")
    result = {module: measure.importing(module, 3 if given.quick else 11) for module in modules}
    print("\nimport: " + ", ".join(f"{module} {took} ms" for module, took in result.items()))
    return result


def _profile(measure, names, seconds):
    from tests.bench import profile

    profile.tell_bare()
    for name in names:
        print(flush=True)
        measure.apart(profile.tell, name, seconds)


def _write(threads, found):
    """Put a run beside those with other numbers of threads, all or nothing."""
    known = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    known[str(threads)] = found
    beside = RECORDED.with_suffix(".new")
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(RECORDED)


def main():
    """Measure what was asked for, print it, and record it if that was asked."""
    parser, given = _arguments()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(given.threads)  # before NumPy is imported
    for name in _PINS:
        os.environ.pop(name, None)
    from tests.bench import measure

    known = measure.WORKLOADS
    unknown = set(given.workloads) - set(known)
    if unknown:
        parser.error(f"no workload called {', '.join(unknown)}: there are {', '.join(known)}")
    if given.profile:
        _profile(measure, given.workloads or list(known), given.seconds)
        return
    if given.record and given.workloads:
        parser.error("--record takes all workloads: name none")
    names = given.workloads or list(known)
    found = {**_head(measure, given), "times": _times(measure, names, given)}
    if not given.workloads:
        if given.threads == 1:
            found |= {"memory": _memory(measure, names), "growth": _growth(measure, given)}
            found["import"] = _imports(measure, given)
    elif sys.platform == "linux":
        _memory(measure, names)
    if given.record:
        _write(given.threads, found)
    if measure.pytorch() is None:
        print("PyTorch is not installed, so there is nothing to compare with: pip install torch")


if __name__ == "__main__":
    main()
