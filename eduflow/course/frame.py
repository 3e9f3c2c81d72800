"""What of the framework is in place in a lesson, and what to say about the rest."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from .errors import CourseError
from .gather import read_floors
from .house import Floor
from .notebook import Export, packages_of

OPERATORS = {
    "__getitem__": "x[...]",
    "__setitem__": "x[...] = y",
    "__len__": "len(x)",
    "__iter__": "iterating over a tensor",
    "__contains__": "y in x",
    "__bool__": "using a tensor as true or false",
    "__int__": "int(x)",
    "__float__": "float(x)",
    "__complex__": "complex(x)",
    "__index__": "using a tensor as an index",
    "__eq__": "x == y",
    "__ne__": "x != y",
    "__lt__": "x < y",
    "__le__": "x <= y",
    "__gt__": "x > y",
    "__ge__": "x >= y",
    "__neg__": "-x",
    "__pos__": "+x",
    "__invert__": "~x",
    "__abs__": "abs(x)",
    "__round__": "round(x)",
    "__array__": "numpy.asarray(x)",
    "__deepcopy__": "copy.deepcopy(x)",
}
for _name, _sign in {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
    "pow": "**", "matmul": "@", "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}.items():  # fmt: skip
    OPERATORS |= {
        f"__{_name}__": f"x {_sign} y",
        f"__r{_name}__": f"y {_sign} x",
        f"__i{_name}__": f"x {_sign}= y",
    }


class Frame:
    """The floors as recorded in `_floors.py`, seen from one lesson."""

    def __init__(self, slug: str, folder: Path) -> None:
        self.slug = slug
        self.floors = read_floors(folder)
        if slug not in self.floors:
            raise CourseError(_unknown(slug, self.floors, folder))
        self.floor = Floor.of(slug)
        # A tour that builds nothing stands in the finished house.
        self.whole = self.floor.number == 0 and not self.floors[slug]["modules"]
        self.owner: dict[tuple[str, ...], str] = {}
        self.facts: dict[tuple[str, ...], dict[str, Any]] = {}
        for owner, floor in self.floors.items():
            for path, facts in floor["modules"].items():
                parts = Export(path).parts
                self.owner[parts] = owner
                self.facts[parts] = facts

    def in_place(self, parts: tuple[str, ...]) -> bool:
        """Whether this module stands on a floor below (for an annex: also in its lesson)."""
        return self.whole or Floor.of(self.owner[parts]) < self.floor

    @property
    def below(self) -> list[tuple[str, ...]]:
        """The modules in place, in the order the floors built them."""
        return [parts for parts in self.owner if self.in_place(parts)]

    def inside(self, folder: tuple[str, ...]) -> list[tuple[str, ...]]:
        """All modules of a folder and its subfolders, lowest floor first."""
        return [parts for parts in self.owner if parts[: len(folder)] == folder and parts != folder]

    def builder(self, folder: tuple[str, ...], name: str) -> str | None:
        """The slug that builds `name` of a package: a lifted name, a module or a subfolder."""
        target = (*folder, name)
        for parts, owner in self.owner.items():
            facts = self.facts[parts]
            lifted = folder in packages_of(parts) and name in facts["names"]
            lifted = lifted and not facts["namespace"]
            if lifted or parts[: len(target)] == target:
                return owner
        return None

    def methods(self) -> dict[str, str]:
        """Tensor methods of the modules not in place, with the slug that builds each."""
        found: dict[str, str] = {}
        for parts, owner in self.owner.items():
            if not self.in_place(parts):
                for name in self.facts[parts]["methods"]:
                    found.setdefault(name, owner)
        return found

    def not_built(self, what: str, owner: str) -> str:
        """The sentence for something that a lesson further up, or this one, builds."""
        if owner == self.slug:
            return f"{what} is not built yet: this lesson builds it; run the cell that does."
        return f"{what} is not built yet: lesson {owner} builds it."

    def method_not_built(self, name: str, owner: str) -> str:
        """The same for a method or an operator of tensors."""
        return self.not_built(OPERATORS.get(name, f"torch.Tensor.{name}"), owner)

    def greeting(self) -> str:
        """The one line that `lesson` prints."""
        if self.whole:
            return f"Lesson {self.slug}. In place: the whole house."
        numbers = sorted({Floor.of(self.owner[parts]).number for parts in self.below})
        if not numbers:
            place = "nothing yet"
        elif len(numbers) == 1:
            place = f"floor {numbers[0]}"
        else:
            place = f"floors {numbers[0]} to {numbers[-1]}"
        return f"Lesson {self.slug}. In place: {place}. What you build here goes on top."


def _unknown(slug: str, floors: dict[str, Any], folder: Path) -> str:
    if not floors:
        return (
            f"The package in {folder} has no list of floors (`_floors.py`).\n"
            "  Run `make gather` once, then restart the kernel."
        )
    close = difflib.get_close_matches(str(slug), floors, n=3, cutoff=0.4)
    meant = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(floors)}."
    return (
        f"There is no lesson {slug!r}. {meant}\n"
        "  Give the notebook's file name without `.ipynb`. If the notebook is new, run "
        "`make gather` once."
    )
