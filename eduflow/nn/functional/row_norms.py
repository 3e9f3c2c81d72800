# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% rows
"""Layer norm and group norm: rows of numbers, each with mean 0 and variance 1."""

import numpy as np

from ...autograd.joint import record_joint
from ...dtypes import dtype as dtype_class
from ...memory_order import like_images
from ...tensors import Tensor, wrap
from .channel_kernels import standardized, standardized_by, standardized_slopes


def _means(x):
    return x.sum(axis=1, keepdims=True) / x.shape[1]


def _standardized(x, eps):
    """Rows with mean 0 and variance 1, and one over their deviations; arrays or tensors."""
    centred = x - _means(x)
    rstd = 1 / np.sqrt(_means(centred * centred) + eps)
    return centred * rstd, rstd


def _slopes(slope, unit, rstd):
    """The gradient of rows before they were standardized to `unit`."""
    return (slope - _means(slope) - unit * _means(slope * unit)) * rstd


# %% row-norm
def _normed(input, weight, bias, rows, view, shape, axes, eps):
    """Row norm of arrays: the result, and one derivative for all."""
    size, dtype = input.shape, input.dtype
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    row_list = (1, *rows)  # to the kernels of batch norm, a row is a channel
    result, mean, var = standardized(_as(input, wide).reshape(row_list), None, None, eps)
    result = result.reshape(view)
    for step, values in ((np.multiply, weight), (np.add, bias)):
        if values is not None:
            step(result, values.reshape(shape), out=result)
    of_bias = None if bias is None else bias.shape
    statistics = (mean, 1 / np.sqrt(var + wide.type(eps)))  # in a tuple: tensors recompute them

    def derivative(grad, needs):
        outer = _as(grad, wide).reshape(view)
        slope = outer if weight is None else outer * _as(weight, wide).reshape(shape)
        if isinstance(grad, Tensor):
            unit, rstd = _standardized(_as(input, wide).reshape(rows), eps)
            of_input = _slopes(slope.reshape(rows), unit, rstd)
        else:
            x = _as(input, wide).reshape(row_list)
            unit = None if weight is None else standardized_by(x, *statistics, None, None)
            of_input = standardized_slopes(slope.reshape(row_list), x, *statistics, None)[0]
        grads = [_as(of_input.reshape(size), dtype), None, None]
        if weight is not None:
            grads[1] = (outer * unit.reshape(view)).sum(axis=axes).reshape(weight.shape)
        if of_bias is not None:
            grads[2] = outer.sum(axis=axes).reshape(of_bias)
        return grads

    return result.reshape(size).astype(dtype, copy=False), derivative


# %% row-dtype
def _as(x, dtype):
    """An array or a tensor in NumPy's `dtype`."""
    if isinstance(x, Tensor):
        return x if x._array.dtype == dtype else x.to(dtype_class.by_numpy[dtype])
    return x.astype(dtype, copy=False)


# %% row-norm-op
def row_norm(kind, input, weight, bias, rows, view, shape, axes, eps, images=False):
    """The input as `rows`, each standardized; then, as a `view`, times weight plus bias.

    Both may be None. They have `shape` in the view, and are the same along its `axes`. Of `images`
    with their channels last in memory the result has them there, too.
    """
    tensors = (input, weight, bias)
    arrays = [None if t is None else t._array for t in tensors]
    result, derivative = _normed(*arrays, rows, view, shape, axes, eps)
    result = wrap(like_images(result, arrays[0], volumes=True) if images else result)
    record_joint(kind, result, derivative, tensors)
    return result


# %% public names
__all__ = ["row_norm"]
