"""Sums of squares, without new memory for the squares."""

import numpy as np

from .buffers import buffer_like
from .reduction import total

_AT_A_TIME = 1 << 16  # numbers whose squares stay in the cache
_SHORT = 8192  # numbers in a row whose products BLAS may add up one after the other


def sum_of_squares(array, axes, keepdim):
    """See ops.norm.sum_of_squares."""
    last = axes == (array.ndim - 1,) and array.dtype.kind == "f" and array.itemsize > 2
    if last and array.shape[-1] <= _SHORT and array.flags.c_contiguous:
        sums = np.vecdot(array, array)
        return sums[..., None] if keepdim else sums
    if axes == (0,) and array.size > _AT_A_TIME and array.flags.c_contiguous and array.ndim > 1:
        return _in_blocks(array, keepdim)
    return total(np.multiply(array, array, out=buffer_like(array)), axes, keepdim)


def _in_blocks(array, keepdim):
    """The sums of the squares in each column, a block of rows at a time."""
    rows = max(1, _AT_A_TIME * len(array) // array.size)
    room, sums = np.empty_like(array[:rows]), np.zeros_like(array[:1])
    for start in range(0, len(array), rows):
        part = array[start : start + rows]
        sums += total(np.multiply(part, part, out=room[: len(part)]), (0,), True)
    return sums if keepdim else sums[0]
