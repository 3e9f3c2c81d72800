"""Scatter: carry edits of a file's regions back into the lessons' cells.

Solution markers stand in notebook cells only. Scatter keeps the export line and puts the markers
back between the lines they stood between (`merged`). A notebook is saved in `.backup/` beside it
before it changes, its outputs stay as they are until the lesson is run again, and nothing at all
is written if anything is unclear.
"""

from __future__ import annotations

import difflib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from .agreed import BACKUP, Agreed, ignored, refuse
from .cellcode import check_code
from .errors import CourseError, Problems
from .files import write_all
from .house import Pair, read_house
from .notebook import (
    BEGIN,
    Cell,
    Notebook,
    body_lines,
    check_markers,
    exported_text,
    is_marker,
    notebook_text,
)


@dataclass
class Scattered:
    """What scattering did: changed cells (`notebook#cell`), notebooks to run again, remarks."""

    cells: list[str] = field(default_factory=list)
    notebooks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def scatter(lessons: Path, target: Path, *, force: bool = False) -> Scattered:
    """Carry edits in the regions of `target` back to the notebooks in `lessons`.

    If a region and its cell were both changed since they last agreed, scatter refuses; `force`
    takes the file's version. Raises Problems.
    """
    lessons, target = Path(lessons), Path(target)
    house = read_house(lessons, target)
    if house.problems:
        raise Problems(house.problems)
    agreed = Agreed(lessons)
    result, problems = Scattered(), []
    edited: dict[Path, Notebook] = {}
    carried: dict[str, str] = {}
    for pair in house.pairs:
        if pair.agrees:
            continue
        text = pair.in_file
        try:
            if not _carry(pair, agreed.changed(pair), force, house.name, result):
                continue
        except CourseError as error:
            problems.append(str(error))
            continue
        carried[pair.name] = text
        edited[pair.notebook.path] = pair.notebook
    if problems:
        raise Problems(problems)
    for notebook in edited.values():
        back_up(notebook.path)
    write_all({path: notebook_text(book.data) for path, book in edited.items()})
    agreed.keep(house.pairs, carried)
    result.notebooks = [notebook.name for notebook in edited.values()]
    return result


def _carry(
    pair: Pair, changed: tuple[bool, bool] | None, force: bool, package: str, result: Scattered
) -> bool:
    """Put the region's lines into the pair's cell; whether there was something to carry."""
    error = None if force else refuse(pair, changed, "scatter")
    if error:
        raise error
    if not force and changed and not changed[1]:
        result.notes.append(
            f"{pair.file.name} was not edited, but {pair.where} was; `make gather` brings it over."
        )
        return False
    try:
        source = merged(pair.cell, pair.in_file)
        check_code(source, package)
    except CourseError as reason:
        raise CourseError(f"{pair.file.name}, {pair.where}: {reason}") from None
    pair.cell.source = source
    result.cells.append(pair.where)
    return True


def back_up(path: Path) -> Path:
    """Copy a notebook into `.backup/` beside it, under a number that is free."""
    folder = ignored(path.parent / BACKUP)
    number = 1
    while (copy_path := folder / f"{path.stem}.{number}{path.suffix}").exists():
        number += 1
    shutil.copy2(path, copy_path)
    return copy_path


def merged(cell: Cell, new: str) -> str:
    """The cell's source with `new` as its code, export line and solution markers kept.

    A marker goes back between the lines it stood between. Lines added right at a marker count as
    part of the solution. Raises CourseError if a marker's place cannot be told.
    """
    if any(is_marker(line) for line in new.split("\n")):
        raise CourseError(
            "the file holds a solution marker; markers stand in the notebook only.\n"
            "  Remove the marker line from the file."
        )
    first = cell.source.split("\n", 1)[0]
    lines = _with_markers(body_lines(cell.source), new.split("\n"))
    source = "\n".join([first, *lines])
    try:
        check_markers(source)
    except CourseError:
        raise _lost_marker() from None
    if exported_text(source) != new:
        raise _lost_marker()
    return source


def _with_markers(old: list[str], new: list[str]) -> list[str]:
    plain = [line for line in old if not is_marker(line)]
    matcher = difflib.SequenceMatcher(None, plain, new, autojunk=False)
    every = {
        block.a + step: block.b + step
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    } | {-1: -1, len(plain): len(new)}
    moved = {
        line: to for line, to in every.items() if line in (-1, len(plain)) or plain[line].strip()
    }
    places: list[tuple[int, int, str]] = []
    position = 0
    for count, line in enumerate(old):
        if not is_marker(line):
            position += 1
            continue
        if every.get(position, -2) == every.get(position - 1, -4) + 1:
            places.append((every[position], count, line))
            continue
        above, below = _filled(plain, position - 1, -1), _filled(plain, position, 1)
        after = moved[above] + 1 if above in moved else None
        before = moved.get(below)
        # Lines added beside a marker join the solution: it opens early and closes late.
        wanted = (after, before) if line.strip() == BEGIN else (before, after)
        place = wanted[0] if wanted[0] is not None else wanted[1]
        if place is None:
            raise _lost_marker()
        places.append((place, count, line))
    result = list(new)
    for place, _, line in sorted(places, reverse=True):
        result.insert(place, line)
    return result


def _filled(lines: list[str], start: int, step: int) -> int:
    """The nearest line that is not blank, from `start` on; one past the end if there is none."""
    while 0 <= start < len(lines) and not lines[start].strip():
        start += step
    return start


def _lost_marker() -> CourseError:
    return CourseError(
        "the lines around a solution marker changed so much that its place cannot be told.\n"
        "  Make this change in the notebook, where you see the markers."
    )
