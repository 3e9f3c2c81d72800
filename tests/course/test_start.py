"""`eduflow start`: a new folder, and new editions brought into one that was worked in."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from eduflow.course.edition import learner_cells, tasks
from eduflow.course.merge import delivered, merge
from eduflow.course.notebook import Cell, Notebook
from eduflow.course.stubs import to_write, without_solutions

from .conftest import Course, cell
from .learner import ADD, Learner, small_course


@pytest.fixture
def learner(course: Course) -> Learner:
    """Someone who has not started yet."""
    return Learner(small_course(course))


# Stubs


def test_stub_keeps_all_but_the_solution() -> None:
    assert without_solutions(ADD) == (
        '#| export ops.py\n@method("add", "__add__")\ndef add(x, y):\n'
        '    """The sum of two tensors."""\n'
        '    raise NotImplementedError("add is yours to write")\n'
    )


@pytest.mark.parametrize(
    ("source", "expected", "names"),
    [
        (
            "class A:\n    def f(self):\n        ### BEGIN SOLUTION\n        return 1\n"
            "        ### END SOLUTION\n\n    def g(self):\n        return 2\n",
            "class A:\n    def f(self):\n"
            '        raise NotImplementedError("A.f is yours to write")\n\n    def g(self):\n'
            "        return 2\n",
            ["A"],
        ),
        (
            "def f(x):\n    y = x\n    ### BEGIN SOLUTION\n    y += 1\n    ### END SOLUTION\n"
            "    return y\n\n\ndef g():\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION",
            'def f(x):\n    y = x\n    raise NotImplementedError("f is yours to write")\n'
            '    return y\n\n\ndef g():\n    raise NotImplementedError("g is yours to write")',
            ["f", "g"],
        ),
        (
            "### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
            'print("this cell is yours to write")',
            [],
        ),
        ("x = 1", "x = 1", []),
    ],
)
def test_stubs(source: str, expected: str, names: list[str]) -> None:
    assert without_solutions(source) == expected
    assert to_write(source) == names


# A new folder


def test_a_new_folder(learner: Learner) -> None:
    said = learner.start()
    assert "4 lessons, your framework `myflow`" in said
    assert said.endswith("-> 0\n")
    files = sorted(p.relative_to(learner.root).as_posix() for p in learner.root.rglob("*.*"))
    assert files == [
        ".eduflow", ".eduflow/course.json", "README.md", "lessons/00_start.ipynb",
        "lessons/01_tensors.ipynb", "lessons/02_ops.ipynb", "lessons/03_last.ipynb",
        "myflow/__init__.py",
    ]  # fmt: skip
    assert "add is yours to write" in learner.cells("02_ops")["add"]
    for path in learner.root.glob("lessons/*"):
        text = path.read_text("utf-8")
        assert "SOLUTION" not in text
        assert all(not c.get("outputs") for c in json.loads(text)["cells"])
    assert "up to date" in learner.start()


def test_outputs_and_widgets_are_not_delivered() -> None:
    raw = cell("a", "1") | {"outputs": [{"output_type": "stream"}], "execution_count": 3}
    book = Notebook(Path("02_x.ipynb"), {}, [Cell(raw, 0)])
    assert learner_cells(book)[0]["outputs"] == []
    assert learner_cells(book)[0]["execution_count"] is None
    assert raw["execution_count"] == 3


def test_checks_are_matched_with_what_they_are_about(learner: Learner) -> None:
    learner.start()
    record = json.loads((learner.root / ".eduflow" / "course.json").read_text("utf-8"))
    found = {item["cell"]: item for item in record["lessons"]["02_ops"]["exercises"]}
    assert found["add"] == {
        "cell": "add", "path": "ops.py", "names": ["add"], "checks": ["add"]
    }  # fmt: skip
    assert found["linear"]["checks"] == ["Linear", "twice"]
    assert found["side"]["path"] == ""
    assert tasks(Notebook(Path("x"), {}, [])) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("my flow", "letters, digits and `_` only"),
        ("2flow", "letters, digits and `_` only"),
        ("flöw", "letters, digits and `_` only"),
        ("_flow", "letters, digits and `_` only"),
        ("", "letters, digits and `_` only"),
        ("class", "a word of Python's own"),
        ("match", "a word of Python's own"),
        ("eduflow", "means something else here"),
        ("lessons", "means something else here"),
        ("Torch", "means something else here"),
        ("random", "a module of Python's own"),
        ("numpy", "is installed already"),
    ],
)
def test_names_that_will_not_do(learner: Learner, name: str, reason: str) -> None:
    said = learner.start("--name", name)
    assert reason in said
    assert "-> 1\n" in said
    assert not learner.root.exists()


def test_places_that_will_not_do(learner: Learner) -> None:
    root = learner.course.root
    assert "holds the course itself" in learner.command("start", ".")
    assert "holds the course itself" in learner.command("start", str(root / "eduflow" / "x"))
    (root / "file").write_text("", encoding="utf-8")
    assert "is a file" in learner.command("start", "file")
    learner.start("--name", "mine")
    assert "is called 'mine' already" in learner.start("--name", "yours")
    assert "up to date" in learner.command("start", folder=learner.root / "lessons")


def test_no_lessons_installed(learner: Learner) -> None:
    for path in learner.course.lessons.glob("*.ipynb"):
        path.unlink()
    assert "not installed with this eduflow" in learner.start()


# Updates, cell by cell


def test_an_update(learner: Learner) -> None:
    learner.start()
    course = learner.course
    mine = "#| export ops.py\ndef add(x, y):\n    return 5"
    learner.write("02_ops", "add", mine)
    learner.write("02_ops", "use-add", "print('mine')")
    learner.write("02_ops", "my-own", "print('a cell of my own')")
    course.change("02_ops", "add", "The sum of two", "The sum of")
    course.change("02_ops", "setup", "import eduflow as torch", "import eduflow as torch  # new")
    course.lesson("04_more", ("setup", "1"))
    said = learner.start()
    assert "new: lessons/04_more.ipynb" in said
    assert "renewed where you changed nothing: lessons/02_ops.ipynb" in said
    assert "lessons/02_ops.ipynb: you and the course both changed `add`." in said
    cells = learner.cells("02_ops")
    assert cells["add"] == mine
    assert cells["use-add"] == "print('mine')"
    assert cells["my-own"] == "print('a cell of my own')"
    assert cells["setup"].endswith("# new")
    first, note, *rest = cells["add-new"].split("\n")
    assert first == "#| export ops.py"
    assert note.startswith("# New text of the cell above (eduflow ")
    assert '    """The sum of tensors."""' in rest
    order = list(cells)
    assert order.index("add-new") == order.index("add") + 1
    backups = list((learner.root / ".eduflow" / "backups").rglob("02_ops.ipynb"))
    assert len(backups) == 1
    assert "up to date" in learner.start()
    assert learner.cells("02_ops") == cells


def run_merge(mine: dict[str, str], new: dict[str, str], old: dict[str, str]) -> dict[str, str]:
    """Merge texts by id."""
    books = [[cell(name, text) for name, text in each.items()] for each in (mine, new, old)]
    result = merge(books[0], books[1], delivered(books[2]), "2.0")
    return {str(raw["id"]): "".join(raw["source"]) for raw in result.cells}


NEW = "# New text of the cell above (eduflow 2.0). Yours is kept: take what you like.\n"


@pytest.mark.parametrize(
    ("mine", "new", "old", "expected"),
    [
        ({"a": "1"}, {"a": "1"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}),
        ({"a": "mine"}, {"a": "1"}, {"a": "1"}, {"a": "mine"}),
        ({"a": "mine"}, {"a": "2"}, {"a": "1"}, {"a": "mine", "a-new": NEW + "2"}),
        ({"a": "2"}, {"a": "2"}, {"a": "1"}, {"a": "2"}),
        # Added, removed and moved
        ({"a": "1"}, {"b": "0", "a": "1"}, {"a": "1"}, {"b": "0", "a": "1"}),
        ({"a": "1", "b": "2"}, {"a": "1"}, {"a": "1", "b": "2"}, {"a": "1"}),
        ({"a": "1", "b": "x"}, {"a": "1"}, {"a": "1", "b": "2"}, {"a": "1", "b": "x"}),
        ({"b": "2"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2"}, {"b": "3"}),
        ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "1", "b": "2"}, {"b": "2", "a": "1"}),
        # The learner's own cells stay behind the cell they stood behind
        (
            {"x": "0", "a": "1", "y": "5", "b": "2"},
            {"b": "3", "a": "1"},
            {"a": "1", "b": "2"},
            {"x": "0", "b": "3", "a": "1", "y": "5"},
        ),
        # An editor that gives new ids
        ({"77": "1", "78": "2"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2"}, {"a": "1", "b": "3"}),
        # Interrupted between the notebook and the record
        ({"a": "2", "n": "7"}, {"a": "2", "n": "7"}, {"a": "1"}, {"a": "2", "n": "7"}),
        (
            {"a": "2", "n": "me"},
            {"a": "2", "n": "7"},
            {"a": "1"},
            {"a": "2", "n": "me", "n-new": NEW + "7"},
        ),
    ],
)  # fmt: skip
def test_merging(
    mine: dict[str, str], new: dict[str, str], old: dict[str, str], expected: dict[str, str]
) -> None:
    merged = run_merge(mine, new, old)
    assert list(merged.items()) == list(expected.items())


def test_an_offer_gives_way_to_the_next_one_unless_it_was_taken_up() -> None:
    old, new = [cell("a", "1")], [cell("a", "2")]
    first = merge([cell("a", "mine")], new, delivered(old), "2.0").cells
    newest = [cell("a", "3")]
    second = merge(first, newest, delivered(new), "3.0").cells
    assert ["".join(raw["source"]) for raw in second] == [
        "mine", NEW.replace("2.0", "3.0") + "3"
    ]  # fmt: skip
    kept = merge(second, newest, delivered(newest), "3.0").cells
    assert kept == second
    second[1]["source"] = ["taken up"]
    third = merge(second, [cell("a", "4")], delivered(newest), "4.0").cells
    assert ["".join(raw["source"]) for raw in third] == [
        "mine", NEW.replace("2.0", "4.0") + "4", "taken up"
    ]  # fmt: skip
    assert len({raw["id"] for raw in third}) == 3


def test_a_broken_notebook_is_left_alone(learner: Learner) -> None:
    learner.start()
    learner.path("02_ops").write_text("{", encoding="utf-8")
    learner.course.change("02_ops", "setup", "import eduflow as torch", "import eduflow as t")
    said = learner.start()
    assert "not valid JSON" in said
    assert "It was left as it is." in said
    assert "-> 1\n" in said
    assert learner.path("02_ops").read_text("utf-8") == "{"


def test_a_removed_notebook_comes_anew(learner: Learner) -> None:
    learner.start()
    learner.write("02_ops", "add", "gone")
    learner.path("02_ops").unlink()
    assert "new: lessons/02_ops.ipynb" in learner.start()
    assert "yours to write" in learner.cells("02_ops")["add"]


def test_a_damaged_record_is_written_anew(learner: Learner) -> None:
    learner.start("--name", "mine")
    learner.write("02_ops", "add", "touched")
    record = learner.root / ".eduflow" / "course.json"
    record.write_text("[", encoding="utf-8")
    assert (
        "course.json is damaged"
        in learner.shell("from eduflow.course import *\nlesson('02_ops')")[0]
    )
    assert learner.start().endswith("-> 0\n")
    assert json.loads(record.read_text("utf-8"))["name"] == "mine"
    assert learner.cells("02_ops")["add"] == "touched"


def test_own_lines_are_carried_into_new_files(learner: Learner) -> None:
    learner.start()
    learner.solve("02_ops")
    learner.run("02_ops")
    course = learner.course
    course.edit("ops.py", "add(x, Tensor(1))", "add(Tensor(1), x)")
    said = learner.start()
    assert "renewed around your lines: myflow/ops.py" in said
    assert "add(Tensor(1), x)" in learner.own("ops.py")
    assert "02 add" in learner.own("__init__.py").split("__borrowed__")[0]


def test_own_lines_without_a_place_are_put_aside(learner: Learner) -> None:
    learner.start()
    learner.solve("02_ops")
    learner.run("02_ops")
    course = learner.course
    for place in (course.lessons / "02_ops.ipynb", course.package / "ops.py"):
        text = place.read_text("utf-8").replace("def add(", "def plus(")
        place.write_text(text, encoding="utf-8")
    said = learner.start()
    assert "kept in .eduflow/aside/02-add.py" in said
    assert learner.own("ops.py") == ""
    assert "def add(" in (learner.root / ".eduflow" / "aside" / "02-add.py").read_text("utf-8")


# Killed at any time

KILLS = int(os.environ.get("EDUFLOW_KILLS", "20"))
LOOP = """
import sys, itertools, json, os
from pathlib import Path
sys.path.insert(0, {root!r})
from eduflow.course import folder, own, progress
from eduflow.course.regions import Package
from eduflow.course.start import start
from eduflow.course.edition import Task
place, lessons = Path({place!r}), Path({root!r}) / "lessons"
os.environ["EDUFLOW_PROGRESS"] = str(place / ".eduflow" / "progress.json")
book = lessons / "02_ops.ipynb"
print("ready", flush=True)
for number in itertools.count({seed}):
    text = json.loads(book.read_text("utf-8"))
    text["cells"][1]["source"] = [f"# edition {{number}}"]
    book.with_suffix(".tmp").write_text(json.dumps(text), "utf-8")
    os.replace(book.with_suffix(".tmp"), book)
    start(place, None, str(number))
    mine = folder.read(place)
    package = own.OwnPackage(mine, Package(Path({root!r}) / "eduflow"), "1")
    task = Task("add", "ops.py", ("add",), ("add",))
    package.keep(task, (2, "add"), f"def add(x, y):\\n    return {{number}}")
    progress.record("checks", "add", {{"passed": number}})
    if number % 3 == 0:
        package.give_back("ops.py", (2, "add"))
"""


def whole(root: Path) -> None:
    """Every file of the learner's folder can be read, and what was written is there."""
    for path in root.rglob("*"):
        if path.suffix in (".ipynb", ".json"):
            json.loads(path.read_text("utf-8"))
        elif path.suffix == ".py":
            compile(path.read_text("utf-8"), str(path), "exec")
    data: dict[str, Any] = json.loads((root / "lessons" / "02_ops.ipynb").read_text("utf-8"))
    sources = {raw["id"]: "".join(raw["source"]) for raw in data["cells"]}
    assert sources["use-add"] == "print('mine')"
    assert sources["my-own"] == "keep me"


def test_killed_at_any_time(learner: Learner) -> None:
    learner.start()
    learner.write("02_ops", "use-add", "print('mine')")
    learner.write("02_ops", "my-own", "keep me")
    chance = random.Random(3)
    for number in range(KILLS):
        code = LOOP.format(
            root=str(learner.course.root), place=str(learner.root), seed=number * 1000
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.random() * 0.4)
        process.kill()
        process.wait()
        process.stdout.close()
        whole(learner.root)
    said = learner.start()
    assert said.endswith("-> 0\n"), said
    whole(learner.root)


def test_killed_while_starting(learner: Learner) -> None:
    chance = random.Random(4)
    code = f"from eduflow.course.cli import main; main(['start', {str(learner.root)!r}])"
    env = os.environ | {"PYTHONPATH": str(learner.course.root)}
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=learner.course.root, env=env,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(0.1 + chance.random() * 0.4)
        process.kill()
        process.wait()
    assert learner.start().endswith("-> 0\n")
    assert len(list(learner.root.glob("lessons/*.ipynb"))) == 4
    assert "yours to write" in learner.cells("02_ops")["add"]
    assert "up to date" in learner.start()
