"""`show.flatten`: view or copy, for every pair of start and end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .drawing import TINTS, Drawing, rows_of
from .explorer import Explorer
from .memory import window_cells

MOST_ELEMENTS = 96


def flatten(x: Any, start_dim: int = 0, end_dim: int = -1) -> Explorer:
    """Choose start and end, and see whether `x.flatten(start, end)` is a view or a copy, and why.

    `x` has up to 96 elements and at least one dim; nothing is copied or changed. Raises ValueError
    if not, and IndexError for dims that `x` does not have.
    """
    size, stride = list(x.size()), list(x.stride())
    if not 1 <= x.numel() <= MOST_ELEMENTS or not size:
        raise ValueError(f"show.flatten is for tensors of 1 to {MOST_ELEMENTS} elements with dims.")
    dims = range(len(size))
    start, end = dims[start_dim], dims[end_dim]
    if start > end:
        raise ValueError(f"start_dim {start} comes after end_dim {end}.")
    offset = x.storage_offset()
    state: dict[str, Any] = {
        "size": size,
        "stride": stride,
        "cells": window_cells(size, stride, offset),
        "start": [start, end],
        "answers": {f"{s} {e}": flatten_facts(size, stride, s, e) for s in dims for e in dims[s:]},
    }
    facts = state["answers"][f"{start} {end}"]
    alt = (
        f"A tensor of size {tuple(size)}, stride {tuple(stride)}. Flattened from dim {start} to "
        f"dim {end} it has size {tuple(facts['size'])}, and is a {facts['kind']}. "
        + " ".join(f"{line['words']}." for line in facts["joins"])
    )
    return Explorer("flatten", state, _picture(state, facts, alt), alt)


def flatten_facts(size: list[int], stride: list[int], start: int, end: int) -> dict[str, Any]:
    """The size that flattening gives, the stride if it is a view, and each pair of dims in words.

    Two neighbouring dims can be one if a step along the first leads as far as all the steps along
    the second. Dims of one element are never stepped along and do not count.
    """
    merged = 1
    for count in size[start : end + 1]:
        merged *= count
    joins, kept = [], [dim for dim in range(start, end + 1) if size[dim] != 1]
    for left, right in pairwise(kept):
        fits = stride[left] == size[right] * stride[right]
        words = (
            f"stride[{left}] is {stride[left]}, and size[{right}] times stride[{right}] is "
            f"{size[right] * stride[right]}: dims {left} and {right} "
            + ("are one block" if fits else "cannot be joined")
        )
        joins.append({"fits": fits, "words": words})
    view = start == end or all(join["fits"] for join in joins)
    step = stride[kept[-1]] if kept else stride[end]
    new_size = [*size[:start], merged, *size[end + 1 :]]
    kind = "copy"
    if view:
        kind = "view, the very tensor" if start == end else "view"
    return {
        "size": new_size,
        "stride": [*stride[:start], step, *stride[end + 1 :]] if view else _in_a_row(new_size),
        "kind": kind,
        "joins": joins,
    }


def _in_a_row(size: list[int]) -> list[int]:
    """The strides of a contiguous tensor."""
    steps, step = [], 1
    for count in reversed(size):
        steps.insert(0, step)
        step *= max(count, 1)
    return steps


def _picture(state: dict[str, Any], facts: dict[str, Any], alt: str) -> str:
    drawing, y = Drawing(), 14.0
    start, end = state["start"]
    drawing.words(
        8, y, f"x: size {tuple(state['size'])}, stride {tuple(state['stride'])}", bold=True
    )
    words, tints = [str(cell) for cell in state["cells"]], [TINTS[0]] * len(state["cells"])
    drawing.grid(8, y + 12, state["size"], words, tints)
    y += 12 + 32 * rows_of(state["size"]) + 18
    head = f"x.flatten({start}, {end}): size {tuple(facts['size'])}, a {facts['kind']}"
    drawing.words(8, y, head, bold=True)
    for join in facts["joins"]:
        y += 18
        drawing.words(8, y, join["words"])
    drawing.words(8, y + 20, "The number in a box is the element's place in memory.", size=10)
    return drawing.svg(alt)
