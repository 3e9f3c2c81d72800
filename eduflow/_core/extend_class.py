"""`grows`: a class whose methods stand in several files, or cells of a lesson."""

from __future__ import annotations

from collections.abc import Callable

_OF_EVERY_CLASS = {*vars(type("Empty", (), {})), "__qualname__"}


def grows(cls: type) -> Callable[[type], type]:
    """Decorator: the methods and properties of the decorated class become those of `cls`.

    So a class can be built in several cells, and floors above can add to it. In such a method
    name the class: `super(Module, self)`. The short form would mean the decorated class.
    """

    def grow(room: type) -> type:
        for name, value in vars(room).items():
            if name not in _OF_EVERY_CLASS:
                setattr(cls, name, value)
                if hasattr(value, "__qualname__"):  # what error texts call a function
                    value.__qualname__ = f"{cls.__name__}.{name}"
        return room

    return grow
