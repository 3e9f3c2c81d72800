"""Indexing by NumPy's own quick ways."""

import math

import numpy as np

_LONG, _MANY = 16, 64  # numbers in a row, and rows, that make it worth while to add whole rows
_TIMES = 8  # so often at most


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
        if inner >= _LONG and rows.size >= _MANY and _whole_rows(target, rows, values):
            matrix = target.reshape(len(target), inner)
            picked, values = _one_by_one(matrix, rows.reshape(-1), values.reshape(-1, inner))
            rows = picked[:, None]
        numbers = rows * inner + np.arange(inner)
    else:
        numbers = np.arange(target.size).reshape(target.shape)[key]
    np.add.at(target.reshape(-1), numbers.reshape(-1), values.reshape(-1))


def _whole_rows(target, rows, values):
    """Whether there is a row of `values` for each of `rows` of `target`, which lies in order."""
    fits = values.size * len(target) == rows.size * target.size
    return fits and target.flags.c_contiguous and target.dtype == values.dtype


def _one_by_one(matrix, rows, values):
    """Add what each row gets first, then what it gets second, and so on: each time all at once.

    Returns the numbers and values of what is left after some times, for a few rows that get many.
    """
    bits = rows.size.bit_length()
    order = np.left_shift(rows, bits, dtype=np.int64)
    order |= np.arange(rows.size)
    order.sort()  # by row, and for one row as they came
    numbers = (order & ((1 << bits) - 1)).astype(np.intp, copy=False)
    rows = (order >> bits).astype(np.intp, copy=False)
    first = np.concatenate([[0], np.flatnonzero(rows[1:] != rows[:-1]) + 1])
    turn = np.arange(rows.size) - np.repeat(first, np.diff(first, append=rows.size))
    for time in range(_TIMES):
        now = np.flatnonzero(turn == time)
        if not now.size:
            break
        picked = rows[now]
        matrix[picked] = matrix.take(picked, axis=0) + values.take(numbers[now], axis=0)
    left = np.flatnonzero(turn >= _TIMES)
    return rows[left], values[numbers[left]]


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
