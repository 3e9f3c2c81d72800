# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% bincount
"""Counting how often values come, and differences between neighbours."""

import itertools

import numpy as np

from .operations import Kind, finish, must_be_tensor
from .refusals import type_name
from .tensors import Tensor, check_dim, method, wrap
from .two_way import two_way


@method("bincount")
def bincount(input, weights=None, minlength=0):
    """How often each of 0, 1, 2, ... comes in a vector of integers, or the sum of its weights.

    RuntimeError for negative numbers or more dims. Mirrors torch.bincount.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("bincount", ["input"], (input,))
    array, minlength = input._array, int(minlength)
    _check_bincount(array, weights, minlength)
    if weights is None:
        return wrap(np.bincount(array, minlength=minlength).astype(np.int64))
    kind = np.float32 if weights._array.dtype == np.float32 else np.float64
    return wrap(np.bincount(array, weights._array, minlength).astype(kind))


# %% check-bincount
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


# %% histc
@method("histc")
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
    place = ((inside - low) / (high - low) * bins).astype(np.int64)
    return wrap(np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(array.dtype))


# %% histc-range
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


# %% neighbours
@two_way
def _differences(input, *, axis):
    """Each element less the one before it, along `axis`."""
    return np.diff(input, axis=axis), lambda grad: _undo(grad, axis=axis)


@two_way
def _undo(grad, *, axis):
    """The way back: each gradient for the later element, and against the earlier one."""
    edge = np.zeros((*grad.shape[:axis], 1, *grad.shape[axis + 1 :]), grad.dtype)
    both = np.concatenate([edge, grad, edge], axis)
    return -np.diff(both, axis=axis), lambda g: _differences(g, axis=axis)


# %% join
@two_way
def _part(grad, *, axis, start, stop):
    """The elements from `start` to `stop` along `axis`."""
    after = grad.shape[axis] - stop
    part = grad[(slice(None),) * axis + (slice(start, stop),)]
    return part, lambda g: _padded(g, axis=axis, before=start, after=after)


@two_way
def _padded(grad, *, axis, before, after):
    """Zeros `before` and `after` along `axis`."""
    around = [(0, 0)] * grad.ndim
    around[axis] = (before, after)
    stop = before + grad.shape[axis]
    return np.pad(grad, around), lambda g: _part(g, axis=axis, start=before, stop=stop)


# %% diff
_DIFF = Kind("SubBackward0", ["input"])
_JOIN = Kind("CatBackward0", ["first", "second", "third"])


def _joined(arrays, axis):
    """Arrays one after the other, and the derivative for each."""
    ends = np.cumsum([0] + [array.shape[axis] for array in arrays]).tolist()
    parts = [
        lambda grad, start=start, stop=stop: _part(grad, axis=axis, start=start, stop=stop)
        for start, stop in itertools.pairwise(ends)
    ]
    return np.concatenate(arrays, axis), *parts


# %% diff-function
@method("diff")
def diff(input, n=1, dim=-1, prepend=None, append=None):
    """The differences between neighbours along `dim`, taken `n` times. Mirrors torch.diff.

    `prepend` and `append` are put before and behind the input first. Of bools: where they change.
    """
    if not input._array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = check_dim(dim, input._array.ndim)
    ends = [x for x in (prepend, input, append) if x is not None]
    if len(ends) > 1:
        input = finish(_JOIN, _joined([x._array for x in ends], axis), tuple(ends))
    if not n:
        return input.clone()
    for _ in range(min(n, input._array.shape[axis])):
        input = finish(_DIFF, _differences.__wrapped__(input._array, axis=axis), (input,))
    return input


# %% public names
__all__ = ["bincount", "diff", "histc"]
