"""`lesson(...)`: what the first cell of every lesson calls."""

from __future__ import annotations

import builtins

from . import live
from .report import progress_panel
from .room import NotRun
from .stuck import borrow, hint, solution

HELP = {
    "hint": hint,
    "borrow": borrow,
    "solution": solution,
    "progress_panel": progress_panel,
}


def lesson(slug: str) -> None:
    """Start a lesson: floors below in place, export cells of this notebook grow the rest.

    In a learner's folder an exercise's name says which cell to run until it has been, and `hint`,
    `borrow`, `solution` and `progress_panel` are put into the notebook, so that nobody who is stuck
    must look for an import. Safe to run twice: what was built in this kernel stays. Raises
    CourseError for an unknown slug or outside IPython.
    """
    started = live.begin_lesson(slug)
    if started.desk:
        names = live.notebook_names()
        for name, helper in HELP.items():
            names.setdefault(name, helper)
        known = started.desk.folder.lessons.get(slug)
        for task in known.tasks if known else ():
            for name in task.names:
                if not hasattr(builtins, name):
                    names.setdefault(name, NotRun(name, task.cell))
    print(started.frame.greeting())
