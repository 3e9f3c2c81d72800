"""A cell's own namespace above that of its file: an exercise is tried there before it is kept."""

from __future__ import annotations

import types
from typing import Any


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

    def __missing__(self, name: str) -> Any:
        return self.behind[name]


class Door:
    """What IPython takes for the module of a cell: an object whose names are a room's."""

    def __init__(self, room: Room) -> None:
        self.__dict__ = room
