"""Joining and repeating tensors: cat, stack, repeat, tile, meshgrid. Always a copy."""

import itertools

import numpy as np

from .._core.arguments import (
    NOT_GIVEN,
    check_dim,
    must_all_be_tensors,
    named_once,
    positional_or_named,
)
from .._core.calls import answering
from .._core.dispatch import like, must_be_tensor, op
from .._core.dtype import result_dtype
from .._core.explain import noted
from .._core.keeping import relying
from .._core.layout import is_channels_last, with_channels_last
from .._core.signature import signature_of, takes, with_none
from .._core.tensor import Tensor, method, wrap
from .._words.shape import sizes_of
from ..autograd.graph import fit_to
from ..autograd.record import joint_op
from .shape import atleast_1d, atleast_2d, atleast_3d, copied


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
            raise noted(
                RuntimeError(
                    f"Tensors must have same number of dimensions: got {len(first)} and "
                    f"{array.ndim}"
                ),
                "cat_ranks",
                [x.shape for _, x in kept],
            )
        for d, (size, expected) in enumerate(zip(array.shape, first)):
            if size != expected and d != dim:
                raise noted(
                    RuntimeError(
                        f"Sizes of tensors must match except in dimension {dim}. Expected size "
                        f"{expected} but got size {size} for tensor number {i} in the list."
                    ),
                    "cat",
                    [x.shape for _, x in kept],
                    dim,
                )


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


@answering
def cat(tensors, dim=0, *, axis=None, out=None):
    """The tensors one after the other along `dim`, in their common dtype: always a copy.

    All other sizes must be equal (RuntimeError). Mirrors torch.cat.
    """
    tensors = _tensor_list("cat", tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    arrays = [x._array for x in tensors]
    _check_dims(arrays)
    kept = [array for array in arrays if not _adds_nothing(array)]
    dim = check_dim(named_once(dim, axis, 0), kept[0].ndim) if kept else 0
    _check_shapes(arrays, dim)
    return _cat(tensors, dim=dim, dtype=result_dtype(tensors).numpy, out=out)


concat = concatenate = cat


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


@answering
def stack(tensors, dim=0, *, axis=None, out=None):
    """Tensors of equal size along a new dim: always a copy. Mirrors torch.stack."""
    tensors = _tensor_list("stack", tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    dim = check_dim(named_once(dim, axis, 0), tensors[0].ndim + 1)
    first = tensors[0]._array.shape
    for i, x in enumerate(tensors):
        if x._array.shape != first:
            raise noted(
                RuntimeError(
                    f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 "
                    f"and {list(x._array.shape)} at entry {i}"
                ),
                "stack",
                first,
                x._array.shape,
                i,
            )
    return _stack(tensors, dim=dim, dtype=result_dtype(tensors).numpy, out=out)


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


@method("repeat")
def _repeat_method(tensor, *sizes, repeats=None):
    """The tensor repeated along each dim so many times: a copy, where `expand` makes a view."""
    sizes = positional_or_named("repeat", sizes, repeats, "repeats")
    repeats = sizes_of("repeat", sizes, "repeats")
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


@answering
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
    if any(isinstance(size, bool) for size in sizes):
        raise TypeError("tile(): argument 'dims' (position 1) must be tuple of ints, not bool")
    return tile(tensor, sizes_of("tile", positional_or_named("tile", sizes, dims, "dims"), "dims"))


def _at_least(name, tensors, change):
    tensors = _tensor_list(name, tensors)
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return [change(x) for x in tensors]


@answering
def hstack(tensors, *, out=None):
    """The tensors side by side: along dim 1, or along dim 0 if they have no other."""
    tensors = _at_least("hstack", tensors, atleast_1d)
    return cat(tensors, min(1, tensors[0].ndim - 1), out=out)


@answering
def vstack(tensors, *, out=None):
    """The tensors one below the other: along dim 0; vectors become rows."""
    return cat(_at_least("vstack", tensors, atleast_2d), 0, out=out)


row_stack = vstack


@answering
def dstack(tensors, *, out=None):
    """The tensors one behind the other: along dim 2."""
    return cat(_at_least("dstack", tensors, atleast_3d), 2, out=out)


@answering
def column_stack(tensors, *, out=None):
    """The tensors side by side; vectors become columns. Mirrors torch.column_stack."""
    columns = _at_least(
        "column_stack", tensors, lambda x: x if x.ndim > 1 else x.reshape((x.numel(), 1))
    )
    return hstack(columns, out=out)


@answering
def repeat_interleave(input, repeats=NOT_GIVEN, dim=None, *, output_size=None):
    """Each element several times in a row, along `dim` or, without one, of the flat tensor.

    `repeats` is a number, or a tensor with one for each place. Given `repeats` alone, the indices
    that this would take. Mirrors torch.repeat_interleave.
    """
    if repeats is NOT_GIVEN:
        if dim is not None:
            raise TypeError("repeat_interleave() received an invalid combination of arguments")
        return wrap(np.repeat(np.arange(input.numel(), dtype=np.int64), _counts(input)))
    if not isinstance(repeats, (Tensor, int)) or isinstance(repeats, bool):
        raise TypeError(
            f"repeat_interleave(): argument 'repeats' must be Tensor, not {type(repeats).__name__}"
        )
    if dim is None:
        input, dim = input.flatten(), 0
    dim = check_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if isinstance(repeats, Tensor):
        counts, size = repeats._array, input.shape[dim]
        if counts.ndim > 1:
            raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
        if counts.size not in (1, size):
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{counts.size} and input.size({dim}) = {size}"
            )
        return input.index_select(dim, wrap(np.repeat(np.arange(size), _counts(repeats))))
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    shape = input._array.shape
    spread_out = input.unsqueeze(dim + 1).expand(*shape[: dim + 1], repeats, *shape[dim + 1 :])
    return copied(spread_out).flatten(dim, dim + 1)


takes(repeat_interleave, with_none(signature_of(repeat_interleave), NOT_GIVEN))


@method("repeat_interleave")
def _repeat_interleave(tensor, repeats, dim=None, *, output_size=None):
    """See `repeat_interleave`."""
    return repeat_interleave(tensor, repeats, dim, output_size=output_size)


def _counts(repeats):
    if repeats._array.dtype not in (np.int64, np.int32):
        name = repeats.dtype.legacy_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{name}'")
    if (repeats._array < 0).any():
        raise RuntimeError("repeats can not be negative")
    return repeats._array.astype(np.intp, copy=False)


@answering
def meshgrid(*tensors, indexing="ij"):
    """The coordinates of all points of a grid: one tensor per axis, each with a dim per axis.

    They are views: nothing is copied. With `indexing="xy"` rows count for the second axis.
    Mirrors torch.meshgrid.
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    _check_axes(tensors, indexing)
    swap = indexing == "xy" and len(tensors) > 1
    if swap:
        tensors = [tensors[1], tensors[0], *tensors[2:]]
    shape, grids = [x.numel() for x in tensors], []
    for i, x in enumerate(tensors):
        ones = [1] * len(tensors)
        ones[i] = shape[i]
        grids.append(x.view(ones).expand(shape))
    if swap:
        grids = [grids[1], grids[0], *grids[2:]]
    return tuple(grids)


def _check_axes(tensors, indexing):
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    must_be_tensor("meshgrid", ["tensors"] * len(tensors), tensors, numbers=False)
    if len({x.dtype for x in tensors}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    for x in tensors:
        if x.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {x}"
            )


@answering
def cartesian_prod(*tensors):
    """All ways to take one element of each tensor, as rows. Mirrors torch.cartesian_prod."""
    must_all_be_tensors(tensors)
    for x in tensors:
        _must_be_vector(x)
    if len(tensors) == 1:
        return tensors[0]
    return stack([grid.flatten() for grid in meshgrid(*tensors)], 1)


@answering
def combinations(input, r=2, with_replacement=False):
    """All ways to take `r` elements of a vector, as rows. Mirrors torch.combinations."""
    _must_be_vector(input)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.numel()), r)), np.int64).reshape(-1, r)
    return relying(stack([input[wrap(column)] for column in rows.T], 1), input)


def _must_be_vector(x):
    if x.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.shape)}")


@joint_op(node="BlockDiagBackward0")
def _block_diag(tensors, *, dtype):
    matrices = [np.atleast_2d(x) for x in tensors]
    ends = np.cumsum([(0, 0), *[x.shape for x in matrices]], axis=0).tolist()
    blocks = [(slice(a, c), slice(b, d)) for (a, b), (c, d) in itertools.pairwise(ends)]
    result = np.zeros(ends[-1], dtype)
    for block, x in zip(blocks, matrices):
        result[block] = x
    forms = [(x.shape, x.dtype) for x in tensors]
    return result, lambda grad, needs: [
        fit_to(grad[block].reshape(form[0]), *form) for block, form in zip(blocks, forms)
    ]


@answering
def block_diag(*tensors):
    """A matrix with the given ones along its diagonal, else zeros. Mirrors torch.block_diag."""
    must_all_be_tensors(tensors)
    for i, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has "
                f"{x.ndim} dimensions"
            )
    return _block_diag(tensors, dtype=result_dtype(tensors).numpy)
