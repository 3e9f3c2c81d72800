"""Parts of a tensor, as views: select, narrow, unbind, split, chunk."""

import functools
import itertools
import operator

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, gradient_edge, recording
from .._core.dtype import type_name
from .._core.tensor import Tensor, method
from .._core.view import view_of, with_strides
from ..autograd.graph import Part
from ..autograd.record import node_type
from .index import select_window, slice_window
from .shape import spread


@method("select")
def select(input, dim, index):
    """A view of place `index` along `dim`; the view is without that dim. Mirrors torch.select."""
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim, index, shape = check_dim(dim, input.ndim), operator.index(index), input._array.shape
    if not -shape[dim] <= index < shape[dim]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(shape)} "
            f"at dimension {dim}"
        )
    return select_window(input, dim, index % shape[dim])


@method("narrow")
def narrow(input, dim, start, length):
    """A view of `length` places along `dim`, from `start` on. Mirrors torch.narrow."""
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim, start = check_dim(dim, input.ndim), operator.index(start)
    size = input._array.shape[dim]
    if not -size <= start <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got {start})"
        )
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return slice_window(input, dim, start, start + length, 1)


def _several_views(kind, input, look):
    """The views that `look` makes of an array or a tensor, all from one operation: one node.

    Such views share a node, so PyTorch forbids to change one of them in place.
    """
    views = [view_of(input, window, "several") for window in look(with_strides(input._array))]
    edge = gradient_edge(input) if recording.enabled else None
    if edge is not None:
        node = (kind.node or node_type(kind))([_gather_parts(look, input._array.shape)], [edge])
        for i, view in enumerate(views):
            view._node = Part(node, i)
    return tuple(views)


def _gather_parts(look, shape):
    """The derivative of an operation with several views: the gradients of those that have one."""

    def derivative(grads):
        if not any(isinstance(grad, Tensor) for grad in grads.values()):
            total = np.zeros(shape, np.result_type(*grads.values()))
            parts = look(total)
            for i, grad in grads.items():
                parts[i][...] = grad
            return total
        return functools.reduce(
            operator.add,
            [
                spread(grad, look=lambda x, i=i: look(x)[i], shape=shape)
                for i, grad in sorted(grads.items())
            ],
        )

    return derivative


_UNBIND = Kind("UnbindBackward0", ("input",), False)


@method("unbind")
def unbind(input, dim=0):
    """Views of all places along `dim`, as a tuple. Mirrors torch.unbind."""
    dim = check_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    before, size = (slice(None),) * dim, input._array.shape[dim]
    return _several_views(_UNBIND, input, lambda x: [x[(*before, i, ...)] for i in range(size)])


@method("__iter__")
def _iterate(tensor):
    if not tensor.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbind(tensor))


@method("__contains__")
def _contains(tensor, element):
    """Whether some element equals the given number (or those of a tensor that broadcasts)."""
    if isinstance(element, (Tensor, int, float, complex)):
        return bool((tensor == element).any())
    raise RuntimeError(
        f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
    )


_SPLIT = Kind("SplitBackward0", ("input",), False)


_SPLIT_SIZES = Kind("SplitWithSizesBackward0", ("input",), False)


def _cut(kind, input, dim, sizes):
    """Views of as many places along `dim` as `sizes` say, one after the other."""
    ends = list(itertools.accumulate(sizes))
    parts = [(end - size, end) for size, end in zip(sizes, ends)]

    def look(x):
        cut = slice_window if isinstance(x, Tensor) else slice_window.__wrapped__
        return [cut(x, dim, start, end, 1) for start, end in parts]

    return _several_views(kind, input, look)


@method("split")
def split(tensor, split_size_or_sections, dim=0):
    """Views of parts of `split_size` places along `dim` (the last may be smaller), or of parts of
    the sizes in a list, which must add up to the whole. Mirrors torch.split.
    """
    if isinstance(split_size_or_sections, (tuple, list)):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    size = operator.index(split_size_or_sections)
    if not tensor.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = check_dim(dim, tensor.ndim)
    whole = tensor._array.shape[dim]
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and whole:
        raise RuntimeError(
            f"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}"
        )
    count = max(-(-whole // size), 1) if size else 1
    sizes = [size] * (count - 1) + [whole - size * (count - 1)]
    return _cut(_SPLIT, tensor, dim, sizes)


@method("split_with_sizes")
def split_with_sizes(input, split_sizes, dim=0):
    """Views of parts of the given sizes along `dim`; RuntimeError unless they add up to it."""
    if not input.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = check_dim(dim, input.ndim)
    whole = input._array.shape[dim]
    if sum(split_sizes) != whole:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size "
            f"at dimension {dim}), but got split_sizes={list(split_sizes)}"
        )
    if min(split_sizes, default=0) < 0:
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(split_sizes)}"
        )
    return _cut(_SPLIT_SIZES, input, dim, list(split_sizes))


@method("chunk")
def chunk(input, chunks, dim=0):
    """At most `chunks` views of equal size along `dim`; the last may be smaller, or some missing.

    Mirrors torch.chunk.
    """
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = check_dim(dim, input.ndim)
    size = -(-input._array.shape[dim] // chunks)
    return split(input, size, dim) if size else split_with_sizes(input, [0] * chunks, dim)


@method("tensor_split")
def tensor_split(input, indices_or_sections, dim=0):
    """Views of parts along `dim`: as many as a number says, or cut at the places in a list.

    The first parts are one longer where the size cannot be divided. Mirrors torch.tensor_split.
    """
    if not input.ndim:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    dim, cuts = check_dim(dim, input.ndim), indices_or_sections
    size = input._array.shape[dim]
    if isinstance(cuts, Tensor):
        if cuts._array.dtype != np.int64:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                + type_name(cuts._array.dtype)
            )
        cuts = cuts.tolist()
    if isinstance(cuts, bool):
        raise TypeError("tensor_split(): argument 'sections' must be int, not bool")
    if isinstance(cuts, int):
        if cuts <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {cuts}")
        least, longer = divmod(size, cuts)
        cuts = [i * least + min(i, longer) for i in range(1, cuts)]
    edges = [0, *cuts, size]
    ranges = [slice(start, end).indices(size) for start, end in itertools.pairwise(edges)]
    return tuple([slice_window(input, dim, start, end, 1) for start, end, _ in ranges])


def _split_along(name, input, cuts, dim, least):
    if isinstance(cuts, Tensor) and cuts._array.size == 1 and cuts._array.dtype.kind in "iu":
        cuts = cuts.item()
    if isinstance(cuts, (bool, Tensor)):
        raise TypeError(f"{name}(): argument 'sections' must be int, not {type(cuts).__name__}")
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
            f"with {input.ndim} dimensions!"
        )
    size = input._array.shape[dim]
    if isinstance(cuts, int) and (cuts == 0 or size % cuts):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{size} is not divisible by the split_size {cuts}!"
        )
    return tensor_split(input, cuts, dim)


@method("hsplit")
def hsplit(input, indices_or_sections):
    """Parts side by side: along dim 1, or along dim 0 of a tensor that has no other."""
    return _split_along("hsplit", input, indices_or_sections, min(1, max(input.ndim - 1, 0)), 1)


@method("vsplit")
def vsplit(input, indices_or_sections):
    """Parts one below the other: along dim 0."""
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


@method("dsplit")
def dsplit(input, indices_or_sections):
    """Parts one behind the other: along dim 2."""
    return _split_along("dsplit", input, indices_or_sections, 2, 3)
