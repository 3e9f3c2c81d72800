"""Indexing by NumPy's own quick ways."""

import math

import numpy as np


def select_place(input, dim, index):
    """Where a dim stands at `index`: ops.index.select_place, by NumPy's brackets."""
    return input[(slice(None),) * dim + (index, ...)]


def slice_places(input, dim, start, stop, step):
    """A stretch of a dim: ops.index.slice_places, by NumPy's brackets."""
    return input[(slice(None),) * dim + (slice(start, stop, step),)]


def gathered(array, key):
    """ops.index.gathered, by NumPy's brackets; numbers of rows in reading order by `take`."""
    in_order = array.size and array.flags.c_contiguous
    if in_order and len(key) == 1 and key[0].dtype.kind != "b":
        return array.take(np.asarray(key[0], np.intp), axis=0)
    return array[key]


def add_at(target, key, values):
    """ops.index.add_at by numbers of elements: NumPy's quickest way."""
    if not any(isinstance(part, np.ndarray) and part.dtype.kind != "b" for part in key):
        target[key] += values  # slices and masks pick no place twice
        return
    if len(key) == 1:
        inner = math.prod(target.shape[1:])
        rows = key[0].reshape(-1, 1) % max(len(target), 1)
        numbers = rows * inner + np.arange(inner)
    else:
        numbers = np.arange(target.size).reshape(target.shape)[key]
    np.add.at(target.reshape(-1), numbers.reshape(-1), values.reshape(-1))


def place(array, index):
    """What to ask NumPy for at an int or a slice of the first dim; None if there is no such place.

    Of no places there is no window, as NumPy would not move on to where they begin.
    """
    if not array.size or not array.ndim:
        return None
    count = len(array)
    if type(index) is int:
        return (index, ...) if -count <= index < count else None
    for part in (index.start, index.stop, index.step):
        if part is not None and type(part) is not int:
            return None
    if index.step is not None and index.step < 1:
        return None
    start, stop, _ = index.indices(count)
    return index if start < stop else None
