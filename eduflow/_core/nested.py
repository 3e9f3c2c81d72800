"""Nested lists, numbers and arrays, read into one fresh NumPy array."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arguments import cast, nested_argument, overflows, size_argument, supported
from .dtype import OLD_NAMES
from .package import PACKAGE
from .size import Size


def numbers_of(data: Any, target: np.dtype | None, infer: Callable[[set], np.dtype]) -> np.ndarray:
    """A fresh array with the values of `data`, in the NumPy dtype `target`.

    Without a target, arrays and tensors keep theirs; for lists of numbers `infer(kinds)` is asked,
    with the kinds of numbers in them: Python types, and NumPy dtypes where arrays are inside.
    """
    if hasattr(data, "_array"):
        return cast(data._array, target or data._array.dtype)
    if isinstance(data, np.ndarray):
        return cast(supported(data), target or data.dtype, "C")
    if isinstance(data, np.generic):
        return np.array(data, dtype=target or supported(np.asarray(data)).dtype)
    data, found = nested_argument(data, infer)
    try:
        values: np.ndarray = np.array(data, dtype=_EXACT[found.kind])
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    return _cast(values, target or found)


# Python's numbers in full, before they are cut to the dtype asked for.
_EXACT = {"b": np.bool_, "u": np.int64, "i": np.int64, "f": np.float64, "c": np.complex128}


def _cast(values: np.ndarray, target: np.dtype) -> np.ndarray:
    """Python's numbers, held exactly, in the dtype asked for."""
    if values.dtype == target:
        return values
    if values.dtype.kind == "c" and target.kind not in "cb":
        real = target.kind == "f"
        raise TypeError(
            "must be real number, not complex"
            if real
            else "'complex' object cannot be interpreted as an integer"
        )
    if target.kind in "iu" and overflows(values, target):
        raise RuntimeError(f"value cannot be converted to type {target.name} without overflow")
    with np.errstate(over="ignore"):
        return values.astype(target)


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


def warn_of_copy() -> None:
    """Say that `tensor(x)` of a tensor is better written as a clone, as PyTorch says it."""
    copy = "sourceTensor.detach().clone()"
    warnings.warn(
        f"To copy construct from a tensor, it is recommended to use {copy} or "
        f"{copy}.requires_grad_(True), rather than {PACKAGE}.tensor(sourceTensor).",
        stacklevel=3,
    )


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
    return numbers_of(first, target, lambda kinds: np.result_type(*kinds or [float]))
