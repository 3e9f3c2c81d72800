"""What stands where something is not built yet: in modules, and on classes.

Inside the framework a `Missing` is passed on by imports and raises UsedBeforeBuilt when anything
is done with it. Whoever asks a module from outside gets NotBuiltYet at once (`GrowingModule`).
Methods and operators that are still to come are signs on their class.
"""

from __future__ import annotations

import dis
import functools
import importlib
import pkgutil
import sys
import types
from collections.abc import Callable
from typing import Any

from .errors import ModuleNotBuiltYet, NotBuiltYet, UsedBeforeBuilt
from .frame import OPERATORS, Cause, Frame

KEPT = ("course", "show")
TAKE_FROM = dis.opmap["IMPORT_FROM"]


class Missing:
    """Stands for a name of a module that is not built yet; whatever is done with it says so."""

    __slots__ = ("_course_cause", "_course_frame", "_course_name")

    def __init__(self, name: str, cause: Cause, frame: Frame) -> None:
        object.__setattr__(self, "_course_name", name)
        object.__setattr__(self, "_course_frame", frame)
        object.__setattr__(self, "_course_cause", cause)

    def __getattr__(self, name: str) -> Any:
        raise used(self)

    def __instancecheck__(self, value: object) -> bool:
        return False  # nothing is an instance of it yet

    def __subclasscheck__(self, value: type) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{sentence(self, str(self._course_name))}>"


def _raises(self: Missing, *args: Any, **kwargs: Any) -> Any:
    __tracebackhide__ = True
    raise used(self)


USES = (
    "call setattr delattr getitem setitem delitem iter next len contains bool int float index "
    "enter exit set_name mro_entries get set lt le gt ge neg pos invert abs"
)
SIGNS = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift"
for _word in [*USES.split(), *(side + sign for side in ("", "r", "i") for sign in SIGNS.split())]:
    setattr(Missing, f"__{_word}__", _raises)


def used(missing: Missing) -> UsedBeforeBuilt:
    """The error for code of the framework that came upon a placeholder."""
    name = str(object.__getattribute__(missing, "_course_name"))
    error = UsedBeforeBuilt(sentence(missing, f"`{name}`"))
    error.cause = because(name, cause_of(missing))
    return error


def because(name: str, cause: Cause) -> Cause:
    """The reason for what needs `name`, which is missing for `cause`."""
    return Cause(cause.region, cause.needs or name)


def cause_of(missing: Missing) -> Cause:
    """Why a placeholder stands where it does."""
    cause: Cause = object.__getattribute__(missing, "_course_cause")
    return cause


def set_cause(missing: Missing, cause: Cause) -> None:
    """Give a placeholder another reason: what it waited for is there, and it waits for more."""
    object.__setattr__(missing, "_course_cause", cause)


def sentence(missing: Missing, shown: str) -> str:
    """The sentence that says which lesson and which cell builds it."""
    frame: Frame = object.__getattribute__(missing, "_course_frame")
    return frame.not_built(shown, cause_of(missing))


class GrowingModule(types.ModuleType):
    """A module with placeholders: its own package sees them, everyone else gets an error."""

    def __getattribute__(self, name: str) -> Any:
        __tracebackhide__ = True
        value = super().__getattribute__(name)
        if type(value) is not Missing:
            return value
        frame, importing = sys._getframe(1), False
        while frame.f_back and frame.f_globals.get("__name__") == "importlib._bootstrap":
            frame, importing = frame.f_back, True
        root, *parts = super().__getattribute__("__name__").split(".")
        if is_library(str(frame.f_globals.get("__name__")), root):
            return value
        importing = importing or frame.f_code.co_code[frame.f_lasti] == TAKE_FROM
        error = ModuleNotBuiltYet if importing else NotBuiltYet
        raise error(sentence(value, ".".join(("torch", *parts, name))))

    def __dir__(self) -> list[str]:
        space = vars(self)
        return [name for name in super().__dir__() if type(space.get(name)) is not Missing]


@functools.cache  # asked of all modules, for each statement of a cell
def is_library(name: str, root: str) -> bool:
    """Whether a module's name is one of the framework's, and not of its course or its pictures."""
    first, *rest = name.split(".")
    return first == root and (not rest or rest[0] not in KEPT)


def load_whole(name: str) -> None:
    """Import every file of the framework of this name, and bind all names that wait."""
    package = importlib.import_module(name)
    for entry in pkgutil.iter_modules(package.__path__, f"{name}."):
        if is_library(entry.name, name.split(".")[0]):
            importlib.import_module(entry.name)
            if entry.ispkg:
                load_whole(entry.name)
    bind(package)


def bind(module: types.ModuleType) -> None:
    """Give a module the names that it only looks for when they are asked for."""
    space = vars(module)
    if "__getattr__" in space:
        for name in space.get("__all__", ()):
            if name not in space:
                space[name] = space["__getattr__"](name)


def dress(module: types.ModuleType) -> None:
    """Let a module answer for its placeholders, as long as it has any."""
    has = any(type(value) is Missing for value in vars(module).values())
    if has and type(module) is types.ModuleType:
        module.__class__ = GrowingModule
    elif not has and type(module) is GrowingModule:
        undress(module)


def undress(module: types.ModuleType) -> None:
    """Make an ordinary module of it again."""
    module.__class__ = types.ModuleType


class Sign:
    """Stands on a class for a method not built yet; the real one simply replaces it."""

    def __init__(self, message: str, cause: Cause) -> None:
        self.message = message
        self.cause = cause

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is not None and hasattr(type(instance), "__getattr__"):
            # Python would go on to `__getattr__`, which knows of no lessons: raise when called.
            return self
        raise self._error()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        raise self._error()

    def __repr__(self) -> str:
        return f"<{self.message}>"

    def _error(self) -> NotBuiltYet:
        error = NotBuiltYet(self.message)
        error.cause = self.cause
        return error


def _operator_sign(message: str) -> Callable[..., Any]:
    """The same for an operator, which Python looks up on the class and then calls."""

    def not_built(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        raise NotBuiltYet(message)

    not_built.stands_for_missing = True  # type: ignore[attr-defined]
    return not_built


def is_sign(value: object) -> bool:
    """Whether a member of a class only stands for one to come."""
    return type(value) is Sign or (
        type(value) is types.FunctionType and hasattr(value, "stands_for_missing")
    )


def hang_sign(cls: type, name: str, cause: Cause, frame: Frame) -> None:
    """Put a sign on a class for a method; operators that Python needs itself get none."""
    shown = OPERATORS.get(
        name, f"torch.{'' if cls.__name__ == 'Tensor' else 'nn.'}{cls.__qualname__}.{name}"
    )
    if not name.startswith("__"):
        setattr(cls, name, Sign(frame.not_built(shown, cause), cause))
    elif name in OPERATORS:
        setattr(cls, name, _operator_sign(frame.not_built(shown, cause)))
