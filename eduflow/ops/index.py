"""Reading with brackets: `x[...]`, from what stands in them to the elements they pick."""

import functools

import numpy as np

from .._core import layout
from .._core.arguments import fitted
from .._core.dispatch import Kind, finish, raw, recording, two_way
from .._core.storage import restride
from .._core.tensor import contiguous_strides, element_strides, method
from .._core.view import are_ours, seen, view_op
from .._kernels import kernel, switch
from .._kernels.index import place as place_of
from .._words import index as given
from ..autograd.graph import cast
from .shape import spread, unsqueeze, view_strides, window_op


# %% lesson 19 key
def dims_taken(item):
    """How many dims an entry of an index stands for: a mask for all its own, None for none."""
    if isinstance(item, np.ndarray):
        return item.ndim if item.dtype.kind == "b" else 1
    return 0 if item is None or item is Ellipsis or isinstance(item, bool) else 1


def key_of(places, shape):
    """Index arrays, by the dim where they stand, as a tuple with `:` between; None for none."""
    given.check_masks(places, shape)
    key = []
    for dim, item in places.items():
        filled = sum(map(dims_taken, key))
        key += [slice(None)] * (dim - filled) + [item]
    return tuple(key) or None


def index_lists(key):
    """The index arrays of a key by their dim: (slice(None), [0, 2]) gives {1: [0, 2]}.

    A mask stands for the places where it is True, one array of numbers for each of its dims.
    """
    lists, dim = {}, 0
    for item in key:
        if isinstance(item, np.ndarray):
            found = item.nonzero() if item.dtype.kind == "b" else [item]
            lists.update(enumerate(found, dim))
        dim += dims_taken(item)
    return lists


# %% end


# %% lesson 19 gathered
def first_new_dim(dims):
    """Where the dims of what was picked come to stand: [1, 2] gives 1, and [0, 2] gives 0."""
    side_by_side = dims[-1] - dims[0] == len(dims) - 1
    return dims[0] if side_by_side else 0


@kernel
def gathered(array, key):
    """A new array of the elements that the index arrays of `key`, broadcast together, pick."""
    lists = index_lists(key)
    dims, rest = list(lists), [dim for dim in range(array.ndim) if dim not in lists]
    picked = array.transpose(dims + rest)[tuple(lists.values())]
    new = range(picked.ndim - len(rest))
    front = first_new_dim(dims)
    return np.moveaxis(picked, new, range(front, front + len(new)))


def read_key(view, key, index_tensor=None):
    """The elements that `key` picks from the tensor `view`, recorded as IndexBackward0."""
    shape, result = view._array.shape, read(view._array, key)
    if index_tensor is None and recording.enabled and view.requires_grad:
        key = settled(key)
    *before, index = key

    def derivative(grad):
        return write_back(grad, key=(*before, index), shape=shape)

    return finish(INDEX, (result, derivative), (view, index_tensor))


# %% end


# %% lesson 03 windows
@kernel
def select_place(input, dim, index):
    """A view of the array `input` at place `index` of dim `dim`, which is gone then.

    `index` counts from 0 on. Place 2 of dim 1 of shape (2, 3, 4) has shape (2, 4).
    """
    shape, strides = list(input.shape), list(element_strides(input))
    offset = index * strides.pop(dim)
    shape.pop(dim)
    return restride(input, shape, strides, offset)


@kernel
def slice_places(input, dim, start, stop, step):
    """A view of the array `input` at every `step`-th place of dim `dim`, from `start` to `stop`.

    As in Python, `stop` is not included. 0 <= start < stop, and `step` is positive.
    """
    shape, strides = list(input.shape), list(element_strides(input))
    offset = start * strides[dim]
    shape[dim] = len(range(start, stop, step))
    strides[dim] *= step
    return restride(input, shape, strides, offset)


# %% end


select_window = window_op(node="SelectBackward0")(select_place)


@window_op(node="SliceBackward0")
def slice_window(input, dim, start, stop, step):
    """A view of places of a dim, or of none: NumPy would not move on to the start of no places."""
    if start < stop:
        return slice_places(input, dim, start, stop, step)
    shape, strides = list(input.shape), list(element_strides(input))
    offset = start * strides[dim]
    shape[dim], strides[dim] = 0, strides[dim] * step
    return restride(input, shape, strides, offset)


@view_op(node="AliasBackward0")
def same_view(array):
    """A view of all there is."""
    return array[...], lambda grad: grad


def slice_dim(tensor, dim, part):
    """A view of the places along `dim` that a Python slice names; its step must be positive."""
    return slice_window(tensor, dim, *given.places_of(part, tensor._array.shape, dim))


def slice_part(tensor, dim, part):
    """As `slice_dim`; a slice of all places, as `:` is, leaves the tensor as it is."""
    whole = given.is_whole(part, tensor._array.shape[dim])
    return tensor if whole else slice_dim(tensor, dim, part)


# %% lesson 03 apply-index
def apply_index(tensor, items):
    """What the entries of an index come to: a view of `tensor`, and a key or None.

    Numbers, slices and Nones make one view after the other. The key, of lists and masks, picks
    from the last view element by element.
    """
    view, dim, lists = tensor, 0, {}
    missing = tensor.ndim - sum(map(dims_taken, items))
    for position, item in enumerate(items):
        if item is Ellipsis:
            dim += missing
        elif isinstance(item, np.ndarray):
            lists[dim] = item
            dim += dims_taken(item)
        elif isinstance(item, slice):
            view = slice_part(view, dim, item)
            dim += 1
        elif item is None or isinstance(item, bool):
            view = unsqueeze(view, dim)
            if item is not None:  # True and False are masks, for a dim of size 1
                lists[dim] = np.array([item])
            dim += 1
        else:
            view = pick(view, dim, item, position)
    return view, key_of(lists, view.shape)


# %% end


def pick(view, dim, index, position):
    """A view of place `index` along `dim`; `position` is where the index stood, for the error."""
    return select_window(view, dim, given.place_of(index, view._array.shape, dim, position))


# %% lesson 19 getitem
def index_parts(tensor, index):
    """What an index comes to: a view, and a key that picks from it place by place, or None."""
    if isinstance(index, slice):
        return slice_dim(tensor, 0, index), None
    view, key = apply_index(tensor, given.items_of(index, tensor._array.ndim))
    return (same_view(view) if view is tensor and key is None else view), key


@method("__getitem__")
def get_item(tensor, index):
    """`x[index]`: a view for numbers, slices, None and `...`; a copy for lists and masks."""
    if type(index) is int or isinstance(index, np.integer):
        return pick(tensor, 0, int(index), 0)
    view, key = index_parts(tensor, index)
    return view if key is None else read_key(view, key, given.only_tensor(index))


# %% end


def _back(grad, place, shape):
    """The gradient of what lies at `place`, spread over zeros of `shape`."""
    if type(grad) is not np.ndarray:
        return spread(grad, look=_At(place), shape=shape)
    zeros = np.zeros(shape, grad.dtype)
    zeros[place] = grad
    return zeros


class _At:
    """What lies at a place, of an array or a tensor."""

    def __init__(self, place):
        self.place = place

    def __call__(self, x):
        return x[self.place]


def _by_short_cut(function):
    """`x[index]`, for an int and a slice by a short way, where all that stands for it is ours."""
    if not are_ours(function, pick, select_place, slice_places, spread):
        return function
    kinds = {int: select_window.kind, slice: slice_window.kind}

    @functools.wraps(function)
    def get(tensor, index):
        kind = None if switch.plain else kinds.get(type(index))
        if kind is not None and type(tensor._counter) is list:
            array = tensor._array
            place = place_of(array, index)
            if place is not None:
                derivative = lambda grad, at=place, shape=array.shape: _back(grad, at, shape)  # noqa: E731
                return seen(kind, tensor, array[place], derivative)
        return function(tensor, index)

    return get


method("__getitem__")(_by_short_cut(get_item))


def read(array, key):
    """The elements that `key` picks from `array`, as a new array; errors in PyTorch's words."""
    try:
        result = gathered(array, key)
    except IndexError:
        lists = index_lists(key)
        sizes = [array.shape[dim] for dim in lists]
        if array.size or 0 in sizes:
            given.check_arrays(list(lists.values()), sizes)
            raise
        nowhere = [np.zeros_like(x) if isinstance(x, np.ndarray) else x for x in key]
        result = gathered(array, tuple(nowhere))  # where nothing lies, no index is wrong
    if not result.size:
        _refuse_places_of_nothing(array, key)
    return layout.with_layout(result, picked_strides(array, key, result.shape))


def _refuse_places_of_nothing(array, key):
    """IndexError for a place along a dim of size 0, which older NumPys let pass."""
    lists = index_lists(key)
    sizes = [array.shape[dim] for dim in lists]
    if 0 in sizes and all(part.size for part in lists.values()):
        given.check_arrays(list(lists.values()), sizes)


# %% lesson 22 picked-strides
def picked_strides(array, key, shape):
    """The strides of what `key` picks from `array`, of this shape: in which order it lies.

    As of all results, its inputs decide: first `array`, along the dims that stay, then each list.
    """
    if array.size and layout.in_reading_order(array):
        return contiguous_strides(shape)
    lists = index_lists(key)
    front = first_new_dim(list(lists))
    rest = [s for dim, s in enumerate(element_strides(array)) if dim not in lists]
    new = shape[front : front + len(shape) - len(rest)]
    spread_out = (1,) * front + new + (1,) * (len(rest) - front)
    inputs = [(*rest[:front], *[0] * len(new), *rest[front:])]
    for part in lists.values():
        steps = view_strides(new, layout.broadcast_strides(part, new), spread_out)
        inputs.append(layout.broadcast_strides(restride(part, spread_out, steps), shape))
    return layout.dense_strides(shape, layout.memory_order(shape, inputs))


# %% end


@kernel
def add_at(target, key, values):
    """Add `values` to the array `target` where `key` picks: twice where it picks a place twice."""
    np.add.at(target, key, values)


# %% lesson 03 write-back
@two_way
def write_back(grad, *, key, shape):
    """The gradient of an array `x` of `shape`, if `grad` is that of `x[key]`, a copy.

    `key` is a tuple of slices and of arrays of ints or bools. A place that was picked twice gets
    both gradients: for key ([0, 2, 0],) and shape (3,), [1, 10, 100] comes back as [101, 0, 10].
    """
    key = tuple([raw(part) for part in key])
    zeros = np.zeros(shape, grad.dtype)
    add_at(zeros, key, grad)
    return zeros, lambda outer: outer[key]


# %% end


def settled(key):
    """`key` with index arrays of its own: what a gradient needs later on, nobody may change."""
    return tuple([part.copy() if isinstance(part, np.ndarray) else part for part in key])


def filling(key, value, dtype, is_byte):
    """The tensor `value` in `dtype`, if it is one number for the places of one mask; else itself.

    Masks of bytes read, but do not fill.
    """
    picking = [part for part in key if not isinstance(part, slice)]
    masks = len(picking) == 1 and picking[0].dtype.kind == "b" and picking[0].ndim
    if value._array.size != 1 or not masks:
        return value
    if is_byte:
        raise RuntimeError(
            "masked_fill_ only supports boolean masks, but got mask with dtype unsigned char"
        )
    fitted(value._array.item(), dtype.numpy)
    value = _converted(value, dtype=dtype.numpy)
    return value.reshape(()) if value.ndim > 1 else value


@two_way(node="ToCopyBackward0")
def _converted(value, *, dtype):
    """A copy in another dtype: with a history, unlike other conversions to integers."""
    return value.astype(dtype), lambda grad: cast(grad, value.dtype)


INDEX = Kind("IndexBackward0", ("input", "index"), False, once=True)
