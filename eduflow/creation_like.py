# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% dense-like
"""Tensors that take after another one: zeros_like and its siblings, and the new_* methods."""

import numpy as np

from .arguments import dtype_argument, fitted, list_argument, number_argument, size_argument
from .dtypes import get_default_dtype
from .layouts import preserve_format
from .memory_formats import format_strides
from .memory_order import dense_strides, is_dense, memory_order
from .tensors import Tensor, contiguous_strides, created, element_strides, method


def dense_like(array, dtype, make, memory_format):
    """New memory of the shape of `array` in this format, or else in the same order without gaps."""
    kept = memory_format is None or memory_format is preserve_format
    strides = element_strides(array) if kept else format_strides(array.shape, memory_format)
    if strides == contiguous_strides(array.shape):
        return make(array.shape, dtype)
    if kept and not is_dense(array):
        strides = dense_strides(array.shape, memory_order(array.shape, [strides]))
    memory = make(array.size, dtype)
    size = memory.itemsize
    return np.ndarray(array.shape, dtype, memory, 0, tuple([step * size for step in strides]))


# %% like
def _like(name, make, input, dtype, memory_format, options):
    """A tensor with the shape, dtype and memory order of `input`, its memory made by `make`."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    target = dtype_argument(name, dtype, input.dtype)
    return created(dense_like(input._array, target, make, memory_format), **options)


def zeros_like(input, *, dtype=None, memory_format=None, **options):
    """Zeros in the shape and dtype of `input`. Mirrors torch.zeros_like."""
    return _like("zeros_like", np.zeros, input, dtype, memory_format, options)


# %% ones-like
def ones_like(input, *, dtype=None, memory_format=None, **options):
    """Ones in the shape and dtype of `input`. Mirrors torch.ones_like."""
    return _like("ones_like", np.ones, input, dtype, memory_format, options)


# %% empty-like
def empty_like(input, *, dtype=None, memory_format=None, **options):
    """A tensor in the shape and dtype of `input`, content unset. Mirrors torch.empty_like."""
    return _like("empty_like", np.zeros, input, dtype, memory_format, options)


# %% full-like
def full_like(input, fill_value, *, dtype=None, memory_format=None, **options):
    """`fill_value` in the shape and dtype of `input`. Mirrors torch.full_like."""
    number = number_argument("full_like", "fill_value", 2, fill_value)

    def make(shape, dtype):
        return np.full(shape, fitted(number, np.dtype(dtype)))

    return _like("full_like", make, input, dtype, memory_format, options)


# %% new-zeros
@method("new_zeros")
def _new_zeros(tensor, *sizes, size=None, dtype=None, **options):
    """Zeros of this size, by default in the dtype of this tensor."""
    shape = size_argument("new_zeros", sizes, size)
    array = np.zeros(shape, dtype_argument("new_zeros", dtype, tensor.dtype))
    return created(array, **options)


# %% new-ones
@method("new_ones")
def _new_ones(tensor, *sizes, size=None, dtype=None, **options):
    """Ones of this size, by default in the dtype of this tensor."""
    shape = size_argument("new_ones", sizes, size)
    array = np.ones(shape, dtype_argument("new_ones", dtype, tensor.dtype))
    return created(array, **options)


# %% new-full
@method("new_full")
def _new_full(tensor, size, fill_value, *, dtype=None, **options):
    """A tensor of this size full of one number, by default in the dtype of this tensor."""
    number = number_argument("new_full", "fill_value", 2, fill_value)
    value = fitted(number, dtype_argument("new_full", dtype, tensor.dtype))
    shape = list_argument("new_full", size)
    return created(np.full(shape, value), **options)


# %% new-empty
@method("new_empty")
def _new_empty(tensor, *sizes, size=None, dtype=None, **options):
    """A tensor of this size, content unset, by default in the dtype of this tensor."""
    shape = size_argument("new_empty", sizes, size)
    array = np.zeros(shape, dtype_argument("new_empty", dtype, tensor.dtype))
    return created(array, **options)


# %% empty-strided
def empty_strided(size, stride, *, dtype=None, **options):
    """A tensor with this size and these strides, content unset. Mirrors torch.empty_strided."""
    shape, stride = list_argument("empty_strided", size), tuple(stride)
    if len(shape) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match "
            f"dimensionality of strides ({len(stride)})"
        )
    if min(stride, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)} "
            f"and strides={list(stride)}"
        )
    target = dtype_argument("empty_strided", dtype, get_default_dtype())
    last = sum((n - 1) * step for n, step in zip(shape, stride))
    memory = np.zeros(last + 1 if all(shape) else 0, target)
    steps = tuple([step * memory.itemsize for step in stride])
    return created(np.ndarray(shape, target, memory, 0, steps), **options)


# %% public names
__all__ = ["dense_like", "empty_like", "empty_strided", "full_like", "ones_like", "zeros_like"]
