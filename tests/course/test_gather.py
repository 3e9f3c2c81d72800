"""Gathering: what is written, what is refused, and what the messages say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eduflow.course.errors import CourseError, Problems
from eduflow.course.gather import gather
from eduflow.course.notebook import read_notebook, write_notebook
from eduflow.course.regions import parse_regions

from .conftest import ADD, COURSE, GROWN, METHOD, TENSORS, Course, cell


@pytest.fixture
def built(course: Course) -> Course:
    """The small course, cells and regions agreed."""
    course.house()
    return course


def problems(course: Course, **options: bool) -> str:
    """The report of a gathering that must fail, and must change no file."""
    before = course.files()
    with pytest.raises(Problems) as caught:
        gather(course.lessons, course.package, **options)
    assert course.files() == before
    return str(caught.value)


def test_regions_hold_what_the_cells_say(built: Course) -> None:
    text = built.read("tensors.py")
    assert text == (
        '"""Tensors."""\n\nimport math\n\n'
        f"# %% lesson 01 the-class\n{TENSORS.split(chr(10), 1)[1]}# %% end\n\n\n"
        f"# %% lesson 01 the-methods\n{METHOD.split(chr(10), 1)[1]}# %% end\n\n\n"
        "def halved(number):\n    return math.floor(number / 2)\n"
    )
    assert "SOLUTION" not in built.read("ops.py")
    said = built.python("import eduflow as e; print(e.triple(e.Tensor(2)).item(), e.nn.Linear)")
    assert said == "6 <class 'eduflow.nn.linear.Linear'>\n"


def test_under_another_name(built: Course) -> None:
    os.rename(built.package, built.root / "myflow")
    gather(built.lessons, built.root / "myflow")
    assert built.python("import myflow as m; print(m.triple(m.Tensor(2)).item())") == "6\n"


def test_twice_is_once(built: Course) -> None:
    before = built.files()
    result = gather(built.lessons, built.package)
    assert not result.written
    assert result.unchanged == ["nn/linear.py", "ops.py", "tensors.py"]
    assert built.files() == before


def test_only_the_region_changes(built: Course) -> None:
    built.change("02_ops", "add", "x.data + y.data", "y.data + x.data")
    before = built.read("ops.py")
    result = gather(built.lessons, built.package, check=True)
    assert (result.written, result.cells) == (["ops.py"], ["lessons/02_ops.ipynb#add"])
    assert built.read("ops.py") == before
    assert gather(built.lessons, built.package).written == ["ops.py"]
    assert built.read("ops.py") == before.replace("x.data + y.data", "y.data + x.data")


def test_blank_lines_at_the_ends_do_not_count(built: Course) -> None:
    built.edit("ops.py", "y.data)\n# %% end", "y.data)\n\n\n# %% end")
    assert not gather(built.lessons, built.package, check=True).written
    built.change("02_ops", "add", "x.data + y.data", "x.data")
    gather(built.lessons, built.package)
    assert "    return Tensor(x.data)\n\n\n# %% end" in built.read("ops.py")


def test_plain_lines_are_nobody_s_business(built: Course) -> None:
    built.edit("tensors.py", "number / 2", "number // 2")
    built.write("mine.py", "KEEP = 1\n")
    assert not gather(built.lessons, built.package).written
    assert "number // 2" in built.read("tensors.py")


def test_refuses_to_lose_an_edit(built: Course) -> None:
    built.edit("ops.py", "x.data + y.data", "y.data + x.data")
    report = problems(built)
    assert "make scatter" in report
    assert "eduflow/ops.py: the region `# %% lesson 02 add`" in report
    assert "lessons/02_ops.ipynb#add" in report
    assert gather(built.lessons, built.package, force=True).written == ["ops.py"]


def test_both_changed(built: Course) -> None:
    built.edit("ops.py", "x.data + y.data", "y.data + x.data")
    built.change("02_ops", "add", "x.data + y.data", "x.data")
    assert "were both changed since they last agreed" in problems(built)


def test_without_a_record_nothing_is_overwritten(built: Course) -> None:
    (built.lessons / ".backup" / "agreed.json").write_text("{broken", encoding="utf-8")
    built.change("02_ops", "add", "x.data + y.data", "x.data")
    report = problems(built)
    assert "nothing tells which one is newer" in report
    assert "`gather --force` the notebook's" in report


def test_without_a_record_the_last_commit_tells(built: Course) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *words], cwd=built.root, check=True, capture_output=True)

    git("init")
    git("add", "lessons", "eduflow")
    git("commit", "-m", "all")
    (built.lessons / ".backup" / "agreed.json").unlink()
    built.change("02_ops", "add", "x.data + y.data", "x.data")
    assert gather(built.lessons, built.package).written == ["ops.py"]
    status = subprocess.run(["git", "status", "-s"], cwd=built.root, capture_output=True, text=True)
    assert ".backup" not in status.stdout


MARK = "# %% lesson 02 add\n"
WRONG_FILES: list[tuple[str, str, str, str, list[str]]] = [
    ("no end", "ops.py", "# %% end\n", "", ["eduflow/ops.py, line 3", "has no `# %% end`",
                                         "Put a line"]),
    ("no beginning", "ops.py", MARK, "", ["eduflow/ops.py, line", "no region is open"]),
    ("inside another", "tensors.py", "# %% end\n\n\n# %% lesson", "# %% lesson",
     ["`# %% lesson 01 the-class` has no `# %% end`; another one starts in line"]),
    ("twice", "more.py", "TABLE = {}\n", f"TABLE = {{}}\n{MARK}A = 1\n# %% end\n",
     ["`# %% lesson 02 add` stands in eduflow/more.py, line"]),
    ("unknown lesson", "ops.py", MARK, "# %% lesson 42 add\n",
     ["names lesson 42, but there is none (there are 00, 01, 02, 03)", "02_ops.ipynb#add"]),
    ("unknown cell", "ops.py", MARK, "# %% lesson 02 ad\n",
     ["no export cell of lessons/02_ops.ipynb has the id `ad`", "Did you mean `add`?",
      "lessons/02_ops.ipynb#add: eduflow/ops.py has no region `# %% lesson 02 add`"]),
    ("nearly a marker", "ops.py", MARK, "#%% Lesson 2 add\n",
     ["line 3: `#%% Lesson 2 add` is no marker"]),
    ("merge", "ops.py", "@method(\"plus", "<<<<<<< HEAD\n=======\n>>>>>>> x\n@method(\"plus",
     ["eduflow/ops.py, line 10: an unfinished merge"]),
    ("solution marker", "ops.py", "    return add(", "    ### BEGIN SOLUTION\n    return add(",
     ["a solution marker; they stand in the notebook only"]),
    ("syntax", "ops.py", "x.data + y.data", "x.data +", ["eduflow/ops.py, line 6 (in the region",
                                                       "syntax error"]),
    ("syntax outside", "more.py", "KEPT = [add]", "KEPT = [add", ["eduflow/more.py, line",
                                                                "syntax error"]),
    ("torn", "ops.py", "    return Tensor(x.data + y.data)\n# %% end\n\n\n@method(\"plus_one\")\n",
     "    y = y\n# %% end\n    return Tensor(x.data + y.data)\n",
     ["line 7: this marker stands inside the statement of the lines 4 to 8"]),
    ("bound again", "ops.py", "@method(\"plus", "add = 1\n\n\n@method(\"plus",
     ["eduflow/ops.py, line 10: binds `add`, which the region `# %% lesson 02 add` defines"]),
    ("imported again", "ops.py", "from .tensors", "from .more import add\nfrom .tensors",
     ["eduflow/ops.py, line 1: binds `add`"]),
    ("bound in a branch", "ops.py", "@method(\"plus",
     "if Tensor:\n    def add(): pass\n\n\n@method(\"plus", ["binds `add`"]),
    ("absolute import", "more.py", "from .ops", "import eduflow.nn\nfrom .ops",
     ["eduflow/more.py, line 1: `import eduflow.nn` names the package", "import relatively"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "old", "new", "texts"), [x[1:] for x in WRONG_FILES], ids=[x[0] for x in WRONG_FILES]
)
def test_refuses_files(built: Course, path: str, old: str, new: str, texts: list[str]) -> None:
    built.edit(path, old, new)
    report = problems(built, force=True)
    for text in texts:
        assert text in report
    with pytest.raises(Problems):
        gather(built.lessons, built.package, check=True)


def test_private_helpers_stay_inside(built: Course) -> None:
    built.change("02_ops", "add", "@method", "def _sum(x):\n    return x\n\n\n@method")
    gather(built.lessons, built.package)
    built.edit("ops.py", "    return add(x, Tensor(1))", "    return add(_sum(x), Tensor(1))")
    built.edit("more.py", "import add\n", "import _sum, add\n")
    report = problems(built)
    assert "eduflow/ops.py, line 16: uses `_sum`, a private helper of the region" in report
    assert "eduflow/more.py, line 1: uses `_sum`" in report


CELL = "#| export ops.py\n"
WRONG: list[tuple[str, list[tuple[str, str]], list[str]]] = [
    (
        "syntax error",
        [("add", f"{CELL}\nx = 1\ny = (2")],
        ["lessons/02_ops.ipynb#add", "syntax error in line 4", "y = (2"],
    ),
    (
        "absolute import",
        [("add", f"{CELL}import eduflow.ops")],
        ["02_ops.ipynb#add", "import relatively"],
    ),
    (
        "bare expression",
        [("add", f"{CELL}x = [1]\nx.append(2)")],
        ["02_ops.ipynb#add", "`x.append(2)`"],
    ),
    ("docstring", [("add", f'{CELL}x = 1\n"""No."""')], ["02_ops.ipynb#add"]),
    ("own __all__", [("add", f"{CELL}__all__ = []")], ["#add", "`__all__`"]),
    (
        "open solution",
        [("one", "def f():\n    ### BEGIN SOLUTION\n    pass")],
        ["02_ops.ipynb#one", "in line 2 is never closed"],
    ),
    (
        "closed twice",
        [("one", "### BEGIN SOLUTION\n### END SOLUTION\n### END SOLUTION")],
        ["02_ops.ipynb#one", "line 3 without"],
    ),
    (
        "nested solution",
        [("one", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION")],
        ["02_ops.ipynb#one", "still open"],
    ),
    ("outside", [("one", "#| export ../a.py\nx = 1")], ["#one", "leaves the package"]),
    ("absolute path", [("one", "#| export /tmp/a.py\nx = 1")], ["#one", "leaves the package"]),
    ("course", [("one", "#| export course/a.py\nx = 1")], ["#one", "written by hand"]),
    ("show", [("one", "#| export show/a.py\nx = 1")], ["#one", "written by hand"]),
    ("bad name", [("one", "#| export My-Module.py\nx = 1")], ["#one", "`My-Module`"]),
    ("keyword", [("one", "#| export class.py\nx = 1")], ["#one", "`class` is a word of Python's"]),
    ("keyword folder", [("one", "#| export if/a.py\nx = 1")], ["#one", "`if` is a word"]),
    ("no ending", [("one", "#| export views\nx = 1")], ["#one", "ends in `.py`"]),
    ("no path", [("one", "#| export\nx = 1")], ["#one", "does not name one file"]),
    ("two words", [("one", "#| export a.py b\nx = 1")], ["#one", "does not name one file"]),
    ("init file", [("one", "#| export nn/__init__.py\nx = 1")], ["#one", "written by hand"]),
    ("second line", [("one", "# hi\n#| export a.py\nx = 1")], ["#one", "only as the first line"]),
    ("no such file", [("one", "#| export ops2.py\nx = 1")],
     ["lessons/02_ops.ipynb#one: exports to eduflow/ops2.py, but there is no such file",
      "Did you mean `ops.py`?"]),
    ("no region", [("one", f"{CELL}x = 1")],
     ["#one: eduflow/ops.py has no region `# %% lesson 02 one`", "Put two lines there"]),
    ("another file", [("add", "#| export more.py\nx = 1")],
     ["#add: exports to eduflow/more.py, but its region stands in eduflow/ops.py"]),
    ("no cell", [("other", "1")], ["eduflow/ops.py, line 3: no export cell of",
                                   "has the id `add`"]),
    ("same ids", [("a", "1"), ("a", "2")], ["02_ops.ipynb#a", "2 cells have this id"]),
    ("no id", [("", "1")], ["(cell 2, without an id)", "no id"]),
    ("merge", [("add", f"{CELL}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b")],
     ["#add: an unfinished merge stands in line 2 of the cell"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "texts"), [x[1:] for x in WRONG], ids=[x[0] for x in WRONG])
def test_refuses(built: Course, cells: list[tuple[str, str]], texts: list[str]) -> None:
    built.lesson("02_ops", *cells)
    report = problems(built, force=True)
    for text in texts:
        assert text in report


def test_all_problems_at_once(built: Course) -> None:
    built.change("02_ops", "add", "@method", "1 + 1\n@method")
    built.change("01_tensors", "the-class", "SIZE = 4", "import eduflow")
    with pytest.raises(Problems) as caught:
        gather(built.lessons, built.package)
    assert len(caught.value.problems) == 2


def test_two_lessons_on_one_floor(built: Course) -> None:
    built.lesson("02_other", ("a", "1"))
    assert "floor 2 has a lesson already" in problems(built)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{]", "not valid JSON"),
        ("[]", "no list of cells"),
        ('{"worksheets": []}', "format 4"),
        ('{"cells": [], "metadata": null}', "its metadata is null"),
        ('{"cells": [{"cell_type": "code", "id": "a", "metadata": null}]}', "its metadata is null"),
        ('{\n<<<<<<< HEAD\n "cells": []\n', "an unfinished merge stands in line 2"),
    ],
)
def test_broken_notebook(built: Course, text: str, expected: str) -> None:
    (built.lessons / "02_ops.ipynb").write_text(text, encoding="utf-8")
    report = problems(built)
    assert "lessons/02_ops.ipynb" in report
    assert expected in report


def test_a_folder_with_a_notebook_s_name(built: Course) -> None:
    (built.lessons / "04_x.ipynb").mkdir()
    assert "lessons/04_x.ipynb: this is a folder" in problems(built)


def test_not_utf8(built: Course) -> None:
    (built.lessons / "02_ops.ipynb").write_bytes(b"\xff\xfe")
    (built.package / "ops.py").write_bytes(b"x = '\xff'")
    assert "lessons/02_ops.ipynb: the file is not UTF-8" in problems(built)
    built.lesson("02_ops", ("add", ADD))
    assert "eduflow/ops.py: the file is not UTF-8" in problems(built)


def test_line_ends_and_byte_order_marks(built: Course) -> None:
    for path in (built.package / "ops.py", built.lessons / "02_ops.ipynb"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = built.files()
    assert not gather(built.lessons, built.package).written
    assert built.files() == before
    data = json.loads((built.lessons / "02_ops.ipynb").read_text(encoding="utf-8-sig"))
    data["cells"][1]["source"] = ADD.replace("x.data", "0").replace("\n", "\r\n")
    (built.lessons / "02_ops.ipynb").write_text(json.dumps(data), encoding="utf-8")
    gather(built.lessons, built.package)
    raw = (built.package / "ops.py").read_bytes()
    assert b"\r" not in raw
    assert raw.startswith(b"from .tensors")
    assert b"Tensor(0 + y.data)" in raw


def test_notebook_without_floor(built: Course) -> None:
    built.lesson("Untitled", ("a", "1"))
    gather(built.lessons, built.package, check=True)
    built.lesson("Untitled", ("a", "#| export a.py\nx = 1"))
    assert "its name gives no floor" in problems(built)


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


def test_regions_are_read() -> None:
    text = "a = 1\n# %% lesson 02 mul\nb = 2\n# %% end\n"
    [region], wrong = parse_regions(text)
    assert (region.lesson, region.cell, region.first, region.last) == (2, "mul", 2, 4)
    assert not wrong
    assert parse_regions("# %% cell\n# %%\n") == ([], [])


KILL = """
import os, signal, sys
from pathlib import Path
from eduflow.course import files
real, count = os.replace, 0
def replace(a, b):
    global count
    count += 1
    if count > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(a, b)
os.replace = replace
from eduflow.course.gather import gather
from eduflow.course.scatter import scatter
{"gather": gather, "scatter": scatter}[sys.argv[1]](Path("lessons"), Path("eduflow"))
"""


@pytest.mark.parametrize("renames", range(4))
@pytest.mark.parametrize("command", ["gather", "scatter"])
def test_killed_half_way_and_run_again(built: Course, command: str, renames: int) -> None:
    edits = [("01_tensors", "the-class", "tensors.py", "SIZE = 4", "SIZE = 5")]
    edits += [("02_ops", "add", "ops.py", "x.data + y.data", "y.data + x.data")]
    for slug, cell_id, path, old, new in edits:
        if command == "gather":
            built.change(slug, cell_id, old, new)
        else:
            built.edit(path, old, new)
    root = str(COURSE.parents[1])
    command_line = [sys.executable, "-P", "-c", KILL, command, str(renames)]
    done = subprocess.run(command_line, cwd=built.root, env=os.environ | {"PYTHONPATH": root})
    assert done.returncode == (-signal.SIGKILL if renames < 3 else 0)
    done = subprocess.run(
        [*command_line[:-1], "99"],
        cwd=built.root,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for slug, cell_id, path, _, new in edits:
        assert new in built.source(slug, cell_id)
        assert new in built.read(path)
    assert not gather(built.lessons, built.package, check=True).written


def test_by_path_with_a_broken_package(built: Course) -> None:
    built.change("03_last", "grown", "class Grown(Linear):", "class Grown(Linear:")
    built.edit("__init__.py", "from . import nn", "raise SystemExit(7)")
    built.install()
    command = [sys.executable, str(built.package / "course" / "__main__.py"), "gather"]
    done = subprocess.run(command, cwd=built.root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "lessons/03_last.ipynb#grown" in done.stderr
    built.lesson("03_last", ("grown", GROWN.replace("pass", "x = 1")))
    done = subprocess.run(command, cwd=built.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "written: eduflow/nn/linear.py" in done.stdout
    done = subprocess.run([*command, "--check"], cwd=built.root, capture_output=True, text=True)
    assert done.returncode == 0


def test_the_real_cells_and_regions_agree() -> None:
    root = COURSE.parents[1]
    result = gather(root / "lessons", root / "eduflow", check=True)
    assert not result.written
    assert Path(root / "lessons").is_dir()
