"""`eduflow mutants`: how well the checks tell right from wrong, measured.

For each exercise: wrong answers caught and right answers passed, of how many, and the share of
machine-made mutants of its solution that its check kills. Each is tried in a process of its own.
The answers stand in `tests/answers/lessonNN.py` of the repository: WRONG, RIGHT, and SAME, the
mutants that mean the same as the solution, with the reason.
"""

from __future__ import annotations

import os
import runpy
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import checking
from .answers import Solved, answered, solutions, thing_for
from .errors import CourseError
from .exercises import Exercise, all_exercises
from .files import write_if_changed
from .mutants import mutants
from .source import checkout

WANTED = 0.98
SECONDS = 2.0  # that one call of a mutant may take
PATIENCE = 60.0  # seconds for all cases of an answer
MEMORY = 4 << 30
Answers = dict[str, dict[str, Any]]


@dataclass
class Measure:
    """What was found for one exercise cell."""

    solved: Solved
    wrong: int = 0
    caught: int = 0
    right: int = 0
    passed: int = 0
    mutants: int = 0
    killed: int = 0
    same: int = 0
    problems: list[str] = field(default_factory=list)


def measured(wanted: Sequence[str], jobs: int, page: Path | None = None) -> int:
    """Measure the exercises (all, or those whose cells or checks are named) and print it.

    With `page`, the table is written there as well. 1 if less than we want was found.
    """
    if not hasattr(os, "fork"):
        raise CourseError("Mutants are tried in forked processes, which this system lacks.")
    folder = _answers_folder()
    chosen = [s for s in solutions() if not wanted or {s.task.cell, *s.task.checks} & set(wanted)]
    if not chosen:
        raise CourseError(f"There is no exercise called {' or '.join(map(repr, wanted))}.")
    found = []
    for solved in chosen:
        found.append(_measure(solved, _table(folder, solved.lesson), jobs))
        print(_line(found[-1]), flush=True)
        print("".join(f"    {problem}\n" for problem in found[-1].problems), end="", flush=True)
    print(_sum(found))
    if page:
        write_if_changed(page, _page(found))
    enough = sum(m.killed for m in found) >= WANTED * sum(m.mutants for m in found)
    whole = all(m.caught == m.wrong and m.passed == m.right for m in found)
    return 0 if enough and whole else 1


def _answers_folder() -> Path:
    root = checkout()
    folder = root / "tests" / "answers" if root else None
    if root is None or folder is None or not folder.is_dir():
        raise CourseError("The answers stand in eduflow's repository: run this in a checkout.")
    sys.path.insert(0, str(root))
    return folder


def _table(folder: Path, lesson: str) -> dict[str, Answers]:
    """The answers to the exercises of a lesson."""
    path = folder / f"lesson{lesson[:2]}.py"
    found = runpy.run_path(str(path)) if path.is_file() else {}
    return {kind: found.get(kind, {}) for kind in ("WRONG", "RIGHT", "SAME")}


def _measure(solved: Solved, table: dict[str, Answers], jobs: int) -> Measure:
    known = all_exercises()
    about = {check: known[check] for check in solved.task.checks}
    found = Measure(solved)
    tries: list[tuple[str, str, Callable[[], bool]]] = []
    for check, exercise in about.items():
        for label, (source, phrase) in table["WRONG"].get(check, {}).items():
            tries.append(("wrong", f"{check}: {label}", _told(exercise, solved, source, phrase)))
        for label, source in table["RIGHT"].get(check, {}).items():
            tries.append(("right", f"{check}: {label}", _holds(about, [check], solved, source)))
    same = {label: why for check in about for label, why in table["SAME"].get(check, {}).items()}
    for mutant in mutants(solved.source):
        label = f"{mutant.owner}: {mutant.change}"
        if label in same:
            same.pop(label)
            found.same += 1
            continue
        tries.append(("mutant", label, _holds(about, list(about), solved, mutant.source)))
    _count(found, tries, jobs)
    found.problems += [f"SAME names no mutant any more: {label}" for label in same]
    return found


def _count(found: Measure, tries: list[tuple[str, str, Callable[[], bool]]], jobs: int) -> None:
    outcomes = in_processes([action for _, _, action in tries], jobs)
    for (kind, label, _), outcome in zip(tries, outcomes, strict=True):
        if kind == "wrong":
            found.wrong += 1
            found.caught += outcome is True
            found.problems += [] if outcome is True else [f"not caught, or not told why: {label}"]
        elif kind == "right":
            found.right += 1
            found.passed += outcome is True
            found.problems += [] if outcome is True else [f"right, and refused: {label}"]
        else:
            found.mutants += 1
            found.killed += outcome is not True
            found.problems += [f"lives: {label}"] if outcome is True else []


def _told(exercise: Exercise, solved: Solved, source: str, phrase: str) -> Callable[[], bool]:
    """Whether an answer fails and is told so in fitting words."""

    def tell() -> bool:
        made = answered(solved.task, source, solved.above)
        result = checking.run(exercise, thing_for(exercise.name, solved.task, made))
        return not result and phrase in result.text

    return tell


def _holds(
    about: dict[str, Exercise], checks: list[str], solved: Solved, source: str
) -> Callable[[], bool]:
    """Whether an answer passes checks."""

    def hold() -> bool:
        made = answered(solved.task, source, solved.above)
        things = {check: thing_for(check, solved.task, made) for check in checks}
        return all(checking.holds(about[c], thing, SECONDS) for c, thing in things.items())

    return hold


def in_processes(actions: Sequence[Callable[[], bool]], jobs: int) -> list[bool | None]:
    """What each action says, each in a forked process; None for one that died or took too long."""
    found: list[bool | None] = [None] * len(actions)
    running: dict[int, tuple[int, int, float]] = {}  # the pipe, with number, process, deadline
    waiting = list(range(len(actions)))[::-1]
    while waiting or running:
        while waiting and len(running) < jobs:
            number = waiting.pop()
            pipe, pid = _forked(actions[number])
            running[pipe] = number, pid, time.monotonic() + PATIENCE
        ready = select.select(list(running), [], [], 0.2)[0]
        late = [p for p, (_, _, end) in running.items() if end < time.monotonic()]
        for pipe in {*ready, *late}:
            number, pid, _ = running.pop(pipe)
            found[number] = _answer(pipe) if pipe in ready else None
            os.close(pipe)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return found


def _answer(pipe: int) -> bool | None:
    return {b"1": True, b"0": False}.get(os.read(pipe, 1))


def _forked(action: Callable[[], bool]) -> tuple[int, int]:
    """Start an action in a process of its own; the pipe that says how it went, and its number."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return reading, pid
    answer = b"0"
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        answer = b"1" if action() else b"0"
    finally:
        os.write(writing, answer)
        os._exit(0)


def _line(found: Measure) -> str:
    return (
        f"{found.solved.lesson[:2]} {found.solved.task.cell:<24}"
        f" wrong {found.caught:>3} of {found.wrong:<3} right {found.passed:>2} of {found.right:<2}"
        f" mutants {found.killed:>3} of {found.mutants:<3}"
        + (f" ({found.same} mean the same)" if found.same else "")
    )


def _sum(found: list[Measure]) -> str:
    def total(name: str) -> int:
        return sum(getattr(item, name) for item in found)

    share = total("killed") / (total("mutants") or 1)
    return (
        f"Wrong answers caught, with fitting words: {total('caught')} of {total('wrong')}. "
        f"Right answers passed: {total('passed')} of {total('right')}. Mutants killed: "
        f"{total('killed')} of {total('mutants')} ({share:.1%}; we want {WANTED:.0%}); "
        f"{total('same')} more mean the same as the solution."
    )


def _page(found: list[Measure]) -> str:
    return "\n".join([*_HEAD, _sum(found), "", *_rows(found), ""])


_HEAD = [
    "# How well the checks check",
    "",
    "An exercise's check says whether you have it. Can you believe it? Three things are measured,",
    "each answer in a process of its own: *wrong answers* that people give must fail, and be told",
    "why in words that fit; *right answers* in other styles must pass; and *mutants*, solutions",
    "with one small mistake made by a machine (operators and arguments swapped, numbers moved by",
    "one, lines dropped, copies left out), must fail. Mutants that mean the same as the solution",
    "are listed with the reason beside the answers and are left out here. This page is written by",
    "`make mutants`.",
    "",
]


def _rows(found: list[Measure]) -> Iterator[str]:
    yield "| lesson | exercise | wrong answers caught | right answers passed | mutants killed |"
    yield "|---|---|---|---|---|"
    for item in found:
        names = ", ".join(f"`{name}`" for name in item.solved.task.checks)
        yield (
            f"| {item.solved.lesson[:2]} | {names} | {item.caught} of {item.wrong} "
            f"| {item.passed} of {item.right} | {item.killed} of {item.mutants} |"
        )
