"""The house: all lessons and the modules they build, read from the notebooks.

Everything here reads and checks; `gather.py` writes. All problems are collected and reported
together, each with the notebook and cell it is in.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field
from pathlib import Path

from . import names
from .errors import CourseError
from .notebook import (
    NOT_LIBRARY,
    SLUG,
    Cell,
    Export,
    Notebook,
    check_markers,
    exported_text,
    id_problems,
    packages_of,
    parse_export,
    read_notebook,
)


@dataclass(order=True, frozen=True)
class Floor:
    """Where a notebook stands in the house; an annex stands right behind its lesson."""

    number: int
    annex: bool

    @classmethod
    def of(cls, slug: str) -> Floor:
        """The floor of `02_autograd` is (2, lesson), of `02_autograd_annex` (2, annex)."""
        return cls(int(slug[:2]), slug.endswith("_annex"))

    def sees(self, other: Floor) -> bool:
        """Whether what stands here may import what stands on `other`."""
        return other <= self


@dataclass
class Part:
    """One export cell of a module."""

    cell: Cell
    text: str
    tree: ast.Module | None = None

    @property
    def statements(self) -> list[ast.stmt]:
        """The cell's statements; none if it has a syntax error."""
        return self.tree.body if self.tree else []


@dataclass
class Module:
    """A file of the package and the cells that build it."""

    export: Export
    notebook: Notebook
    parts: list[Part] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The path inside the package, such as `nn/init.py`."""
        return self.export.path

    @property
    def folder(self) -> tuple[str, ...]:
        """The folder inside the package, such as `("nn",)`; empty at the top."""
        return self.export.parts[:-1]

    @property
    def floor(self) -> Floor:
        """The floor of the notebook that builds this module."""
        return Floor.of(self.notebook.slug)

    @property
    def statements(self) -> list[ast.stmt]:
        """All top-level statements, in order."""
        return [node for part in self.parts for node in part.statements]

    @property
    def public(self) -> list[str]:
        """The sorted public names."""
        return names.public(self.statements)

    @property
    def lifted(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every public name with every package that it becomes a name of."""
        if self.export.namespace:
            return []
        return [(name, folder) for name in self.public for folder in packages_of(self.export.parts)]


class House:
    """The lessons of one folder, their modules in floor order, and what is wrong with them."""

    def __init__(self, notebooks: list[Notebook], package: str = "eduflow") -> None:
        self.package = package
        self.problems: list[str] = []
        self.notebooks = sorted(notebooks, key=lambda book: (Floor.of(book.slug), book.slug))
        self.modules: dict[tuple[str, ...], Module] = {}
        for notebook in self.notebooks:
            self._read(notebook)
        if not self.problems:
            self._check_lessons()
            for module in self.modules.values():
                self._check_definitions(module)
                for part in module.parts:
                    self._check_part(module, part)
            self._check_lifted()

    # Reading the cells

    def _read(self, notebook: Notebook) -> None:
        self.problems += id_problems(notebook)
        for cell in notebook.cells:
            if not cell.is_code:
                continue
            try:
                export = parse_export(cell.source)
                check_markers(cell.source)
            except CourseError as error:
                self.problems.append(f"{notebook.where(cell)}: {error}")
                continue
            if export:
                self._add(notebook, cell, export)

    def _add(self, notebook: Notebook, cell: Cell, export: Export) -> None:
        module = self.modules.setdefault(export.parts, Module(export, notebook))
        if module.notebook is not notebook:
            owner = module.notebook.where(module.parts[0].cell)
            self.problems.append(
                f"{notebook.where(cell)}: `{export.path}` belongs to another notebook already, see "
                f"{owner}.\n  A module is built by exactly one notebook: choose another file name."
            )
            return
        if module.parts and export.namespace and not module.export.namespace:
            self.problems.append(
                f"{notebook.where(cell)}: `namespace` stands here, but not in the first cell of "
                f"`{export.path}` ({notebook.where(module.parts[0].cell)}).\n"
                "  Move the word there."
            )
        part = Part(cell, exported_text(cell.source))
        module.parts.append(part)
        try:
            part.tree = ast.parse(part.text)
        except (SyntaxError, ValueError) as error:
            self.problems.append(f"{notebook.where(cell)}: {_syntax(error, cell)}")

    # Checks of the whole

    def _check_lessons(self) -> None:
        lessons: dict[int, Notebook] = {}
        for notebook in self.notebooks:
            floor = Floor.of(notebook.slug)
            if floor.annex:
                lesson = lessons.get(floor.number)
                if lesson is None or notebook.slug != f"{lesson.slug}_annex":
                    found = f"that lesson is {lesson.name}" if lesson else "its lesson is missing"
                    self.problems.append(
                        f"{notebook.name}: an annex has its lesson's name and `_annex`; {found}.\n"
                        "  Rename the annex, or add the lesson."
                    )
            elif floor.number in lessons:
                self.problems.append(
                    f"{notebook.name}: floor {floor.number} has a lesson already, "
                    f"{lessons[floor.number].name}.\n  Give one of them another number."
                )
            else:
                lessons[floor.number] = notebook
        for parts, module in self.modules.items():
            if any(other[: len(parts)] == parts and other != parts for other in self.modules):
                self.problems.append(
                    f"{module.notebook.where(module.parts[0].cell)}: `{module.path}` would stand "
                    f"beside a folder `{'/'.join(parts)}/` of the same name.\n  Rename one of them."
                )

    def _check_definitions(self, module: Module) -> None:
        seen: dict[str, str] = {}
        origins: dict[str, tuple[str, str]] = {}
        for part in module.parts:
            where = module.notebook.where(part.cell)
            for name, line in names.definitions(part.statements):
                if name == "__all__":
                    self.problems.append(
                        f"{where}: line {line} sets `__all__`, which gather writes by itself.\n"
                        "  Remove it; names with a leading `_` stay private."
                    )
                elif name in seen:
                    self.problems.append(
                        f"{where}: `{name}` (line {line} of the code) is defined in "
                        f"`{module.path}` a second time; the first is in {seen[name]}.\n"
                        "  Keep one of them, or rename one."
                    )
                seen.setdefault(name, where)
            for name, origin, line in names.imports(part.statements):
                first, place = origins.setdefault(name, (origin, where))
                if first != origin:
                    self.problems.append(
                        f"{where}: line {line} imports another `{name}` into `{module.path}` than "
                        f"{place}.\n  Use `as` to give one of them its own name."
                    )
        for name in sorted(seen.keys() & origins.keys()):
            self.problems.append(
                f"{seen[name]}: `{name}` is defined in `{module.path}`, and imported there in "
                f"{origins[name][1]}.\n  Use `as` in the import to give it another name."
            )

    def _check_lifted(self) -> None:
        lifted: dict[tuple[tuple[str, ...], str], Module] = {}
        for module in self.modules.values():
            for name, folder in module.lifted:
                place = module.notebook.where(self._part_of(module, name).cell)
                first = lifted.setdefault((folder, name), module)
                package = ".".join([self.package, *folder])
                if first is not module:
                    other = first.notebook.where(self._part_of(first, name).cell)
                    self.problems.append(
                        f"{place}: `{name}` from `{module.path}` would become `{package}.{name}`, "
                        f"but `{first.path}` ({other}) gives that name already.\n"
                        "  Rename one, start it with `_`, or mark one module `namespace`."
                    )
                taken = (*folder, name)
                if taken != module.export.parts and self.is_inside(taken):
                    self.problems.append(
                        f"{place}: `{name}` from `{module.path}` would become `{package}.{name}`, "
                        "but that is the name of a module or folder there.\n"
                        "  Rename one of the two."
                    )

    def _part_of(self, module: Module, name: str) -> Part:
        return next(part for part in module.parts if name in names.public(part.statements))

    # Checks of one cell

    def _check_part(self, module: Module, part: Part) -> None:
        where = module.notebook.where(part.cell)
        for number, node in enumerate(part.statements):
            if isinstance(node, ast.Expr) and not names.registration(node):
                text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
                if text and number == 0 and part is module.parts[0]:
                    continue
                self.problems.append(
                    f"{where}: line {node.lineno} of the code, `{_short(ast.unparse(node))}`, "
                    "computes something and keeps nothing.\n"
                    "  Export cells hold definitions and assignments; try things out in the next "
                    "cell, without an export line."
                )
        for inner in ast.walk(part.tree) if part.tree else []:
            if isinstance(inner, ast.Import):
                for alias in inner.names:
                    self._check_absolute(where, inner, alias.name)
            elif isinstance(inner, ast.ImportFrom) and inner.level:
                self._check_relative(module, where, inner)
            elif isinstance(inner, ast.ImportFrom):
                self._check_absolute(where, inner, inner.module or "")

    def _check_absolute(self, where: str, node: ast.stmt, target: str) -> None:
        if target.split(".")[0] in {"eduflow", self.package}:
            self.problems.append(
                f"{where}: `{ast.unparse(node)}` names the package.\n"
                "  The package must work under any name: import relatively, such as "
                "`from .tensors import Tensor`."
            )

    def _check_relative(self, module: Module, where: str, node: ast.ImportFrom) -> None:
        written = ast.unparse(node)
        if node.level - 1 > len(module.folder):
            self.problems.append(
                f"{where}: `{written}` has too many dots and leaves the package.\n"
                f"  `{module.path}` needs {len(module.folder) + 1} of them to reach the top."
            )
            return
        base = module.folder[: len(module.folder) - node.level + 1]
        target = (*base, *(node.module.split(".") if node.module else ()))
        if target in self.modules:
            self._check_floor(module, where, written, self.modules[target])
            known = set(names.defined(self.modules[target].statements))
            known |= {name for name, _, _ in names.imports(self.modules[target].statements)}
            for alias in node.names:
                if alias.name not in known and alias.name != "*":
                    self.problems.append(
                        f"{where}: `{written}`, but `{self.modules[target].path}` defines no "
                        f"`{alias.name}`.{_perhaps(alias.name, known)}"
                    )
        elif self.is_inside(target):
            for alias in node.names:
                self._check_from_folder(module, where, written, target, alias.name)
        else:
            self._unknown(where, written, target)

    def _check_from_folder(
        self, module: Module, where: str, written: str, folder: tuple[str, ...], name: str
    ) -> None:
        target = (*folder, name)
        owners = [other for other in self.modules.values() if (name, folder) in other.lifted]
        if target in self.modules:
            self._check_floor(module, where, written, self.modules[target])
        elif self.is_inside(target):
            first = min(
                (other for key, other in self.modules.items() if key[: len(target)] == target),
                key=lambda other: other.floor,
            )
            self._check_floor(module, where, written, first)
        elif owners:
            self.problems.append(
                f"{where}: `{written}` takes `{name}` from the package, which may be half-built "
                f"at that moment.\n  Import it from its module: "
                f"`from {_relative(module, owners[0])} import {name}`."
            )
        else:
            self._unknown(where, written, target)

    def _check_floor(self, module: Module, where: str, written: str, target: Module) -> None:
        if not module.floor.sees(target.floor):
            kind = "the annex" if module.floor.number == target.floor.number else "a floor above"
            self.problems.append(
                f"{where}: `{written}` takes from `{target.path}`, which is built in {kind}: "
                f"{target.notebook.name}.\n"
                "  A floor rests only on the floors below it (an annex also on its lesson). Move "
                "what both need down, or let the upper module plug itself in."
            )

    def _unknown(self, where: str, written: str, target: tuple[str, ...]) -> None:
        if target and target[0] in NOT_LIBRARY:
            text = f"the library never imports `{target[0]}`; lessons may"
            hint = "\n  Remove the import, or use it in a cell without an export line."
        else:
            text = f"no lesson builds `{'/'.join(target)}.py`"
            hint = _perhaps(".".join(target), {".".join(key) for key in self.modules})
        self.problems.append(f"{where}: `{written}`, but {text}.{hint}")

    def is_inside(self, parts: tuple[str, ...]) -> bool:
        """Whether `parts` names a module, or a folder that holds modules."""
        return any(key[: len(parts)] == parts for key in self.modules)

    def folders(self) -> list[tuple[str, ...]]:
        """All package folders, parents first; the top is `()`."""
        found = {
            module.folder[:depth]
            for module in self.modules.values()
            for depth in range(len(module.folder) + 1)
        }
        return sorted(found | {()}, key=lambda parts: (len(parts), parts))


def read_house(folder: Path, package: str = "eduflow") -> House:
    """Read all lessons of a folder. Notebooks with another kind of name must export nothing."""
    folder = Path(folder)
    problems, notebooks = [], []
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder} with lessons.\n  Run this from the course.")
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = read_notebook(path)
        except CourseError as error:
            problems.append(str(error))
            continue
        if SLUG.fullmatch(notebook.slug):
            notebooks.append(notebook)
        elif any(cell.is_code and cell.source.startswith("#| export") for cell in notebook.cells):
            problems.append(
                f"{notebook.name}: it has export cells, but its name gives no floor.\n"
                "  Name it like `02_autograd.ipynb`, or remove the export lines."
            )
    if not problems and not notebooks:
        problems.append(f"{folder} holds no lessons.\n  Run this from the folder of the course.")
    house = House(notebooks, package)
    house.problems = problems + house.problems
    return house


def _relative(module: Module, target: Module) -> str:
    """How `module` writes the relative path of `target`: `.linear`, `..tensors`."""
    shared = 0
    for mine, other in zip(module.folder, target.folder, strict=False):
        if mine != other:
            break
        shared += 1
    return "." * (len(module.folder) - shared + 1) + ".".join(target.export.parts[shared:])


def _short(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= 60 else first[:57] + "..."


def _perhaps(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    return (
        f"\n  Did you mean {' or '.join(f'`{item}`' for item in close)}?"
        if close
        else ("\n  Check the spelling, and that its cell has an export line.")
    )


def _syntax(error: SyntaxError | ValueError, cell: Cell) -> str:
    """A syntax error with the line as the learner sees it: counted in the cell, export line too."""
    line = getattr(error, "lineno", None)
    if line is None:
        return f"the cell is not Python: {error}."
    text = exported_text(cell.source).split("\n")
    wrong = text[line - 1] if line <= len(text) else ""
    source = cell.source.split("\n")
    shown = next((n for n, item in enumerate(source, 1) if item == wrong and n > line - 1), line)
    reason = getattr(error, "msg", str(error))
    return (
        f"syntax error in line {shown} of the cell: {reason}.\n"
        f"      {wrong.strip()}\n"
        "  Mend the line and run the cell in the notebook before gathering again."
    )
