# Built by lessons/03_views_and_flatten.ipynb. Edit it there, or here and `make scatter`.
# %% windows
"""Indexing: `x[...]` in all its forms. Numbers and slices look, lists and masks copy."""

import math
import operator

import numpy as np

from . import index_entries as given
from . import memory_order as layout
from .operations import Kind, finish, recording
from .tensors import contiguous_strides, element_strides, method
from .two_way import raw, two_way
from .viewing import restride, view_op
from .views import unsqueeze, view_strides
from .windows import window_op


@view_op(node="AliasBackward0")
def _alias(array):
    return array[...], lambda grad: grad


@window_op(node="SelectBackward0")
def _select(input, dim, index):
    return input[(slice(None),) * dim + (index, ...)]


def pick(view, dim, index, position):
    """A view of place `index` along `dim`; `position` is where the index stood, for the error."""
    size = view._array.shape[dim] if view._array.ndim else 0
    if not -size <= index < size:
        raise given.no_such_place(index, view._array.shape, dim, position)
    return _select(view, dim, index)


@window_op(node="SliceBackward0")
def _slice(input, dim, start, stop, step):
    if start < stop:
        return input[(slice(None),) * dim + (slice(start, stop, step),)]
    shape, strides = list(input.shape), list(element_strides(input))
    offset = start * strides[dim]  # NumPy would not move on to the start of an empty window
    shape[dim], strides[dim] = 0, strides[dim] * step
    return restride(input, shape, strides, offset)


def slice_dim(tensor, dim, part):
    """A view of the places along `dim` that a Python slice names; its step must be positive."""
    if part.step is not None and operator.index(part.step) < 0:
        raise ValueError("step must be greater than zero")
    part.indices(1)  # Python's own errors come first
    if not tensor.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    return _slice(tensor, dim, *part.indices(tensor._array.shape[dim]))


# %% get-item
def index_parts(tensor, index):
    """What an index comes to: a view made by its numbers, slices and Nones, and a key or None.

    The key picks from that view element by element: a tuple of slices, index arrays and masks.
    """
    if isinstance(index, slice):
        return slice_dim(tensor, 0, index), None
    items = given.items_of(index, tensor._array.ndim)
    rest = tensor._array.ndim - sum(map(given.dims_taken, items))
    view, dim, places = tensor, 0, {}
    for position, item in enumerate(items):
        if item is Ellipsis:
            dim += rest
        elif isinstance(item, np.ndarray):
            places[dim] = item
            dim += given.dims_taken(item)
        else:
            view, place = _step(view, dim, item, position)
            if isinstance(item, bool):
                places[dim] = np.array([item])
            dim += place
    view = _alias(view) if view is tensor and not places else view
    return view, given.key_of(places, view._array.shape)


def _step(view, dim, item, position):
    """The view that one basic entry makes of `view`, and how many of its dims are then done."""
    if item is None or isinstance(item, bool):
        return unsqueeze(view, dim), 1
    if isinstance(item, slice):
        stop = item.stop is None or operator.index(item.stop) >= view._array.shape[dim]
        whole = item.start in (None, 0) and stop and item.step in (None, 1)
        return (view if whole else slice_dim(view, dim, item)), 1
    return pick(view, dim, item, position), 0


@method("__getitem__")
def _get_item(tensor, index):
    """`x[index]`: a view for numbers, slices, None and `...`, else a copy.

    Lists, masks and tensors copy; a tensor without dims that holds an int counts as a number.
    """
    if type(index) is int or isinstance(index, np.integer):
        return pick(tensor, 0, int(index), 0)
    view, key = index_parts(tensor, index)
    return view if key is None else read_key(view, key, given.only_tensor(index))


# %% read
def read(array, key):
    """The elements that `key` picks from `array`, as a new array; errors in PyTorch's words."""
    try:
        plain = array.size and layout.in_reading_order(array)
        if plain and len(key) == 1 and key[0].dtype.kind != "b":
            return array.take(key[0], axis=0)
        result = array[key]
    except IndexError:
        given.check_arrays(
            given.index_arrays(key), [array.shape[dim] for dim in given.indexed_dims(key)]
        )
        raise
    if plain:
        return layout.with_layout(result, contiguous_strides(result.shape))
    return layout.with_layout(result, _result_strides(array, key, result.shape))


def _result_strides(array, key, shape):
    """The strides that PyTorch gives the result of `read`, which has this shape."""
    arrays = given.index_arrays(key)
    indexed, new = given.indexed_dims(key), np.broadcast_shapes(*[part.shape for part in arrays])
    together = indexed[-1] - indexed[0] == len(indexed) - 1
    front = indexed[0] if together else 0  # where the dims of the index arrays come to stand
    rest = [s for dim, s in enumerate(element_strides(array)) if dim not in indexed]
    inputs = [(*rest[:front], *[0] * len(new), *rest[front:])]
    spread_out = (1,) * front + new + (1,) * (len(rest) - front)
    for part in arrays:
        steps = view_strides(new, layout.broadcast_strides(part, new), spread_out)
        ones = zip(steps, spread_out, shape)
        inputs.append([0 if size == 1 != whole else step for step, size, whole in ones])
    return layout.dense_strides(shape, layout.memory_order(shape, inputs))


# %% write-back
@two_way
def write_back(grad, *, key, shape):
    """The gradient of `read` on a tensor of `shape`: `grad`, added up where it was read."""
    key = tuple([raw(part) for part in key])
    zeros = np.zeros(shape, grad.dtype)
    if any(isinstance(part, np.ndarray) and part.dtype.kind != "b" for part in key):
        _add_at(zeros, key, grad)  # a place may have been read several times
    else:
        zeros[key] = grad
    return zeros, lambda outer: outer[key]


def _add_at(zeros, key, grad):
    """Add `grad` up at the places of `key`, by numbers of elements: NumPy's quickest way."""
    if len(key) == 1:
        inner = math.prod(zeros.shape[1:])
        rows = key[0].reshape(-1, 1) % max(len(zeros), 1)
        numbers = rows * inner + np.arange(inner)
    else:
        numbers = np.arange(zeros.size).reshape(zeros.shape)[key]
    np.add.at(zeros.reshape(-1), numbers.reshape(-1), grad.reshape(-1))


def settled(key):
    """`key` with index arrays of its own: what a gradient needs later on, nobody may change."""
    return tuple([part.copy() if isinstance(part, np.ndarray) else part for part in key])


_INDEX = Kind("IndexBackward0", ("input", "index"), False)


def read_key(view, key, index_tensor=None):
    """The elements that `key` picks from the tensor `view`, recorded as IndexBackward0."""
    shape, result = view._array.shape, read(view._array, key)
    if index_tensor is None and recording.enabled and view.requires_grad:
        key = settled(key)
    *before, index = key

    def derivative(grad):
        return write_back(grad, key=(*before, index), shape=shape)

    return finish(_INDEX, (result, derivative), (view, index_tensor))


# %% public names
__all__ = ["index_parts", "pick", "read", "read_key", "settled", "slice_dim", "write_back"]
