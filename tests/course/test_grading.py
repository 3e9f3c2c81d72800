"""A class edition, and grades that no submission can spoil for another."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from eduflow.course import grading
from eduflow.course.answers import solutions
from eduflow.course.cli import main

LESSON = "01_tensors_and_storage"
SOLVED = [solved for solved in solutions() if solved.lesson == LESSON]
PLACE = next(solved for solved in SOLVED if solved.task.cell == "element-place")
CHECKS = sum(len(solved.task.checks) for solved in SOLVED)
HEAD = "#| export _core/storage.py\ndef element_place(index, strides, offset):\n"
RIGHT = HEAD + "    return offset + sum(i * s for i, s in zip(index, strides))\n"
FORGE = """
import sys
for name, module in list(sys.modules.items()):
    if name.endswith("course.checking"):
        module.perform = lambda *a: module.Outcome(value=0)
        module.judge = lambda *a: module.Comparison()
"""
SUBMISSIONS = {
    "right": (RIGHT, "passed", "all 6 checks passed"),
    "wrong": (HEAD + "    return offset\n", "not passed", "checks passed."),
    "hangs": (HEAD + "    while True: pass\n", "not passed", "stopped"),
    "hangs at once": ("while True: pass\n" + RIGHT, "not passed", "raised TooLong"),
    "exits": (HEAD + "    import os; os._exit(0)\n", "not passed", "Refused"),
    "leaves at once": ("import sys; sys.exit(0)\n" + RIGHT, "not passed", "SystemExit"),
    "dies": (HEAD + "    import signal; signal.raise_signal(9)\n", "not passed", "ended its"),
    "forks": (HEAD + "    import os\n    while True: os.fork()\n", "not passed", "no programs"),
    "fills the disk": (
        HEAD + "    import tempfile\n    with open(tempfile.gettempdir() + '/x', 'wb') as f:\n"
        "        while True: f.write(bytes(1 << 20))\n",
        "not passed",
        "File too large",
    ),
    "writes elsewhere": (
        f"open({str(Path(__file__).with_name('left-behind'))!r}, 'w')\n" + RIGHT,
        "not passed",
        "raised Refused",
    ),
    "connects": (
        HEAD + "    import socket; socket.create_connection(('127.0.0.1', 9))\n",
        "not passed",
        "no programs",
    ),
    "prints": (HEAD + "    while True: print('x' * 1000)\n", "not passed", "printing"),
    "eats memory": (HEAD + "    return [bytes(1 << 33)]\n", "not passed", "Memory"),
    "edits the checks": (FORGE + HEAD + "    return 0\n", "not passed", "changes the checks"),
    "no code": ("def element_place(:", "not passed", "SyntaxError"),
    "a thread that forks": (
        HEAD + "    import os, threading\n    box = []\n"
        "    t = threading.Thread(target=lambda: box.append(os.fork()))\n"
        "    t.start(); t.join()\n    return box[0]\n",
        "not passed",
        "IndexError",
    ),
}  # fmt: skip


def folder(root: Path, source: str) -> Path:
    """A learner's folder with one cell."""
    cell = {"cell_type": "code", "id": "element-place", "metadata": {}, "source": source}
    book = {"cells": [cell | {"outputs": [], "execution_count": None}], "metadata": {}}
    path = root / "lessons" / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(book | {"nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return root


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_submission(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, word, said = SUBMISSIONS[name]
    monkeypatch.setattr(grading, "SECONDS", {"hangs": 12, "hangs at once": 4}.get(name, 30))
    grades = grading.grades_of(folder(tmp_path, source), [PLACE])
    assert [g.word for g in grades] == [word], grades[0].text
    assert said in grades[0].text
    assert not Path(__file__).with_name("left-behind").exists()


def test_a_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"Ann": RIGHT, "Bo b": HEAD + "    import os; os._exit(0)\n", "Ünal": RIGHT}
    folders = [folder(tmp_path / name, source) for name, source in names.items()]
    empty = tmp_path / "empty"
    empty.mkdir()
    (folder(tmp_path / "broken", "") / "lessons" / f"{LESSON}.ipynb").write_text("{")
    places = [*map(str, folders), str(empty), str(tmp_path / "broken"), str(tmp_path / "nobody")]
    to = tmp_path / "grades"
    assert main(["grade", *places, "--to", str(to), "--lessons", "1"]) == 1
    captured = capsys.readouterr()
    assert "nobody: no such folder" in captured.err
    assert "Ann: 1 of 12 checks passed" in captured.out
    rows = list(csv.DictReader((to / "grades.csv").open(encoding="utf-8")))
    passed = {row["learner"] for row in rows if row["outcome"] == "passed"}
    assert passed == {"Ann", "Ünal"}
    assert {row["learner"] for row in rows} == {"Ann", "Bo_b", "Ünal", "empty", "broken"}
    assert "all 6 checks passed" in (to / "Ann.html").read_text(encoding="utf-8")


def test_a_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "class"
    assert main(["release", str(place), "--lessons", "01", "05", "--no-hints"]) == 0
    assert sorted(p.name for p in (place / "release").iterdir()) == [LESSON, "05_nn_vs_functional"]
    path = place / "release" / LESSON / f"{LESSON}.ipynb"
    cells = {raw["id"]: raw for raw in json.loads(path.read_text("utf-8"))["cells"]}
    text = path.read_text("utf-8")
    assert "BEGIN SOLUTION" not in text
    assert "<summary>Hint" not in text
    assert "### BEGIN SOLUTION" in (place / "source" / LESSON / path.name).read_text("utf-8")
    mark = cells["element-place"]["metadata"]["nbgrader"]
    assert (mark["solution"], mark["grade"], mark["locked"]) == (True, False, False)
    checks = [raw["metadata"].get("nbgrader") for raw in cells.values()]
    assert sum(m["points"] for m in checks if m and m["grade"]) == CHECKS
    assert main(["release", str(place)]) == 1
    assert "is there already" in capsys.readouterr().err
