"""Sums of squares, without new memory for the squares."""

import numpy as np

from .buffers import buffer_like
from .reduction import total

_SHORT = 8192  # numbers in a row whose products BLAS may add up one after the other


def sum_of_squares(array, axes, keepdim):
    """See ops.norm.sum_of_squares."""
    last = axes == (array.ndim - 1,) and array.dtype.kind == "f" and array.itemsize > 2
    if last and array.shape[-1] <= _SHORT and array.flags.c_contiguous:
        sums = np.vecdot(array, array)
        return sums[..., None] if keepdim else sums
    return total(np.multiply(array, array, out=buffer_like(array)), axes, keepdim)
