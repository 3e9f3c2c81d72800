"""Sums that are careful with many small numbers, at the speed of memory."""

import functools
import math

import numpy as np


def total(array, axes, keepdims=False, dtype=None):
    kind = array.dtype.kind
    if array.size < 4096 or kind not in "fc":
        if array.dtype == np.float16:
            return np.add.reduce(array, axes, np.float32, None, keepdims).astype(np.float16)
        return np.add.reduce(array, axes, dtype, None, keepdims)
    if array.dtype == np.float16:
        return total(array.astype(np.float32), axes, keepdims).astype(np.float16)
    side_by_side = not axes or array.ndim - 1 in axes
    if side_by_side or axes != tuple(range(axes[0], axes[-1] + 1)):
        return np.add.reduce(np.ascontiguousarray(array), axes, dtype, None, keepdims)
    result = _in_blocks(array, axes[0], axes[-1] + 1)
    return np.expand_dims(result, axes) if keepdims else result


def _in_blocks(array, start, stop):
    """The sum over the dims from `start` to before `stop`, others following.

    A row of ones times a matrix adds up its columns, and BLAS does that at the speed of memory: in
    blocks of 256 rows, whose sums are added afterwards, so that errors stay small.
    """
    shape = array.shape
    lead, count = math.prod(shape[:start]), math.prod(shape[start:stop])
    rest = math.prod(shape[stop:])
    array = np.ascontiguousarray(array).reshape(lead, count, rest)
    whole = count // 256 * 256
    result = np.add.reduce(array[:, whole:], 1)
    if whole:
        blocks = array[:, :whole].reshape(lead, whole // 256, 256, rest)
        result += np.add.reduce(np.matmul(np.ones(256, array.dtype), blocks), 1)
    return result.reshape(shape[:start] + shape[stop:])


def stretched(array, shape):
    """reduction.stretched; for small arrays a copy costs less than a window over one number."""
    if math.prod(shape) > 4096:
        return np.broadcast_to(array, shape)
    wide = np.empty(shape, array.dtype)
    wide[...] = array
    return wide


def unbroadcast(grad, shape):
    """autograd.graph.unbroadcast, adding up only along dims where that is needed."""
    axes, new = _copied_dims(grad.shape, shape)
    if not axes:
        return grad
    return np.add.reduce(grad, axis=axes, keepdims=True) if not new else _in_turn(grad, axes, new)


def _in_turn(grad, axes, new):
    """First the sum over dims that are new, then over those that were stretched."""
    first = np.add.reduce(grad, axis=tuple(range(new)))
    rest = tuple([axis - new for axis in axes if axis >= new])
    return np.add.reduce(first, axis=rest, keepdims=True) if rest else first


@functools.lru_cache(1024)
def _copied_dims(wide, shape):
    """The dims of `wide` that broadcasting has copied, and how many of them are new, in front."""
    new = len(wide) - len(shape)
    stretched = [i for i in range(new, len(wide)) if shape[i - new] == 1 != wide[i]]
    return (*range(new), *stretched), new


FAST_SUMS = {"unbroadcast": unbroadcast}  # by the name of the plain form, which tensors take
