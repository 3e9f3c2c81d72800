# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% rows
"""Layer norm and group norm: rows of numbers, each with mean 0 and variance 1."""

import numpy as np

from ...autograd.joint import record_joint
from ...dtypes import dtype as dtype_class
from ...tensors import Tensor, wrap
from ...two_way import raw


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
def row_norm(kind, input, weight, bias, rows, view, shape, axes, eps):
    """The input as `rows`, each standardized; then, as a `view`, times weight plus bias.

    Both may be None. They have `shape` in the view, and are the same along its `axes`.
    """
    given = input._array
    wide = np.dtype(np.float32) if given.dtype == np.float16 else given.dtype
    result = _standardized(given.astype(wide, copy=False).reshape(rows), eps)[0].reshape(view)
    for step, values in ((np.multiply, weight), (np.add, bias)):
        if values is not None:
            step(result, values._array.reshape(shape), out=result)
    size, dtype = given.shape, given.dtype
    of_bias = None if bias is None else bias._array.shape

    def derivative(grad, needs):
        x, scale = (input, weight) if isinstance(grad, Tensor) else (input._array, raw(weight))
        unit, rstd = _standardized(_as(x, wide).reshape(rows), eps)
        outer = _as(grad, wide).reshape(view)
        slope = outer if scale is None else outer * _as(scale, wide).reshape(shape)
        grads = [_as(_slopes(slope.reshape(rows), unit, rstd).reshape(size), dtype)]
        unit = unit.reshape(view)
        grads += [None if scale is None else (outer * unit).sum(axis=axes).reshape(scale.shape)]
        return [*grads, None if of_bias is None else outer.sum(axis=axes).reshape(of_bias)]

    out = wrap(result.reshape(size).astype(dtype, copy=False))
    record_joint(kind, out, derivative, (input, weight, bias))
    return out


def _as(x, dtype):
    """An array or a tensor in NumPy's `dtype`."""
    if isinstance(x, Tensor):
        return x if x._array.dtype == dtype else x.to(dtype_class.by_numpy[dtype])
    return x.astype(dtype, copy=False)


# %% public names
__all__ = ["row_norm"]
