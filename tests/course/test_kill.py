"""Killed at any moment, commands lose nothing: EDUFLOW_KILLS says how often each is tried."""

from __future__ import annotations

import ast
import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eduflow.course.folder import read
from eduflow.course.own import OwnPackage
from eduflow.course.regions import Package
from eduflow.course.start import start

from .test_grading import CHECKS, RIGHT, folder

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("EDUFLOW_KILLS", "2"))
MAIN = "from eduflow.course.cli import main; main({!r})"
KEEP = """
from pathlib import Path
from eduflow.course.folder import read
from eduflow.course.own import OwnPackage
from eduflow.course.regions import Package
folder, theirs = read(Path({root!r})), Package(Path({package!r}))
own = OwnPackage(folder, theirs, "1")
tasks = [(key, task) for key, task in folder.tasks().items() if key[0] < 4]
while True:
    for key, task in tasks:
        file = theirs.files[task.path]
        region = next(r for r in file.regions if r.key == key)
        own.keep(task, key, file.text_of(region))
"""
RECORD = """
import os
from eduflow.course import progress
n = 0
while True:
    n += 1
    progress.record("checks", "c%d" % (n % 50), {"passed": n, "of": n})
"""


def killed(code: str, place: Path, most: float) -> None:
    """Run code, and kill it after some time up to `most` seconds."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "EDUFLOW_PROGRESS": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=place, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(random.uniform(0.05, most))
    process.kill()
    process.wait()


def whole(root: Path) -> None:
    """Every file is one that can be read."""
    for path in root.rglob("*"):
        if path.suffix in (".ipynb", ".json"):
            json.loads(path.read_text("utf-8"))
        elif path.suffix == ".py":
            ast.parse(path.read_text("utf-8"))


def test_start_and_update(tmp_path: Path) -> None:
    root = tmp_path / "learn"
    for _ in range(KILLS):
        killed(MAIN.format(["start", str(root)]), tmp_path, 0.8)
        whole(root)
    done = start(root, None, "1")
    path = done.folder.notebook("01_tensors_and_storage")
    book = json.loads(path.read_text("utf-8"))
    book["cells"][3]["source"] = "mine = 1"
    path.write_text(json.dumps(book), encoding="utf-8")
    for _ in range(KILLS):
        killed(MAIN.format(["start", str(root)]), tmp_path, 0.8)
        whole(root)
    start(root, None, "1")
    assert json.loads(path.read_text("utf-8"))["cells"][3]["source"] in ("mine = 1", ["mine = 1"])


def test_keeping(tmp_path: Path) -> None:
    root = tmp_path / "learn"
    start(root, None, "1")
    code = KEEP.format(root=str(root), package=str(ROOT / "eduflow"))
    found: set[tuple[int, str]] = set()
    for _ in range(KILLS):
        killed(code, tmp_path, 2.0)
        whole(root)
        own = OwnPackage(read(root), Package(ROOT / "eduflow"), "1")
        assert found <= own.texts().keys(), "what was kept is lost"
        found |= own.texts().keys()


def test_progress(tmp_path: Path) -> None:
    root = tmp_path / "learn"
    start(root, None, "1")
    seen = 0
    for _ in range(KILLS):
        killed(RECORD, root / "lessons", 0.6)
        whole(root)
        path = root / ".eduflow" / "progress.json"
        known = json.loads(path.read_text("utf-8"))["checks"] if path.exists() else {}
        assert len(known) >= seen
        seen = len(known)


def test_grade(tmp_path: Path) -> None:
    places = [str(folder(tmp_path / name, RIGHT)) for name in ("Ann", "Bob")]
    to = tmp_path / "grades"
    command = ["grade", *places, "--to", str(to), "--lessons", "1"]
    for _ in range(KILLS):
        killed(MAIN.format(command), tmp_path, 2.5)
        if (to / "grades.csv").exists():
            rows = list(csv.DictReader((to / "grades.csv").open(encoding="utf-8")))
            assert len(rows) in (CHECKS, 2 * CHECKS)
    assert (tmp_path / "Ann" / "lessons").is_dir()


def test_two_kernels_at_once(tmp_path: Path) -> None:
    root = tmp_path / "learn"
    start(root, None, "1")
    code = (
        "import sys\nfrom eduflow.course import progress\nfor n in range(40):\n"
        "    assert progress.record('checks', sys.argv[1] + str(n), {'passed': 1, 'of': 1})"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT), "EDUFLOW_PROGRESS": ""}
    both = [
        subprocess.Popen([sys.executable, "-c", code, name], cwd=root / "lessons", env=env)
        for name in "ab"
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    known = json.loads((root / ".eduflow" / "progress.json").read_text("utf-8"))["checks"]
    assert len(known) == 80
    assert not (root / ".eduflow" / "progress.json.lock").exists()


COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "start": lambda root: ["start", str(root.with_name("another"))],
    "update": lambda root: ["start", str(root)],
    "progress": lambda root: ["progress", str(root)],
    "help": lambda root: ["--help"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_answer_soon(name: str, tmp_path: Path) -> None:
    """Measured is the processor's time: the clock's also counts what else a machine does."""
    root = tmp_path / "learn"
    start(root, None, "1")
    words = COMMANDS[name](root)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    times = []
    for _ in range(3):
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "eduflow.course", *words],
            cwd=tmp_path, env=env, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        after = os.times()
        used = after.children_user + after.children_system
        times.append(used - before.children_user - before.children_system)
    assert min(times) < 2
    print(f"{name}: {min(times):.2f} s")
