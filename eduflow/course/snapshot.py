"""The framework as it was before a cell, to go back to if the cell fails half way."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

CONTAINERS = (dict, list, set)


class Snapshot:
    """Modules, their classes and the tables they keep."""

    def __init__(self, modules: Iterable[types.ModuleType]) -> None:
        self.spaces = [(vars(module), dict(vars(module))) for module in modules]
        roots = {str(space.get("__name__")).split(".")[0] for _, space in self.spaces}
        classes: dict[type, None] = {}
        tables: dict[int, Any] = {}
        for _, space in self.spaces:  # 10 000 names, and nothing is made of those that are neither
            for name, value in space.items():
                if type(value) in CONTAINERS:
                    if not name.startswith("__"):
                        tables[id(value)] = value
                elif isinstance(value, type) and value.__module__.split(".")[0] in roots:
                    classes[value] = None
        self.classes = [(cls, dict(vars(cls))) for cls in classes]
        self.tables = [(table, table.copy()) for table in tables.values()]

    def restore(self) -> None:
        """Make all of it what it was."""
        for space, before in self.spaces:
            space.clear()
            space.update(before)
        for cls, before in self.classes:
            _restore_class(cls, before)
        for table, before in self.tables:
            _refill(table, before)


def _restore_class(cls: type, before: dict[str, Any]) -> None:
    now = dict(vars(cls))
    for name in now.keys() - before.keys():
        delattr(cls, name)
    for name, value in before.items():
        if now.get(name) is not value:
            setattr(cls, name, value)


def _refill(table: Any, before: Any) -> None:
    if type(table) is list:
        table[:] = before
    else:
        table.clear()
        table.update(before)
