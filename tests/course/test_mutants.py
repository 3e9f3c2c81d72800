"""Mutants: every kind of change is made, and the command counts what lives and what is caught."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eduflow.course.answers import answered, solutions, thing_for
from eduflow.course.cli import main
from eduflow.course.edition import Task
from eduflow.course.exercises import all_exercises
from eduflow.course.measured import in_processes
from eduflow.course.mutants import mutants

CELL = '''#| export ops/x.py
def given(x):
    return x + 1


def asked(x, y=2):
    """Something."""
    ### BEGIN SOLUTION
    if not x and y < 3:
        raise ValueError("no x")
    total = 0
    for i in range(y):
        total += x[i:].copy() - max(i, 1)
    return total if y else None
    ### END SOLUTION
'''
CHANGES = [
    "if not x and y < 3: => if not x or y < 3:",
    "if not x and y < 3: => if x and y < 3:",
    "if not x and y < 3: => if not x and y <= 3:",
    "if not x and y < 3: => if y < 3:",
    "if not x and y < 3: => if not x and y < 4:",
    "raise ValueError('no x') => pass",
    "total = 0 => total = 1",
    "total = 0 => total = -1",
    "for i in range(y): / total += x[i:].copy() - max(i, 1) => pass",
    "total += x[i:].copy() - max(i, 1) => total -= x[i:].copy() - max(i, 1)",
    "total += x[i:].copy() - max(i, 1) => total += x[:].copy() - max(i, 1)",
    "total += x[i:].copy() - max(i, 1) => total += x[i:] - max(i, 1)",
    "total += x[i:].copy() - max(i, 1) => total += max(i, 1) - x[i:].copy()",
    "total += x[i:].copy() - max(i, 1) => total += x[i:].copy() - min(i, 1)",
    "total += x[i:].copy() - max(i, 1) => total += x[i:].copy() - max(1)",
    "total += x[i:].copy() - max(i, 1) => total += x[i:].copy() - max(i, 2)",
    "return total if y else None => return total if True else None",
    "return total if y else None => pass",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_made(change: str) -> None:
    assert change in [item.change for item in mutants(CELL)]


def test_only_the_solution_is_changed_and_nothing_twice() -> None:
    found = mutants(CELL)
    assert {item.owner for item in found} == {"asked"}
    assert len({item.source for item in found}) == len({item.change for item in found})
    assert len(found) == len({item.source for item in found})
    assert not any("given(x):\n    return x - 1" in item.source for item in found)
    assert not any("no x?" in item.source for item in found)
    for item in found:
        compile(item.source, "mutant", "exec")


def test_every_solution_has_mutants_and_passes_by_itself() -> None:
    known = all_exercises()
    for solved in solutions():
        assert len(mutants(solved.source)) >= 5, solved.task.cell
        assert set(solved.task.checks) <= known.keys(), solved.task.cell


def test_what_an_answer_defines() -> None:
    task = Task("place", "_core/storage.py", ("one", "two"), ("one", "second"))
    made = answered(
        task, "def one(): return below()\ndef two(): return np", "def below(): return 5"
    )
    assert thing_for("one", task, made)() == 5
    assert thing_for("second", task, made) is made["two"]


def hang() -> bool:
    while True:
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forks")
def test_each_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eduflow.course.measured.PATIENCE", 0.5)
    deeds = [lambda: True, lambda: False, hang, lambda: os._exit(0), lambda: bool(1 // 0)]
    assert in_processes(deeds * 2, 3) == [True, False, None, None, False] * 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forks")
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mutants", "spread"]) == 0
    said = capsys.readouterr().out
    assert "03 spread" in said
    assert "Mutants killed: 16 of 16 (100.0%; we want 98%)" in said
    assert main(["mutants", "nobody"]) == 1
    assert "There is no exercise called 'nobody'." in capsys.readouterr().err


def test_the_page_knows_every_exercise() -> None:
    page = Path(__file__).parents[2] / "book" / "checks.md"
    text = page.read_text(encoding="utf-8")
    missing = [s.task.cell for s in solutions() if f"`{s.task.checks[0]}`" not in text]
    assert missing == [], "run `make mutants`"
    assert "Wrong answers caught, with fitting words:" in text
