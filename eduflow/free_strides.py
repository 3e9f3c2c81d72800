# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% unfold
"""Windows with strides of their own: sliding windows, diagonals, and any strides you like."""

import math

import numpy as np

from .storage import address, owner_of, window
from .tensors import check_dim, element_strides, method
from .two_way import like, raw, two_way
from .viewing import restride, view_op
from .windows import window_op


@window_op(node="UnfoldBackward0", overlaps=True)
def _unfold(array, dim, size, step):
    shape, strides = list(array.shape) or [1], list(element_strides(array)) or [1]
    count = (shape[dim] - size) // step + 1
    new_shape = [*shape[:dim], count, *shape[dim + 1 :], size]
    new_strides = [*strides[:dim], strides[dim] * step, *strides[dim + 1 :], strides[dim]]
    return restride(array, *[new_shape, new_strides] if array.ndim else ((size,), (1,)))


@method("unfold")
def _unfold_method(tensor, dimension, size, step):
    """A view of all windows of `size` places along a dim, each `step` further than the one before.

    The windows' places are a new last dim. Where windows overlap, gradients add up.
    """
    dim = check_dim(dimension, tensor.ndim)
    whole = tensor._array.shape[dim] if tensor.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > whole:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dim} is {whole} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return _unfold(tensor, dim, size, step)


# %% diagonal
@window_op(node="DiagonalBackward0")
def _diagonal(array, offset, dim1, dim2):
    shape, strides = list(array.shape), element_strides(array)
    rows, columns = max(-offset, 0), max(offset, 0)
    length = max(min(shape[dim1] - rows, shape[dim2] - columns), 0)
    start = rows * strides[dim1] + columns * strides[dim2] if length else 0
    rest = [dim for dim in range(array.ndim) if dim not in (dim1, dim2)]
    new_shape = [*[shape[dim] for dim in rest], length]
    new_strides = [*[strides[dim] for dim in rest], strides[dim1] + strides[dim2]]
    return restride(array, new_shape, new_strides, start)


@method("diagonal")
def diagonal(input, offset=0, dim1=0, dim2=1):
    """A view of the diagonals over two dims, as a new last dim; an offset shifts it to the right.

    Raises RuntimeError if the two dims are the same. Mirrors torch.diagonal.
    """
    first, second = check_dim(dim1, input.ndim), check_dim(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _diagonal(input, offset, first, second)


# %% numbers-in-window
def _numbers(array, size, stride, offset):
    """Which element of `array`, in reading order, each place of a window sees; -1 for none."""
    owner = owner_of(array)
    memory = np.full(owner.nbytes // array.itemsize, -1)
    own = window(memory, array.shape, element_strides(array), _offset(array, owner))
    own[...] = np.arange(array.size).reshape(array.shape)
    return window(memory, size, stride, offset).copy()


def _offset(array, owner):
    return (address(array) - address(owner)) // array.itemsize


def _pick(x, numbers):
    """The elements of `x` with these numbers; 0 for -1."""
    if not math.prod(x.shape):
        return like(x, np.zeros(numbers.shape, raw(x).dtype))
    return x.reshape(-1)[np.maximum(numbers, 0)] * (numbers >= 0)


@two_way
def _put(grad, *, numbers, shape):
    flat = np.zeros(math.prod(shape) + 1, grad.dtype)
    np.add.at(flat, numbers.reshape(-1), grad.reshape(-1))
    return flat[:-1].reshape(shape), lambda outer: _pick(outer, numbers)


# %% as-strided
@view_op(node="AsStridedBackward0")
def _as_strided(array, size, stride, offset):
    def numbers():  # only worked out if there is a backward
        return _numbers(array, size, stride, offset)

    shape = array.shape
    seen = window(array, size, stride, min(offset, owner_of(array).size))  # empty: anywhere
    return seen, lambda grad: _put(grad, numbers=numbers(), shape=shape)


@method("as_strided")
def as_strided(input, size, stride, storage_offset=None):
    """The tensor's whole memory seen with any sizes, strides and offset, all counted in elements.

    Raises RuntimeError for a window that reaches beyond the memory. Mirrors torch.as_strided.
    """
    size, stride = tuple(size), tuple(stride)
    offset = input.storage_offset() if storage_offset is None else storage_offset
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if min(stride, default=0) < 0:
        raise RuntimeError(
            "as_strided: Negative strides are not supported at the moment, got strides: "
            f"{list(stride)}"
        )
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    _check_reach(input._array, size, stride, offset)
    return _as_strided(input, size, stride, offset)


# %% check-reach
def _check_reach(array, size, stride, offset):
    """RuntimeError if a window would look beyond the memory of `array`."""
    last = offset + sum((n - 1) * step for n, step in zip(size, stride))
    needed, there = (last + 1) * array.itemsize, owner_of(array).nbytes
    if math.prod(size) and needed > there:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and "
            f"itemsize {array.itemsize} requiring a storage size of {needed} are out of bounds for "
            f"storage of size {there}"
        )


# %% public names
__all__ = ["as_strided", "diagonal"]
