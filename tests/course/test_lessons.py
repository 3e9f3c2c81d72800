"""Running lessons: the same bytes every time, and a failing cell changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eduflow.course import lessons
from eduflow.course.cli import main
from eduflow.course.errors import CourseError
from eduflow.course.lessons import WIDGETS, _plain_paths, run_lesson, run_lessons

from .conftest import Course, cell

SETUP = (
    "from eduflow.course import lesson, predict\n\nlesson('01_tensors')\nimport eduflow as torch"
)
CARD = 'predict("a/b", "Is `x` new?", ["yes", "no"], answer="no", explanation="Look.")'


@pytest.fixture
def built(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A lesson with widgets, a stream in pieces and a wanted error."""
    wanted = cell("wanted", "1 / 0")
    wanted["metadata"]["tags"] = ["raises-exception"]
    course.lesson(
        "01_tensors",
        ("setup", SETUP),
        ("build", "#| export tensors.py\nclass Tensor:\n    pass"),
        (
            "orphan",
            "import ipywidgets\norphan = ipywidgets.IntSlider()\nprint(torch.Tensor.__name__)",
        ),
        ("card", CARD),
        ("slider", "import os\nprint(os.environ['EDUFLOW_PROGRESS'])\nipywidgets.IntSlider(3)"),
        wanted,
    )
    region = "# %% lesson 01 build\nclass Tensor:\n    pass\n# %% end\n"
    course.write("tensors.py", region)
    course.write("__init__.py", "from .tensors import Tensor\n")
    return course


def test_same_bytes_every_time(built: Course, capsys: pytest.CaptureFixture[str]) -> None:
    # The kernel takes `eduflow` from the folder this course package is in: use the small one.
    built.install()
    run = "from eduflow.course.cli import main; print(main(['lessons', '01_tensors']))"
    path = built.lessons / "01_tensors.ipynb"
    said = built.python(run)
    first = path.read_bytes()
    assert said.startswith("01_tensors ... stored, ")
    assert said.endswith("0\n")
    assert built.python(run).startswith("01_tensors ... unchanged, ")
    assert path.read_bytes() == first
    data = json.loads(first)
    state = data["metadata"]["widgets"][WIDGETS]["state"]
    assert sorted(state)[0] == f"{1:032x}"
    assert len(state) == 5  # a card, a slider, their layouts and the slider's style
    assert [c["execution_count"] for c in data["cells"][1:]] == [1, 2, 3, 4, 5, 6]
    assert data["metadata"]["language_info"] == {"name": "python"}
    text = first.decode()
    assert "Lesson 01_tensors. In place: floor 0." in text
    assert '"off\\n"' in text
    assert "ipykernel_" not in text


def test_failing_cell_changes_nothing(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    path = course.lesson("01_a", ("fine", "1"), ("wrong", "x = 1\nx.missing"))
    before = path.read_bytes()
    assert run_lessons(course.lessons) == 1
    said = capsys.readouterr().out
    assert "lessons/01_a.ipynb#wrong failed:" in said
    assert "AttributeError: 'int' object has no attribute 'missing'" in said
    assert path.read_bytes() == before


def test_names(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.lesson("01_a", ("a", "1"))
    with pytest.raises(CourseError, match="There are: 01_a"):
        run_lessons(course.lessons, ["02_b"])
    assert main(["--root", str(course.root), "lessons", "02_b"]) == 1
    assert "There is no lesson 02_b" in capsys.readouterr().err
    with pytest.raises(CourseError, match="no such notebook"):
        run_lesson(course.lessons / "03_c.ipynb")


def test_changed_on_disk_while_it_ran(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course.lesson("01_a", ("a", "1"))
    saved = path.read_text(encoding="utf-8").replace('"1"', '"2"')

    def execute(data: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
        path.write_text(saved, encoding="utf-8")
        return data

    monkeypatch.setattr(lessons, "_execute", execute)
    assert run_lessons(course.lessons) == 1
    said = capsys.readouterr().out
    assert "lessons/01_a.ipynb was changed while it ran" in said
    assert path.read_text(encoding="utf-8") == saved
    other = course.lessons / ".backup" / "01_a.outputs.ipynb"
    assert json.loads(other.read_text(encoding="utf-8"))["cells"][1]["source"] == ["1"]


def test_metadata_that_is_nothing(course: Course) -> None:
    path = course.lesson("01_a", ("a", "1"))
    text = path.read_text(encoding="utf-8").replace('"metadata": {}', '"metadata": null')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=r"lessons/01_a\.ipynb: its metadata is null"):
        run_lesson(path)


def test_commands(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.house()
    root = ["--root", str(course.root)]
    assert main([*root, "gather", "--check"]) == 0
    course.change("02_ops", "add", "x.data + y.data", "y.data + x.data")
    capsys.readouterr()
    assert main([*root, "gather", "--check"]) == 1
    said = capsys.readouterr().out
    assert "differs: lessons/02_ops.ipynb#add" in said
    assert "differs: eduflow/ops.py" in said
    assert main([*root, "gather"]) == 0
    assert "written: eduflow/ops.py" in capsys.readouterr().out
    assert main([*root, "gather", "--check"]) == 0
    course.edit("ops.py", "y.data + x.data", "x.data + y.data")
    capsys.readouterr()
    assert main([*root, "scatter"]) == 0
    said = capsys.readouterr().out
    assert "changed: lessons/02_ops.ipynb#add" in said
    assert "Run `make lessons`" in said
    course.edit("ops.py", "# %% end", "")
    assert main([*root, "scatter"]) == 1
    assert "1 problem:" in capsys.readouterr().err


def test_name_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for words, start in ((["--version"], "eduflow "), (["--help"], "usage: eduflow ")):
        with pytest.raises(SystemExit):
            main(words)
        assert capsys.readouterr().out.startswith(start)


def test_paths_in_tracebacks() -> None:
    root = Path("/home/me/eduflow")
    assert _plain_paths("File /home/me/eduflow/eduflow/ops.py:3", root) == "File eduflow/ops.py:3"
    assert (
        _plain_paths("File /a/lib/python3.11/site-packages/x.py", root) == "File site-packages/x.py"
    )
    assert _plain_paths("/usr/lib/python3.12/abc.py:1", root) == "python/abc.py:1"
    assert _plain_paths("/tmp/ipykernel_12/345.py:1", root) == "<cell>:1"
