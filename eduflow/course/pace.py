"""How long a lesson takes: a measure that is simple, and was fitted to what readers needed.

Eight lessons, read and solved afresh, took 52 to 100 minutes each. The figures below come within
eight minutes of them in the mean: what is read is cheap, what is to be written is not, and each
body that is to be written costs more by being another one than by being longer.

Lessons 01 to 08, read again after they were made shorter, took 45 to 58 minutes by their readers'
estimates, where the measure says 31 to 42: 8 to 23 more. So a page may promise more than the
measure.
"""

from __future__ import annotations

import math
import re

from .notebook import BEGIN, END, Cell, Notebook

WORDS_A_MINUTE = 200.0
LINES_READ_A_MINUTE = 30.0
BODY, LINE = 2.5, 0.5  # minutes for each body to be written, and for each of its lines
PREDICTION, QUIZ = 0.5, 3.0  # minutes
EXTRA = "extra"  # the tag of exercises that the page offers with the words "if you like"

_HINTS = re.compile(r"<details>.*?</details>", re.DOTALL)
_PROMISE = re.compile(r"\*Time:\*+\s*(\d+) minutes(?:, and (\d+) more\b)?")


def needed(notebook: Notebook) -> tuple[int, int]:
    """The minutes for a lesson without what is offered if one likes, and those for the rest."""
    extra = [EXTRA in cell.raw.get("metadata", {}).get("tags", []) for cell in notebook.cells]
    times = [_minutes(cell) for cell in notebook.cells]
    core = sum(time for time, more in zip(times, extra, strict=True) if not more)
    return math.ceil(core), math.ceil(sum(times) - core)


def promised(notebook: Notebook) -> tuple[int, int]:
    """The minutes that the lesson's first cell promises, and those it adds; 0 for none."""
    found = _PROMISE.search(notebook.cells[0].source)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def prose(source: str) -> int:
    """How many words of a text cell are read by all: hints, which are folded, do not count."""
    return len(_HINTS.sub("", source).split())


def _minutes(cell: Cell) -> float:
    if not cell.is_code:
        return prose(cell.source) / WORDS_A_MINUTE
    if cell.source.startswith(("predict(", "quiz(")):
        return PREDICTION if cell.source.startswith("predict(") else QUIZ
    read, bodies = _lines(cell.source)
    return read / LINES_READ_A_MINUTE + sum(BODY + LINE * lines for lines in bodies)


def _lines(source: str) -> tuple[int, list[int]]:
    """The lines that are given, and how many each body has that is to be written."""
    read, bodies, inside = 0, [], False
    for line in filter(None, map(str.strip, source.splitlines())):
        if line in (BEGIN, END):
            inside = line == BEGIN
            bodies += [0] * inside
        elif inside:
            bodies[-1] += 1
        else:
            read += not line.startswith("#")  # a comment is read with its line
    return read, bodies
