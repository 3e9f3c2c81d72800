"""Diagonals and triangles of matrices: trace, diagonal, diag, tril, triu."""

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, must_be_tensor, place_into, two_way
from .._core.numpy_warnings import quiet
from .._core.reduction import spread_over, total
from .._core.storage import restride
from .._core.tensor import Tensor, element_strides, method, wrap
from .._words.operands import refuse_kinds
from .shape import seen_by, window_op

_TRACE = Kind("TraceBackward0", ["input"])


@method("trace")
@quiet
def trace(input):
    """The sum of a matrix's diagonal. Mirrors torch.trace."""
    if not isinstance(input, Tensor):
        must_be_tensor("trace", ["input"], (input,))
    array = input._array
    if array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {array.ndim}")
    refuse_kinds("trace", array, "b")
    diagonal = array.diagonal()
    fixed_eye, shape = np.eye(*array.shape, dtype=array.dtype), array.shape
    if array.dtype.kind in "iub":
        return wrap(np.asarray(diagonal.sum(dtype=np.int64)))
    returned = (
        np.asarray(total(diagonal, (0,))),
        lambda grad: spread_over(grad, shape=shape, axes=(0, 1)) * fixed_eye,
    )
    return finish(_TRACE, returned, (input,))


@window_op(node="DiagonalBackward0")
def _diagonal(array, offset, dim1, dim2):
    shape, strides = list(array.shape), element_strides(array)
    rows, columns = max(-offset, 0), max(offset, 0)
    length = max(min(shape[dim1] - rows, shape[dim2] - columns), 0)
    start = rows * strides[dim1] + columns * strides[dim2] if length else 0
    rest = [dim for dim in range(array.ndim) if dim not in (dim1, dim2)]
    new_shape = [*[shape[dim] for dim in rest], length]
    new_strides = [*[strides[dim] for dim in rest], strides[dim1] + strides[dim2]]
    return restride(array, new_shape, new_strides, start)


@method("diagonal")
def diagonal(input, offset=0, dim1=0, dim2=1):
    """A view of the diagonals over two dims, as a new last dim; an offset shifts it to the right.

    Raises RuntimeError if the two dims are the same. Mirrors torch.diagonal.
    """
    first, second = check_dim(dim1, input.ndim), check_dim(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _diagonal(input, offset, first, second)


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


def _must_be_matrix(name, input):
    must_be_tensor(name, ("input",), (input,))
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")


@method("tril")
def tril(input, diagonal=0, *, out=None):
    """A copy with zeros above a diagonal, the main one or one beside it. Mirrors torch.tril."""
    _must_be_matrix("tril", input)
    result = _tril(input, diagonal=diagonal)
    return result if out is None else place_into(out, result, "tril")


@method("triu")
def triu(input, diagonal=0, *, out=None):
    """A copy with zeros below a diagonal, the main one or one beside it. Mirrors torch.triu."""
    _must_be_matrix("triu", input)
    result = _triu(input, diagonal=diagonal)
    return result if out is None else place_into(out, result, "triu")


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


_DIAGONAL_COPY = Kind("DiagonalBackward0_copy", ("input",), False)


@method("diag")
def diag(input, diagonal=0, *, out=None):
    """A matrix with the given vector on a diagonal; of a matrix, a copy of that diagonal.

    Mirrors torch.diag.
    """
    if input.ndim == 1:
        result = _diag_embed(input, offset=diagonal, dim1=0, dim2=1)
        return result if out is None else place_into(out, result, "diag")
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    place = (diagonal, 0, 1)
    seen, back = seen_by(_diagonal.__wrapped__, _diagonal, input._array, place, overlaps=False)
    return finish(_DIAGONAL_COPY, (np.array(seen), back), (input,), None, out)


@method("diagflat")
def diagflat(input, offset=0):
    """A matrix with all elements of `input` on a diagonal. Mirrors torch.diagflat."""
    return diag(input.contiguous().view(-1), offset)
