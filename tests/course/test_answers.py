"""Each exercise of a lesson: the solution passes, the stub is told so kindly, answers are judged.

`tests/answers/lessonNN.py` holds WRONG = {exercise: {label: (source, phrase)}} and
RIGHT = {exercise: {label: source}}. Sources run where the lesson's export cell would run.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eduflow.course import answers
from eduflow.course.answers import thing_for
from eduflow.course.checking import CheckResult, run
from eduflow.course.exercises import all_exercises
from eduflow.course.placeholders import is_library, load_whole

from .yardsticks import yardstick

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION", re.MULTILINE | re.DOTALL)
TABLES = {
    path.stem.removeprefix("lesson"): importlib.import_module(f"tests.answers.{path.stem}")
    for path in sorted((Path(__file__).parents[1] / "answers").glob("lesson*.py"))
}
SOLVED = {check: solved for solved in answers.solutions() for check in solved.task.checks}
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


load_whole("eduflow")  # classes that wait to be asked for are here, too
LIBRARY = {
    value
    for name, module in list(sys.modules.items())
    if name != "eduflow" and is_library(name, "eduflow")
    for value in vars(module).values()
    if isinstance(value, type) and value.__module__.split(".")[0] == "eduflow"
}


CLASSES = {cls: dict(vars(cls)) for cls in LIBRARY}


def changed_classes() -> list[type]:
    """The library's classes into which an answer has plugged something, as export cells do."""
    return [cls for cls, names in CLASSES.items() if vars(cls) != names]


@pytest.fixture(autouse=True)
def _classes_stay_as_they_are() -> Iterator[None]:
    """What answers plug into the library's classes goes, and ours comes back."""
    yield
    for cls in changed_classes():
        names = CLASSES[cls]
        for name in set(vars(cls)) - set(names):
            delattr(cls, name)
        for name, value in names.items():
            if vars(cls).get(name) is not value:
                setattr(cls, name, value)


def judged(name: str, source: str) -> CheckResult:
    """What a check says of what a source defines.

    The reference runs anew where the answer has changed what the reference may stand on, too.
    """
    solved = SOLVED[name]
    thing = thing_for(name, solved.task, answers.answered(solved.task, source, solved.above))
    shared = None if changed_classes() else yardstick(name)
    return run(all_exercises()[name], thing, shared)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_passes(name: str) -> None:
    result = judged(name, SOLVED[name].source)
    assert result, result.text


@pytest.mark.parametrize("name", EXERCISES)
def test_the_stub_is_told_so_kindly(name: str) -> None:
    stub = SOLUTION.sub(r'\1raise NotImplementedError("write it")', SOLVED[name].source)
    result = judged(name, stub)
    assert "not written yet" in result.text


@pytest.mark.filterwarnings("ignore:size_average and reduce args")  # an answer earns this one
@pytest.mark.parametrize(("name", "label", "source", "phrase"), WRONG)
def test_a_wrong_answer_is_told_why(name: str, label: str, source: str, phrase: str) -> None:
    result = judged(name, source)
    assert not result, f"{label} passes"
    assert phrase in result.text


@pytest.mark.parametrize(("name", "label", "source"), RIGHT)
def test_a_right_answer_passes(name: str, label: str, source: str) -> None:
    result = judged(name, source)
    assert result, f"{label}: {result.text}"


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_enough_answers(name: str) -> None:
    assert sum(item[0] == name for item in WRONG) >= 5
    assert sum(item[0] == name for item in RIGHT) >= 3
