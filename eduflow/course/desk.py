"""The learner's desk in one lesson: exercises that are being tried, and those that are kept."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .edition import Task
from .exercises import all_exercises, made
from .folder import Folder, find
from .notebook import exported_text
from .own import OwnPackage
from .regions import Package, Region
from .room import Room
from .stubs import stubs

Key = tuple[int, str]


@dataclass
class Try:
    """The last run of an exercise's cell: its text, what it defined, and the checks it passed.

    `borrowed` are names that only the notebook has; `passed` gives for each of these checks the
    name that it was about.
    """

    task: Task
    key: Key
    source: str
    nodes: list[ast.stmt]
    filename: str
    room: Room
    borrowed: list[str]
    passed: dict[str, str] = field(default_factory=dict)

    def made(self, thing: Any) -> bool:
        """Whether `thing` was defined by this run."""
        return any(dict.get(self.room, name) is thing for name in self.task.names)


class Desk:
    """The learner's folder and package as one lesson sees them."""

    def __init__(self, folder: Folder, theirs: Package, version: str, slug: str) -> None:
        self.folder = folder
        self.slug = slug
        self.own = OwnPackage(folder, theirs, version)
        self.tasks = folder.tasks()
        self.tries: dict[Key, Try] = {}
        self.told: set[tuple[Key, str]] = set()
        self.lent: dict[str, Any] = {}  # ours for exercises that build nothing of the package

    @property
    def begun(self) -> bool:
        """Whether lines of this lesson are kept from another day, or another kernel."""
        return any(lesson == int(self.slug[:2]) for lesson, _ in self.own.texts())

    def task(self, region: Region | None) -> Task | None:
        """The exercise that a region holds, if it is one."""
        return self.tasks.get(region.key) if region else None

    def to_try(self, region: Region | None, source: str) -> Task | None:
        """The exercise of a cell whose lines must still pass a check before they are used."""
        task = self.task(region)
        if region is None or task is None or not task.checks:
            return None
        return None if self.own.text_of(region.key) == exported_text(source) else task

    def texts(self) -> set[tuple[Key, str]]:
        """What the learner has written, with its region: kept, or run last in a tried cell."""
        tried = {(key, exported_text(trial.source)) for key, trial in self.tries.items()}
        return {*self.own.texts().items(), *tried}

    def about(self, check: str) -> tuple[Key, Task] | None:
        """The exercise that a check is about: of this lesson, or else of any other."""
        found = [(key, task) for key, task in self.tasks.items() if check in task.checks]
        found += [(key, task) for key, task in self.tasks.items() if check in task.names]
        here = int(self.slug[:2])
        return min(found, key=lambda item: item[0][0] != here, default=None)

    def lend(self, nodes: list[ast.stmt], torch: Any) -> dict[str, Any]:
        """Ours for what a cell outside the package leaves to be written, by name.

        The references of the checks are what there is: the framework has no such function.
        """
        known = self.folder.lessons.get(self.slug)
        free = stubs(nodes)
        found: dict[str, Any] = {}
        for task in known.tasks if known and free else ():
            pairs = {name: name for name in task.names if name in task.checks}
            if len(task.names) == len(task.checks) == 1:
                pairs = {task.names[0]: task.checks[0]}
            for name in free & pairs.keys() if not task.path else ():
                exercise = all_exercises().get(pairs[name])
                if exercise:
                    found[name] = made(exercise.reference, torch)
        self.lent |= found
        return found

    def note(self, key: Key, task: Task, written: bool = False) -> str:
        """What to say once when a cell was run whose lines are not used yet.

        `written` is whether nothing in the cell is left to be written.
        """
        kept = self.own.text_of(key) is not None
        kind = "kept" if kept else "written" if written else "open"
        if (key, kind) in self.told:
            return ""
        self.told.add((key, kind))
        named = listed(task.names)
        checks = "your checks pass" if len(task.checks) > 1 else "your check passes"
        if kept:
            return (
                f"{named}: this is not the version that passed. Your last good version stays in "
                f"use until {checks}."
            )
        are = "are" if len(task.names) > 1 else "is"
        if written:
            return f"{named}: run the check below. Until {checks} the framework uses ours."
        return f"{named} {are} yours to write; until {checks} the framework uses ours."

    def changed(self, key: Key, path: str, source: str, names: Sequence[str]) -> str:
        """What to say once of an export cell that is no exercise and not as it was delivered.

        Nothing of it is kept. "" for a cell that is as eduflow has it, comments aside.
        """
        regions = {region.key: region for region in self.own.theirs.files[path].regions}
        given = self.own.theirs.files[path].text_of(regions[key]) if key in regions else ""
        same = bool(given) and _parsed(given) == _parsed(exported_text(source))
        if same or key in self.tasks or not names or (key, "changed") in self.told:
            return ""
        self.told.add((key, "changed"))
        lead = f"You changed {listed(names)}, given here" if given else f"{listed(names)}: added"
        return (
            f"{lead}. That holds in this notebook, until its kernel stops; other lessons and "
            f"{self.folder.name} stay as they are."
        )


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a`, `b` and `c`."""
    shown = [f"`{name}`" for name in names]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def sit_down(place: Path, theirs: Package, version: str, slug: str) -> Desk | None:
    """The desk of the learner whose folder `place` lies in; None outside of such a folder."""
    folder = find(place)
    return Desk(folder, theirs, version, slug) if folder else None


def _parsed(text: str) -> str:
    """What a text says to Python, whatever its comments and blank lines."""
    return ast.dump(ast.parse(text))
