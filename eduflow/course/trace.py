"""How much of what ran have you written, how much have you read?

`trace(step)` runs a function in plain mode and says it in one sentence; `tally(step)` gives the
numbers, by lesson and by file. Counted are distinct statements of the library. What PyTorch refuses
and in which words, the reading of arguments, the course and the pictures are left aside: the files
of these rooms, and plain statements that do nothing but call them.

In a learner's folder written is what the learner wrote: lines that were kept, or stand in a cell.
Elsewhere it is what learners are to write.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import linecache
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from .errors import CourseError
from .notebook import (
    BEGIN,
    END,
    EXPORT,
    body_lines,
    exported_text,
    is_marker,
    read_notebook,
    trimmed,
)
from .placeholders import load_whole
from .regions import Region, SourceFile, imported
from .source import lesson_files

ROOT = __name__.split(".")[0]
ASIDE = ("_words/", "course/", "show/", "_core/arguments.py", "_core/calls.py", "_core/kinds.py")


@dataclass(frozen=True)
class Shares:
    """How many statements were written by the learner, shown by a lesson, or neither."""

    written: int = 0
    read: int = 0
    other: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return self.written + self.read + self.other

    @property
    def shown(self) -> float:
        """The share of those that a lesson shows, the learner's own among them; 1 of none."""
        return (self.written + self.read) / self.all if self.all else 1.0


@dataclass(frozen=True)
class Line:
    """A statement that ran: the file and line where it starts, and who brought it.

    `cell` is the export cell whose lines count from its own first; "" for a line of a file.
    """

    file: str
    number: int
    lesson: int | None = None
    written: bool = False
    cell: str = ""


@dataclass(frozen=True)
class Tally:
    """The distinct statements that ran."""

    lines: frozenset[Line] = field(default_factory=frozenset)

    def __or__(self, other: Tally) -> Tally:
        return Tally(self.lines | other.lines)

    @property
    def shares(self) -> Shares:
        """All of them."""
        return _shares(self.lines)

    def by_lesson(self) -> dict[int | None, Shares]:
        """The shares of each lesson, in order; None, the last, stands for plain lines."""
        numbers = {line.lesson for line in self.lines}
        order = sorted(numbers, key=lambda lesson: (lesson is None, lesson))
        return {n: _shares(line for line in self.lines if line.lesson == n) for n in order}

    def by_file(self) -> dict[str, Shares]:
        """The shares of each file, those with most plain lines first."""
        files = {line.file for line in self.lines}
        found = {name: _shares(line for line in self.lines if line.file == name) for name in files}
        return dict(sorted(found.items(), key=lambda item: (-item[1].other, item[0])))

    @property
    def sentence(self) -> str:
        """What `trace` prints."""
        shares = self.shares
        if not shares.all:
            return "No line of the framework ran in this step."
        stand = "stands" if shares.other == 1 else "stand"
        return (
            f"Of the {shares.all} lines that ran in this step you wrote {shares.written}; lessons "
            f"show {shares.read} more, and {shares.other} {stand} in helper files."
        )


def _shares(lines: Iterable[Line]) -> Shares:
    kinds = Counter(
        "other" if x.lesson is None else "written" if x.written else "read" for x in lines
    )
    return Shares(kinds["written"], kinds["read"], kinds["other"])


def trace(step: Callable[[], object]) -> None:
    """Run `step` and say of the library's lines that ran how many you wrote, or had read.

    `step` takes no arguments: `trace(lambda: train(batch))`. It runs in plain mode, so that the
    lines that lessons show are those that run.
    """
    print(tally(step).sentence)


def tally(step: Callable[[], object], lessons: Path | None = None) -> Tally:
    """Run `step` in plain mode; the distinct statements of the library that ran.

    `lessons` is the folder of the notebooks, which say what learners write; it is looked for beside
    the package and where one stands. Raises what `step` raises, and TypeError if it is no function.
    """
    if not callable(step):
        raise TypeError(
            f"trace wants a function to run, but got {type(step).__name__}.\n"
            "  Write `trace(lambda: step(x))`, not `trace(step(x))`."
        )
    homes = [Path(next(iter(sys.modules[ROOT].__path__))).resolve()]
    live = _live()
    desk = live.desk if live else None
    if desk:
        homes.append(desk.folder.package.resolve())
    if not live:
        load_whole(ROOT)  # what is loaded when first asked for would count with the step
    ran = run_traced(step, tuple(os.path.normcase(home) + os.sep for home in homes))
    readers: dict[str, _File | _CellOf] = {}
    if desk:
        written = Written(lessons or lesson_files()[0].parent, desk.texts())
    else:
        written = Written(lessons or _lessons_of(homes[0]))
    found = set()
    for name, number in ran:
        if name not in readers:
            readers[name] = (
                _CellOf(name, written) if _is_cell(name) else _File(name, homes, written)
            )
        line = readers[name].line(number)
        if line:
            found.add(line)
    return Tally(frozenset(found))


def run_traced(step: Callable[[], object], home: str | tuple[str, ...]) -> set[tuple[str, int]]:
    """The file and number of every line that ran in the library or in a notebook's cell.

    `home` is the library's folder, with a separator at its end; or several of them.
    """
    ran: set[tuple[str, int]] = set()
    ours = cache(
        lambda name: os.path.normcase(os.path.abspath(name)).startswith(home) or _is_cell(name)
    )

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if not ours(name):
            return None
        if event == "line":
            ran.add((name, frame.f_lineno))
        return watch

    switch = importlib.import_module(f"{ROOT}._kernels").switch  # the growing framework's, if any
    before, plain = sys.gettrace(), switch.plain
    switch.plain = True
    sys.settrace(watch)
    try:
        step()
    finally:
        sys.settrace(before)
        switch.plain = plain
    return ran


@cache
def _is_cell(name: str) -> bool:
    """Whether this is an export cell of a running notebook."""
    ordinary = name.endswith(".py") and "ipykernel" not in name
    return not ordinary and bool(_export_of(name))


def _export_of(name: str) -> list[str]:
    """The lines of an export cell; none for anything else."""
    lines = "".join(linecache.getlines(name)).split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return lines if EXPORT.match(lines[first]) else []


class _CellOf:
    """An export cell that was run: its lines were read, and in part written."""

    def __init__(self, name: str, written: Written) -> None:
        lines = _export_of(name)
        self.name = name
        self.starts = statements("\n".join(lines))
        self.own = written.in_cell(lines)
        path = next(line for line in lines if EXPORT.match(line)).split()
        self.file = path[-1]
        live = _live()
        self.lesson = int(live.frame.number) if live else 0

    def line(self, number: int) -> Line:
        """The statement that a line belongs to."""
        start = self.starts.get(number, number)
        return Line(self.file, start, self.lesson, start in self.own, self.name)


class _File:
    """A file of the package: regions were read in lessons, and written in part."""

    def __init__(self, name: str, homes: list[Path], written: Written) -> None:
        file = Path(name).resolve()
        home = next(home for home in homes if home in file.parents)
        self.path = file.relative_to(home).as_posix()
        self.aside = self.path.startswith(ASIDE)
        self.file = SourceFile(Path(name), self.path, Path(name).read_text(encoding="utf-8"))
        self.starts = {} if self.aside else statements(self.file.text)
        self.calls = set() if self.aside else calls_aside(self.file)
        self.written = written

    def line(self, number: int) -> Line | None:
        """The statement that a line belongs to; None for what is left aside."""
        if self.aside:
            return None
        start = self.starts.get(number, number)
        region = self.file.region_at(start)
        if region is None:
            return None if start in self.calls else Line(self.path, start)
        return Line(
            self.path, start, region.lesson, start in self.written.in_region(self.file, region)
        )


class Written:
    """Which lines of a region are the learner's: the notebooks say it, by their markers.

    With `texts`, the regions that a learner has written and how, only lines of these are theirs.
    """

    def __init__(
        self, folder: Path | None, texts: set[tuple[tuple[int, str], str]] | None = None
    ) -> None:
        self.texts = texts
        self.cells: dict[tuple[int, str], str] = {}
        self.known: dict[tuple[str, Region], set[int]] = {}
        for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")) if folder else ():
            try:
                notebook = read_notebook(path)
            except CourseError:
                continue  # a broken notebook is no reason not to count the others
            for cell in notebook.cells:
                if cell.is_code and EXPORT.match(cell.source):
                    self.cells[notebook.number, cell.id] = cell.source

    def in_region(self, file: SourceFile, region: Region) -> set[int]:
        """The numbers of the lines of `file` in this region that the learner wrote."""
        key = (file.path, region)
        if key not in self.known:
            whole = file.text_of(region)
            theirs = self.texts is None or (region.key, whole) in self.texts
            source = self.cells.get(region.key, "") if theirs else ""
            text = whole.split("\n")
            first = next(
                n for n in range(region.first + 1, region.last + 1) if file.lines[n - 1].strip()
            )
            self.known[key] = {first + i for i in _own_lines(source, text)}
        return self.known[key]

    def in_cell(self, lines: list[str]) -> set[int]:
        """The numbers of the lines of an export cell that the learner wrote."""
        if self.texts is None:
            return _between_markers(lines)
        text = exported_text("\n".join(lines).lstrip("\n"))
        key = next((key for key, mine in self.texts if mine == text), None)
        if key is None:
            return set()
        numbers = [n for n, x in enumerate(lines, 1) if not (EXPORT.match(x) or is_marker(x))]
        first = next(i for i, n in enumerate(numbers) if lines[n - 1].strip())
        own = _own_lines(self.cells.get(key, ""), text.split("\n"))
        return {numbers[first + i] for i in own}


def _own_lines(source: str, text: list[str]) -> Iterable[int]:
    """Which of the lines of a region stand between the markers of its cell, counted from 0.

    Lines that the cell has outside its markers are given; in a learner's package the others differ.
    """
    lines = trimmed(body_lines(source))
    own = _between_markers(lines)
    given = [
        line for i, line in enumerate(lines, 1) if i not in own and line.strip() not in (BEGIN, END)
    ]
    if not own:
        return ()
    if "\n".join(text) == exported_text(source):
        flags = [i in own for i, line in enumerate(lines, 1) if line.strip() not in (BEGIN, END)]
        return [i for i, flag in enumerate(flags) if flag]
    same = difflib.SequenceMatcher(None, text, given, autojunk=False).get_matching_blocks()
    matched = {block.a + k for block in same for k in range(block.size)}
    return [i for i in range(len(text)) if i not in matched]


def _between_markers(lines: list[str]) -> set[int]:
    """The numbers, from 1 on, of the lines between BEGIN and END SOLUTION."""
    found, inside = set(), False
    for number, line in enumerate(lines, start=1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            found.add(number)
    return found


def statements(text: str) -> dict[int, int]:
    """For each line the line on which its innermost statement starts."""
    starts = {}
    for node in ast.walk(ast.parse(text)):  # outer statements come before inner ones
        if isinstance(node, ast.stmt):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                starts[line] = node.lineno
    return starts


def calls_aside(file: SourceFile) -> set[int]:
    """Where statements start that do nothing but call what is left aside, and keep what it says."""
    rooms = {
        alias.asname or alias.name
        for node in file.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias, (target, name) in zip(node.names, imported(file, node), strict=False)
        if "/".join((*target, name, "")).startswith(ASIDE)
        or f"{'/'.join(target)}.py".startswith(ASIDE)
    }
    return {
        node.lineno
        for node in ast.walk(file.tree)
        if isinstance(node, (ast.Expr, ast.Assign)) and _root(node.value) in rooms
    }


def _root(node: ast.expr) -> str:
    """The first name of what an expression calls: `given` for `given.sizes(x)`; "" if no call."""
    called = node.func if isinstance(node, ast.Call) else None
    while isinstance(called, ast.Attribute):
        called = called.value
    return called.id if isinstance(called, ast.Name) else ""


def _live() -> Any:
    """The lesson whose kernel this is; None where none was started."""
    return importlib.import_module(f"{ROOT}.course.live").current()


def _lessons_of(folder: Path) -> Path | None:
    """The folder of the notebooks: beside the package, or where one stands."""
    places = [folder.parent / "lessons", Path.cwd(), Path.cwd() / "lessons"]
    return next((place for place in places if any(place.glob("[0-9][0-9]_*.ipynb"))), None)
