"""The view rule, worked out once for each question; and short cuts to the commonest views."""

import functools


def view_strides(shape, strides, new_shape):
    """ops.shape.view_strides, with its answers kept."""
    try:
        return _view_strides(shape, strides, new_shape)
    except TypeError:  # a list, which cannot be looked up
        return _view_strides(tuple(shape), tuple(strides), tuple(new_shape))


@functools.lru_cache(4096)
def _view_strides(shape, strides, new_shape):
    """The rule in one walk over the old dims; `reach` is how far the current block goes."""
    if 0 in shape:
        return strides if shape == new_shape else _of_fresh_memory(new_shape)
    new_strides, left = [], list(new_shape)
    dims = list(zip(shape, strides))
    elements, step = 1, dims[-1][1] if dims else 1
    while True:
        size, _ = dims.pop() if dims else (1, 1)
        elements *= size
        if dims and (dims[-1][0] == 1 or dims[-1][1] == elements * step):
            continue
        filled = 1
        while left and (filled < elements or left[-1] == 1):
            new_strides.append(filled * step)
            filled *= left.pop()
        if filled != elements:
            return None
        if not dims:
            return tuple(reversed(new_strides))
        elements, step = 1, dims[-1][1]


def _of_fresh_memory(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


# The commonest views by NumPy's own ways: a window and the way back for a gradient, or None where
# NumPy's answer may be another one, or an error. The way back has no closure: it holds no array,
# and recording need not look for one.


def in_shape(array, shape):
    """The whole of `array`, which lies in reading order, with another shape, one size maybe -1."""
    if len(shape) == 1 and isinstance(shape[0], tuple):
        (shape,) = shape
    for size in shape:
        if type(size) is not int or size < -1:
            return None
    if not _in_order(array):
        return None
    try:
        window = array.reshape(shape)
    except ValueError:
        return None
    if 1 in array.shape and window.shape == array.shape:  # NumPy leaves steps as odd as they were
        return None
    return window, lambda grad, shape=array.shape: grad.reshape(shape)


def new_shape(array, sizes):
    """The shape that these sizes are, given one by one or as a tuple, if `array` fills it."""
    shape = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    elements = 1
    for size in shape:
        if type(size) is not int or size < 1:
            return None
        elements *= size
    return shape if elements == array.size else None


def new_dim(array, dims):
    """`array` with a new dim of size 1, which moves by all that lies behind it.

    Where there is such a dim already it may move by anything, and keeps to that.
    """
    if len(dims) != 1 or type(dims[0]) is not int or 1 in array.shape or not _in_order(array):
        return None
    (dim,), old = dims, array.shape
    dim = dim + len(old) + 1 if dim < 0 else dim
    if not 0 <= dim <= len(old):
        return None
    return array.reshape(*old[:dim], 1, *old[dim:]), lambda grad, shape=old: grad.reshape(shape)


def swapped(array, dims):
    """`array` with two dims swapped."""
    if len(dims) != 2 or not array.size:
        return None
    a, b = dims
    ndim = array.ndim
    if type(a) is not int or type(b) is not int or not (-ndim <= a < ndim and -ndim <= b < ndim):
        return None
    return array.swapaxes(a, b), lambda grad, a=a, b=b: grad.swapaxes(a, b)


def _in_order(array):
    """Whether `array` has elements, side by side in reading order, and all steps say so.

    NumPy does not look at the steps of dims of size 1, which PyTorch's rules go on from.
    """
    if not (array.size and array.ndim and array.flags.c_contiguous):
        return False
    if 1 not in array.shape:
        return True
    step = array.itemsize
    for size, stride in zip(array.shape[::-1], array.strides[::-1]):
        if stride != step:
            return False
        step *= size
    return True
