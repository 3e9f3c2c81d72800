"""Find and read the lessons and galleries; no more than their tests need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
GALLERIES = sorted((ROOT / "book" / "reference").glob("*.ipynb"))


class Cell(NamedTuple):
    """One notebook cell, with the parts the tests look at."""

    id: str
    kind: str
    source: str
    tags: list[str]
    count: int | None
    outputs: list[dict]


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook, sources as plain text."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [
        Cell(
            cell["id"],
            cell["cell_type"],
            text(cell["source"]),
            cell["metadata"].get("tags", []),
            cell.get("execution_count"),
            cell.get("outputs", []),
        )
        for cell in notebook["cells"]
    ]


def code_cells(path: Path) -> list[Cell]:
    """Return the code cells that have something in them."""
    return [cell for cell in read_cells(path) if cell.kind == "code" and cell.source.strip()]


def text(source: str | list[str]) -> str:
    """Join notebook text, which may be stored as a list of lines."""
    return source if isinstance(source, str) else "".join(source)


def floor_of(path: Path) -> int:
    """The number a notebook's name starts with."""
    return int(path.stem[:2])


def stored_text(outputs: list[dict]) -> str:
    """What a cell's stored outputs say: printed lines, last value, exception."""
    printed = [text(out["text"]) for out in outputs if out.get("name") == "stdout"]
    ending = ""
    for out in outputs:
        if out["output_type"] == "execute_result":
            ending = text(out["data"].get("text/plain", ""))
        elif out["output_type"] == "error":
            ending = f"{out['ename']}: {out['evalue']}"
    return "".join(printed) + ending
