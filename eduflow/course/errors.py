"""The errors of the course: each one says what was given, what was expected and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any


class CourseError(Exception):
    """Something about a lesson is not as the course needs it; the text says how to mend it."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook, show the text alone: the frames below are the course's own."""
        return [f"{type(self).__name__}: {self}"]


class _ShownAtTheCell(Exception):
    """In a notebook, the traceback ends at the reader's line, not inside the course."""

    unfinished = True  # the framework is, so far: `load` does not take it for a damaged file

    def _render_traceback_(self) -> list[str]:
        from IPython.core.getipython import get_ipython

        here = str(Path(__file__).parent)
        kept = None
        frames = list(_frames(self.__traceback__))
        for tb in reversed(frames):
            if not tb.tb_frame.f_code.co_filename.startswith(here):
                kept = TracebackType(kept, tb.tb_frame, tb.tb_lasti, tb.tb_lineno)
        shell: Any = get_ipython()
        shown = shell.InteractiveTB.structured_traceback(type(self), self, kept, tb_offset=1)
        return list(shown)


def _frames(tb: TracebackType | None) -> Iterator[TracebackType]:
    while tb is not None:
        yield tb
        tb = tb.tb_next


class NotBuiltYet(_ShownAtTheCell, AttributeError):
    """A name of the framework was used before the lesson that builds it.

    `cause` says which region is missing, if that is known.
    """

    cause: Any = None


class ModuleNotBuiltYet(_ShownAtTheCell, ModuleNotFoundError):
    """A module of the framework was imported before the lesson that builds it."""


class UsedBeforeBuilt(_ShownAtTheCell, RuntimeError):
    """The framework itself came upon a name that is not built yet.

    It is no AttributeError on purpose: `hasattr` and `functools.wraps` would swallow one. `cause`
    says which region is missing.
    """

    cause: Any = None


class NotInThisFile(_ShownAtTheCell, NameError):
    """An export cell used a name that neither its file nor the notebook has."""


class Problems(CourseError):
    """All problems found in one go, one paragraph each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n\n".join(self.problems))
