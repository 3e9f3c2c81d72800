"""`show.strides`: what size, stride and offset make of one small storage."""

from __future__ import annotations

from typing import Any

from .drawing import CELL, PAPER, TINTS, Drawing
from .explorer import Explorer
from .memory import window_cells

STORAGE = 12
# The lowest and highest position of each slider; the sliders of a dim have the same.
LIMITS = {"size": (1, 4), "stride": (0, 6), "offset": (0, 6)}


def strides(size: Any = (3, 4), stride: Any = (4, 1), offset: int = 0) -> Explorer:
    """Sliders for a window of two dims over a storage of twelve numbers.

    The page shows which elements the window reads, whether it stays inside the storage, and
    whether PyTorch calls the tensor contiguous. Raises ValueError where the sliders do not reach.
    """
    start = {"size": list(size), "stride": list(stride), "offset": offset}
    values = [("size", n) for n in size] + [("stride", n) for n in stride] + [("offset", offset)]
    reachable = all(LIMITS[name][0] <= n <= LIMITS[name][1] for name, n in values)
    if len(size) != 2 or len(stride) != 2 or not reachable:
        raise ValueError(f"show.strides has two dims, and sliders with these limits: {LIMITS}")
    limits = {name: list(ends) for name, ends in LIMITS.items()}
    state = {"storage": STORAGE, "limits": limits, "start": start}
    facts = strides_facts(size, stride, offset)
    alt = (
        f"A storage of {STORAGE} numbers, and the window of size {tuple(size)}, stride "
        f"{tuple(stride)}, offset {offset} over it: {facts['verdict']}"
    )
    return Explorer("strides", state, _picture(start, facts, alt), alt)


def strides_facts(size: Any, stride: Any, offset: int, storage: int = STORAGE) -> dict[str, Any]:
    """The cells that a window reads, whether they exist, whether it is contiguous, and why."""
    cells = window_cells(size, stride, offset)
    needed = max(cells) + 1
    contiguous, want, reason = True, 1, ""
    for dim in reversed(range(len(size))):
        # A dim of one element is never stepped along: its stride does not matter.
        if size[dim] != 1 and stride[dim] != want and contiguous:
            contiguous = False
            reason = f"stride[{dim}] is {stride[dim]}, reading in a row needs {want}"
        want *= size[dim]
    if needed > storage:
        verdict = f"refused, it needs {needed} elements and the storage has {storage}."
    elif contiguous:
        verdict = "contiguous, its elements lie in a row in the order of reading."
    else:
        verdict = f"not contiguous, {reason}."
    return {
        "cells": cells,
        "needed": needed,
        "inside": needed <= storage,
        "contiguous": contiguous,
        "verdict": verdict,
    }


def _picture(start: dict[str, Any], facts: dict[str, Any], alt: str) -> str:
    drawing = Drawing()
    words = ", ".join(f"{name} {_plain(value)}" for name, value in start.items())
    drawing.words(8, 14, words, bold=True)
    for place in range(STORAGE):
        tint = TINTS[0] if place in facts["cells"] else PAPER
        drawing.words(8 + CELL * (place + 0.5), 34, str(place), "middle", 9)
        drawing.box(8 + CELL * place, 42, str(10 * place), tint)
    read = [str(10 * cell) if cell < STORAGE else "?" for cell in facts["cells"]]
    drawing.grid(8, 92, start["size"], read, [TINTS[0]] * len(read))
    drawing.words(8, 92 + CELL * start["size"][0] + 16, facts["verdict"].capitalize())
    return drawing.svg(alt)


def _plain(value: Any) -> str:
    return str(tuple(value)) if isinstance(value, list) else str(value)
