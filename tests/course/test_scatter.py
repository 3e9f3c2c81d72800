"""Scattering: edits reach their cells, and nothing is ever lost."""

from __future__ import annotations

import pytest

from eduflow.course.errors import Problems
from eduflow.course.gather import gather
from eduflow.course.notebook import Cell
from eduflow.course.scatter import Scattered, merged, scatter

from .conftest import ADD, Course, cell


@pytest.fixture
def built(course: Course) -> Course:
    """The small course, gathered."""
    course.house()
    gather(course.lessons, course.package)
    return course


def refused(course: Course) -> str:
    """The report of a scattering that must fail and must change nothing."""
    before = course.files()
    with pytest.raises(Problems) as caught:
        scatter(course.lessons, course.package)
    assert course.files() == before
    return str(caught.value)


def test_nothing_to_do(built: Course) -> None:
    before = built.files()
    assert scatter(built.lessons, built.package) == Scattered()
    assert built.files() == before


def test_round_trip(built: Course) -> None:
    original = (built.lessons / "01_tensors.ipynb").read_bytes()
    built.edit("tensors.py", "return self.data", "return self.data + 0")
    result = scatter(built.lessons, built.package)
    assert result.cells == ["lessons/01_tensors.ipynb#the-class"]
    assert result.notebooks == ["lessons/01_tensors.ipynb"]
    source = built.source("01_tensors", "the-class")
    assert source.startswith('#| export tensors.py\n"""Tensors."""')
    assert source.endswith("return self.data + 0")
    backup = built.lessons / ".backup" / "01_tensors.1.ipynb"
    assert backup.read_bytes() == original
    assert (built.lessons / ".backup" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert not gather(built.lessons, built.package, check=True).differs


def test_new_name_reaches_the_package(built: Course) -> None:
    built.edit(
        "ops.py",
        "\n\n\n# %% public names",
        "\n\n\ndef sub(x, y):\n    return x\n\n\n# %% public names",
    )
    scatter(built.lessons, built.package)
    assert "sub" in (built.package / "__init__.py").read_text(encoding="utf-8")


def test_solution_markers_stay(built: Course) -> None:
    built.edit(
        "ops.py", "    return Tensor(x.data + y.data)", "    z = y.data\n    return Tensor(z)"
    )
    scatter(built.lessons, built.package)
    before, after = "    return Tensor(x.data + y.data)", "    z = y.data\n    return Tensor(z)"
    assert built.source("02_ops", "add") == ADD.rstrip("\n").replace(before, after)


def marked(*lines: str) -> Cell:
    return Cell(cell("c", "\n".join(["#| export a.py", *lines])), 0)


BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Added beside a marker: part of the solution.
        (["a", BEGIN, "b", END, "c"], ["a", "x", "b", "y", "c"],
         ["a", BEGIN, "x", "b", "y", END, "c"]),
        # All of the solution replaced.
        (["a", BEGIN, "b", END, "c"], ["a", "p", "q", "c"], ["a", BEGIN, "p", "q", END, "c"]),
        # Around it changed, the solution as it was.
        (["a", BEGIN, "b", END, "c"], ["x", "b", "y"], ["x", BEGIN, "b", END, "y"]),
        # The whole cell is the solution.
        ([BEGIN, "b", END], ["p"], [BEGIN, "p", END]),
        # Blank lines beside markers stay where they were.
        (["a", "", BEGIN, "b", END, "", "c"], ["a", "", "b", "", "d"],
         ["a", "", BEGIN, "b", END, "", "d"]),
        # Two solutions in one cell.
        (["a", BEGIN, "b", END, "c", BEGIN, "d", END], ["a", "x", "c", "y"],
         ["a", BEGIN, "x", END, "c", BEGIN, "y", END]),
    ],
)  # fmt: skip
def test_markers_find_their_place(old: list[str], new: list[str], expected: list[str]) -> None:
    assert merged(marked(*old), "\n".join(new)).split("\n")[1:] == expected


def test_lost_markers_are_refused(built: Course) -> None:
    path = built.package / "ops.py"
    head = path.read_text(encoding="utf-8").split("@method")[0]
    path.write_text(
        f'{head}def add(a, b):\n    return a\n\n\n# %% public names\n__all__ = ["add"]\n',
        encoding="utf-8",
    )
    # The cell's end still anchors the solution's end, but nothing its beginning.
    report = refused(built)
    assert "eduflow/ops.py, lessons/02_ops.ipynb#add" in report
    assert "its place cannot be told" in report


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# %% the-methods\n", "", "`# %% the-methods` is missing"),
        ("# %% the-methods\n", "# %% methods\n", "is called 'methods'"),
        ("# %% the-methods\n", "# %% the-class\n", "is missing"),
        ("# %% the-class\n", "import os\n# %% the-class\n", "belongs to no cell"),
        ("# Built by", "# Made by", "the first line is no longer"),
        ('__all__ = ["', 'x = 1\n__all__ = ["', "more than `__all__`"),
        ('"method"]\n', '"method"]\n# mine\n', "more than `__all__`"),
        ("SIZE = 4", "SIZE = (4", "lessons/01_tensors.ipynb#the-class: syntax error"),
        ("SIZE = 4", "SIZE = 4\nSIZE = 5", "second time"),
        ("SIZE = 4", "print(4)", "keeps nothing"),
    ],
)
def test_refuses(built: Course, old: str, new: str, expected: str) -> None:
    built.edit("tensors.py", old, new)
    assert expected in refused(built)


def test_edits_of_all_are_ignored_aloud(built: Course) -> None:
    built.edit("tensors.py", '"double", ', "")
    result = scatter(built.lessons, built.package)
    assert not result.cells
    assert "are not carried over" in result.notes[0]


def test_newer_notebook_is_left_alone(built: Course) -> None:
    built.lesson("02_ops_annex", ("more", "#| export more.py\ntriple = 3"))
    result = scatter(built.lessons, built.package)
    assert not result.cells
    assert "`make gather` brings it over" in result.notes[0]


def test_both_changed(built: Course) -> None:
    built.lesson("02_ops_annex", ("more", "#| export more.py\ntriple = 3"))
    built.edit("more.py", "add(x, add(x, x))", "add(add(x, x), x)")
    assert "were both changed" in refused(built)
    scatter(built.lessons, built.package, force=True)
    assert "add(add(x, x), x)" in built.source("02_ops_annex", "more")
