"""Nested lists, numbers and arrays, read into one fresh NumPy array."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .arguments import (
    array_argument,
    exact_array,
    narrowed,
    nested_argument,
    size_argument,
    supported,
)
from .dtype import OLD_NAMES, dtype, get_default_dtype, promote_types, scalar_dtype
from .size import Size


# %% lesson 19 numbers
def numbers_of(data, target=None):
    """A fresh array with the values of `data`, in the NumPy dtype `target` if one is given."""
    array = array_argument(data, target)  # None for lists, and for numbers of Python's
    if array is not None:
        return array
    data, kinds = nested_argument(data)
    found = [scalar_dtype(k()) if isinstance(k, type) else dtype.by_numpy[k] for k in kinds]
    wanted = functools.reduce(promote_types, found or [get_default_dtype()]).numpy
    return narrowed(exact_array(data, wanted), target or wanted)


# %% end


class _Lender:
    """Lends an array's memory from its first element to its last, in one row, holes and all.

    What is made of it ends where the array does, as in PyTorch.
    """

    def __init__(self, array: np.ndarray) -> None:
        steps = zip(array.shape, array.strides)
        reach = 1 + sum([(size - 1) * step for size, step in steps]) // array.itemsize
        row = {"shape": (reach if array.size else 0,), "strides": None}
        self.array, self.__array_interface__ = array, array.__array_interface__ | row


def lent(array: Any) -> np.ndarray:
    """The memory of a NumPy array, as an array that owns it: nothing is copied."""
    if not isinstance(array, np.ndarray):
        where = "numpy." if isinstance(array, np.generic) else ""
        raise TypeError(f"expected np.ndarray (got {where}{type(array).__name__})")
    if not isinstance(supported(array).base, np.ndarray):
        return array
    memory = np.asarray(_Lender(array))
    return np.ndarray(array.shape, array.dtype, memory, 0, array.strides)


def old_style(data: Sequence[Any], target: np.dtype) -> np.ndarray:
    """The array that `FloatTensor(*data)` asks for: sizes as numbers, or one sequence of values."""
    first = data[0] if data else ()
    if len(data) > 1 or (isinstance(first, (int, Size)) and not isinstance(first, bool)):
        return np.zeros(size_argument("new", data), target)
    if hasattr(first, "_array"):
        wanted, got = OLD_NAMES[target.name][1], OLD_NAMES[first._array.dtype.name][1]
        if wanted != got:
            raise TypeError(f"expected a tensor with dtype={wanted} (got dtype={got})")
        return first._array
    if isinstance(first, (bool, float, complex, np.generic)):
        raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
    return numbers_of(first, target)
