"""The house: every export cell with the region it builds, and what is wrong with either.

Everything here reads and checks; `gather.py` and `scatter.py` write. All problems are collected
and reported together, each with the notebook and cell, or the file and line, that it is in.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .cellcode import check_code
from .errors import CourseError
from .notebook import (
    SLUG,
    Cell,
    Notebook,
    check_markers,
    check_merged,
    exported_text,
    id_problems,
    parse_export,
    read_notebook,
)
from .regions import Package, Region, SourceFile


@dataclass(frozen=True)
class Pair:
    """A cell and the region that holds the same lines."""

    notebook: Notebook
    cell: Cell
    file: SourceFile
    region: Region

    @property
    def name(self) -> str:
        """What the pair is called in the record of what both sides agreed on."""
        return f"{self.file.path}#{self.region.lesson:02d}#{self.region.cell}"

    @property
    def where(self) -> str:
        """How messages point at the cell."""
        return self.notebook.where(self.cell)

    @property
    def in_cell(self) -> str:
        """The lines as the cell has them, without export line and solution markers."""
        return exported_text(self.cell.source)

    @property
    def in_file(self) -> str:
        """The lines as the file has them."""
        return self.file.text_of(self.region)

    @property
    def agrees(self) -> bool:
        """Whether both sides hold the same lines."""
        return self.in_cell == self.in_file


class House:
    """The lessons of one folder beside the package they build."""

    def __init__(self, notebooks: list[Notebook], package: Package, name: str) -> None:
        self.package = package
        self.name = name
        self.problems: list[str] = []
        self.pairs: list[Pair] = []
        self.notebooks = sorted(notebooks, key=lambda book: (book.number, book.slug))
        self._exports: dict[tuple[int, str], str] = {}
        for notebook in self.notebooks:
            self._read(notebook)
        self._check_numbers()
        self._check_regions()
        self.problems += package.check()

    def _read(self, notebook: Notebook) -> None:
        self.problems += id_problems(notebook)
        for cell in notebook.cells:
            try:
                check_merged(cell.source)
                if not cell.is_code:
                    continue
                export = parse_export(cell.source)
                check_markers(cell.source)
                if export:
                    self._exports[notebook.number, cell.id] = export.path
                    self._pair(notebook, cell, export.path)
                    check_code(cell.source, self.name)
            except CourseError as error:
                self.problems.append(f"{notebook.where(cell)}: {error}")

    def _pair(self, notebook: Notebook, cell: Cell, path: str) -> None:
        file = self.package.files.get(path)
        if file is None:
            raise CourseError(
                f"exports to {self.name}/{path}, but there is no such file."
                f"{_perhaps(path, self.package.files)}\n"
                "  Name a file that exists, or make it, with imports and marker lines."
            )
        key = (notebook.number, cell.id)
        region = next((item for item in file.regions if item.key == key), None)
        if region:
            self.pairs.append(Pair(notebook, cell, file, region))
        elif not file.problems:
            self._no_region(file, key)

    def _no_region(self, file: SourceFile, key: tuple[int, str]) -> None:
        mark = f"# %% lesson {key[0]:02d} {key[1]}"
        elsewhere = next((f for f, region in self.package.regions if region.key == key), None)
        if elsewhere:
            raise CourseError(
                f"exports to {file.name}, but its region stands in {elsewhere.name}.\n"
                f"  Write `#| export {elsewhere.path}`, or move the region."
            )
        raise CourseError(
            f"{file.name} has no region `{mark}`.\n"
            f"  Put two lines there, where the cell's lines belong: `{mark}` and `# %% end`."
        )

    def _check_numbers(self) -> None:
        lessons: dict[int, Notebook] = {}
        for notebook in self.notebooks:
            first = lessons.setdefault(notebook.number, notebook)
            if first is not notebook:
                self.problems.append(
                    f"{notebook.name}: floor {notebook.number} has a lesson already, "
                    f"{first.name}.\n  Give one of them another number."
                )

    def _check_regions(self) -> None:
        """Regions without a cell, or of a lesson that is not there."""
        lessons = {notebook.number: notebook for notebook in self.notebooks}
        for file, region in self.package.regions:
            where = f"{file.name}, line {region.first}"
            if region.lesson not in lessons:
                self.problems.append(
                    f"{where}: `{region.mark}` names lesson {region.lesson:02d}, but there is none "
                    f"(there are {', '.join(f'{n:02d}' for n in sorted(lessons))}).\n"
                    "  Correct the number, or remove the two marker lines."
                )
            elif region.key not in self._exports:
                notebook = lessons[region.lesson]
                known = [cell for lesson, cell in self._exports if lesson == region.lesson]
                self.problems.append(
                    f"{where}: no export cell of {notebook.name} has the id `{region.cell}`."
                    f"{_perhaps(region.cell, known)}\n"
                    f"  Add the cell (`#| export {file.path}`, with this id), or remove the two "
                    "marker lines; the lines between them are plain ones then."
                )


def read_house(lessons: Path, target: Path) -> House:
    """Read all lessons of a folder, and the package in the folder `target`.

    Notebooks with a name that gives no floor must export nothing.
    """
    for folder, what in ((lessons, "lessons"), (target, "the package")):
        if not folder.is_dir():
            raise CourseError(
                f"There is no folder {folder} with {what}.\n  Run this from the course."
            )
    problems, notebooks = [], []
    for path in sorted(lessons.glob("*.ipynb")):
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
        problems.append(f"{lessons} holds no lessons.\n  Run this from the folder of the course.")
    if problems:
        # Regions of a notebook that cannot be read would all seem to have no cell.
        house = House([], Package(), target.name)
        house.problems = problems
        return house
    return House(notebooks, Package(target), target.name)


def _perhaps(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=3)
    return f"\n  Did you mean {' or '.join(f'`{item}`' for item in close)}?" if close else ""
