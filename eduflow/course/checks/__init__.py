"""The exercises of the lessons, one file per topic.

A topic file registers exercises; `check(name, thing)` finds them by name. It never imports the
framework at its top, for in a lesson the framework is still growing: `Case(args=lambda torch: ...)`
and `late(lambda torch: ...)` are given it at the time of the check.

    from . import Case, Exercise, Misconception, register

    register(
        Exercise(
            name="contiguous_strides",
            signature="contiguous_strides(shape) -> tuple of int",
            reference=right,
            cases=[Case(args=((2, 3),)), Case(args=((),))],
            misconceptions=[Misconception("column first", wrong, "You step down the columns.")],
            hint="The last axis has stride 1.",
        )
    )

`tests/course/test_checks.py` goes over every exercise: the reference passes, a stub fails, and each
misconception fails with its own message.
"""

from __future__ import annotations

from ..exercises import Case, Exercise, Misconception, late, register

__all__ = ["Case", "Exercise", "Misconception", "late", "register"]
