"""How far a learner is: each lesson with its exercises, predictions, and lines."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import progress
from .edition import Task, calls
from .errors import CourseError
from .folder import Folder
from .frame import CELLAR
from .notebook import Notebook, read_notebook
from .own import OwnPackage
from .regions import Package
from .source import package_folder

DAYS = 2  # after so many days a question that was missed is asked once more
Card = tuple[str, list[str], str, str]  # question, options, answer, explanation


@dataclass(frozen=True)
class Exercise:
    """An exercise as the learner left it: written and passed, or borrowed, and with which help."""

    name: str
    checks: tuple[str, ...]
    passed: bool
    own: bool
    borrowed: bool
    help: dict[str, Any]


@dataclass
class Floor:
    """One lesson as the learner left it."""

    slug: str
    title: str
    exercises: list[Exercise] = field(default_factory=list)
    questions: int = 0
    answered: int = 0
    right: int = 0
    own: int = 0
    borrowed: int = 0

    @property
    def number(self) -> int:
        """The floor."""
        return int(self.slug[:2])

    @property
    def passed(self) -> int:
        """How many exercises passed."""
        return sum(item.passed for item in self.exercises)

    @property
    def done(self) -> bool:
        """Whether there is nothing left to write or to answer."""
        return self.passed == len(self.exercises) and self.answered == self.questions


@dataclass(frozen=True)
class Missed:
    """A question that was answered wrongly some days ago."""

    key: str
    card: Card


@dataclass
class Standing:
    """All floors from the ground up, and the questions to ask once more."""

    folder: Folder
    floors: list[Floor]
    missed: list[Missed]

    @property
    def here(self) -> Floor | None:
        """The lesson to open: the highest begun, or the one above where all of that is passed."""
        begun = [n for n, floor in enumerate(self.floors) if floor.passed or floor.answered]
        at = begun[-1] if begun else 0
        finished = begun and self.floors[at].passed == len(self.floors[at].exercises)
        return self.floors[min(at + bool(finished), len(self.floors) - 1)] if self.floors else None

    @property
    def downwards(self) -> list[Floor]:
        """The floors from the roof down, and below them the cellar as one climbs down."""
        house = [floor for floor in self.floors if floor.number < CELLAR]
        return [*reversed(house), *(floor for floor in self.floors if floor.number >= CELLAR)]

    @property
    def next(self) -> str:
        """What to do next, in one sentence."""
        for floor in self.floors:
            todo = next((item.name for item in floor.exercises if not item.passed), "")
            if todo:
                return f"Next: write `{todo}` in lessons/{floor.slug}.ipynb."
            if not floor.done:
                return f"Next: answer what lessons/{floor.slug}.ipynb asks."
        return "Everything is written. `eduflow capstone` trains a network with it."


def standing(folder: Folder, today: datetime.date | None = None) -> Standing:
    """Read a learner's record, notebooks and package."""
    theirs = Package(package_folder())
    own = OwnPackage(folder, theirs, folder.version)
    record = progress.load(folder.private / "progress.json")
    floors, missed = [], []
    for slug, lesson in sorted(folder.lessons.items()):
        floor = Floor(slug, lesson.title)
        checked = [task for task in lesson.tasks if task.checks]
        floor.exercises = [_exercise(task, record, own, floor.number) for task in checked]
        _count_lines(floor, lesson.tasks, own, theirs)
        for kind, key, cards in _questions(folder, slug):
            entry = record[kind].get(key, {})
            floor.questions += len(cards)
            floor.answered += sum(pick is not None for pick in entry.get("chosen", []))
            floor.right += entry.get("right", 0)
            if _long_ago(entry, today or datetime.date.today()):
                missed += list(_missed(key, cards, entry, record))
        floors.append(floor)
    return Standing(folder, floors, missed)


def _exercise(
    task: Task, record: dict[str, dict[str, Any]], own: OwnPackage, lesson: int
) -> Exercise:
    name = task.names[0] if task.names else task.cell
    known = [record["checks"].get(check, {}) for check in task.checks]
    passed = bool(known) and all(item and item.get("passed") == item.get("of") for item in known)
    kept = bool(task.path) and own.text_of((lesson, task.cell)) is not None
    given = record["help"].get(name, {})
    borrowed = bool(given.get("borrowed")) and not kept
    if task.path:
        passed = kept  # a last good version stays, whatever the last check said
    return Exercise(name, task.checks, passed, kept, borrowed, given)


def _count_lines(floor: Floor, tasks: list[Task], own: OwnPackage, theirs: Package) -> None:
    """Own and borrowed lines of the lesson's exercises, blank ones not counted."""
    for task in tasks:
        file = theirs.files.get(task.path)
        key = (floor.number, task.cell)
        region = next((r for r in file.regions if r.key == key), None) if file else None
        mine = own.text_of(key) if region else None
        if mine is not None:
            floor.own += _lines(mine)
        elif file and region:
            floor.borrowed += _lines(file.text_of(region))


def _lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.split("\n"))


def _questions(folder: Folder, slug: str) -> Iterator[tuple[str, str, list[Card]]]:
    """The questions of the learner's notebook as (kind, key, cards)."""
    try:
        notebook: Notebook = read_notebook(folder.notebook(slug))
    except CourseError:
        return
    for kind, function in (("predictions", "predict"), ("quizzes", "quiz")):
        for call in calls(notebook, function):
            try:
                values = [ast.literal_eval(arg) for arg in call.args]
                named = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            except ValueError:
                continue  # made by code: it can be answered, and not be asked elsewhere
            found = _cards(kind, values, named)
            if found:
                yield kind, *found


def _cards(kind: str, values: list[Any], named: dict[Any, Any]) -> tuple[str, list[Card]] | None:
    names = ["key", "question", "options", "answer", "explanation"]
    if kind == "quizzes":
        names = ["key", "questions"]
    given = dict(zip(names, values, strict=False)) | named
    try:
        if kind == "quizzes":
            return given["key"], [(q, list(o), a, e) for q, o, a, e in given["questions"]]
        question, options, answer, explanation = (given[name] for name in names[1:])
        return given["key"], [(question, list(options), answer, explanation)]
    except (KeyError, TypeError, ValueError):
        return None


def _long_ago(entry: dict[str, Any], today: datetime.date) -> bool:
    try:
        day = datetime.date.fromisoformat(entry["day"])
    except (KeyError, TypeError, ValueError):
        return False
    return (today - day).days >= DAYS


def _missed(
    key: str, cards: list[Card], entry: dict[str, Any], record: dict[str, dict[str, Any]]
) -> Iterator[Missed]:
    """The wrong answers that were not asked again yet."""
    for number, (card, pick) in enumerate(zip(cards, entry.get("chosen", []), strict=False)):
        again = f"again/{key}" + (f"/{number + 1}" if len(cards) > 1 else "")
        _, options, answer, _ = card
        wrong = isinstance(pick, int) and pick < len(options) and options[pick] != answer
        if wrong and again not in record["predictions"]:
            yield Missed(again, card)
