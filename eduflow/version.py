"""Versions: of the PyTorch that is followed, `__version__`, and of eduflow itself."""

from __future__ import annotations

from typing import Any


class TorchVersion(str):
    """A version as text that compares by its numbers: `torch.__version__ >= (2, 0)`."""

    def _numbers(self, other: Any) -> tuple[list[int], list[int]]:
        """Both versions as lists of numbers, equally long; other words do not count."""
        parts = other if isinstance(other, tuple | list) else str(other).split("+")[0].split(".")
        words = self.split("."), map(str, parts)
        found = [[int(word) for word in version if word.isdigit()] for version in words]
        length = max(map(len, found))
        mine, theirs = ([*numbers, *[0] * (length - len(numbers))] for numbers in found)
        return mine, theirs

    def __lt__(self, other: Any) -> bool:
        mine, theirs = self._numbers(other)
        return mine < theirs

    def __le__(self, other: Any) -> bool:
        mine, theirs = self._numbers(other)
        return mine <= theirs

    def __gt__(self, other: Any) -> bool:
        return not self <= other

    def __ge__(self, other: Any) -> bool:
        return not self < other

    def __eq__(self, other: Any) -> bool:
        mine, theirs = self._numbers(other)
        return mine == theirs

    __hash__ = str.__hash__


__version__ = TorchVersion("2.13.0")
eduflow = "0.1.0"
cuda = hip = xpu = None  # built for none of them
debug = False
