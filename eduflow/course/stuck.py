"""For who is stuck: `hint` gives one at a time, `borrow` goes on with ours, `solution` shows it."""

from __future__ import annotations

import difflib
import html
import re
from dataclasses import dataclass
from pathlib import Path

from . import live, progress
from .cards import marked_up
from .desk import Desk, listed
from .edition import Task, tasks
from .errors import CourseError
from .exercises import all_exercises
from .notebook import Notebook, exported_text, read_notebook
from .placeholders import Missing
from .shown import Shown, show, side_by_side
from .source import lesson_files

FOLDED = re.compile(
    r"<details>\s*<summary>\s*(Hint(?:(?!</?summary).)*?)\s*</summary>(.*?)</details>", re.DOTALL
)


@dataclass(frozen=True)
class Place:
    """An exercise and the lesson that it stands in."""

    slug: str
    task: Task

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.task.names[0] if self.task.names else self.task.cell

    @property
    def key(self) -> tuple[int, str]:
        """Its region, if it is one of the package."""
        return int(self.slug[:2]), self.task.cell


def hint(name: str | None = None) -> None:
    """Show the next hint for an exercise; without a name, for the one you are at.

    That is the exercise whose check failed last, or the first that has not passed; where there is
    none, a sentence says so. Raises CourseError for an unknown name.
    """
    wanted = name or _at()
    if not wanted:
        print(_nothing_open())
        return
    lesson, place = _find(wanted)
    hints = _hints(_notebook(lesson, place.slug), place)
    given = int(progress.lookup("help", place.name).get("hints", 0))
    if given < len(hints):
        heading, text = hints[given]
        progress.change("help", place.name, lambda known: known | {"hints": given + 1})
        left = len(hints) - given - 1
        more = f"{left} more: run the cell again." if left else "That was the last one."
        _told(f"{place.name}, {heading}", text, more)
    elif hints:
        listed = "\n\n".join(f"{heading}: {text}" for heading, text in hints)
        _told(f"{place.name}, all hints again", listed, _ways(place))
    else:
        _told(place.name, "There is no hint for this one.", _ways(place))


def _ways(place: Place) -> str:
    ways = f'`solution("{place.name}")` shows ours beside yours.'
    if place.task.path:
        ways = f'`borrow("{place.name}")` goes on with ours, {ways}'
    return ways


def _told(heading: str, text: str, more: str) -> None:
    paragraphs = "".join(f"<p>{marked_up(part)}</p>" for part in text.split("\n\n"))
    page = f"<p><strong>{html.escape(heading)}</strong></p>{paragraphs}<p>{marked_up(more)}</p>"
    show(Shown(f"{heading}\n  {text}\n  {more}", page))


def borrow(name: str) -> None:
    """Go on with our lines for an exercise: in this notebook, and in your package.

    What was yours there is kept in `.eduflow/backups`. Raises CourseError for an unknown name and
    outside of a learner's folder.
    """
    lesson, place = _find(name)
    desk = _desk(lesson)
    if not place.task.path:
        raise CourseError(f"Nothing in the framework hangs on `{place.name}`: just go on.")
    was_own = desk.own.give_back(place.task.path, place.key)
    desk.tries.pop(place.key, None)
    if lesson.frame.stands(place.key[0]):
        _use_ours(lesson, desk, place)
    progress.change("help", place.name, lambda known: known | {"borrowed": True})
    kept = " Yours is kept in .eduflow/backups." if was_own else ""
    named, where = listed(place.task.names), f"now, in this lesson and in {desk.folder.name}"
    if place.task.names[1:]:
        print(
            f"{named} are eduflow's {where}.{kept} Write them whenever you like: when their "
            "checks pass, yours come back."
        )
    else:
        print(
            f"{named} is eduflow's {where}.{kept} Write it whenever you like: when its check "
            "passes, yours comes back."
        )


def _use_ours(lesson: live.Live, desk: Desk, place: Place) -> None:
    """Let the framework, and the notebook's names, be ours."""
    notebook = live.notebook_names()
    file = desk.own.theirs.files[place.task.path]
    lesson.stand_in(file, place.key, notebook)
    space = vars(lesson.growth.module_of(file.parts))
    for name in place.task.names:
        if name in notebook and type(space.get(name, None)) is not Missing:
            notebook[name] = space[name]


def solution(name: str) -> None:
    """Show our lines for an exercise beside yours, once you have tried.

    Raises CourseError for an unknown name.
    """
    lesson, place = _find(name)
    tries = [progress.lookup("checks", check).get("tries", 0) for check in place.task.checks]
    if not any(tries) and lesson.desk is not None:
        print(
            f"`{place.name}`: try it first, even if it is wrong: write something, run its check, "
            f'then ask again. `hint("{place.name}")` helps.'
        )
        return
    columns = [("eduflow's", _ours(lesson, place))]
    mine = _mine(lesson, place)
    show(side_by_side([("Yours", mine), *columns] if mine else columns))
    progress.change("help", place.name, lambda known: known | {"solution": True})


def _ours(lesson: live.Live, place: Place) -> str:
    """The course's own lines."""
    desk = lesson.desk
    if place.task.path and desk:
        file = desk.own.theirs.files[place.task.path]
        return file.text_of(next(r for r in file.regions if r.key == place.key))
    path = next((p for p in lesson_files() if p.stem == place.slug), None)
    if path is None:
        raise CourseError(f"The lesson {place.slug} is not installed with this eduflow.")
    return exported_text(_source(read_notebook(path), place.task.cell))


def _mine(lesson: live.Live, place: Place) -> str:
    """The learner's lines: of the cell's last run, as kept, or as the notebook has them."""
    desk = lesson.desk
    if desk is None:
        return ""
    trial = desk.tries.get(place.key)
    kept = desk.own.text_of(place.key) if place.task.path else None
    if trial:
        return exported_text(trial.source)
    if kept is not None:
        return kept
    return exported_text(_source(_notebook(lesson, place.slug), place.task.cell))


def _here() -> live.Live:
    """The lesson that runs."""
    lesson = live.current()
    if lesson is None:
        raise CourseError("No lesson runs here yet.\n  Run the cell with `lesson(...)` first.")
    return lesson


def _at() -> str:
    """The exercise of this lesson that somebody is at, by name; "" if there is none."""
    lesson = _here()
    return lesson.failed or _next(_places(lesson), lesson.frame.slug)


def _nothing_open() -> str:
    """What to say where no exercise of this lesson is left."""
    lesson = _here()
    own = [place.name for place in _places(lesson) if place.slug == lesson.frame.slug]
    if not own:
        return "This lesson has no exercises."
    return f'Every exercise of this lesson has passed. For one of them: `hint("{own[-1]}")`.'


def _find(name: str) -> tuple[live.Live, Place]:
    """The lesson that runs, and the exercise that is meant."""
    lesson = _here()
    places = _places(lesson)
    for place in places:
        if name in (*place.task.names, *place.task.checks, place.task.cell):
            return lesson, place
    known = sorted({place.name for place in places})
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known[:8]
    raise CourseError(
        f"There is no exercise {name!r}.\n  There are: {', '.join(map(repr, close))}."
    )


def _places(lesson: live.Live) -> list[Place]:
    """All exercises, those of this lesson first."""
    slug = lesson.frame.slug
    if lesson.desk is None:
        return [Place(slug, task) for task in tasks(_notebook(lesson, slug))]
    lessons = sorted(lesson.desk.folder.lessons.items(), key=lambda item: item[0] != slug)
    return [Place(where, task) for where, known in lessons for task in known.tasks]


def _next(places: list[Place], slug: str) -> str:
    """The first exercise of this lesson that has not passed; "" if there is none."""
    for place in places:
        if place.slug == slug and not all(map(passed, place.task.checks)):
            return place.name
    return ""


def passed(check: str) -> bool:
    """Whether a check has passed when it was run last."""
    known = progress.lookup("checks", check)
    return bool(known) and known.get("passed") == known.get("of")


def _desk(lesson: live.Live) -> Desk:
    if lesson.desk is None:
        raise CourseError(
            "This is the course's own notebook, with the solutions in it: nothing to borrow.\n"
            "  `eduflow start` makes a folder where you write them yourself."
        )
    return lesson.desk


def _notebook(lesson: live.Live, slug: str) -> Notebook:
    """The notebook of a lesson as it lies in the folder."""
    desk = lesson.desk
    return read_notebook(desk.folder.notebook(slug) if desk else Path.cwd() / f"{slug}.ipynb")


def _source(notebook: Notebook, cell: str) -> str:
    return next((item.source for item in notebook.cells if item.id == cell), "")


def _hints(notebook: Notebook, place: Place) -> list[tuple[str, str]]:
    """The hints below an exercise, up to the next one, as (heading, text)."""
    starts = {task.cell for task in _tasks_of(notebook, place)}
    found: list[tuple[str, str]] = []
    inside = False
    for cell in notebook.cells:
        if cell.id in starts:
            inside = cell.id == place.task.cell
        elif inside and not cell.is_code:
            for match in FOLDED.finditer(cell.source):
                heading = re.sub("</?code>", "`", match[1])  # text between HTML tags is HTML
                found.append((heading, match[2].strip()))
    if not found:
        known = [all_exercises().get(check) for check in place.task.checks]
        found = [("Hint", item.hint) for item in known if item and item.hint]
    return found


def _tasks_of(notebook: Notebook, place: Place) -> list[Task]:
    lesson = live.current()
    if lesson and lesson.desk:
        return lesson.desk.folder.lessons[place.slug].tasks
    return tasks(notebook)
