"""Windows with strides of their own: as_strided, and sliding windows by `Tensor.unfold`."""

import functools
import math

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import like, raw, two_way
from .._core.storage import address, element_place, owner_of, restride, window
from .._core.tensor import element_strides, method
from .._core.view import view_op
from .shape import window_op


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


@view_op(node="AsStridedBackward0")
def _as_strided(array, size, stride, offset):
    # Only worked out if there is a backward. A partial: it asks where `array` lies, not for values.
    numbers = functools.partial(_numbers, array, size, stride, offset)
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


def _check_reach(array, size, stride, offset):
    """RuntimeError if a window would look beyond the memory of `array`."""
    last = int(element_place([n - 1 for n in size], stride, offset))
    needed, there = (last + 1) * array.itemsize, owner_of(array).nbytes
    if math.prod(size) and needed > there:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and "
            f"itemsize {array.itemsize} requiring a storage size of {needed} are out of bounds for "
            f"storage of size {there}"
        )
