"""Running a cell again: new functions take the place of old ones, classes change in place."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

# What belongs to the class object itself and not to its body.
OWN = {"__dict__", "__weakref__", "__slots__", "__module__", "__qualname__"}


def update_class(old: type, new: type, body: set[str]) -> bool:
    """Give `old` the body of `new`, so that instances, subclasses and added methods live on.

    `body` holds the names of the old class's body; those that the new one lacks are taken away.
    Returns False and changes nothing if the two differ in bases, metaclass or slots.
    """
    layout = [(cls.__bases__, type(cls), _slots(cls)) for cls in (old, new)]
    if layout[0] != layout[1]:
        return False
    members = set(_slots(new) or ()) | OWN
    for name in body - set(vars(new)) - members:
        if name in vars(old):
            delattr(old, name)
    for name, value in list(vars(new).items()):
        if name not in members:
            _move_home(value, new, old)
            setattr(old, name, value)
    return True


def _slots(cls: type) -> tuple[str, ...] | None:
    slots = vars(cls).get("__slots__")
    if slots is None:
        return None
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _move_home(value: Any, new: type, old: type) -> None:
    """Let `super()` inside the methods of `new` mean the class they move to."""
    inner = [value]
    if isinstance(value, (staticmethod, classmethod)):
        inner = [value.__func__]
    elif isinstance(value, property):
        inner = [value.fget, value.fset, value.fdel]
    for function in inner:
        function = getattr(function, "__wrapped__", function)
        for cell in getattr(function, "__closure__", None) or ():
            if isinstance(cell, types.CellType):
                try:
                    if cell.cell_contents is new:
                        cell.cell_contents = old
                except ValueError:  # an empty cell
                    continue


def replace_everywhere(pairs: list[tuple[Any, Any]], spaces: Iterable[dict[str, Any]]) -> None:
    """In each namespace, put the second object of a pair wherever the first one is."""
    swap = {id(old): new for old, new in pairs}
    for space in spaces:
        if _holds(space.values(), swap):
            for name, value in list(space.items()):
                if id(value) in swap:
                    space[name] = swap[id(value)]


def replace_in_tables(pairs: list[tuple[Any, Any]], tables: Iterable[Any]) -> None:
    """The same in dicts and lists."""
    swap = {id(old): new for old, new in pairs}
    for table in tables:
        if type(table) is dict:
            if _holds(table.values(), swap):
                table.update({k: swap[id(v)] for k, v in table.items() if id(v) in swap})
        elif _holds(table, swap):
            table[:] = [swap.get(id(value), value) for value in table]


def _holds(values: Iterable[Any], swap: dict[int, Any]) -> bool:
    """Whether there is something to swap: asked of all names for each cell, mostly in vain."""
    return not swap.keys().isdisjoint(map(id, values))


class Places:
    """Where objects of one kind may stand: the namespaces that have each, and all their tables."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.known: set[int] = set()
        self.holders: dict[int, dict[int, dict[str, Any]]] = {}  # by the object's id
        self.tables: dict[int, Any] = {}

    def look(self, space: dict[str, Any]) -> None:
        """Look through a namespace, again where something may have been added."""
        self.known.add(id(space))
        for name, value in space.items():
            if type(value) is self.kind:
                self.holders.setdefault(id(value), {})[id(space)] = space
            elif type(value) in (dict, list) and not name.startswith("__"):
                self.tables[id(value)] = value

    def look_at_new(self, spaces: Iterable[dict[str, Any]]) -> None:
        """Look through the namespaces that were not there before."""
        for space in spaces:
            if id(space) not in self.known:
                self.look(space)

    def replace(self, pairs: list[tuple[Any, Any]]) -> None:
        """Put the second object of a pair wherever the first one is."""
        if pairs:
            spaces: dict[int, dict[str, Any]] = {}
            for old, _ in pairs:
                spaces |= self.holders.pop(id(old), {})
            replace_everywhere(pairs, spaces.values())
            replace_in_tables(pairs, self.tables.values())


def settle(
    module: types.ModuleType,
    own: Iterable[str],
    before: dict[str, Any],
    bodies: dict[tuple[str, str], set[str]],
) -> list[tuple[Any, Any]]:
    """Put what was made anew in `module` in place of the old; the pairs to replace elsewhere.

    Classes are updated where possible, and so are their instances among the names: the pair is
    then (new, old). `before` holds the old objects, `bodies` the names of the classes' bodies; both
    by name.
    """
    space = vars(module)
    pairs: list[tuple[Any, Any]] = []
    homes: dict[int, type] = {}  # by the new class's id, the old one that has its body now
    for name in own:
        old, new = before.get(name), space.get(name)
        if old is new or old is None or name not in space:
            continue
        if isinstance(old, type) and isinstance(new, type):
            keep_bases(new, homes)
            body, key = set(vars(new)), (module.__name__, name)
            updated = update_class(old, new, bodies.get(key, set()))
            bodies[key] = body
            if updated:
                space[name] = old
                pairs.append((new, old))
                homes[id(new)] = old
                continue
        if home := homes.get(id(type(new))):
            if _renewed(old, new, home):
                space[name] = old
                pairs.append((new, old))
        elif callable(old):
            pairs.append((old, new))
    for home in homes.values():
        replace_in_tables(pairs, [v for v in vars(home).values() if type(v) in (dict, list)])
    return pairs


def _renewed(old: Any, new: Any, home: type) -> bool:
    """Move an instance to the class `home`, and what it holds into the old one, if that is one."""
    new.__class__ = home
    same = type(old) is home and hasattr(old, "__dict__")
    if same:
        vars(old).clear()
        vars(old).update(vars(new))
    return same


def keep_bases(new: type, homes: dict[int, type]) -> None:
    """Let a class made anew stand on the old classes that its bases have just been merged into."""
    bases = tuple(homes.get(id(base), base) for base in new.__bases__)
    if bases != new.__bases__:
        new.__bases__ = bases
