"""The course: what lessons use while they are read, and what builds the package from them.

In a lesson:

    from eduflow.course import check, lesson, predict, quiz

    lesson("02_autograd")
    import eduflow as torch

`lesson` puts the floors below in place and lets export cells grow the framework (`live.py`);
`predict` and `quiz` ask (`cards.py`); `check` holds an exercise against its checks (`checking.py`,
`checks/`). Within `with plain():` the framework runs the lines that lessons show, without the
faster forms that stand in for them; within `with kernels():` it runs those in place of a lesson's
lines (`kernels.py`). `trace` says how much of what ran you have written and read (`trace.py`).
Authors use `gather`, `scatter`, `lessons` and `explained` through the Makefile (`__main__.py`).

Only the standard library is imported here (also by `_kernels` itself), so that none of this depends
on the framework.
"""

from __future__ import annotations

from .._kernels import plain
from .cards import predict, quiz
from .checking import check
from .kernels import kernels
from .live import lesson
from .trace import trace

__all__ = ["check", "kernels", "lesson", "plain", "predict", "quiz", "trace"]
