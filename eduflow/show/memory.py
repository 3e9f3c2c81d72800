"""`show.memory`: storages as strips, and tensors as windows over them."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np

from .drawing import CELL, PAPER, TINTS, Drawing, rows_of
from .explorer import Explorer

MOST_CELLS = 96


def memory(*tensors: Any, **named: Any) -> Explorer:
    """Show the storages of small tensors, and each tensor as a window over its storage.

    Tensors are called by the keyword they are given with, or else by their variable's name. With
    a kernel, writing into a cell writes into the tensor. Raises ValueError for a storage of more
    than 96 elements, and for one that is read as elements of different sizes.
    """
    variables = sys._getframe(1).f_locals
    windows = [(_name(tensor, variables, n), tensor) for n, tensor in enumerate(tensors, 1)]
    windows += list(named.items())
    state = memory_state(windows)

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        said = _write(windows[message["tensor"]], message["at"], message["value"])
        return memory_state(windows) | {"said": said}

    words = [_describe(window) for window in state["tensors"]]
    alt = "Windows over memory. " + " ".join(f"{line}." for line in words)
    return Explorer("memory", state, _picture(state, alt), alt, "\n".join(words), answer)


def _name(tensor: Any, variables: dict[str, Any], number: int) -> str:
    found = (n for n, value in variables.items() if value is tensor and not n.startswith("_"))
    return next(found, f"t{number}")


def memory_state(windows: list[tuple[str, Any]]) -> dict[str, Any]:
    """The storages with their values, and for each tensor which cells its elements are."""
    storages: list[dict[str, Any]] = []
    keys: list[int] = []
    counters: list[int] = []
    shown = []
    for name, tensor in windows:
        storage, size = tensor.untyped_storage(), tensor._array.itemsize
        if storage.nbytes() > MOST_CELLS * size:
            raise ValueError(
                f"show.memory is for storages of up to {MOST_CELLS} elements; that of {name} has "
                f"{storage.nbytes() // size}."
            )
        if storage.data_ptr() not in keys or not storage.nbytes():
            keys.append(storage.data_ptr())
            storages.append({"itemsize": size, "values": _values(storage, tensor)})
        number = keys.index(storage.data_ptr())
        if storages[number]["itemsize"] != size:
            raise ValueError(
                f"{name} reads its storage in elements of another size than the others."
            )
        if id(tensor._counter) not in counters:
            counters.append(id(tensor._counter))
        shown.append(
            {
                "name": name,
                "storage": number,
                "size": list(tensor.size()),
                "stride": list(tensor.stride()),
                "offset": tensor.storage_offset(),
                "dtype": str(tensor.dtype).rpartition(".")[2],
                "version": tensor._counter[0],
                "counter": counters.index(id(tensor._counter)),
                "contiguous": tensor.is_contiguous(),
                "cells": window_cells(tensor.size(), tensor.stride(), tensor.storage_offset()),
            }
        )
    return {"storages": storages, "tensors": shown}


def window_cells(size: Any, stride: Any, offset: int) -> list[int]:
    """The storage cell of each element, in row-major order."""
    steps = [[n * step for n in range(count)] for count, step in zip(size, stride)]
    return [offset + sum(parts) for parts in itertools.product(*steps)]


def _values(storage: Any, tensor: Any) -> list[str]:
    kind = tensor._array.dtype
    return [_short(value) for value in np.array(storage.tolist(), np.uint8).view(kind).tolist()]


def _short(value: Any) -> str:
    """A number in few letters: at most four digits of a float."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def _write(window: tuple[str, Any], at: list[int], value: float) -> str:
    """Write one element through a tensor; say what happened."""
    name, tensor = window
    index = ", ".join(map(str, at))
    try:
        tensor[tuple(at)] = value
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return f"{name}[{index}] = {value:g} was written."


def _describe(window: dict[str, Any]) -> str:
    size, stride = tuple(window["size"]), tuple(window["stride"])
    return (
        f"{window['name']}: size {size}, stride {stride}, offset {window['offset']}, "
        f"version {window['version']}, storage {window['storage']}"
    )


def _picture(state: dict[str, Any], alt: str) -> str:
    drawing, y = Drawing(), 16.0
    for number, storage in enumerate(state["storages"]):
        values = storage["values"]
        drawing.words(8, y, f"storage {number}", bold=True)
        for start in range(0, len(values), 20):
            y += 18
            for place, value in enumerate(values[start : start + 20], start):
                x = 8 + CELL * (place - start)
                drawing.words(x + CELL / 2, y, str(place), "middle", 9)
                drawing.box(x, y + 8, value, _tint(state, number, place))
            y += CELL + 14
        y += 8
    for window in state["tensors"]:
        drawing.words(8, y, _describe(window), bold=True)
        values = state["storages"][window["storage"]]["values"]
        tints = [_tint(state, window["storage"], cell) for cell in window["cells"]]
        drawing.grid(8, y + 12, window["size"], [values[c] for c in window["cells"]], tints)
        y += 12 + CELL * rows_of(window["size"]) + 18
    return drawing.svg(alt)


def _tint(state: dict[str, Any], storage: int, cell: int) -> str:
    """The storage's colour where a window looks, and paper elsewhere."""
    seen = any(w["storage"] == storage and cell in w["cells"] for w in state["tensors"])
    return TINTS[storage % len(TINTS)] if seen else PAPER
