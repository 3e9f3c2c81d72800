"""How long a lesson takes: a measure that is simple, and was fitted to what readers needed.

Eight lessons, read and solved afresh, took 52 to 100 minutes each. The figures below come within
eight minutes of them in the mean: what is read is cheap, what is to be written is not, and each
body that is to be written costs more by being another one than by being longer.
"""

from __future__ import annotations

import math
import re

from .notebook import BEGIN, END, Cell, Notebook

WORDS_A_MINUTE = 200.0
LINES_READ_A_MINUTE = 30.0
BODY, LINE = 2.5, 0.5  # minutes for each body to be written, and for each of its lines
PREDICTION, QUIZ = 0.5, 3.0  # minutes
EXTRA = "extra"  # tag of cells offered with the words "if you like"; "extra-train": of one body

_HINTS = re.compile(r"<details>.*?</details>", re.DOTALL)
_PROMISE = re.compile(r"\*Time:\*+\s*(\d+) minutes(?:, and (\d+) more\b)?")


def needed(notebook: Notebook) -> tuple[int, int]:
    """The minutes for a lesson without what is offered if one likes, and those for the rest."""
    core = sum(_minutes(cell, more=False) for cell in notebook.cells)
    extra = sum(_minutes(cell, more=True) for cell in notebook.cells)
    return math.ceil(core), math.ceil(extra)


def promised(notebook: Notebook) -> tuple[int, int]:
    """The minutes that the lesson's first cell promises, and those it adds; 0 for none."""
    found = _PROMISE.search(notebook.cells[0].source)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def prose(source: str) -> int:
    """How many words of a text cell are read by all: hints, which are folded, do not count."""
    return len(_HINTS.sub("", source).split())


def _minutes(cell: Cell, *, more: bool) -> float:
    """The minutes for what of a cell is offered if one likes (`more`), or for the rest of it."""
    tags = cell.raw.get("metadata", {}).get("tags", [])
    if not cell.is_code or cell.source.startswith(("predict(", "quiz(")) or EXTRA in tags:
        return _whole(cell) if more == (EXTRA in tags) else 0.0
    read, bodies = _lines(cell.source)
    mine = [n for name, n in bodies if more == (f"{EXTRA}-{name}" in tags)]
    return _writing(mine) + (0.0 if more else read / LINES_READ_A_MINUTE)


def _whole(cell: Cell) -> float:
    if not cell.is_code:
        return prose(cell.source) / WORDS_A_MINUTE
    if cell.source.startswith(("predict(", "quiz(")):
        return PREDICTION if cell.source.startswith("predict(") else QUIZ
    read, bodies = _lines(cell.source)
    return read / LINES_READ_A_MINUTE + _writing([n for _, n in bodies])


def _writing(bodies: list[int]) -> float:
    return sum(BODY + LINE * lines for lines in bodies)


def _lines(source: str) -> tuple[int, list[tuple[str, int]]]:
    """The lines that are given; and of each body to be written its function, and its lines."""
    read, bodies, inside, name = 0, [], False, ""
    for line in filter(None, map(str.strip, source.splitlines())):
        if line in (BEGIN, END):
            inside = line == BEGIN
            bodies += [(name, 0)] * inside
        elif inside:
            bodies[-1] = (bodies[-1][0], bodies[-1][1] + 1)
        else:
            name = line.removeprefix("def ").partition("(")[0] if line[:4] == "def " else name
            read += not line.startswith("#")  # a comment is read with its line
    return read, bodies
