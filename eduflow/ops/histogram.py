"""Counting how often values come: bincount and histc."""

import numpy as np

from .._core.dispatch import must_be_tensor, takes_out
from .._core.dtype import type_name
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap


@method("bincount")
def bincount(input, weights=None, minlength=0):
    """How often each of 0, 1, 2, ... comes in a vector of integers, or the sum of its weights.

    RuntimeError for negative numbers or more dims. Mirrors torch.bincount.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("bincount", ["input"], (input,))
    array, minlength = input._array, int(minlength)
    _check_bincount(array, weights, minlength)
    array = array.astype(np.intp, copy=False)
    if weights is None:
        return wrap(np.bincount(array, minlength=minlength).astype(np.int64))
    kind = np.float32 if weights._array.dtype == np.float32 else np.float64
    return wrap(np.bincount(array, weights._array, minlength).astype(kind))


def _check_bincount(array, weights, minlength):
    if array.dtype.kind not in "iu":
        raise NotImplementedError(
            f"\"bincount_cpu\" not implemented for '{type_name(array.dtype)}'"
        )
    if array.ndim != 1 or (array < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if weights is not None and weights._array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")


@takes_out
@method("histc")
@quiet
def histc(input, bins=100, min=0, max=0):
    """How many elements fall into each of `bins` equal parts of [min, max], as floats.

    Where min equals max, the range is that of the data. Elements outside are not counted. Mirrors
    torch.histc.
    """
    array = input._array
    if array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"histogram_cpu\" not implemented for '{type_name(array.dtype)}'"
        )
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = _range(array, min, max)
    inside = array[(array >= low) & (array <= high)]
    place = ((inside - low) / (high - low) * bins).astype(np.intp)
    return wrap(np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(array.dtype))


def _range(array, low, high):
    if low == high and array.size:
        low, high = array.min().item(), array.max().item()
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{_text(low)}, {_text(high)}] is not finite")
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    return low, high


def _text(number):
    return "-nan" if number != number else f"{number:g}"
