# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% products-of-others
"""The product of many numbers, and its gradient, which zeros make interesting."""

import numpy as np

from .operations import Kind, finish, must_be_tensor, takes_out
from .reducing import converted
from .reduction import _spread
from .tensors import Tensor, check_dim, method
from .two_way import raw, two_way


@two_way
def without_each(input, *, axis):
    """n copies of `input` along a new axis, copy i with a 1 in place of element i."""
    shape = [1] * (input.ndim + 1)
    shape[axis] = shape[axis + 1] = input.shape[axis]
    one = np.eye(input.shape[axis], dtype=input.dtype).reshape(shape)
    fixed_others = 1 - one
    result = np.expand_dims(input, axis) * fixed_others + one
    return result, lambda g: (g * fixed_others).sum(axis=axis)


# %% others
def _others(input, axis):
    """For each element, the product of all the others along `axis`.

    On arrays by running products from both ends; on tensors by leaving one out n times, which
    takes more memory but can be differentiated again.
    """
    if isinstance(input, Tensor):
        return without_each(input, axis=axis).prod(axis + 1)
    ones = np.ones_like(input.take([0], axis))
    before = np.cumprod(np.concatenate([ones, input], axis), axis)
    after = np.cumprod(np.concatenate([ones, np.flip(input, axis)], axis), axis)
    size = input.shape[axis]
    return before.take(range(size), axis) * np.flip(after.take(range(size), axis), axis)


# %% product
def _product(input, axis, keepdim):
    """The product along one axis, or of all where it is None."""
    kind = np.int64 if input.dtype.kind in "iub" else None
    result = np.multiply.reduce(input, axis, kind, None, keepdim)
    axes = tuple(range(input.ndim)) if axis is None else (axis,)
    shape = input.shape

    def derivative(grad):
        if raw(input).all():
            return _spread(grad * result, shape=shape, axes=axes) / input
        if axis is None:
            others = _others(input.reshape(-1), 0).reshape(shape)
        else:
            others = _others(input, axis)
        return _spread(grad, shape=shape, axes=axes) * others

    return (result, derivative) if kind is None else result


# %% prod
_PROD_KINDS = Kind("ProdBackward0", ["input"]), Kind("ProdBackward1", ["input"])


@takes_out
@method("prod")
def prod(input, dim=None, keepdim=False, *, dtype=None, axis=None, keepdims=False):
    """The product of all elements or along `dim`, an int; integers and bools give int64.

    The gradient is the product of all others, right with zeros, too. Mirrors torch.prod.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("prod", ["input"], (input,))
    dim = axis if dim is None else dim
    array, fits = converted(input, dtype)
    axis = None if dim is None else check_dim(dim, array.ndim)
    axis = axis if array.ndim else None
    returned = _product(array, axis, keepdim or keepdims)
    if dtype is not None and type(returned) is not tuple:
        returned = np.asarray(returned).astype(dtype.numpy)
    return finish(_PROD_KINDS[dim is not None], returned, (input,), fits)


# %% public names
__all__ = ["prod", "without_each"]
