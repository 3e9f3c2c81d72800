"""What of the framework is in place in a lesson, and what to say about the rest.

Lessons below `CELLAR` are the floors of a house: each is cut out until its own lesson builds it.
The lessons from there on open the cellar, the lines that all floors stand on. Nobody can take a
cellar away and go on living upstairs, so its regions are cut out nowhere: in its own lesson a
cell's lines take the place of those that stand there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import CourseError
from .notebook import SLUG
from .regions import Package, Region, SourceFile, imported

CELLAR = 16  # the first lesson of the cellar

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
    "__call__": "calling a module",
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


@dataclass(frozen=True)
class Cause:
    """Why a name is not there: the region that builds it, or that builds what it `needs`."""

    region: Region
    needs: str = ""


class Frame:
    """The package seen from one lesson: which regions are cut out, which files feel it."""

    def __init__(
        self, slug: str, folder: Path, package: Package, own: Iterable[tuple[str, ...]] = ()
    ) -> None:
        """`own` are the modules that come from the learner's package."""
        self.slug = slug
        self.package = package
        _check_slug(slug, folder, package)
        self.number = int(slug[:2])
        # A tour that builds nothing stands in the finished house, and so does the cellar under it.
        self.whole = self.number == 0
        self.cellar = self.number >= CELLAR
        self.touched = {*own, *(() if self.whole else self._touched())}

    def is_cut(self, region: Region | None) -> bool:
        """Whether a region is built in this lesson or later."""
        return region is not None and not self.stands(region.lesson, before=True)

    def stands(self, lesson: int, *, before: bool = False) -> bool:
        """Whether a lesson's lines are in place at its end; with `before`, when it begins."""
        return self.whole or lesson >= CELLAR or lesson + before <= self.number

    def is_laid_open(self, region: Region | None) -> bool:
        """Whether a region stands in its place in this lesson, to be exchanged by its cells."""
        return region is not None and self.cellar and region.lesson == self.number

    def _touched(self) -> set[tuple[str, ...]]:
        """Modules with regions that are cut or laid open, and those that import from one of them.

        However far off: a module may hold what it imported from a module that imported it.
        """
        files = self.package.modules
        touched = {
            parts
            for parts, file in files.items()
            if any(self.is_cut(region) or self.is_laid_open(region) for region in file.regions)
        }
        sources = {parts: set(_sources(file)) for parts, file in files.items()}
        grew = True
        while grew:
            new = {parts for parts in files if parts not in touched and sources[parts] & touched}
            touched |= new
            grew = bool(new)
        return touched

    def not_built(self, what: str, cause: Cause) -> str:
        """The sentence for something that a lesson further up, or this one, builds."""
        region = cause.region
        if region.lesson == self.number:
            builder, where = "this lesson builds", f": run the cell with `{region.head}`."
        else:
            builder = f"lesson {region.lesson:02d} builds"
            where = f", in the cell with `{region.head}`."
        if cause.needs:
            return f"{what} is not built yet: it needs `{cause.needs}`, which {builder}{where}"
        return f"{what} is not built yet: {builder} it{where}"

    def greeting(self) -> str:
        """The one line that `lesson` prints. Floor 0 are the lines below all others."""
        if self.whole:
            return f"Lesson {self.slug}. In place: the whole house."
        if self.cellar:
            return (
                f"Lesson {self.slug}. In place: the whole house. What you write here takes the "
                "place of lines below it."
            )
        below = [number for number in self.package.lessons() if number < self.number]
        place = f"floors 0 to {below[-1]}" if below else "floor 0"
        return f"Lesson {self.slug}. In place: {place}. What you build here goes on top."


def _sources(file: SourceFile) -> set[tuple[str, ...]]:
    """The modules that the top level of a file may import from."""
    found: set[tuple[str, ...]] = set()
    for item in file.statements:
        for target, name in imported(file, item.node):
            found |= {target, (*target, name)}
    return found


def _check_slug(slug: str, folder: Path, package: Package) -> None:
    """Raise CourseError unless there is such a lesson."""
    places = {Path.cwd(), folder.parent / "lessons"}
    every = [path.stem for place in places for path in place.glob("*.ipynb")]
    known = sorted({name for name in every if SLUG.fullmatch(name)})
    fits = SLUG.fullmatch(str(slug))
    if slug in known:
        return
    same_floor = fits and any(name[:2] == slug[:2] for name in known)
    if fits and not same_floor and int(slug[:2]) in (0, *package.lessons()):
        return
    close = difflib.get_close_matches(str(slug), known, n=3, cutoff=0.4)
    meant = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."
    raise CourseError(
        f"There is no lesson {slug!r}. {meant}\n  Give the notebook's file name without `.ipynb`."
    )
