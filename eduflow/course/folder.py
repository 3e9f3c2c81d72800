"""A learner's folder: where it is, whose package it holds, and what was delivered to it.

Nothing in it names its own place, so it may be moved, copied and renamed.
"""

from __future__ import annotations

import importlib.util
import json
import keyword
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .edition import Task
from .errors import CourseError
from .files import atomic_write
from .merge import Delivered

RECORD = Path(".eduflow", "course.json")
TAKEN = {"eduflow", "lessons", "torch"}


@dataclass
class Lesson:
    """What is known of one lesson: its heading, the cells as delivered, and its exercises."""

    title: str = ""
    cells: Delivered = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


class Folder:
    """A learner's folder with its record, `.eduflow/course.json`."""

    def __init__(self, root: Path, name: str, version: str = "", readme: str = "") -> None:
        self.root = root
        self.name = name
        self.version = version
        self.readme = readme  # the digest of the page that was delivered
        self.lessons: dict[str, Lesson] = {}

    @property
    def package(self) -> Path:
        """The folder of the learner's package."""
        return self.root / self.name

    @property
    def private(self) -> Path:
        """Where the course keeps its own notes."""
        return self.root / ".eduflow"

    def notebook(self, slug: str) -> Path:
        """The learner's notebook of a lesson."""
        return self.root / "lessons" / f"{slug}.ipynb"

    def tasks(self) -> dict[tuple[int, str], Task]:
        """All exercises that build something of the package, by their regions."""
        return {
            (int(slug[:2]), task.cell): task
            for slug, lesson in self.lessons.items()
            for task in lesson.tasks
            if task.path
        }

    def save(self) -> None:
        """Write the record."""
        lessons = {
            slug: {
                "title": item.title,
                "cells": [list(pair) for pair in item.cells],
                "exercises": [task.as_json() for task in item.tasks],
            }
            for slug, item in self.lessons.items()
        }
        data = {
            "name": self.name,
            "version": self.version,
            "readme": self.readme,
            "lessons": lessons,
        }
        atomic_write(self.root / RECORD, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def find(place: Path) -> Folder | None:
    """The learner's folder that a place lies in; None outside of one. CourseError if damaged."""
    place = place.resolve()
    for root in (place, *place.parents):
        if (root / RECORD).is_file():
            return read(root)
    return None


def read(root: Path) -> Folder:
    """The learner's folder `root`. CourseError if its record cannot be read."""
    try:
        return _parsed(root, json.loads((root / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CourseError(
            f"{root.name}/{RECORD.as_posix()} is damaged.\n"
            f"  Run `eduflow start` on this folder again: it writes the file anew and keeps your "
            f"work."
        ) from None


def _parsed(root: Path, data: dict[str, Any]) -> Folder:
    name = data["name"]
    if not (isinstance(name, str) and name.isidentifier()):
        raise ValueError(name)
    folder = Folder(root, name, str(data["version"]), str(data["readme"]))
    for slug, item in data["lessons"].items():
        cells = [(str(cell), str(mark)) for cell, mark in item["cells"]]
        tasks = [Task.from_json(task) for task in item["exercises"]]
        folder.lessons[slug] = Lesson(str(item["title"]), cells, tasks)
    return folder


def check_name(name: str, root: Path) -> None:
    """Raise CourseError unless a package of the learner's may have this name."""
    reason = ""
    if not (name.isidentifier() and name.isascii()) or name.startswith("_"):
        reason = "a package's name has letters, digits and `_` only, and starts with a letter"
    elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
        reason = "that is a word of Python's own"
    elif name.lower() in TAKEN:
        reason = f"`{name}` means something else here"
    elif name in sys.stdlib_module_names:
        reason = f"`import {name}` is a module of Python's own, which yours would hide"
    elif _installed(name, root):
        reason = f"`import {name}` is installed already, and yours would hide it"
    if reason:
        raise CourseError(
            f"Your framework cannot be called {name!r}: {reason}.\n"
            "  Choose another name, such as `eduflow start --name myflow`."
        )


def _installed(name: str, root: Path) -> bool:
    """Whether Python finds a module of this name anywhere but in the learner's own folder."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return True
    if spec is None or spec.origin is None:
        return False
    return root.resolve() not in Path(spec.origin).resolve().parents
