"""What functions are handed: sizes, ints, numbers, dtypes, checked in PyTorch's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .dtype import OLD_NAMES, old_name
from .package import PACKAGE


def size_argument(name: str, sizes: Sequence[Any], keyword: Any = None) -> tuple[int, ...]:
    """The shape given to function `name`, as a tuple of ints: `(2, 3)`, `([2, 3],)` or `size=`.

    Raises TypeError for what is not an int, RuntimeError for a negative one.
    """
    if keyword is not None:
        sizes = (keyword,)
    elif not sizes:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    listed = isinstance(sizes[0], (tuple, list))
    if listed and len(sizes) > 1:
        raise TypeError(f"{name}() takes 1 positional argument but {len(sizes)} were given")
    given = sizes[0] if listed else sizes
    shape = tuple([_size(name, size, i, listed) for i, size in enumerate(given)])
    if shape and min(shape) < 0:
        raise RuntimeError(_negative(name, shape))
    return shape


def list_argument(name: str, size: Any) -> tuple[int, ...]:
    """The same for functions that want all sizes in one tuple or list."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, "
            f"not {type(size).__name__}"
        )
    return size_argument(name, (size,))


def _size(name: str, size: Any, position: int, listed: bool) -> int:
    """One size as an int. A bool is none, nor is a float; a tensor with one integer is."""
    kind = type(size)
    if kind is int:
        return size
    try:
        if kind is bool:
            raise TypeError
        return size.__index__()
    except (AttributeError, TypeError):
        pass
    wrong = f"{name}(): argument 'size' "
    if listed and not position:
        wrong += "(position 1) must be tuple of ints, but found element of type "
        wrong += f"{kind.__name__} at pos 0"
    elif position:
        wrong += f"failed to unpack the object at pos {position + 1} with error "
        wrong += f'"type must be tuple of ints,but got {kind.__name__}"'
    else:
        wrong += f"(position 1) must be tuple of ints, not {kind.__name__}"
    raise TypeError(wrong)


def _negative(name: str, shape: tuple[int, ...]) -> str:
    if name == "zeros":
        return "zeros: Dimension size must be non-negative."
    return f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}"


def int_argument(name: str, argument: str, position: int, value: Any) -> int:
    """`value` as an int; TypeError for anything else, a bool and a float included."""
    if type(value) is int:
        return value
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        return value.__index__()
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be int, "
        f"not {type(value).__name__}"
    )


def number_argument(name: str, argument: str, position: int, value: Any) -> Any:
    """`value` as a Python number: one of Python's or NumPy's, or a tensor without dims."""
    if isinstance(value, (int, float, complex)):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "iufcb":
        return value.item()
    if hasattr(value, "_array") and not value._array.ndim:
        return value.item()
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be Number, "
        f"not {type(value).__name__}"
    )


_OF_PYTHON = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def dtype_argument(name: str, dtype: Any, default: Any) -> np.dtype:
    """NumPy's dtype for `dtype`, one of ours or float, int, bool, complex; None is `default`."""
    if dtype is None:
        return default.numpy
    found = getattr(dtype, "numpy", None)
    if isinstance(found, np.dtype):
        return found
    if isinstance(dtype, type) and dtype in _OF_PYTHON:
        return np.dtype(_OF_PYTHON[dtype])
    raise TypeError(
        f"{name}(): argument 'dtype' must be {PACKAGE}.dtype, not {type(dtype).__name__}"
    )


def overflows(values: np.ndarray, target: np.dtype) -> bool:
    """Whether any of `values`, an array, is out of the range of the NumPy dtype `target`.

    Bool takes everything. An unsigned dtype also takes negative numbers, and wraps them around.
    """
    if target.kind == "b" or target.kind == "c" or not values.size:
        return False
    if values.dtype.kind == "c":
        return bool((values.imag != 0).any())
    low, high = values.min(), values.max()
    if target.kind == "f":
        limit = np.finfo(target).max
        return bool((np.isfinite(low) and low < -limit) or (np.isfinite(high) and high > limit))
    limits = np.iinfo(target)
    smallest = -limits.max if target.kind == "u" else limits.min
    # 2**63 as a float is one too many: compare Python numbers, which are exact.
    return not smallest <= low.item() or not high.item() <= limits.max


_C_NAMES = {"uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int64": "int64_t"}


def fitted(number: Any, target: np.dtype) -> np.ndarray:
    """A Python number as an array of the NumPy dtype `target`; RuntimeError if out of range."""
    kind = target.name
    try:
        value = np.asarray(number, np.int64 if type(number) is int else None)
    except OverflowError:
        value, kind = np.asarray(np.inf), "int64"
    whole = np.dtype(kind).kind in "iu"
    if overflows(value, np.dtype(kind)) or (np.isinf(value) and whole):
        word = _C_NAMES.get(kind, OLD_NAMES[kind][1])
        raise RuntimeError(f"value cannot be converted to type {word} without overflow")
    return value.real.astype(target) if target.kind in "iuf" else value.astype(target)


def must_be_real(kernel: str, dtype: np.dtype) -> None:
    """NotImplementedError, in the words of PyTorch's `kernel`, unless `dtype` is floating point."""
    if dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{old_name(dtype)}'")


def must_be_differentiable(dtype: np.dtype) -> None:
    """RuntimeError unless numbers of this NumPy dtype can have a gradient."""
    if dtype.kind not in "fc":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
