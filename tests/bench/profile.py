"""Where the time of a workload goes, by room, file and line; and what bare NumPy takes.

A timer interrupts the process every so often of processor time and notes which line of the library
is at work. What NumPy does in one long call counts for the line that called it.
"""

import collections
import linecache
import pathlib
import signal
import sys
import time

import numpy as np

import eduflow
from tests.bench.workloads import WORKLOADS

_HOME = pathlib.Path(eduflow.__file__).parent
_EVERY = 0.001  # seconds of processor time


def _line_at_work(frame):
    """The file and number of the innermost line of the library; None if it is not at work."""
    while frame is not None:
        path = pathlib.Path(frame.f_code.co_filename)
        if path.is_relative_to(_HOME):
            return str(path), frame.f_lineno or 0
        frame = frame.f_back
    return None


def sampled(run, seconds):
    """How often each line was found at work while `run` ran for so long, and how often it ran."""
    found, runs = collections.Counter(), 0

    def look(number, frame):
        found[_line_at_work(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    start = time.process_time()
    try:
        while time.process_time() - start < seconds:
            run()
            runs += 1
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return found, runs, (time.process_time() - start) / runs


def calls_of(run):
    """How many calls one run makes, of functions in Python and of functions in C."""
    found = collections.Counter()

    def note(frame, event, argument):
        found[event] += 1

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return found["call"], found["c_call"]


def _least(run, times):
    """The shortest time of one of many runs, in nanoseconds."""
    run()
    found = []
    for _ in range(30):
        start = time.perf_counter()
        for _ in range(times):
            run()
        found.append((time.perf_counter() - start) / times)
    return min(found) * 1e9


def bare_speeds():
    """What bare NumPy takes: by name, the figure and its unit."""
    small, near, far = (np.ones(n, np.float32) for n in (4, 1 << 15, 1 << 22))
    a, b = np.ones((64, 576), np.float32), np.ones((576, 256), np.float32)
    pairs = {n: (x, np.empty_like(x)) for n, x in (("near", near), ("far", far))}
    product = np.empty((64, 256), np.float32)
    return {
        "a product of 4 numbers": (_least(lambda: small * small, 2000), "ns"),
        "a pass over a block in the cache": (
            _least(lambda: np.multiply(pairs["near"][0], 2, out=pairs["near"][1]), 200) / near.size,
            "ns a number",
        ),
        "a pass over 16 MB": (
            _least(lambda: np.multiply(pairs["far"][0], 2, out=pairs["far"][1]), 2) / far.size,
            "ns a number",
        ),
        "a matrix product": (
            2 * 64 * 576 * 256 / _least(lambda: np.matmul(a, b, out=product), 50),
            "multiplications and additions a ns",
        ),
    }


def tell(name, seconds, lines=12):
    """Print where the time of a workload goes."""
    run = WORKLOADS[name](eduflow)
    run(), run()
    python, in_c = calls_of(run)
    found, _, took = sampled(run, seconds)
    total = sum(found.values())
    print(f"{name}: {took * 1e3:.3f} ms, {python} calls in Python, {in_c} of functions in C")
    rooms, files = collections.Counter(), collections.Counter()
    for place, count in found.items():
        file = pathlib.Path(place[0]).relative_to(_HOME).as_posix() if place else "the workload"
        rooms[file.partition("/")[0]] += count
        files[file] += count
    for counts in (rooms, files):
        shown = [f"{what} {n / total:.0%}" for what, n in counts.most_common(6)]
        print("  " + ", ".join(shown))
    for place, count in found.most_common(lines):
        if place is not None:
            file, text = pathlib.Path(place[0]).relative_to(_HOME), linecache.getline(*place)
            print(f"  {count / total:4.0%}  {file.as_posix()}:{place[1]}  {text.strip()}")


def tell_bare():
    """Print what bare NumPy takes on this machine."""
    for what, (figure, unit) in bare_speeds().items():
        print(f"bare NumPy: {what} {figure:.3g} {unit}")
