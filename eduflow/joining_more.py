# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% more-joining
"""More ways to join and to repeat: side by side, one below the other, grids, all combinations."""

import itertools

import numpy as np

from .autograd.joint import joint_op
from .autograd.node import fit_to
from .dtypes import result_dtype
from .joining import _tensor_list, cat, stack
from .operations import must_be_tensor
from .tensors import Tensor, check_dim, method, wrap
from .views import _copied
from .views_more import atleast_1d, atleast_2d, atleast_3d


# %% side-by-side
def _at_least(name, tensors, change):
    tensors = _tensor_list(name, tensors)
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return [change(x) for x in tensors]


def hstack(tensors, *, out=None):
    """The tensors side by side: along dim 1, or along dim 0 if they have no other."""
    tensors = _at_least("hstack", tensors, atleast_1d)
    return cat(tensors, min(1, tensors[0].ndim - 1), out=out)


def vstack(tensors, *, out=None):
    """The tensors one below the other: along dim 0; vectors become rows."""
    return cat(_at_least("vstack", tensors, atleast_2d), 0, out=out)


row_stack = vstack


def dstack(tensors, *, out=None):
    """The tensors one behind the other: along dim 2."""
    return cat(_at_least("dstack", tensors, atleast_3d), 2, out=out)


# %% column-stack
def column_stack(tensors, *, out=None):
    """The tensors side by side; vectors become columns. Mirrors torch.column_stack."""
    columns = _at_least(
        "column_stack", tensors, lambda x: x if x.ndim > 1 else x.reshape((x.numel(), 1))
    )
    return hstack(columns, out=out)


# %% repeat-interleave
@method("repeat_interleave")
def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element several times in a row, along `dim` or, without one, of the flat tensor.

    `repeats` is a number, or a tensor with one for each place. Given `repeats` alone, the indices
    that this would take. Mirrors torch.repeat_interleave.
    """
    if repeats is None:
        return wrap(np.repeat(np.arange(input.numel()), _counts(input)))
    if dim is None:
        input, dim = input.flatten(), 0
    dim = check_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if isinstance(repeats, Tensor):
        counts, size = repeats._array, input.shape[dim]
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
    return _copied(spread_out).flatten(dim, dim + 1)


# %% counts
def _counts(repeats):
    if (repeats._array < 0).any():
        raise RuntimeError("repeats can not be negative")
    return repeats._array


# %% meshgrid
def meshgrid(*tensors, indexing="ij"):
    """The coordinates of all points of a grid: one tensor per axis, each with a dim per axis.

    They are views: nothing is copied. With `indexing="xy"` rows count for the second axis.
    Mirrors torch.meshgrid.
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
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


# %% check-axes
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


# %% products
def cartesian_prod(*tensors):
    """All ways to take one element of each tensor, as rows. Mirrors torch.cartesian_prod."""
    for x in tensors:
        _must_be_vector(x)
    if len(tensors) == 1:
        return tensors[0]
    return stack([grid.flatten() for grid in meshgrid(*tensors)], 1)


# %% combinations
def combinations(input, r=2, with_replacement=False):
    """All ways to take `r` elements of a vector, as rows. Mirrors torch.combinations."""
    _must_be_vector(input)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.numel()), r)), np.int64).reshape(-1, r)
    return stack([input[wrap(column)] for column in rows.T], 1)


def _must_be_vector(x):
    if x.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.shape)}")


# %% block-diag
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


def block_diag(*tensors):
    """A matrix with the given ones along its diagonal, else zeros. Mirrors torch.block_diag."""
    for i, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has "
                f"{x.ndim} dimensions"
            )
    return _block_diag(tensors, dtype=result_dtype(tensors).numpy)


# %% public names
__all__ = [
    "block_diag",
    "cartesian_prod",
    "column_stack",
    "combinations",
    "dstack",
    "hstack",
    "meshgrid",
    "repeat_interleave",
    "row_stack",
    "vstack",
]
