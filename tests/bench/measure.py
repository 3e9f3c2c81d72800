"""Time, memory and growth of workloads, beside PyTorch where it is installed.

Each workload runs in a process of its own, because memory that one has freed is quicker to get for
the next. eduflow, PyTorch and eduflow's plain forms take turns in short rounds: shared machines
drift, and a ratio of neighbours drifts less than a time.
"""

import functools
import gc
import math
import multiprocessing
import pathlib
import statistics
import subprocess
import sys
import time

import eduflow
from eduflow._kernels import plain
from tests.bench.workloads import WORKLOADS
from tests.bench.workloads.growing import GROWING

CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}
_STATUS = pathlib.Path("/proc/self/status")  # where Linux tells of a process's memory


@functools.cache
def pytorch(threads=1):
    """PyTorch, told how many threads to use, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
    return torch


def apart(function, *arguments):
    """What `function` returns, run in a new process; ChildProcessError if that fails.

    A fork, where the system has it, spares each process the import of PyTorch.
    """
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        raise ChildProcessError(f"{function.__name__}{arguments} failed, see above") from None
    finally:
        process.join()


def _tell(pipe, function, arguments):
    pipe.send(function(*arguments))


def _plainly(run):
    def run_plain():
        with plain():
            run()

    return run_plain


def _round(run, times, clock):
    start = clock()
    for _ in range(times):
        run()
    return (clock() - start) / times


def rounds(runs, seconds, clock):
    """For each of `runs`, by name, its times in rounds that take turns, for about `seconds`.

    A round is as many runs as fit in a hundredth of a second by the faster one, at least one.
    """
    for run in runs.values():
        run()
    once = {name: _round(run, 1, clock) for name, run in runs.items()}
    times = max(1, int(0.01 / max(min(once.values()), 1e-6)))
    count = max(5, min(200, int(seconds / (times * sum(once.values()) or 1))))
    found = {name: [] for name in runs}
    gc.collect()
    for number in range(count):
        names = list(runs) if number % 2 else list(runs)[::-1]
        for name in names:
            found[name].append(_round(runs[name], times, clock))
    return found


def summary(found):
    """Medians in milliseconds, and of the ratios to PyTorch the median and the quartiles."""
    result = {f"{name} ms": statistics.median(times) * 1e3 for name, times in found.items()}
    for name in ("eduflow", "plain"):
        if name in found and "PyTorch" in found:
            ratios = [a / b for a, b in zip(found[name], found["PyTorch"], strict=True)]
            low, middle, high = statistics.quantiles(ratios, n=4)
            result[f"{name} ratio"] = [middle, low, high]
    return {key: _short(value) for key, value in result.items()}


def _short(value):
    """Four figures, which is more than the measurement knows."""
    return [_short(part) for part in value] if isinstance(value, list) else float(f"{value:.4g}")


def timed(name, seconds, clock, threads):
    """The summary of one workload, in this process."""
    torch, work = pytorch(threads), WORKLOADS[name]
    runs = {"eduflow": work(eduflow)}
    if torch:
        runs["PyTorch"] = work(torch)
    runs["plain"] = _plainly(work(eduflow))
    return summary(rounds(runs, seconds, CLOCKS[clock]))


def gained(name, library):
    """By how many megabytes the most memory held grows while a workload runs three times.

    None where the system is not Linux, which alone forgets an old peak.
    """
    if not _STATUS.exists():
        return None
    library = eduflow if library == "eduflow" else pytorch()
    WORKLOADS["mlp"](library)()  # what a library loads at its first step does not count
    run = WORKLOADS[name](library)
    gc.collect()
    _STATUS.with_name("clear_refs").write_text("5")
    before = _kilobytes("VmRSS")
    run(), run(), run()
    return (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(word):
    facts = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(facts[word].split()[0])


def grown(name, seconds, clock):
    """Times at several sizes, and the exponent that fits them: 1 is twice the time for twice."""
    work, torch = next(
        pair for pair in ((w, pytorch()) for w in GROWING) if pair[0].__name__ == name
    )
    sizes = GROWING[work]
    result = {"sizes": sizes, "eduflow ms": [], **({"PyTorch ms": []} if torch else {})}
    for size in sizes:
        runs = {"eduflow": work(eduflow, size), **({"PyTorch": work(torch, size)} if torch else {})}
        found = rounds(runs, seconds / len(sizes), CLOCKS[clock])
        for library, times in found.items():
            result[f"{library} ms"].append(_short(statistics.median(times) * 1e3))
    for library in ("eduflow", "PyTorch") if torch else ("eduflow",):
        result[f"{library} exponent"] = _short(exponent(sizes, result[f"{library} ms"]))
    return result


def exponent(sizes, times):
    """The slope of the straight line that fits the logarithms best."""
    x, y = [math.log(size) for size in sizes], [math.log(time) for time in times]
    return statistics.linear_regression(x, y).slope


def importing(module, runs):
    """Median milliseconds until a new Python has imported `module`, less those of Python alone."""
    return _short((_start(f"import {module}", runs) - _start("pass", runs)) * 1e3)


def _start(code, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
