"""Names of an exercise: a room of its own where it is tried, and a sign until it has been run."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

from .errors import NotBuiltYet


class Room(dict[str, Any]):
    """The names that a cell defines; all others are looked up in the module, as it is by then.

    Functions made here see their own helpers first, and the framework's names behind them, but the
    framework does not see them.
    """

    def __init__(self, module: types.ModuleType) -> None:
        space = vars(module)
        kept = ("__name__", "__package__", "__spec__", "__file__", "__builtins__")
        super().__init__({name: space[name] for name in kept if name in space})
        self.behind = space
        self.laid_out: dict[str, Any] = {}

    def __missing__(self, name: str) -> Any:
        return self.behind[name]

    def lay_out(self, names: Iterable[str]) -> None:
        """Put names of the module in here while a cell runs: bodies of classes look no further."""
        self.laid_out = {n: self.behind[n] for n in names if n not in self and n in self.behind}
        self.update(self.laid_out)

    def clear_away(self) -> None:
        """Take them out again, unless the cell has given them another meaning."""
        for name, value in self.laid_out.items():
            if dict.get(self, name) is value:
                del self[name]


class NotRun:
    """Stands in the notebook for what an exercise's cell defines, until that cell is run."""

    def __init__(self, name: str) -> None:
        self.text = f"`{name}` is not there yet: run the cell that defines it first."

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        raise NotBuiltYet(self.text)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        raise NotBuiltYet(self.text)

    def __repr__(self) -> str:
        return f"<{self.text}>"


class Door:
    """What IPython takes for the module of a cell: an object whose names are a room's."""

    def __init__(self, room: Room) -> None:
        self.__dict__ = room
