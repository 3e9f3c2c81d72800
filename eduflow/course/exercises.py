"""What an exercise is: its cases, the right answer, and the wrong ideas people have about it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import CourseError


class OnTheWayBack(Exception):
    """For `Case(use=...)`: the way back raised, which is the cause; `value` is what came before."""

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__("on the way back")


@dataclass(frozen=True)
class Case:
    """One call of the learner's function.

    `args` are plain values, or a function of the framework that makes them afresh
    (`lambda torch: (torch.ones(3),)`). A case with `use` does what it likes with the thing under
    test: `use(thing, torch)`. `show` is how messages write the call; with functions for `args` or
    `use` it is needed. `tolerance` 0 asks for equal values. `gradient` also compares the gradients
    of the arguments, with an uneven gradient coming from above. `raises` is the expected exception.
    Where a case that is `alone` fails, nothing is said of the other ones.
    """

    args: Sequence[Any] | Callable[[Any], Sequence[Any]] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    use: Callable[[Any, Any], Any] | None = None
    show: str = ""
    tolerance: float = 0.0
    gradient: bool = False
    raises: type[BaseException] | None = None
    hint: str = ""
    alone: bool = False


@dataclass(frozen=True)
class Misconception:
    """A wrong idea with a name: an implementation that follows it, and what to say about it."""

    label: str
    wrong: Any
    message: str


@dataclass(frozen=True)
class Late:
    """Something that needs the framework and is therefore made when it is first used."""

    make: Callable[[Any], Any]


def late(make: Callable[[Any], Any]) -> Late:
    """Mark a reference or wrong implementation as `make(torch)`, made at the time of the check."""
    return Late(make)


def made(thing: Any, torch: Any) -> Any:
    """`thing`, or what it makes if it is late."""
    return thing.make(torch) if isinstance(thing, Late) else thing


@dataclass(frozen=True)
class Exercise:
    """A named exercise. `signature` is shown to people, such as `address(offset, strides)`."""

    name: str
    signature: str
    reference: Any
    cases: Sequence[Case]
    misconceptions: Sequence[Misconception] = ()
    hint: str = ""

    def __post_init__(self) -> None:
        if not self.cases:
            raise CourseError(f"Exercise {self.name!r} has no cases.")
        for case in self.cases:
            if (callable(case.args) or case.use) and not case.show:
                raise CourseError(
                    f"Exercise {self.name!r}: a case made by a function needs `show=...`, the call "
                    "as a learner would write it."
                )


_registered: dict[str, Exercise] = {}


def register(exercise: Exercise) -> Exercise:
    """Make an exercise known by its name; CourseError if another one has it."""
    if exercise.name in _registered:
        raise CourseError(f"There are two exercises called {exercise.name!r}. Rename one.")
    _registered[exercise.name] = exercise
    return exercise


def all_exercises() -> dict[str, Exercise]:
    """All exercises of all topics in `checks/`, by name."""
    from . import checks

    for topic in pkgutil.iter_modules(checks.__path__):
        importlib.import_module(f"{checks.__name__}.{topic.name}")
    return dict(sorted(_registered.items()))
