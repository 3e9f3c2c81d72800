"""A learner plays the real lessons in a fresh folder: with every solution, and with none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eduflow.course import folder
from eduflow.course.answers import solutions
from eduflow.course.own import OwnPackage
from eduflow.course.regions import Package
from eduflow.course.start import start

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted({solved.lesson for solved in solutions()})
PLAY = """
import contextlib, io, json, os, sys, tempfile
os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.colors = "nocolor"
said = {}
for raw in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if raw["cell_type"] == "code":
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            result = shell.run_cell("".join(raw["source"]), store_history=True)
        error = result.error_before_exec or result.error_in_exec
        expected = "raises-exception" in raw["metadata"].get("tags", [])
        said[raw["id"]] = [out.getvalue(), "" if expected or error is None else repr(error)]
print("BEGIN-ANSWERS" + json.dumps(said))
"""


def play(path: Path) -> dict[str, tuple[str, str]]:
    """Run a notebook from top to bottom; what each cell said, and its error if it has one."""
    env = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "EDUFLOW_PROGRESS": ""}
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(path)],
        cwd=path.parent, env=os.environ | env, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert "BEGIN-ANSWERS" in done.stdout, done.stdout + done.stderr
    said: dict[str, tuple[str, str]] = json.loads(done.stdout.split("BEGIN-ANSWERS", 1)[1])
    return said


def solve(path: Path) -> None:
    """Write the course's own solutions into a learner's notebook."""
    book = json.loads((ROOT / "lessons" / path.name).read_text("utf-8"))
    solved = {
        raw["id"]: [line for line in raw["source"] if not line.strip().startswith("### ")]
        for raw in book["cells"]
        if any(line.strip() == "### BEGIN SOLUTION" for line in raw["source"])
    }
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for raw in data["cells"]:
        raw["source"] = solved.get(raw["id"], raw["source"])
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> folder.Folder:
    """A fresh folder, in a place with a blank and an umlaut."""
    return start(tmp_path_factory.mktemp("spiel") / "mein Überbau", None, "1").folder


def own_cells(mine: folder.Folder) -> set[str]:
    """The cells whose lines are in the learner's package."""
    package = OwnPackage(mine, Package(ROOT / "eduflow"), "1")
    return {cell for file in package.files().values() for cell in file.cells}


@pytest.mark.parametrize("slug", LESSONS)
def test_nothing_written(mine: folder.Folder, slug: str) -> None:
    said = play(mine.notebook(slug))
    assert {cell: error for cell, (_, error) in said.items() if error} == {}
    texts = "\n".join(text for text, _ in said.values())
    tasks = mine.lessons[slug].tasks
    assert "checks passed" not in texts
    for raw in json.loads(mine.notebook(slug).read_text("utf-8"))["cells"]:
        source = "".join(raw["source"])
        if re.search(r"^(if )?check\(", source, re.MULTILINE) and raw["cell_type"] == "code":
            assert ": not written yet (0 of" in said[raw["id"]][0]
    assert texts.count("the framework uses ours") == sum(bool(task.path) for task in tasks)


@pytest.mark.parametrize("slug", LESSONS)
def test_everything_written(mine: folder.Folder, slug: str) -> None:
    solve(mine.notebook(slug))
    said = play(mine.notebook(slug))
    assert {cell: error for cell, (_, error) in said.items() if error} == {}
    texts = "\n".join(text for text, _ in said.values())
    assert "not written yet" not in texts
    assert "not kept" not in texts
    wanted = {task.cell for task in mine.lessons[slug].tasks if task.path}
    assert wanted <= own_cells(mine)


def test_a_network_of_ones_own_lines_learns_as_the_reference_does(mine: folder.Folder) -> None:
    code = "from eduflow.course.cli import main; main(['capstone', '--steps', '12'])"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=mine.root, env=env, capture_output=True, text=True
    )
    assert "The two curves are one. That network learned by your lines: " in done.stdout, (
        done.stderr
    )
    assert "convolve" in done.stdout
