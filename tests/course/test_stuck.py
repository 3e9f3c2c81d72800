"""Hints, borrowing and solutions."""

from __future__ import annotations

import pytest

from .conftest import Course
from .learner import LINEAR, SETUP, Learner, small_course
from .test_keep import GOOD, WRONG


@pytest.fixture
def learner(course: Course) -> Learner:
    """Someone who has just started."""
    someone = Learner(small_course(course))
    someone.start()
    return someone


def test_hints_come_one_at_a_time(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), "hint()", "hint()", 'hint("add")', 'hint("linear")', "hint('ad')"
    )
    assert said[1].splitlines() == [
        "add, Hint 1", "  Look at `data`.", "  1 more: run the cell again."
    ]  # fmt: skip
    assert "Hint 2 for `add`" in said[2]
    assert "That was the last one." in said[2]
    assert "all hints again" in said[3]
    assert '`borrow("add")` goes on with ours' in said[3]
    assert "There is no hint for this one." in said[4]
    assert "CourseError: There is no exercise 'ad'" in said[5]
    assert learner.progress()["help"]["add"] == {"hints": 2}


def test_hint_is_for_what_failed_last(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), "def side(x):\n    return 0", 'check("side", side)', "hint()"
    )
    assert said[3].startswith("side\n")


def test_borrow_lets_the_lesson_go_on(learner: Learner) -> None:
    add = "print(add(torch.Tensor(1), torch.Tensor(2)).data, torch.add is add)"
    said = learner.shell(
        SETUP.format("02_ops"), WRONG, 'check("add", add)', 'borrow("add")', add,
        GOOD, 'check("add", add)', 'borrow("add")', add, 'check("add", add)', GOOD,
        'check("add", add)',
    )  # fmt: skip
    assert said[3].startswith("`add` is eduflow's now, in this lesson and in myflow. Write it")
    assert said[4] == "3 True"
    assert "Kept: `add`" in said[6]
    assert "Yours is kept in .eduflow/backups." in said[7]
    assert said[8] == "3 True"
    assert "not written yet" in said[9]
    assert "Kept: `add`" in said[11]
    assert learner.progress()["help"]["add"] == {"borrowed": True}
    backups = list((learner.root / ".eduflow" / "backups").rglob("ops.py"))
    assert "helper(x) + helper(y)" in backups[0].read_text("utf-8")


def test_borrow_before_the_cell_was_run(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), 'borrow("add")', "print((torch.Tensor(1) + torch.Tensor(2)).data)",
        'borrow("side")', 'borrow("nothing")',
    )  # fmt: skip
    assert said[2] == "3"
    assert "Nothing in the framework hangs on `side`" in said[3]
    assert "There is no exercise 'nothing'" in said[4]


def test_borrow_from_a_lower_lesson(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD.replace("return Tensor", 'print("mine")\n    return Tensor'))
    use = "print((torch.Tensor(1) + torch.Tensor(2)).data)"
    said = learner.shell(SETUP.format("03_last"), use, 'borrow("add")', use)
    assert said[1] == "mine\n3"
    assert said[3] == "3"
    assert learner.own("ops.py") == ""
    assert '"02 add",' in learner.own("__init__.py").split("__borrowed__")[1]


def test_solution_after_a_try(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), 'solution("add")', WRONG, 'check("add", add)', 'solution("add")',
        'solution("side")', "def side(x):\n    return 0", 'check("side", side)', 'solution("side")',
    )  # fmt: skip
    assert "try it first" in said[1]
    assert said[4].startswith("Yours\n    def helper(x):")
    assert "eduflow's\n    @method(" in said[4]
    assert "Tensor(x.data + y.data)" in said[4]
    assert "try it first" in said[5]
    assert "return x + 1" in said[8]


def test_without_a_lesson_or_a_folder(learner: Learner) -> None:
    said = learner.course.shell(
        "from eduflow.course import *\nhint()", SETUP.format("02_ops"), "hint('add')",
        "borrow('add')", folder=learner.course.lessons,
    )  # fmt: skip
    assert "No lesson runs here yet." in said[0]
    assert said[2].startswith("add, Hint 1")
    assert "eduflow start" in said[3]


def test_a_lesson_without_exercises_gives_no_hints_of_others(learner: Learner) -> None:
    said = learner.shell(SETUP.format("00_start"), "hint()")
    assert said[1] == "This lesson has no exercises."


def test_hint_when_all_is_passed_says_so(learner: Learner) -> None:
    learner.solve("02_ops")
    learner.run("02_ops")
    said = learner.shell(SETUP.format("02_ops"), "hint()")
    assert said[1] == ('Every exercise of this lesson has passed. For one of them: `hint("side")`.')


def test_a_cell_of_two_is_borrowed_whole(learner: Learner) -> None:
    learner.solve("02_ops")
    learner.run("02_ops")
    twice = LINEAR.replace("Linear()(x)", "x")
    said = learner.shell(SETUP.format("02_ops"), twice, 'check("twice", twice)', 'borrow("twice")')
    assert said[2].endswith(
        '`borrow("Linear")` would put ours in place of the whole cell: `Linear` and `twice`.'
    )
    assert said[3].startswith("`Linear` and `twice` are eduflow's now, in this lesson and in")
