"""A learner plays the real lessons in a fresh folder, from `start` to the capstone.

Each lesson has one kernel. It meets every exercise as a stub, gets wrong answers, then right ones
(each is kept, and given back), then the solution. Some lessons are run with nothing written, and
with the kernel stopped after every cell. `EDUFLOW_PLAY=all` plays all answers and all cells.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eduflow.course import folder, names
from eduflow.course.answers import solutions
from eduflow.course.edition import Task
from eduflow.course.notebook import EXPORT
from eduflow.course.own import OwnPackage
from eduflow.course.regions import Package
from eduflow.course.start import start
from eduflow.course.version import version

from .player import Said, own_files, run_alone, run_cells

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Package(ROOT / "eduflow")
LONG = os.environ.get("EDUFLOW_PLAY") == "all"
LESSONS = sorted({solved.lesson for solved in solutions()})
FEW = LESSONS if LONG else ["07_convolution"]
TWICE = LESSONS if LONG else ["01_tensors_and_storage"]
TABLES = [
    importlib.import_module(f"tests.answers.{path.stem}")
    for path in sorted((ROOT / "tests" / "answers").glob("lesson*.py"))
]
PASSED = re.compile(r": (all \d+ checks|the one check) passed\.")
FAILED = re.compile(r": \d+ of \d+ checks passed\.")
# Percent of the lines, words and the reading of arguments left aside: of a script that builds a
# network and makes a step, and of the step alone.
SCRIPT, SHOWN = 65, 80
STEP = """
import myflow as torch
from myflow import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
    nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
    nn.Linear(84, 10),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
images, labels = torch.randn(4, 1, 28, 28), torch.tensor([3, 1, 4, 1])
optimizer.zero_grad()
nn.functional.cross_entropy(net(images), labels).backward()
optimizer.step()
"""
# A notebook has names that a file has not, and says of such an answer what is wrong with it.
IN_NOTEBOOKS = {"name 'default_collate' is not defined": "Call `self.collate_fn`."}
MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
CHECKED = re.compile(r"^(if )?check\(", re.MULTILINE)
# What a cell may end with in a kernel that ran nothing but the setup before.
NOT_YET = (
    "NotBuiltYet", "UsedBeforeBuilt", "ModuleNotBuiltYet", "NotInThisFile", "NameError",
    "CourseError",
)  # fmt: skip


def cells_of(path: Path) -> dict[str, str]:
    """The code cells of a notebook by their ids."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return {raw["id"]: "".join(raw["source"]) for raw in cells if raw["cell_type"] == "code"}


def needed(cells: dict[str, str], tasks: list[Task]) -> list[str]:
    """The cells that exercises and their checks need, in order; all of them in the long form."""
    if LONG:
        return list(cells)
    solved = {task.cell for task in tasks}
    wanted: set[str] = set()
    found = []
    for cell, source in reversed(cells.items()):
        nodes = ast.parse(source).body
        bound = {name for node in nodes for name in names.bound(node)}
        export = EXPORT.match(source)
        own = cell in solved or export or CHECKED.search(source) or "lesson(" in source
        if own or bound & wanted:
            found.append(cell)
            wanted -= bound
        if found[-1:] == [cell] and not export:
            wanted |= names.looked_up(nodes).union(*map(names.needed, nodes))
    return found[::-1]


def checks(source: str) -> Iterator[tuple[str, str]]:
    """The checks that a cell calls, by name, with the calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check":
            yield ast.literal_eval(node.args[0]), ast.unparse(node)


class Lesson:
    """A lesson that is played: its cells, as stubs and solved, and where each check is called."""

    def __init__(self, slug: str, mine: folder.Folder) -> None:
        self.slug, self.mine = slug, mine
        self.tasks = mine.lessons[slug].tasks
        self.stubs = cells_of(mine.notebook(slug))
        every = cells_of(ROOT / "lessons" / f"{slug}.ipynb")
        self.cells = [(cell, MARKER.sub("", every[cell])) for cell in needed(every, self.tasks)]
        self.solved = dict(self.cells)
        self.calls = {call: text for source in every.values() for call, text in checks(source)}

    def play(self, cells: list[str]) -> list[Said]:
        """Run cells in a fresh kernel."""
        return run_cells(self.mine.notebook(self.slug).parent, self.mine.package, cells)

    def answered(self, task: Task, source: str) -> str:
        """An exercise's cell with an answer in it, behind ours, as tables may give parts only."""
        return f"{self.solved[task.cell]}\n\n\n{source.strip()}\n"

    def lacks(self, task: Task, source: str) -> str:
        """A module that an answer names and the exercise's file does not import; "" if none."""
        nodes = ast.parse(source).body
        used = {"np", "torch"} & names.looked_up(nodes)
        used -= {name for node in nodes for name in names.bound(node)}
        file = PACKAGE.files[task.path] if task.path else None
        there = (
            {name for item in file.statements for name in names.bound(item.node)} if file else used
        )
        return min(used - there, default="")

    def steps(self) -> Iterator[tuple[str, str, str]]:
        """What the learner does, as (kind, a phrase that comes back, source).

        An exercise is taken up where its last check stands, for some need cells that come later.
        """
        todo = {task.cell: task for task in self.tasks}
        open_ones: list[Task] = []
        called: set[str] = set()
        for cell, source in self.cells:
            if cell in todo:
                open_ones.append(todo[cell])
                yield "stub", "", self.stubs[cell]
                continue
            called.update(name for name, _ in checks(source))
            for task in [task for task in open_ones if called.issuperset(task.checks)]:
                open_ones.remove(task)
                yield from self.exercise(task)
            yield "cell", "", source

    def exercise(self, task: Task) -> Iterator[tuple[str, str, str]]:
        """One exercise whose stub was run: missed, solved in other styles, given back, solved."""
        *before, last = [self.calls[check] for check in task.checks]
        done = "kept" if task.path else "right"
        for call in (*before, last):
            yield "unwritten", "", call
        for check, (source, phrase) in answers(task, "WRONG"):
            yield "cell", "", self.answered(task, source)
            yield "wrong", IN_NOTEBOOKS.get(phrase, phrase), self.calls[check]
        for _, source in answers(task, "RIGHT"):
            yield "cell", "", self.answered(task, source)
            for call in before:
                yield "right", "", call
            if self.lacks(task, source):
                yield "told", self.lacks(task, source), last
                continue
            yield done, "", last
            if task.path:
                yield "back", "", f'borrow("{task.names[0]}")'
        yield "cell", "", self.solved[task.cell]
        for call in before:
            yield "right", "", call
        yield done, "", last


def answers(task: Task, kind: str) -> Iterator[tuple[str, Any]]:
    """An exercise's answers with the check of each; one for a check in the short form."""
    for check in task.checks:
        for table in TABLES:
            for answer in list(getattr(table, kind).get(check, {}).values())[: None if LONG else 1]:
                yield check, answer


# What is right for a step of each kind, given its text, the phrase, and whether the package changed
RIGHT = {
    "cell": lambda text, phrase, changed: not changed,
    "stub": lambda text, phrase, changed: "yours to write; until" in text and not changed,
    "unwritten": lambda text, phrase, changed: ": not written yet (0 of" in text and not changed,
    "wrong": lambda text, phrase, changed: (
        (FAILED.search(text) or "a `return` is missing" in text) and phrase in text and not changed
    ),
    "right": lambda text, phrase, changed: PASSED.search(text) and not changed,
    "kept": lambda text, phrase, changed: PASSED.search(text) and "Kept: " in text and changed,
    # A notebook has names that a file has not: it passes, and the learner is told what to add.
    "told": lambda text, phrase, changed: (
        PASSED.search(text) and f"It is not kept: the cell uses `{phrase}`" in text and not changed
    ),
    "back": lambda text, phrase, changed: "eduflow's now, in this lesson" in text and changed,
}


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> folder.Folder:
    """A fresh folder, in a place with a blank and an umlaut."""
    return start(tmp_path_factory.mktemp("spiel") / "mein Überbau", None, "1").folder


def solved_lines(slug: str, mine: folder.Folder) -> dict[tuple[int, str], str]:
    """The regions that a lesson's exercises fill, with our lines in them."""
    regions = {r.key: (file, r) for file in PACKAGE.files.values() for r in file.regions}
    keys = [key for key in mine.tasks() if key[0] == int(slug[:2])]
    return {key: regions[key][0].text_of(regions[key][1]) for key in keys}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> folder.Folder:
    """The folder of someone who has solved everything as we did; no notebook was run for it."""
    done = start(tmp_path_factory.mktemp("written") / "mein Überbau", None, "1").folder
    for slug in LESSONS:
        write_solutions(slug, done)
    return done


def write_solutions(slug: str, done: folder.Folder) -> None:
    """Put the solutions of a lesson into the learner's package, as if all had passed."""
    own = OwnPackage(done, PACKAGE, version())
    for key, lines in solved_lines(slug, done).items():
        own.keep(done.tasks()[key], key, lines)


@pytest.mark.parametrize("slug", FEW)
def test_nothing_written(mine: folder.Folder, slug: str) -> None:
    cells = cells_of(mine.notebook(slug))
    said = Lesson(slug, mine).play(list(cells.values()))
    loud = {"raises-exception"}
    tags = json.loads(mine.notebook(slug).read_text("utf-8"))["cells"]
    meant = {raw["id"] for raw in tags if loud & set(raw["metadata"].get("tags", []))}
    assert {
        c: did.error for c, did in zip(cells, said, strict=True) if did.error and c not in meant
    } == {}
    texts = "\n".join(did.text for did in said)
    assert not PASSED.search(texts)
    for source, did in zip(cells.values(), said, strict=True):
        assert ": not written yet (0 of" in did.text or not CHECKED.search(source)
        assert not did.own
    tasks = mine.lessons[slug].tasks
    assert texts.count("the framework uses ours") == sum(bool(task.path) for task in tasks)


@pytest.mark.parametrize("slug", LESSONS)
def test_wrong_answers_right_ones_and_the_solution(mine: folder.Folder, slug: str) -> None:
    lesson = Lesson(slug, mine)
    steps = list(lesson.steps())
    before, faults = own_files(mine.package), []
    said = lesson.play([source for *_, source in steps])
    for (kind, phrase, source), did in zip(steps, said, strict=True):
        if did.error or not RIGHT[kind](did.text, phrase, did.own != before):
            faults.append(f"{kind} {phrase}\n{source[-600:]}\n-> {did.text}{did.error}")
        before = did.own
    assert not faults, "\n\n".join(faults)
    kept, solved = OwnPackage(mine, PACKAGE, "1").texts(), solved_lines(slug, mine)
    assert {key: kept.get(key) for key in solved} == solved


@pytest.mark.parametrize("slug", FEW)
def test_the_kernel_is_stopped_after_every_cell(mine: folder.Folder, slug: str) -> None:
    lesson = Lesson(slug, mine)
    write_solutions(slug, mine)
    sources = [source for _, source in lesson.cells]
    setup = next(n for n, source in enumerate(sources, 1) if "lesson(" in source)
    place, before = mine.notebook(slug).parent, own_files(mine.package)
    alone = run_alone(place, mine.package, sources[:setup], sources[setup:])
    assert [did.error for did in alone if did.error and not did.error.startswith(NOT_YET)] == []
    again = lesson.play(sources)
    assert [did.error for did in again if did.error] == []
    assert "not the version that passed" not in "".join(did.text for did in again)
    assert all(did.own == before for did in (*alone, *again))


@pytest.mark.parametrize("slug", TWICE)
def test_cells_that_build_may_be_run_again(slug: str) -> None:
    path = ROOT / "lessons" / f"{slug}.ipynb"
    twice = []
    for cell in cells_of(path).values():
        builds = EXPORT.match(cell) or "lesson(" in cell
        twice += [cell, cell] if builds else [cell]
    said = run_cells(path.parent, path.parent, twice)
    assert [did.error for did in said if did.error] == []
    assert not FAILED.search("".join(did.text for did in said))


def test_a_network_of_ones_own_lines_learns_as_the_reference_does(written: folder.Folder) -> None:
    said = command(written, "capstone", "--steps", "4")
    assert "The two curves are one. That network learned by your lines: " in said
    assert "convolve" in said


def test_a_step_of_lenet_is_ones_own_and_what_lessons_showed(written: folder.Folder) -> None:
    (written.root / "step.py").write_text(STEP, encoding="utf-8")
    said = command(written, "trace", "step.py")
    found = re.search(r"you wrote (\d+), the course showed (\d+), 0 are borrowed", said)
    assert found, said
    assert int(found[1]) > int(found[2]) > 0
    shown = re.search(r"Yours or shown: (\d+)%", said)
    assert shown, said
    assert int(shown[1]) >= SCRIPT
    alone = "import myflow\nfrom myflow.course.explained import PROGRAMS\n"
    alone += "from myflow.course.traced import tally_files\n"
    alone += "counts = tally_files(PROGRAMS['a LeNet step'](myflow)).values()\n"
    alone += "print(*[sum(c.get(k, 0) for c in counts) for k in ('yours', 'shown', 'other')])"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", alone], cwd=written.root, env=env, capture_output=True, text=True
    )
    yours, shown, other = map(int, done.stdout.split())
    assert yours > shown
    assert 100 * (yours + shown) >= SHOWN * (yours + shown + other)


def command(mine: folder.Folder, *words: str) -> str:
    """What a command of the course says in the learner's folder."""
    code = f"from eduflow.course.cli import main; main({list(words)!r})"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=mine.root, env=env, capture_output=True, text=True
    )
    return done.stdout + done.stderr
