"""Lessons of the cellar: nothing is cut, and what a cell holds takes the place of what stands."""

from __future__ import annotations

import pytest

from eduflow.course.gather import gather

from .conftest import Course, cell
from .learner import SETUP as IN_FOLDER
from .learner import Learner, small_course
from .test_live import SETUP, last

MARKED = """#| export base.py
def marked(function):
    function.mark = "ours"
    return function
"""
HALF = '''#| export base.py
def half(number):
    """Half of a number."""
    ### BEGIN SOLUTION
    return number / 2
    ### END SOLUTION
'''
BASE = '''
"""What lies under everything."""

# %% lesson 16 half
# %% end


# %% lesson 16 marked
# %% end


@marked
def quarter(number):
    return half(half(number))


TABLE = {"half": half}


class Counter:
    how = half
'''
CHECK = """

register(Exercise("half", "half(number)", lambda number: number / 2, [Case(args=(3,))]))
"""


def dig(course: Course) -> Course:
    """Put a cellar under the small course."""
    course.write("base.py", BASE.lstrip("\n"))
    course.edit("ops.py", "from .tensors", "from .base import half, quarter\nfrom .tensors")
    course.edit("ops.py", "return add(x, Tensor(1))", "return add(x, Tensor(half(2)))")
    course.lesson(
        "16_cellar",
        ("setup", IN_FOLDER.format("16_cellar")),
        ("half", HALF),
        ("check-half", 'check("half", half)'),
        cell("help-half", "<details><summary>Hint 1</summary>\n\nDivide.\n</details>", "markdown"),
        ("use-half", "print(torch.plus_one(torch.Tensor(5)).data, torch.base.quarter(8))"),
        ("marked", MARKED),
    )
    gather(course.lessons, course.package, force=True)
    return course


@pytest.fixture
def built(course: Course) -> Course:
    """The small course with a cellar, and the real machinery in it."""
    course.house()
    dig(course)
    course.install()
    return course


@pytest.fixture
def learner(course: Course) -> Learner:
    """Someone who has just started."""
    dig(small_course(course))
    course.edit(
        "course/checks/small.py", 'register(Exercise("side"', f'{CHECK}register(Exercise("side"'
    )
    someone = Learner(course)
    someone.start()
    return someone


def test_the_whole_house_stands_in_the_cellar(built: Course) -> None:
    said = built.shell(
        SETUP.format("16_cellar"),
        "print(torch.base.quarter(8), torch.base.quarter.mark, torch.triple, torch.nn.Grown)",
    )
    assert said[0] == (
        "Lesson 16_cellar. In place: the whole house. What you write here takes the place of lines "
        "below it."
    )
    assert said[1].startswith("2.0 ours <function triple")


def test_the_cellar_stands_in_every_lesson(built: Course) -> None:
    said = built.shell(SETUP.format("01_tensors"), "print(torch.base.quarter(8))", HALF)
    assert said[1] == "2.0"
    assert last(said[2]) == "  Change it in lesson 16, or give yours another name."
    assert "belongs to lesson 16, in the cellar" in said[2]


def test_a_cell_takes_the_place_of_what_stands(built: Course) -> None:
    third = HALF.replace("number / 2", "number / 3")
    mine = MARKED.replace('"ours"', '"mine"')
    use = (
        "print(torch.plus_one(torch.Tensor(5)).data, torch.base.quarter(18), "
        "torch.base.TABLE['half'] is half is torch.ops.half is torch.base.Counter.how, "
        "torch.ops.quarter.mark)"
    )
    said = built.shell(SETUP.format("16_cellar"), third, use, mine, use, third, HALF, use)
    assert said[2] == f"{5 + 2 / 3} 2.0 True ours"
    assert said[4] == f"{5 + 2 / 3} 2.0 True mine"
    assert said[7] == "6.0 4.5 True mine"


def test_a_learner_s_line_runs_under_everything(learner: Learner) -> None:
    said = learner.run("16_cellar")
    assert said["half"].startswith("`half` is yours to write; until your check passes")
    assert said["check-half"].startswith("half: not written yet (0 of 1 checks), so ours")
    assert said["use-half"] == "6.0 2.0"
    good = HALF.replace("number / 2", "number * 0.5").replace("### ", "# ")
    heard = learner.shell(
        IN_FOLDER.format("16_cellar"),
        good,
        'check("half", half)',
        "from inspect import getsource\nprint('* 0.5' in getsource(torch.ops.half))",
        'borrow("half")',
        "print('* 0.5' in getsource(torch.ops.half), torch.base.TABLE['half'] is torch.ops.half)",
        good,
        'check("half", half)',
    )
    assert heard[2].startswith("half: the one check passed.")
    assert heard[3] == "True"
    assert heard[5] == "False True"
    assert "number * 0.5" in learner.own("base.py")
    there = learner.shell(
        IN_FOLDER.format("02_ops"),
        "from inspect import getsource\nprint('* 0.5' in getsource(torch.base.half))",
    )
    assert there[1] == "True"


def test_progress_shows_the_cellar_below_the_house(learner: Learner) -> None:
    said = learner.command("progress", folder=learner.root)
    numbers = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    assert numbers == ["3", "2", "1", "0", "--", "16"]
