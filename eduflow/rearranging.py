# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% flip
"""Copies in another order: flipped, rolled, rotated; triangles and diagonals of matrices."""

import numpy as np

from .free_strides import _diagonal
from .memory_order import like_input
from .operations import Kind, finish, must_be_tensor
from .shape_arguments import distinct_dims, sizes_of
from .tensors import Tensor, check_dim, method
from .two_way import two_way
from .windows import spread_by


@two_way
def _flip(input, *, dims):
    dims = dims if input.ndim else ()
    return like_input(np.flip(input, dims).copy(), input), lambda grad: _flip(grad, dims=dims)


def flip(input, dims):
    """A copy with the order along the given dims reversed (PyTorch has no negative strides)."""
    dims = sizes_of("flip", (dims,), "dims")
    return _flip(input, dims=tuple(distinct_dims(dims, input.ndim)))


# %% flip-method
@method("flip")
def _flip_method(tensor, *order, dims=None):
    """A copy with the order along the given dims reversed; see eduflow.flip."""
    return flip(tensor, sizes_of("flip", order if dims is None else (dims,), "dims"))


# %% flip-sides
@method("fliplr")
def fliplr(input):
    """A copy with left and right exchanged: flipped along dim 1."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@method("flipud")
def flipud(input):
    """A copy turned upside down: flipped along dim 0."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


@method("__reversed__")
def _reversed(tensor):
    return flip(tensor, (0,)) if tensor.ndim else tensor


# %% roll-op
@two_way
def _roll(input, *, shifts, dims):
    back = -shifts if dims is None else tuple([-shift for shift in shifts])
    if dims and not input.size:
        return like_input(input.copy(), input), lambda grad: grad
    result = np.array(np.roll(input, shifts, dims), order="C")
    return result, lambda grad: _roll(grad, shifts=back, dims=dims)


# %% roll
@method("roll")
def roll(input, shifts, dims=None):
    """A copy with places moved on by `shifts` along `dims`; what falls out comes in at the front.

    Without dims the flat tensor is rolled. Mirrors torch.roll.
    """
    shifts = sizes_of("roll", (shifts,), "shifts")
    if not shifts:
        raise RuntimeError("`shifts` required")
    if dims is None or dims == ():
        if len(shifts) > 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:0")
        return _roll(input, shifts=shifts[0], dims=None)
    dims = sizes_of("roll", (dims,), "dims")
    if len(dims) != len(shifts):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    dims = tuple([check_dim(dim, input.ndim) for dim in dims])
    return _roll(input, shifts=shifts, dims=dims)


# %% rot90
@two_way
def _rot90(input, *, k, dims):
    turned = {1: dims[1:], 2: dims, 3: dims[:1]}.get(k % 4, ())
    result = np.flip(input, turned)
    result = like_input(result.copy(), input) if turned else np.array(result, order="C")
    result = result.swapaxes(*dims) if k % 2 else result
    return result, lambda grad: _rot90(grad, k=-k, dims=dims)


@method("rot90")
def rot90(input, k=1, dims=(0, 1)):
    """A copy turned by 90 degrees `k` times, from the first of two dims towards the second."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = [check_dim(dim, input.ndim) for dim in dims]
    if first == second:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    return _rot90(input, k=k, dims=(first, second))


# %% triangles
def _offsets(array):
    """How far right of the main diagonal each place of a matrix lies; negative to the left."""
    rows, columns = array.shape[-2:]
    return np.arange(columns) - np.arange(rows)[:, None]


@two_way
def _tril(input, *, diagonal):
    result = np.where(_offsets(input) <= diagonal, input, input.dtype.type(0))
    return np.array(result, order="C"), lambda grad: _tril(grad, diagonal=diagonal)


@two_way
def _triu(input, *, diagonal):
    result = np.where(_offsets(input) >= diagonal, input, input.dtype.type(0))
    return np.array(result, order="C"), lambda grad: _triu(grad, diagonal=diagonal)


# %% tril-triu
def _must_be_matrix(name, input):
    must_be_tensor(name, ("input",), (input,))
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")


@method("tril")
def tril(input, diagonal=0, *, out=None):
    """A copy with zeros above a diagonal, the main one or one beside it. Mirrors torch.tril."""
    _must_be_matrix("tril", input)
    result = _tril(input, diagonal=diagonal)
    return result if out is None else out._receive(result, "tril")


@method("triu")
def triu(input, diagonal=0, *, out=None):
    """A copy with zeros below a diagonal, the main one or one beside it. Mirrors torch.triu."""
    _must_be_matrix("triu", input)
    result = _triu(input, diagonal=diagonal)
    return result if out is None else out._receive(result, "triu")


# %% diag-embed
@two_way
def _diag_embed(input, *, offset, dim1, dim2):
    size = input.shape[-1] + abs(offset)
    shape = list(input.shape[:-1])
    for dim in sorted((dim1, dim2)):
        shape.insert(dim, size)
    result = np.zeros(shape, input.dtype)
    _diagonal.__wrapped__(result, offset, dim1, dim2)[...] = input
    return result, lambda grad: grad.diagonal(offset, dim1, dim2)


@method("diag_embed")
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Matrices of zeros with the last dim of `input` on a diagonal. Mirrors torch.diag_embed."""
    first, second = [check_dim(dim, input.ndim + 1) for dim in (dim1, dim2)]
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _diag_embed(input, offset=offset, dim1=first, dim2=second)


# %% diag
_DIAGONAL_COPY = Kind("DiagonalBackward0_copy", ("input",), False)


@method("diag")
def diag(input, diagonal=0, *, out=None):
    """A matrix with the given vector on a diagonal; of a matrix, a copy of that diagonal.

    Mirrors torch.diag.
    """
    if input.ndim == 1:
        result = _diag_embed(input, offset=diagonal, dim1=0, dim2=1)
        return result if out is None else out._receive(result, "diag")
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    copy = np.array(_diagonal.__wrapped__(input._array, diagonal, 0, 1))
    shape = input._array.shape

    def look(x):
        return (_diagonal if isinstance(x, Tensor) else _diagonal.__wrapped__)(x, diagonal, 0, 1)

    return finish(_DIAGONAL_COPY, (copy, spread_by(look, shape)), (input,), None, out)


@method("diagflat")
def diagflat(input, offset=0):
    """A matrix with all elements of `input` on a diagonal. Mirrors torch.diagflat."""
    return diag(input.contiguous().view(-1), offset)


# %% public names
__all__ = [
    "diag",
    "diag_embed",
    "diagflat",
    "flip",
    "fliplr",
    "flipud",
    "roll",
    "rot90",
    "tril",
    "triu",
]
