"""Each exercise of a lesson: the solution passes, the stub is told so kindly, answers are judged.

`tests/answers/lessonNN.py` holds WRONG = {exercise: {label: (source, phrase)}} and
RIGHT = {exercise: {label: source}}. Sources run where the lesson's export cell would run. Where an
exercise is not called as what it defines, CALLED = {exercise: name} says so.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eduflow
from eduflow._core.dispatch import Kind
from eduflow.course.checking import run
from eduflow.course.exercises import all_exercises
from tests.lessons.notebooks import LESSONS, code_cells, floor_of

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION", re.MULTILINE | re.DOTALL)
TABLES = {
    path.stem.removeprefix("lesson"): importlib.import_module(f"tests.answers.{path.stem}")
    for path in sorted((Path(__file__).parents[1] / "answers").glob("lesson*.py"))
}
EXERCISES = sorted({name for table in TABLES.values() for name in (*table.WRONG, *table.RIGHT)})
WRONG = [
    (name, label, *answer)
    for table in TABLES.values()
    for name, answers in table.WRONG.items()
    for label, answer in answers.items()
]
RIGHT = [
    (name, label, source)
    for table in TABLES.values()
    for name, answers in table.RIGHT.items()
    for label, source in answers.items()
]


@pytest.fixture(autouse=True)
def classes_as_before() -> Iterator[None]:
    """Answers may plug methods into these classes; afterwards they are as they were."""
    classes = (eduflow.Tensor, Kind, eduflow.nn.Module)
    before = [dict(vars(cls)) for cls in classes]
    yield
    for cls, names in zip(classes, before, strict=True):
        for name in set(vars(cls)) - set(names):
            delattr(cls, name)
        for name, value in names.items():
            if vars(cls)[name] is not value:
                setattr(cls, name, value)


def called(name: str) -> str:
    """The name that an exercise's cell defines."""
    names = [getattr(table, "CALLED", {}).get(name) for table in TABLES.values()]
    return next(filter(None, names), name)


def cell_of(name: str) -> str:
    """The source of the lesson's cell that defines the exercise's function or class."""
    defines = re.compile(rf"^(?:def|class) {called(name)}\b", re.MULTILINE)
    floors = {floor for floor, table in TABLES.items() if name in {*table.WRONG, *table.RIGHT}}
    found = [
        cell.source
        for path in LESSONS
        if f"{floor_of(path):02d}" in floors
        for cell in code_cells(path)
        if defines.search(cell.source) and "### BEGIN SOLUTION" in cell.source
    ]
    assert len(found) == 1, f"{len(found)} cells define the exercise {name}"
    return found[0]


@pytest.fixture(autouse=True)
def _methods_stay_as_they_are() -> Iterator[None]:
    """Answers may make themselves methods of Tensor, as export cells do; ours come back."""
    before = dict(vars(eduflow.Tensor))
    yield
    for name, value in before.items():
        if vars(eduflow.Tensor).get(name) is not value:
            setattr(eduflow.Tensor, name, value)


def answered(name: str, source: str) -> Any:
    """What a source defines as `name`, in the namespace of the file it is exported to."""
    export = re.match(r"#\| export (\S+)\.py", cell_of(name))
    space = {"torch": eduflow, "nn": eduflow.nn, "F": eduflow.nn.functional, "np": np}
    if export:
        home = importlib.import_module("eduflow." + export[1].replace("/", "."))
        space |= vars(home)
    exec(compile(source, f"an answer to {name}", "exec"), space)
    return space[called(name)]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_passes(name: str) -> None:
    result = run(all_exercises()[name], answered(name, cell_of(name)))
    assert result, result.text


@pytest.mark.parametrize("name", EXERCISES)
def test_the_stub_is_told_so_kindly(name: str) -> None:
    stub = SOLUTION.sub(r'\1raise NotImplementedError("write it")', cell_of(name))
    result = run(all_exercises()[name], answered(name, stub))
    assert "not written yet" in result.text


@pytest.mark.parametrize(("name", "label", "source", "phrase"), WRONG)
def test_a_wrong_answer_is_told_why(name: str, label: str, source: str, phrase: str) -> None:
    result = run(all_exercises()[name], answered(name, source))
    assert not result, f"{label} passes"
    assert phrase in result.text


@pytest.mark.parametrize(("name", "label", "source"), RIGHT)
def test_a_right_answer_passes(name: str, label: str, source: str) -> None:
    result = run(all_exercises()[name], answered(name, source))
    assert result, f"{label}: {result.text}"


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_enough_answers(name: str) -> None:
    assert sum(item[0] == name for item in WRONG) >= 5
    assert sum(item[0] == name for item in RIGHT) >= 3
