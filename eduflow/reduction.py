# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% sums
"""Sums and means: many numbers become one, over all dims or over some."""

import math

import numpy as np

from .reducing import average, no_integers, reduction, total
from .two_way import two_way


@two_way
def _spread(grad, *, shape, axes):
    """The gradient of a reduction over `axes`, laid over the `shape` from which it was reduced.

    The way back from a sum: every element that went in gets the gradient of what came out. No
    memory is filled where the shape is large: it is one number seen many times.
    """
    keepdims = grad.ndim == len(shape)
    kept = grad.reshape([1 if axis in axes else size for axis, size in enumerate(shape)])
    if math.prod(shape) > 4096:
        wide = np.broadcast_to(kept, shape)
    else:  # for small arrays a copy costs less
        wide = np.empty(shape, grad.dtype)
        wide[...] = kept
    return wide, lambda g: g.sum(axis=axes, keepdims=keepdims)


@reduction()
def sum(input, axes, keepdim):
    """The sum over all dims or over `dim`; of integers and bools, an int64. Mirrors torch.sum."""
    if input.dtype.kind in "iub":
        return total(input, axes, keepdim, np.int64)
    shape = input.shape
    return total(input, axes, keepdim), lambda grad: _spread(grad, shape=shape, axes=axes)


@reduction(check=no_integers)
def mean(input, axes, keepdim):
    """The mean over all dims or over `dim`; nan where there is nothing. Mirrors torch.mean.

    RuntimeError for integers and bools: their mean is not an integer. Convert, or say `dtype`.
    """
    shape, (result, count) = input.shape, average(input, axes, keepdim)
    return result, lambda grad: _spread(grad / count, shape=shape, axes=axes)


# %% public names
__all__ = ["mean", "sum"]
