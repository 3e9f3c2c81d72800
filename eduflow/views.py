# Built by lessons/03_views_and_flatten.ipynb. Edit it there, or here and `make scatter`.
# %% transpose
"""Views: the same memory with other sizes and strides, and when only a copy will do."""

import math

from . import shape_arguments as given
from .dtypes import dtype as dtype_class
from .layouts import contiguous_format, preserve_format
from .operations import Kind, must_be_tensor, op
from .tensors import Tensor, check_dim, contiguous_strides, element_strides, method
from .viewing import record_view, restride, view_op, with_strides


@view_op("swapaxes", "swapdims")
def transpose(input, dim0, dim1):
    """A view with two dims swapped. Mirrors torch.transpose."""
    a, b = check_dim(dim0, input.ndim), check_dim(dim1, input.ndim)
    if not input.ndim:
        return input[...], lambda grad: grad
    return input.swapaxes(a, b), lambda grad: grad.swapaxes(a, b)


swapaxes = swapdims = transpose


@view_op(node="PermuteBackward0")
def _permute(input, order):
    back = tuple(sorted(range(input.ndim), key=order.__getitem__))
    return input.transpose(order), lambda grad: _permuted(grad, back)


def _permuted(x, order):
    """An array or tensor with its dims in another order: NumPy and PyTorch spell it differently."""
    return x.permute(order) if isinstance(x, Tensor) else x.transpose(order)


def permute(input, dims):
    """A view with its dims in the order `dims`. Mirrors torch.permute."""
    must_be_tensor("permute", ("input",), (input,))
    dims = given.tuple_of_ints("permute", dims, "dims")
    return _permute(input, given.order_of(dims, input._array.ndim))


@method("permute")
def _permute_method(tensor, *order, dims=None):
    """A view with the dims in another order; see eduflow.permute."""
    return permute(tensor, given.sizes_of("permute", order if dims is None else (dims,), "dims"))


# %% squeeze
_SQUEEZES = {n: Kind(f"SqueezeBackward{n}", ("input",), False) for n in range(3)}


@method("squeeze")
def squeeze(input, dim=...):
    """A view without the dims of size 1: without all of them, or those of `dim`, an int or a tuple.

    A dim of another size stays. Mirrors torch.squeeze.
    """
    must_be_tensor("squeeze", ("input",), (input,))
    array = with_strides(input._array)
    shape, kind = array.shape, 0 if dim is ... else 2 if isinstance(dim, (tuple, list)) else 1
    dims = range(array.ndim) if dim is ... else (dim,) if kind == 1 else dim
    dims = given.distinct_dims(dims, array.ndim) if kind else dims
    window = array.squeeze(tuple([d for d in dims if shape and shape[d] == 1]))
    return record_view(_SQUEEZES[kind], input, (window, lambda grad: grad.reshape(shape)))


@view_op()
def unsqueeze(input, dim=...):
    """A view with a new dim of size 1 at place `dim`, which must be given.

    Mirrors torch.unsqueeze.
    """
    if dim is ...:
        raise TypeError('unsqueeze() missing 1 required positional arguments: "dim"')
    if not hasattr(dim, "__index__"):
        found = type(dim).__name__
        raise TypeError(f"unsqueeze(): argument 'dim' (position 2) must be int, not {found}")
    shape, dim = input.shape, check_dim(dim, input.ndim + 1)
    strides = element_strides(input)
    step = shape[dim] * strides[dim] if dim < len(shape) else 1
    new_shape, strides = [
        (*old[:dim], new, *old[dim:]) for old, new in ((shape, 1), (strides, step))
    ]
    return restride(input, new_shape, strides), lambda grad: grad.reshape(shape)


# %% view-strides
def _blocks(shape, strides):
    """The dims that lie in memory like one, taken together, from the last to the first.

    A pair [elements, stride] for each block; dims of size 1 fit into any.
    """
    blocks = []
    for size, stride in zip(reversed(shape), reversed(strides)):
        if blocks and (size == 1 or stride == math.prod(blocks[-1])):
            blocks[-1][0] *= size
        else:
            blocks.append([size, stride])
    return blocks or [[1, 1]]


def view_strides(shape, strides, new_shape):
    """The strides with which memory of `shape` and `strides` reads as `new_shape`, without a copy.

    None where there are none: new dims may split a block of old ones, but never span two.
    """
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)
    new_strides, left = [], list(new_shape)
    for elements, stride in _blocks(shape, strides):
        filled = 1
        while left and (filled < elements or left[-1] == 1):
            new_strides.append(filled * stride)
            filled *= left.pop()
        if filled != elements:
            return None
    return tuple(reversed(new_strides))


# %% view
_NOT_A_VIEW = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans "
    "across two contiguous subspaces). Use .reshape(...) instead."
)


def _viewed(array, shape):
    old = array.shape
    if array.flags.c_contiguous and 1 not in old and array.size:
        return array.reshape(shape), lambda grad: grad.reshape(old)  # nearly always: a quicker way
    strides = view_strides(old, element_strides(array), shape)
    if strides is None:
        raise RuntimeError(_NOT_A_VIEW)
    return restride(array, shape, strides), lambda grad: grad.reshape(old)


_view = view_op(node="ViewBackward0")(_viewed)


_reshape_alias = view_op(node="ReshapeAliasBackward0")(_viewed)


@method("view")
def _view_method(tensor, *shape, size=None, dtype=None):
    """The same memory with another shape, one of whose sizes may be -1; or with another dtype.

    Raises RuntimeError where that is impossible without a copy; `reshape` would make one.
    """
    if dtype is not None or (shape and isinstance(shape[0], dtype_class)):
        return tensor._as_dtype(dtype or shape[0])  # same bytes, other numbers: in the annex
    shape = given.view_sizes(shape if size is None else (size,))
    return _view(tensor, given.infer_shape(shape, tensor._array.size))


# %% reshape
@op(node="CloneBackward0")
def _copied(input):
    return input.copy(order="C"), lambda grad: grad


@method("contiguous")
def _contiguous(tensor, memory_format=contiguous_format):
    """The tensor itself if its elements lie in reading order, else a copy where they do."""
    if tensor.is_contiguous(memory_format=memory_format):
        return tensor
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return tensor.clone(memory_format=memory_format)


@op(node="UnsafeViewBackward0")
def _unsafe_view(input, shape):
    old = input.shape
    return input.reshape(shape), lambda grad: grad.reshape(old)


def reshape(input, shape):
    """`input` with another shape, one of whose sizes may be -1: a view if that is possible, else a
    copy. Raises RuntimeError if the elements do not fill the shape. Mirrors torch.reshape.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("reshape", ("input",), (input,))
    return _reshaped(input, given.tuple_of_ints("reshape", shape))


def _reshaped(input, shape):
    array = input._array
    shape = given.infer_shape(shape, array.size)
    if array.flags.c_contiguous:
        return _view(input, shape)
    if view_strides(array.shape, element_strides(array), shape) is not None:
        return _reshape_alias(input, shape)
    return _unsafe_view(_copied(input), shape)


@method("reshape")
def _reshape_method(tensor, *sizes, shape=None):
    """The tensor with another shape; see eduflow.reshape."""
    return _reshaped(tensor, given.sizes_of("reshape", sizes if shape is None else (shape,)))


# %% flatten
@method("flatten")
def flatten(input, start_dim=0, end_dim=-1):
    """Dims `start_dim` to `end_dim`, both included, as one: a view if possible, else a copy.

    With nothing to do, `input` itself. A tensor without dims becomes one of shape [1]. Raises
    IndexError for a dim that does not exist. Mirrors torch.flatten.
    """
    must_be_tensor("flatten", ("input",), (input,))
    shape = input._array.shape
    start, end = given.dims_of("flatten", input, start_dim=start_dim, end_dim=end_dim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end and shape:
        return input
    return _reshaped(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


# %% public names
__all__ = [
    "flatten",
    "permute",
    "reshape",
    "squeeze",
    "swapaxes",
    "swapdims",
    "transpose",
    "unsqueeze",
    "view_strides",
]
