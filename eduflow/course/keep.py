"""Keeping what passed: the framework of this notebook uses it, and the learner's package has it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from . import live
from .desk import Desk, Key, Try, listed
from .edition import Task
from .errors import CourseError
from .notebook import exported_text

Again = Callable[[str, Any], Any]  # runs a check by its name


def is_ours(check: str, thing: Any) -> bool:
    """Whether a check was given the framework's own function, which stands in for the learner's."""
    running = live.current()
    if running and running.desk and any(thing is ours for ours in running.desk.lent.values()):
        return True
    found = _about(check)
    if found is None:
        return False
    lesson, desk, key, task = found
    trial = desk.tries.get(key)
    if desk.own.text_of(key) is not None or (trial and trial.made(thing)):
        return False
    if key[0] == lesson.frame.number and key not in lesson.stood_in:
        return False
    file = lesson.frame.package.files.get(task.path)
    module = sys.modules.get(".".join((live.ROOT, *file.parts))) if file else None
    return any(vars(module).get(name) is thing for name in task.names) if module else False


def defined_for(check: str) -> str:
    """What the cell defines in which the exercise of a check is written."""
    running = live.current()
    known = running.desk.folder.lessons.values() if running and running.desk else ()
    names = [task.names for lesson in known for task in lesson.tasks if check in task.checks]
    return check if not names or check in names[0] else names[0][0]


def judged(check: str, thing: Any, passed: bool, again: Again) -> str:
    """After a check: keep what passed; a sentence about it, or "" if there is nothing to say.

    `again` runs the check on what the framework then has: a function that leans on our version of
    itself passes on its own, and fails in its place.
    """
    _remember(check, passed)
    found = _about(check)
    if found is None:
        return ""
    lesson, desk, key, task = found
    trial = desk.tries.get(key)
    if trial is None or not trial.made(thing):
        return _not_the_cell(desk, key, task) if passed else ""
    if not passed:
        trial.passed.pop(check, None)
        if desk.own.text_of(key) is None:
            return ""
        return f"Your last good version stays in use and in {desk.folder.name}. {_way_out(task)}"
    trial.passed[check] = next(n for n in task.names if dict.get(trial.room, n) is thing)
    missing = [name for name in task.checks if name not in trial.passed]
    if missing:
        return f"Kept once {listed(missing)} {'pass' if missing[1:] else 'passes'}, too."
    return _keep(lesson, desk, trial, again)


def _way_out(task: Task) -> str:
    """How to go on with ours; what stands in one cell is borrowed together."""
    if not task.names[1:]:
        return f'`borrow("{task.names[0]}")` would put ours in its place.'
    return (
        f'`borrow("{task.names[0]}")` would put ours in place of the whole cell: '
        f"{listed(task.names)}."
    )


def _remember(check: str, passed: bool) -> None:
    """Which check failed last, for `hint()`."""
    lesson = live.current()
    if lesson and not passed:
        lesson.failed = check
    elif lesson and lesson.failed == check:
        lesson.failed = ""


def _about(check: str) -> tuple[live.Live, Desk, Key, Task] | None:
    lesson = live.current()
    if lesson is None or lesson.desk is None:
        return None
    found = lesson.desk.about(check)
    return (lesson, lesson.desk, *found) if found else None


def _not_the_cell(desk: Desk, key: Key, task: Task) -> str:
    if desk.own.text_of(key) is not None:
        return ""
    return (
        "It is not kept, for another cell defines it. Put your lines into the exercise's cell, "
        f"below its first line, `#| export {task.path}`, run it and check again."
    )


def _keep(lesson: live.Live, desk: Desk, trial: Try, again: Again) -> str:
    """Put an exercise into the framework and the package, or leave both and say why."""
    named = listed(trial.task.names)
    if trial.borrowed:
        return (
            f"It is not kept: the cell uses {listed(trial.borrowed)}, which only this notebook "
            "has.\n"
            f"  Put its definition or its import into the cell of {named}, run it and "
            "check again."
        )
    notebook = live.notebook_names()
    before = dict(notebook)
    try:
        step = lesson.put_in(trial, notebook)
    except Exception as error:
        return (
            f"{named} cannot take its place in the framework: {type(error).__name__}: {error}\n"
            "  The framework goes on with ours."
        )
    for check, name in trial.passed.items():
        result = again(check, vars(step.module).get(name))
        if not result:
            step.undo()
            notebook.update({n: v for n, v in before.items() if notebook.get(n) is not v})
            return (
                f"It is not kept: in its place in the framework {named} fails, for it leans on "
                f"ours, which it replaces.\n{result.text}"
            )
    try:
        desk.own.keep(trial.task, trial.key, exported_text(trial.source))
    except (CourseError, OSError) as error:
        return f"The framework uses {named}, but it could not be written down: {error}"
    del desk.tries[trial.key]
    return (
        f"Kept: {named} in {desk.folder.name}/{trial.task.path}. The framework uses "
        f"{'them' if len(trial.task.names) > 1 else 'it'} now."
    )
