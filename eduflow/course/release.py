"""`eduflow release`: an edition for a class, with the marks that nbgrader reads."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from pathlib import Path

from .edition import Raw, learner_cells, learner_metadata, tasks
from .errors import CourseError
from .files import write_all
from .grading import chosen
from .notebook import Cell, Notebook, notebook_text, read_notebook, without_outputs
from .source import lesson_files
from .stuck import FOLDED

CHECKS = re.compile(r"\bcheck\(")


def release(folder: Path, lessons: Sequence[str] = (), *, hints: bool = True) -> int:
    """Write chosen lessons into `folder`: `source/` with solutions, `release/` without.

    Both have nbgrader's metadata; CourseError for a folder that is there, or without a lesson.
    """
    books = [read_notebook(path) for path in lesson_files() if chosen(path.stem, lessons)]
    if not books:
        raise CourseError(f"There is no lesson {' or '.join(lessons)}.")
    if folder.exists():
        raise CourseError(f"{folder} is there already.\n  Name another folder, or remove it.")
    texts = {}
    for book in books:
        solved = [without_outputs(copy.deepcopy(cell.raw)) for cell in book.cells]
        for place, cells in (("source", solved), ("release", learner_cells(book))):
            data = {"cells": _marked(book, cells, hints), "metadata": learner_metadata()}
            path = folder / place / book.slug / f"{book.slug}.ipynb"
            texts[path] = notebook_text(data | {"nbformat": 4, "nbformat_minor": 5})
    write_all(texts)
    print(f"{len(books)} lessons for a class are in {folder}: source/ with solutions, release/.")
    return 0


def _marked(book: Notebook, cells: list[Raw], hints: bool) -> list[Raw]:
    """The cells with nbgrader's metadata: what is to be written, and what is checked."""
    written = {task.cell: task for task in tasks(book)}
    for raw in cells:
        cell = Cell(raw, 0)
        asked = cell.is_code and not written.get(cell.id) and CHECKS.search(cell.source)
        if cell.id in written or asked:
            points = len(CHECKS.findall(cell.source)) if asked else 0
            raw["metadata"] = {**raw["metadata"], "nbgrader": _mark(cell.id, points)}
        if not hints and not cell.is_code:
            cell.source = FOLDED.sub("", cell.source)
    return [raw for raw in cells if raw["cell_type"] == "code" or Cell(raw, 0).source.strip()]


def _mark(name: str, points: int) -> Raw:
    """nbgrader's metadata: a cell with points is checked, one without is to be written."""
    mark: Raw = {"grade": bool(points), "locked": bool(points), "solution": not points}
    return (
        mark
        | {"grade_id": name, "schema_version": 3, "task": False}
        | ({"points": points} if points else {})
    )
