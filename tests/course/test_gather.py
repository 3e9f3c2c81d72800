"""Gathering: what is written, what is refused, and what the messages say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eduflow.course.errors import CourseError, Problems
from eduflow.course.gather import gather, literal, read_floors
from eduflow.course.notebook import read_notebook, write_notebook

from .conftest import ADD, BILINEAR, COURSE, LINEAR, METHOD, TENSORS, Course, cell


def problems(course: Course) -> str:
    """The report of a gathering that must fail, and must leave no file behind."""
    with pytest.raises(Problems) as caught:
        gather(course.lessons, course.package)
    assert not course.package.exists()
    return str(caught.value)


def test_files(course: Course) -> None:
    course.house()
    result = gather(course.lessons, course.package)
    assert sorted(result.written) == [
        "__init__.py",
        "_floors.py",
        "more.py",
        "nn/__init__.py",
        "nn/init.py",
        "nn/linear.py",
        "ops.py",
        "tensors.py",
    ]
    assert (course.package / "tensors.py").read_text(encoding="utf-8") == (
        "# Built by lessons/01_tensors.ipynb. Edit it there, or here and `make scatter`.\n"
        f"# %% the-class\n{TENSORS.split(chr(10), 1)[1]}\n\n"
        f"# %% the-methods\n{METHOD.split(chr(10), 1)[1]}\n\n"
        '# %% public names\n__all__ = ["SIZE", "Tensor", "double", "method"]\n'
    )
    assert "SOLUTION" not in (course.package / "ops.py").read_text(encoding="utf-8")
    top = (course.package / "__init__.py").read_text(encoding="utf-8")
    lines = [line for line in top.splitlines() if line.startswith("from")]
    assert lines == [
        "from .tensors import SIZE, Tensor, double, method",
        "from .ops import add",
        "from .more import triple",
        "from . import nn",
    ]
    floors = read_floors(course.package)
    assert list(floors) == ["00_start", "01_tensors", "02_ops", "02_ops_annex"]
    assert floors["01_tensors"]["modules"]["tensors.py"]["methods"] == ["double"]
    assert floors["02_ops"]["title"] == "The 02_ops"
    assert floors["02_ops"]["modules"]["nn/init.py"]["namespace"] is True
    said = course.python("import eduflow as e; print(e.nn.init.zero_(1), hasattr(e.nn, 'zero_'))")
    assert said == "0 False\n"


def test_a_folder_modules_is_lifted_into_the_folder_above(course: Course) -> None:
    course.house()
    course.lesson("03_last", ("bilinear", BILINEAR))
    gather(course.lessons, course.package)
    said = course.python(
        "import eduflow as e; print(e.nn.Bilinear, e.nn.modules.Bilinear is e.nn.Bilinear, "
        "hasattr(e, 'Bilinear'))"
    )
    assert said == "<class 'eduflow.nn.modules.bilinear.Bilinear'> True False\n"
    course.lesson("04_roof", ("again", BILINEAR.replace("modules/bilinear", "again")))
    with pytest.raises(Problems, match=r"would become `eduflow\.nn\.Bilinear`"):
        gather(course.lessons, course.package)


def test_under_another_name(course: Course) -> None:
    course.house()
    gather(course.lessons, course.root / "myflow", package="myflow")
    assert course.python("import myflow as m; print(m.triple(m.Tensor(2)).item())") == "6\n"


def test_twice_is_once(course: Course) -> None:
    course.house()
    gather(course.lessons, course.package)
    before = course.files()
    result = gather(course.lessons, course.package)
    assert not result.differs
    assert course.files() == before


def test_check_names_what_differs(course: Course) -> None:
    course.house()
    gather(course.lessons, course.package)
    course.lesson("02_ops_annex", ("more", "#| export extra.py\nEXTRA = 1"))
    before = course.files()
    result = gather(course.lessons, course.package, check=True)
    assert set(result.written) == {"extra.py", "__init__.py", "_floors.py"}
    assert result.removed == ["more.py"]
    assert course.files() == before
    gather(course.lessons, course.package)
    assert not (course.package / "more.py").exists()


def test_removes_only_what_it_built(course: Course) -> None:
    course.house()
    gather(course.lessons, course.package)
    (course.package / "mine.py").write_text("KEEP = 1\n", encoding="utf-8")
    course.lesson("02_ops", ("add", ADD))
    assert "nn/linear.py" in gather(course.lessons, course.package).removed
    assert not (course.package / "nn").exists()
    assert (course.package / "mine.py").exists()


def test_refuses_hand_written_files(course: Course) -> None:
    course.house()
    course.package.mkdir()
    (course.package / "ops.py").write_text("mine = 1\n", encoding="utf-8")
    with pytest.raises(Problems, match=r"eduflow/ops\.py: this file was written by hand"):
        gather(course.lessons, course.package, force=True)
    assert [path.name for path in course.package.iterdir()] == ["ops.py"]


def test_refuses_to_lose_an_edit(course: Course) -> None:
    course.house()
    gather(course.lessons, course.package)
    course.edit("ops.py", "x.data + y.data", "y.data + x.data")
    with pytest.raises(Problems, match="make scatter"):
        gather(course.lessons, course.package)
    assert gather(course.lessons, course.package, force=True).written == ["ops.py"]


IMPORT = "#| export a.py\nfrom {} import {}"
WRONG: list[tuple[str, list[tuple[str, str]], list[str]]] = [
    (
        "syntax error",
        [("bad", "#| export a.py\n\nx = 1\ny = (2")],
        ["lessons/03_last.ipynb#bad", "syntax error in line 4", "y = (2"],
    ),
    (
        "defined twice",
        [("one", "#| export a.py\ndef f(): pass"), ("two", "#| export a.py\nx, f = 1, 2")],
        ["03_last.ipynb#two", "`f`", "second time", "03_last.ipynb#one"],
    ),
    (
        "defined and imported",
        [("one", "#| export a.py\nfrom math import pi\n\npi = 3")],
        ["03_last.ipynb#one", "`pi` is defined", "imported"],
    ),
    (
        "lifted twice",
        [("one", "#| export a.py\ndef add(): pass")],
        ["03_last.ipynb#one", "`eduflow.add`", "02_ops.ipynb#add"],
    ),
    (
        "name of a folder",
        [("one", "#| export a.py\nnn = 1")],
        ["03_last.ipynb#one", "`eduflow.nn`", "module or folder"],
    ),
    (
        "two owners",
        [("one", "#| export ops.py\nx = 1")],
        ["03_last.ipynb#one", "`ops.py` belongs to another notebook", "02_ops.ipynb#add"],
    ),
    (
        "absolute import",
        [("one", "#| export a.py\nimport eduflow.ops"), ("two", IMPORT.format("eduflow", "ops"))],
        ["03_last.ipynb#one", "03_last.ipynb#two", "import relatively"],
    ),
    (
        "bare expression",
        [("one", "#| export a.py\nx = [1]\nx.append(2)")],
        ["03_last.ipynb#one", "`x.append(2)`"],
    ),
    ("late docstring", [("one", '#| export a.py\nx = 1\n"""No."""')], ["03_last.ipynb#one"]),
    ("own __all__", [("one", "#| export a.py\n__all__ = []")], ["#one", "`__all__`"]),
    (
        "open solution",
        [("one", "def f():\n    ### BEGIN SOLUTION\n    pass")],
        ["03_last.ipynb#one", "in line 2 is never closed"],
    ),
    (
        "closed twice",
        [("one", "### BEGIN SOLUTION\n### END SOLUTION\n### END SOLUTION")],
        ["03_last.ipynb#one", "line 3 without"],
    ),
    (
        "nested solution",
        [("one", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION")],
        ["03_last.ipynb#one", "still open"],
    ),
    ("outside", [("one", "#| export ../a.py\nx = 1")], ["#one", "leaves the package"]),
    ("absolute path", [("one", "#| export /tmp/a.py\nx = 1")], ["#one", "leaves the package"]),
    ("course", [("one", "#| export course/a.py\nx = 1")], ["#one", "written by hand"]),
    ("show", [("one", "#| export show/a.py\nx = 1")], ["#one", "written by hand"]),
    ("bad name", [("one", "#| export My-Module.py\nx = 1")], ["#one", "`My-Module`"]),
    ("no ending", [("one", "#| export views\nx = 1")], ["#one", "ends in `.py`"]),
    ("no path", [("one", "#| export\nx = 1")], ["#one", "does not name one file"]),
    ("init file", [("one", "#| export nn/__init__.py\nx = 1")], ["#one", "gather writes"]),
    ("second line", [("one", "# hi\n#| export a.py\nx = 1")], ["#one", "only as the first line"]),
    ("late namespace", [("a", "#| export a.py\nx = 1"), ("b", "#| export a.py namespace\ny = 1")],
     ["#b", "namespace"]),
    ("module and folder", [("a", "#| export ops/a.py\nq = 1")], ["02_ops.ipynb#add", "folder"]),
    ("unknown module", [("a", IMPORT.format(".tensor", "Tensor"))], ["#a", "no lesson builds",
                                                                  "`tensors`"]),
    ("unknown name", [("a", IMPORT.format(".tensors", "Tenser"))], ["#a", "no `Tenser`"]),
    ("from the package", [("a", IMPORT.format(".", "add"))], ["#a", "`from .ops import add`"]),
    ("too many dots", [("a", IMPORT.format("..ops", "add"))], ["#a", "too many dots"]),
    ("the course", [("a", IMPORT.format(".course", "check"))], ["#a", "never imports `course`"]),
    ("same ids", [("a", "1"), ("a", "2")], ["03_last.ipynb#a", "2 cells have this id"]),
    ("no id", [("", "1")], ["(cell 2, without an id)", "no id"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "texts"), [x[1:] for x in WRONG], ids=[x[0] for x in WRONG])
def test_refuses(course: Course, cells: list[tuple[str, str]], texts: list[str]) -> None:
    course.house()
    course.lesson("03_last", *cells)
    report = problems(course)
    for text in texts:
        assert text in report


def test_all_problems_at_once(course: Course) -> None:
    course.lesson(
        "01_a", ("one", "#| export a.py\n1 + 1"), ("two", "#| export b.py\nimport eduflow")
    )
    with pytest.raises(Problems) as caught:
        gather(course.lessons, course.package)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    "line",
    ["from .later import late", "from . import later", "def f():\n    from .later import late"],
)
def test_no_import_from_above(course: Course, line: str) -> None:
    course.lesson("01_a", ("one", f"#| export a.py\n{line}"))
    course.lesson("02_b", ("two", "#| export later.py\nlate = 1"))
    report = problems(course)
    assert "lessons/01_a.ipynb#one" in report
    assert "a floor above: lessons/02_b.ipynb" in report


def test_annex_rests_on_its_lesson_only(course: Course) -> None:
    course.house()
    course.lesson("02_ops", ("add", "#| export ops.py\nfrom .more import triple\n\nadd = triple"))
    assert "built in the annex: lessons/02_ops_annex.ipynb" in problems(course)


def test_two_lessons_on_one_floor(course: Course) -> None:
    course.house()
    course.lesson("02_other", ("a", "1"))
    course.lesson("05_alone_annex", ("a", "1"))
    report = problems(course)
    assert "floor 2 has a lesson already" in report
    assert "its lesson is missing" in report


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{]", "not valid JSON"), ("[]", "no list of cells"), ('{"worksheets": []}', "format 4")],
)
def test_broken_notebook(course: Course, text: str, expected: str) -> None:
    course.house()
    (course.lessons / "02_ops.ipynb").write_text(text, encoding="utf-8")
    report = problems(course)
    assert "lessons/02_ops.ipynb" in report
    assert expected in report


def test_notebook_without_floor(course: Course) -> None:
    course.house()
    course.lesson("Untitled", ("a", "1"))
    gather(course.lessons, course.package, check=True)
    course.lesson("Untitled", ("a", "#| export a.py\nx = 1"))
    assert "its name gives no floor" in problems(course)


def test_no_lessons(course: Course) -> None:
    with pytest.raises(CourseError, match="no folder"):
        gather(course.lessons, course.package)


def test_notebook_comes_back_byte_for_byte(course: Course) -> None:
    path = course.lesson("01_a", cell("text", "Grüße, ∂x", "markdown"), ("one", "x = 'é'\n\ny = 1"))
    before = path.read_bytes()
    notebook = read_notebook(path)
    assert not write_notebook(notebook)
    notebook.cells[1].source = "Grüße, ∂y"
    assert write_notebook(notebook)
    assert path.read_bytes() == before.replace("∂x".encode(), "∂y".encode())
    assert [item.name for item in course.lessons.iterdir()] == ["01_a.ipynb"]


@pytest.mark.parametrize(
    "value", [[], {}, ["a" * 30] * 5, {"k": ["b" * 50, "c" * 50], "l": {"m": True}}, {"a": 'é"'}]
)
def test_literal_is_formatted(value: Any, tmp_path: Path) -> None:
    text = f"X = {literal(value, used=4)}\n"
    space: dict[str, Any] = {}
    exec(text, space)
    assert space["X"] == value
    file = tmp_path / "x.py"
    file.write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", str(file)]
    subprocess.run(ruff, check=True, capture_output=True)
    assert file.read_text(encoding="utf-8") == text


def test_by_path_with_a_broken_package(course: Course) -> None:
    course.house()
    course.lesson("03_last", ("bad", "#| export a.py\nx = ("))
    course.package.mkdir()
    (course.package / "__init__.py").write_text("# Built by hand of fate\nraise SystemExit(7)\n")
    course.install()
    command = [sys.executable, str(course.package / "course" / "__main__.py"), "gather"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "lessons/03_last.ipynb#bad" in done.stderr
    course.lesson("03_last", ("good", LINEAR.replace("nn/linear", "nn/other").replace("Lin", "L")))
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "written: eduflow/nn/other.py" in done.stdout
    done = subprocess.run([*command, "--check"], cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0
    assert COURSE.exists()
