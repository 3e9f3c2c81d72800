"""The framework as it stands in one notebook: regions cut out, and growing cell by cell.

Three rules, and no annotation in the files: each name of a cut region is bound to a placeholder;
a top-level statement that needs a placeholder while it runs waits, and so do the names that it
would bind; after each export cell placeholders become the real objects everywhere, and what waits
is tried again, in order. What was made with an object that a cell makes anew is made anew, too.

A lesson of the cellar cuts nothing: its regions stand, with all that was made with them, as if
their cells had been run already.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import linecache
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

from . import names
from .errors import NotBuiltYet, UsedBeforeBuilt
from .frame import Cause, Frame
from .placeholders import (
    KEPT,
    Missing,
    because,
    bind,
    cause_of,
    dress,
    hang_sign,
    is_library,
    is_sign,
    set_cause,
    undress,
)
from .regions import SourceFile
from .regrow import Places, replace_everywhere, replace_in_tables, settle

MODULE_FACTS = {*vars(types.ModuleType("any")), "__path__", "__file__"}
Used = dict[str, Any]
Promise = tuple[int, int, Cause]  # rank, lesson, reason
LOOP, AT_LAST = "a loop over names", 9


@dataclass
class Item:
    """A statement of a module that waits, or that came in with the objects it `used`."""

    module: types.ModuleType
    node: ast.stmt
    filename: str
    late: bool
    text: str = ""
    cell: str = ""
    used: Used = field(default_factory=dict)

    @cached_property
    def needs(self) -> list[str]:
        """The names that the statement looks up while it runs."""
        return names.needed(self.node, late_annotations=self.late)

    def run(self) -> None:
        """Run the statement in its module, and remember what it was made with."""
        space = vars(self.module)
        flags = __future__.annotations.compiler_flag if self.late else 0
        source = self.text or ast.Module([self.node], [])
        code = compile(source, self.filename, "exec", flags=flags, dont_inherit=True)
        self.used = {name: space[name] for name in self.needs if name in space}
        exec(code, space)


class Growth(MetaPathFinder, Loader):
    """Finds and fills the modules that feel the cut, and lets them grow."""

    def __init__(self, frame: Frame, root: str) -> None:
        self.frame = frame
        self.root = root
        self.waiting: list[Item] = []
        self.came_in: list[Item] = []
        self.done: set[tuple[int, str]] = set()
        self.bodies: dict[tuple[str, str], set[str]] = {}
        self.complete: dict[tuple[str, str], set[str]] = {}

    # Importing

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Files that the cut cannot reach are left to Python's own finder, and to its cache."""
        root, *rest = fullname.split(".")
        file = self.frame.package.modules.get(tuple(rest))
        if root != self.root or not rest or file is None or file.parts not in self.frame.touched:
            return None
        spec = ModuleSpec(fullname, self, origin=str(file.file), is_package=file.is_package)
        spec.has_location = True
        if file.is_package:
            spec.submodule_search_locations = [str(file.file.parent)]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's ordinary module object will do."""
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the statements of a file one by one, without its cut regions."""
        self._fill(module, self.frame.package.modules[tuple(module.__name__.split(".")[1:])])

    def _fill(self, module: types.ModuleType, file: SourceFile) -> None:
        space = vars(module)
        space["__file__"] = str(file.file)
        space["__doc__"] = ast.get_docstring(file.tree)
        late = names.late_annotations(file.tree.body)
        for item in file.statements:
            if item.region and self.frame.is_cut(item.region):
                for name in names.bound(item.node):
                    space[name] = Missing(name, Cause(item.region), self.frame)
                continue
            text = file.source_of(item.node)
            waits = Item(module, item.node, str(file.file), late, text)
            if item.region and self.frame.is_laid_open(item.region):
                waits.cell = cell_name(file, item.region.cell)
            if not self._try(waits):
                self.waiting.append(waits)
            elif self.frame.cellar and not names.is_import(item.node):
                self._remember(waits)

    def _try(self, item: Item) -> bool:
        """Run a statement if all it needs is there; if not, its names stay placeholders."""
        gone = None if names.is_import(item.node) else self._lacks(item)
        if gone is None:
            try:
                item.run()
                return True
            except (NotBuiltYet, UsedBeforeBuilt) as error:
                gone = error.cause
        self._bind_missing(item, gone)
        return False

    def _lacks(self, item: Item) -> Cause | None:
        """Why a statement cannot run yet; None if nothing that it names is missing."""
        space = vars(item.module)
        # A statement that looks names up by text may need any of them.
        wanted = list(space) if "globals" in item.needs else item.needs
        for name in wanted:
            value = space.get(name)
            if type(value) is Missing:
                return because(name, cause_of(value))
        return None

    def _bind_missing(self, item: Item, cause: Cause | None) -> None:
        space = vars(item.module)
        cause = cause or self._first_cause()
        for name in names.bound(item.node):
            value = space.get(name)
            if type(value) is Missing:
                set_cause(value, cause)
            elif name not in space:
                space[name] = Missing(name, cause, self.frame)

    def _first_cause(self) -> Cause:
        """The lowest region that is still missing: a last resort for what says no name."""
        regions = [region for _, region in self.frame.package.regions if self.frame.is_cut(region)]
        missing = [region for region in regions if region.key not in self.done]
        return Cause(min(missing or regions, key=lambda region: (region.lesson, region.first)))

    # Starting

    def start(self, complete: dict[tuple[str, str], set[str]]) -> None:
        """Put the framework without the cut regions in place of the finished one.

        `complete` says which members the classes of the finished framework have.
        """
        self.complete = complete
        regions = [region for _, region in self.frame.package.regions]
        self.done |= {region.key for region in regions if self.frame.is_laid_open(region)}
        self.stop()
        for name in [name for name in sys.modules if self._is_inner(name)]:
            del sys.modules[name]
        top = sys.modules[self.root]
        kept = {k: v for k, v in vars(top).items() if k in KEPT or k in MODULE_FACTS}
        undress(top)
        vars(top).clear()
        vars(top).update(kept)
        sys.meta_path.insert(0, self)
        if () in self.frame.touched:
            self._fill(top, self.frame.package.modules[()])
        else:
            importlib.reload(top)
        self._import_all()
        self._bind_all()
        self.refresh()

    def stop(self) -> None:
        """Take every growth out of Python's list of finders."""
        sys.meta_path[:] = [item for item in sys.meta_path if type(item) is not type(self)]

    def _import_all(self) -> None:
        """Modules that are only imported on demand must know of their placeholders, too."""
        for parts in sorted(self.frame.touched):
            importlib.import_module(".".join((self.root, *parts)))

    def _bind_all(self) -> None:
        """Give modules the names that wait until they are asked for: some are placeholders."""
        for module in self.modules():
            bind(module)

    def _is_inner(self, name: str) -> bool:
        return name != self.root and is_library(name, self.root)

    def modules(self) -> list[types.ModuleType]:
        """The framework's modules as they are loaded now."""
        root = self.root
        modules = list(sys.modules.items())
        return [m for name, m in modules if name.startswith(root) and is_library(name, root)]

    def module_of(self, parts: tuple[str, ...]) -> types.ModuleType:
        """A module by its place in the package."""
        return importlib.import_module(".".join((self.root, *parts)))

    # Growing

    def grow(self, before: dict[str, Any], module: types.ModuleType) -> None:
        """Let all that waited for new names of `module` come in; `before` is its old namespace."""
        places, filled = self._places(), self._filled(before, vars(module))
        loaded = len(sys.modules)
        places.replace(filled)
        grew = True
        while grew:
            grew = False
            for item in list(self.waiting):
                space = vars(item.module)
                old = {name: space.get(name) for name in names.bound(item.node)}
                if self._lacks(item) is None and self._try(item):
                    self.waiting.remove(item)
                    self._remember(item)
                    pairs = self._filled(old, space)
                    if len(sys.modules) != loaded:  # the statement imported something
                        places.look_at_new(map(vars, self.modules()))
                        loaded = len(sys.modules)
                    places.look(space)
                    places.replace(pairs)
                    filled += pairs
                    grew = True
                    continue
                if self._lacks(item):
                    self._bind_missing(item, self._lacks(item))
                places.look(space)
        self._pass_on(filled)  # should a statement have put something where nobody looked

    @staticmethod
    def _filled(before: dict[str, Any], space: dict[str, Any]) -> list[tuple[Any, Any]]:
        """(placeholder, object) for the names that have got their object."""
        return [
            (old, space[name])
            for name, old in before.items()
            if type(old) is Missing and type(space.get(name, old)) is not Missing
        ]

    def _pass_on(self, pairs: list[tuple[Any, Any]]) -> None:
        if pairs:
            replace_everywhere(pairs, [vars(module) for module in self.modules()])
            replace_in_tables(pairs, self._places().tables.values())

    def _places(self) -> Places:
        """Where placeholders stand now."""
        places = Places(Missing)
        places.look_at_new(map(vars, self.modules()))
        return places

    def _remember(self, item: Item) -> None:
        self.came_in.append(item)
        if isinstance(item.node, ast.ClassDef):
            made = vars(item.module).get(item.node.name)
            if isinstance(made, type):
                key = (item.module.__name__, item.node.name)
                self.bodies.setdefault(key, set(vars(made)))

    def keep_cell(self, items: list[Item], cell: str) -> None:
        """Remember the statements of an export cell in place of those of its last run."""
        place = next((n for n, item in enumerate(self.came_in) if item.cell == cell), None)
        kept = [item for item in self.came_in if item.cell != cell]
        self.came_in, later = kept[:place], kept[place:] if place is not None else []
        for item in items:
            self._remember(item)
        self.came_in += later

    def remake(self, changed: list[tuple[Any, Any]], cell: str) -> list[tuple[Any, Any]]:
        """Make anew what was made with old objects, in order; (old, new) of what that changed."""
        every: list[tuple[Any, Any]] = []
        for item in list(self.came_in):
            gone = {id(old) for old, _ in changed}
            if item.cell == cell or not any(id(value) in gone for value in item.used.values()):
                continue
            space = vars(item.module)
            before = {name: space.get(name) for name in names.bound(item.node)}
            item.run()
            pairs = self.settle(item.module, list(before), before)
            self._pass_on(pairs)
            changed = [*changed, *pairs]
            every += pairs
        return every

    def settle(
        self, module: types.ModuleType, own: Iterable[str], before: dict[str, Any]
    ) -> list[tuple[Any, Any]]:
        """Objects made anew, as (old, new) or, for classes changed in place, (new, old)."""
        kept = {name: old for name, old in before.items() if type(old) is not Missing}
        return settle(module, own, kept, self.bodies)

    def refresh(self) -> None:
        """Signs on classes for what is still to come, and modules that answer for it."""
        for module in self.modules():
            dress(module)
        promised = self._promised()
        for module in self.modules():
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__ == module.__name__:
                    self._hang_signs(value, promised)

    def _hang_signs(self, cls: type, promised: dict[tuple[str, str], Promise]) -> None:
        wanted = self.complete.get((cls.__module__, cls.__qualname__), set())
        for name in wanted:
            if name in vars(cls) and not is_sign(vars(cls)[name]):
                continue
            keys = ((name, ""), (name, cls.__name__), (LOOP, ""))
            found = [promised[key] for key in keys if key in promised]
            if found and not (found[0][0] == AT_LAST and name in self._own_body(cls)):
                _, _, cause = min(found, key=lambda promise: promise[:2])
                hang_sign(cls, name, cause, self.frame)

    def _own_body(self, cls: type) -> list[str]:
        """What the file's own class statement holds: a learner may have left it out."""
        file = self.frame.package.modules[tuple(cls.__module__.split(".")[1:])]
        for item in file.statements:
            if isinstance(item.node, ast.ClassDef) and item.node.name == cls.__name__:
                return [name for node in item.node.body for name in names.bound(node)]
        return []

    def _promised(self) -> dict[tuple[str, str], Promise]:
        """Who puts a name on a class, by name and class ("" if any): the likeliest one."""
        found: dict[tuple[str, str], Promise] = {}
        for node, cause in self._to_come():
            if isinstance(node, (ast.For, ast.Expr)):  # may make names up, such as `add_`
                found.setdefault((LOOP, ""), (AT_LAST, cause.region.lesson, cause))
            for name, rank, target in names.mentioned(node):
                new = (rank, cause.region.lesson, cause)
                old = found.setdefault((name, target), new)
                if new[:2] < old[:2]:
                    found[name, target] = new
        return found

    def _to_come(self) -> Iterator[tuple[ast.stmt, Cause]]:
        """The statements of cut regions, and those that wait, with what is missing."""
        for file in self.frame.package.files.values():
            for item in file.statements if any(map(self.frame.is_cut, file.regions)) else ():
                region = item.region
                if region and self.frame.is_cut(region) and region.key not in self.done:
                    yield item.node, Cause(region)
        for waits in self.waiting:
            yield waits.node, self._lacks(waits) or self._first_cause()


def cell_name(file: SourceFile, cell: str) -> str:
    """What an export cell is called among the statements that came in."""
    return f"{file.path}#{cell}"


def members(root: str) -> dict[tuple[str, str], set[str]]:
    """What every class of the loaded framework has in its body, by module and name."""
    return {
        (value.__module__, value.__qualname__): set(vars(value))
        for name, module in list(sys.modules.items())
        if is_library(name, root)
        for value in list(vars(module).values())
        if isinstance(value, type) and value.__module__ == name
    }


def show_source(file: SourceFile, cells: dict[tuple[int, str], str], own: Iterable[type]) -> None:
    """Let `inspect.getsource` show the learner's classes in place of those of the file on disk.

    The lines of the regions that were run become blank and the cells' lines come behind the file,
    so that all others keep their numbers.
    """
    lines = list(file.lines)
    for region in file.regions:
        if region.key in cells:
            lines[region.first : region.last - 1] = [""] * (region.last - 1 - region.first)
    text = "\n".join([*lines, *cells.values(), ""])
    shown = text.splitlines(keepends=True)
    linecache.cache[str(file.file)] = (len(text), None, shown, str(file.file))
    for cls in own:
        start = f"class {cls.__name__}"
        numbers = [
            n for n, line in enumerate(shown, 1) if line.startswith((f"{start}(", f"{start}:"))
        ]
        if numbers and "__firstlineno__" in vars(cls):
            cls.__firstlineno__ = numbers[-1]  # type: ignore[attr-defined]
