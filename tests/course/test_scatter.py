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
    """The small course, cells and regions agreed."""
    course.house()
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
    before = built.read("tensors.py")
    result = scatter(built.lessons, built.package)
    assert result.cells == ["lessons/01_tensors.ipynb#the-class"]
    assert result.notebooks == ["lessons/01_tensors.ipynb"]
    source = built.source("01_tensors", "the-class")
    assert source.startswith("#| export tensors.py\nSIZE = 4")
    assert source.endswith("return self.data + 0")
    assert built.read("tensors.py") == before
    backup = built.lessons / ".backup" / "01_tensors.1.ipynb"
    assert backup.read_bytes() == original
    assert (built.lessons / ".backup" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert not gather(built.lessons, built.package, check=True).written


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
    head, _, tail = built.read("ops.py").partition("@method")
    tail = tail.partition("# %% end")[2]
    built.write("ops.py", f"{head}def add(a, b):\n    return a\n# %% end{tail}")
    # The cell's end still anchors the solution's end, but nothing its beginning.
    report = refused(built)
    assert "eduflow/ops.py, lessons/02_ops.ipynb#add" in report
    assert "its place cannot be told" in report


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# %% lesson 01 the-methods\n", "", "no region is open"),
        ("# %% lesson 01 the-methods\n", "# %% lesson 01 methods\n", "has the id `methods`"),
        ("# %% lesson 01 the-methods\n", "# %% lesson 01 the-class\n", "stands in"),
        ("SIZE = 4", "SIZE = (4", "eduflow/tensors.py, line"),
        ("SIZE = 4", "import eduflow", "eduflow/tensors.py, line 6: `import eduflow`"),
        ("SIZE = 4", "print(4)", "keeps nothing"),
        ("SIZE = 4", "### BEGIN SOLUTION\nSIZE = 4", "a solution marker"),
    ],
)
def test_refuses(built: Course, old: str, new: str, expected: str) -> None:
    built.edit("tensors.py", old, new)
    assert expected in refused(built)


def test_newer_notebook_is_left_alone(built: Course) -> None:
    built.change("03_last", "grown", "pass", "x = 1")
    result = scatter(built.lessons, built.package)
    assert not result.cells
    assert "`make gather` brings it over" in result.notes[0]


def test_both_changed(built: Course) -> None:
    built.change("03_last", "grown", "pass", "x = 1")
    built.edit("nn/linear.py", "    pass", "    x = 2")
    assert "were both changed" in refused(built)
    scatter(built.lessons, built.package, force=True)
    assert "x = 2" in built.source("03_last", "grown")


def test_each_region_for_itself(built: Course) -> None:
    """A cell and another region of the same file may change on their own side."""
    built.change("02_ops", "linear", "add(x, x)", "x")
    built.edit("nn/linear.py", "    pass", "    x = 2")
    scatter(built.lessons, built.package)
    assert "x = 2" in built.source("03_last", "grown")
    gather(built.lessons, built.package)
    assert "return x\n" in built.read("nn/linear.py")


def test_without_a_record_nothing_is_overwritten(built: Course) -> None:
    (built.lessons / ".backup" / "agreed.json").unlink()
    built.edit("nn/linear.py", "    pass", "    x = 2")
    assert "nothing tells which one is newer" in refused(built)
