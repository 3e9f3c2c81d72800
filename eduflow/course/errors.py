"""The errors of the course: each one says what was given, what was expected and how to mend it."""

from __future__ import annotations


class CourseError(Exception):
    """Something about a lesson is not as the course needs it; the text says how to mend it."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook, show the text alone: the frames below are the course's own."""
        return [f"{type(self).__name__}: {self}"]


class NotBuiltYet(AttributeError):
    """A name of the framework was used before the lesson that builds it."""


class ModuleNotBuiltYet(ModuleNotFoundError):
    """A module of the framework was imported before the lesson that builds it."""


class Problems(CourseError):
    """All problems found in one go, one paragraph each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n\n".join(self.problems))
