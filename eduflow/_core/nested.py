"""Nested lists, numbers and arrays, read into one fresh NumPy array."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arguments import overflows, size_argument
from .dtype import OLD_NAMES
from .package import PACKAGE
from .size import Size


def numbers_of(data: Any, target: np.dtype | None, infer: Callable[[set], np.dtype]) -> np.ndarray:
    """A fresh array with the values of `data`, in the NumPy dtype `target`.

    Without a target, arrays and tensors keep theirs; for lists of numbers `infer(kinds)` is asked,
    with the kinds of numbers in them: Python types, and NumPy dtypes where arrays are inside.
    """
    if hasattr(data, "_array"):
        return data._array.astype(target or data._array.dtype, order="K")
    if isinstance(data, np.ndarray):
        return supported(data).astype(target or data.dtype, order="C")
    if isinstance(data, np.generic):
        return np.array(data, dtype=target or supported(np.asarray(data)).dtype)
    data, kinds = _leaves(data)
    _must_be_numbers(data, kinds)
    found = infer(kinds)
    _check_shape(data, _shape(data), found)
    try:
        values: np.ndarray = np.array(data, dtype=_EXACT[found.kind])
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    return _cast(values, target or found)


# Python's numbers in full, before they are cut to the dtype asked for.
_EXACT = {"b": np.bool_, "u": np.int64, "i": np.int64, "f": np.float64, "c": np.complex128}


_PLAIN = {float, int, bool, complex}


def _is_sequence(data: Any) -> bool:
    text = isinstance(data, (str, bytes))
    return hasattr(data, "__getitem__") and hasattr(data, "__len__") and not text


def _is_list(data: Any) -> bool:
    return _is_sequence(data) and not (isinstance(data, dict) or hasattr(data, "_array"))


def _leaves(data: Any) -> tuple[Any, set]:
    """`data` with tensors and arrays among its items unpacked, and the kinds of numbers in it."""
    if not _is_list(data):
        return data, {type(data)}
    leaves = data
    for _ in _shape(data)[1:]:
        if not all(map(_is_sequence, leaves)):
            break
        leaves = list(itertools.chain.from_iterable(leaves))
    kinds = set(map(type, leaves))
    if kinds <= _PLAIN:
        return data, kinds
    kinds = set()
    return _unpacked(data, kinds), kinds


def _unpacked(data: Any, kinds: set) -> Any:
    """A copy of the nested lists in which everything is a Python number; `kinds` collects."""
    if hasattr(data, "_array"):
        kinds.add(data._array.dtype)
        if data._array.size != 1 and data._array.dtype.kind in "iub":
            return data.__index__()  # raises
        if data._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return data.item()
    if isinstance(data, (np.ndarray, np.generic)):
        kinds.add(supported(np.asarray(data)).dtype)
        return data.tolist()
    if _is_sequence(data) and not isinstance(data, dict):
        return [_unpacked(item, kinds) for item in data]
    kinds.add(type(data))
    return data


def _must_be_numbers(data: Any, kinds: set) -> None:
    """Drop the lists from `kinds`; an error names what is no number."""
    kinds -= {list, tuple}
    for kind in kinds - _PLAIN:
        if isinstance(kind, np.dtype):
            continue
        if kind in (str, bytes):
            first = data
            while _is_list(first) and len(first):
                first = first[0]
            if first is not data and isinstance(first, kind):
                raise ValueError(f"too many dimensions '{kind.__name__}'")
            raise TypeError(f"new(): invalid data type '{kind.__name__}'")
        raise RuntimeError(f"Could not infer dtype of {kind.__name__}")


def _shape(data: Any) -> list[int]:
    """The sizes that the first items of nested lists promise."""
    shape = []
    while _is_list(data):
        shape.append(len(data))
        if not len(data):
            break
        data = data[0]
    return shape


def _check_shape(data: Any, shape: list[int], found: np.dtype, dim: int = 0) -> None:
    """Raise PyTorch's error unless all lists at the same depth have the same length."""
    if dim == len(shape):
        if _is_sequence(data) and not (shape and shape[-1] == 0):
            number = "must be real number, not list"
            whole = "'list' object cannot be interpreted as an integer"
            raise TypeError(number if found.kind in "fc" else whole)
        return
    if not _is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    if dim + 1 < len(shape) or any(map(_is_sequence, data)):
        for item in data:
            _check_shape(item, shape, found, dim + 1)


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


_NAMES = "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint8"


def supported(array: np.ndarray) -> np.ndarray:
    """`array` itself; an error if PyTorch has no dtype, byte order or strides for it."""
    if not array.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. "
            "Conversion between byte orders is currently not supported."
        )
    if array.dtype.name not in [*_NAMES.split(", "), "bool"]:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. "
            f"The only supported types are: {_NAMES}, and bool."
        )
    if min(array.strides, default=0) < 0:
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported. (You can probably work around this by making a "
            "copy of your array  with array.copy().) "
        )
    return array


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
