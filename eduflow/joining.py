# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% joining
"""Joining tensors: one after the other, or on top of one another. Always a copy."""

import itertools

import numpy as np

from .autograd.joint import joint_op
from .autograd.node import fit_to
from .dtypes import result_dtype
from .memory_order import is_channels_last, with_channels_last
from .operations import must_be_tensor, op
from .shape_arguments import sizes_of
from .tensors import Tensor, check_dim, method
from .two_way import like


# %% tensor-list
def _tensor_list(name, tensors):
    """The tensors to join, as a list; TypeError where one is none."""
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, "
            f"not {type(tensors).__name__}"
        )
    for position, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got {type(x).__name__}"
            )
    return list(tensors)


# %% cat-shapes
def _adds_nothing(array):
    """An empty tensor with one dim joins with anything: a habit of old programs."""
    return array.shape == (0,)


def _check_dims(arrays):
    for position, array in enumerate(arrays):
        if not array.ndim:
            raise RuntimeError(
                f"zero-dimensional tensor (at position {position}) cannot be concatenated"
            )


def _check_shapes(arrays, dim):
    kept = [(i, array) for i, array in enumerate(arrays) if not _adds_nothing(array)]
    first = kept[0][1].shape if kept else (0,)
    for i, array in kept[1:]:
        if array.ndim != len(first):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {array.ndim}"
            )
        for d, (size, expected) in enumerate(zip(array.shape, first)):
            if size != expected and d != dim:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size "
                    f"{expected} but got size {size} for tensor number {i} in the list."
                )


# %% cat-op
@joint_op(node="CatBackward0")
def _cat(tensors, *, dim, dtype):
    sizes = [0 if _adds_nothing(x) else x.shape[dim] for x in tensors]
    kept = [x for x in tensors if not _adds_nothing(x)] or tensors[:1]
    shape = (*kept[0].shape[:dim], sum(sizes), *kept[0].shape[dim + 1 :])
    result = np.concatenate(kept, axis=dim, out=np.empty(shape, dtype), casting="unsafe")
    if all(map(is_channels_last, kept)):
        result = with_channels_last(result)
    ends, forms = list(itertools.accumulate(sizes)), [(x.shape, x.dtype) for x in tensors]

    def derivative(grad, needs):
        """Each input gets its part of the gradient."""
        grads = []
        for end, size, (shape, dtype) in zip(ends, sizes, forms):
            part = grad[(slice(None),) * dim + (slice(end - size, end),)]
            empty = shape == (0,)
            grads.append(like(grad, np.zeros(0, dtype)) if empty else fit_to(part, shape, dtype))
        return grads

    return result, derivative


# %% cat
def cat(tensors, dim=0, *, axis=None, out=None):
    """The tensors one after the other along `dim`, in their common dtype: always a copy.

    All other sizes must be equal (RuntimeError). Mirrors torch.cat.
    """
    tensors = _tensor_list("cat", tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    arrays = [x._array for x in tensors]
    _check_dims(arrays)
    kept = [array for array in arrays if not _adds_nothing(array)] or arrays
    dim = check_dim(dim if axis is None else axis, kept[0].ndim)
    _check_shapes(arrays, dim)
    return _cat(tensors, dim=dim, dtype=result_dtype(tensors).numpy, out=out)


concat = concatenate = cat


# %% stack-op
@joint_op(node="StackBackward0")
def _stack(tensors, *, dim, dtype):
    shape = tensors[0].shape
    shape = (*shape[:dim], len(tensors), *shape[dim:])
    result = np.stack(tensors, axis=dim, out=np.empty(shape, dtype), casting="unsafe")
    forms = [(x.shape, x.dtype) for x in tensors]

    def derivative(grad, needs):
        before = (slice(None),) * dim
        return [fit_to(grad[(*before, i, ...)], *form) for i, form in enumerate(forms)]

    return result, derivative


# %% stack
def stack(tensors, dim=0, *, axis=None, out=None):
    """Tensors of equal size along a new dim: always a copy. Mirrors torch.stack."""
    tensors = _tensor_list("stack", tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    dim = check_dim(dim if axis is None else axis, tensors[0].ndim + 1)
    first = tensors[0]._array.shape
    for i, x in enumerate(tensors):
        if x._array.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 "
                f"and {list(x._array.shape)} at entry {i}"
            )
    return _stack(tensors, dim=dim, dtype=result_dtype(tensors).numpy, out=out)


# %% repeat-op
@op(node="RepeatBackward0")
def _repeat(input, repeats):
    shape = (1,) * (len(repeats) - input.ndim) + input.shape
    pairs = [n for pair in zip(repeats, shape) for n in pair]  # (3, 2) is seen as (1, 3, 1, 2)
    copies = tuple(range(0, len(pairs), 2))
    own = input.shape
    spread_out = input.reshape([n for size in shape for n in (1, size)])
    result = np.broadcast_to(spread_out, pairs).reshape([n * m for n, m in zip(repeats, shape)])
    result = np.array(result, order="C")
    return result, lambda grad: grad.reshape(tuple(pairs)).sum(axis=copies).reshape(own)


# %% repeat
@method("repeat")
def _repeat_method(tensor, *sizes, repeats=None):
    """The tensor repeated along each dim so many times: a copy, where `expand` makes a view."""
    repeats = sizes_of("repeat", sizes if repeats is None else (repeats,), "repeats")
    shape = tensor._array.shape
    if len(repeats) < len(shape):
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            "tensor"
        )
    if min(repeats, default=0) < 0:
        wanted = [n * m for n, m in zip(repeats, (1,) * (len(repeats) - len(shape)) + shape)]
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {min(wanted)}: {wanted}"
        )
    return _repeat(tensor, repeats)


# %% tile
def tile(input, dims):
    """The tensor repeated; where there are fewer numbers than dims, they count for the last dims.

    Mirrors torch.tile.
    """
    must_be_tensor("tile", ("input",), (input,))
    dims = (1,) * (input.ndim - len(dims)) + tuple(dims)
    return _repeat_method(input, dims)


@method("tile")
def _tile_method(tensor, *sizes, dims=None):
    """The tensor repeated; see eduflow.tile."""
    return tile(tensor, sizes_of("tile", sizes if dims is None else (dims,), "dims"))


# %% public names
__all__ = ["cat", "concat", "concatenate", "stack", "tile"]
