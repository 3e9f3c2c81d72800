"""`lesson(...)`: what the first cell of every lesson calls."""

from __future__ import annotations

import builtins

from . import live
from .capstone import capstone_here
from .report import progress_panel
from .room import NotRun
from .stuck import borrow, hint, solution
from .witness import Witness, call_pytorch

HELP = {
    "hint": hint,
    "borrow": borrow,
    "solution": solution,
    "progress_panel": progress_panel,
    "capstone": capstone_here,
}


def lesson(slug: str, *, witness: bool = False) -> None:
    """Start a lesson: floors below in place, export cells of this notebook grow the rest.

    In a learner's folder an exercise's name says which cell to run until it has been, and `hint`,
    `borrow`, `solution`, `progress_panel` and `capstone` are put into the notebook, so that nobody
    who is stuck must look for an import. Safe to run twice: what was built in this kernel stays.

    With `witness`, cells that use public names only are run under the real PyTorch as well, and
    below their output stands whether it prints the same. Raises CourseError for an unknown slug,
    outside IPython, and where there is no PyTorch to call.
    """
    beside = call_pytorch() if witness else None
    started = live.begin_lesson(slug)
    if beside is None:
        started.witness = None
    elif started.witness is None:
        started.witness = Witness(beside)
        started.witness.hear(live.this_cell(), "")
    if started.desk:
        names = live.notebook_names()
        for name, helper in HELP.items():
            names.setdefault(name, helper)
        known = started.desk.folder.lessons.get(slug)
        for task in known.tasks if known else ():
            for name in task.names:
                if not hasattr(builtins, name):
                    names.setdefault(name, NotRun(name))
    print(started.frame.greeting())
    if started.desk and started.desk.begun:
        print(
            "You have been here before: Run > Run All Above Selected Cell builds again what stands "
            "above the cell at which you go on."
        )
