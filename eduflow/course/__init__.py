"""The course: what lessons use while they are read, and what builds the package from them.

In a lesson:

    from eduflow.course import check, lesson, predict, quiz

    lesson("02_autograd")
    import eduflow as torch

`lesson` puts the floors below in place and lets export cells grow the framework (`live.py`);
`predict` and `quiz` ask (`cards.py`); `check` holds an exercise against its checks (`checking.py`,
`checks/`), and what passes is kept (`keep.py`); `hint`, `borrow` and `solution` help who is stuck
(`stuck.py`). Within `with plain():` the framework runs the lines that lessons show, without the
faster forms that stand in for them; within `with kernels():` it runs those in place of a lesson's
lines (`kernels.py`). `trace` says how much of what ran you have written and read (`trace.py`).
Authors use `gather`, `scatter`, `lessons` and `explained` through the Makefile (`__main__.py`).

Only the standard library is imported here, so that none of this depends on the framework.
"""

from __future__ import annotations

from .cards import predict, quiz
from .checking import check
from .kernels import kernels, plain
from .opening import lesson
from .report import progress_panel
from .stuck import borrow, hint, solution
from .trace import trace

__all__ = [
    "borrow",
    "check",
    "hint",
    "kernels",
    "lesson",
    "plain",
    "predict",
    "progress_panel",
    "quiz",
    "solution",
    "trace",
]
