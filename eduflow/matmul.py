# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% mv-body
"""Products of vectors, matrices and batches of them, which come down to matrix products."""

import math

import numpy as np

from .autograd.node import fit_to
from .blas import check_mm, times, two_arrays
from .matrix_product import _MM, _mm
from .operations import Kind, check_broadcast, finish, gradient_edge
from .refusals import refuse_kinds, type_name
from .tensors import Tensor, method


def _mv(input, vec):
    """Each row times the vector. The gradient of the matrix is an outer product."""
    check_mv(input, vec)
    return (
        times(input, vec),
        lambda grad: grad.reshape((-1, 1)) * vec,
        lambda grad: times(input.swapaxes(0, 1), grad),
    )


# %% check-mv
def check_mv(a, v, own=None):
    if a.shape[-1] != v.shape[0]:
        rows = math.prod(a.shape[:-1])
        raise RuntimeError(
            f"size mismatch, got input ({own or rows}), mat ({rows}x{a.shape[-1]}), "
            f"vec ({v.shape[0]})"
        )
    if a.dtype != v.dtype:
        mat, vec = type_name(a.dtype), type_name(v.dtype)
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {vec}, {mat}, and {vec}"
        )
    refuse_kinds("addmv_impl_cpu", a, "b")


# %% mv
_MV = Kind("MvBackward0", ["input", "vec"])


@method("mv")
def mv(input, vec, *, out=None):
    """The product of a matrix and a vector, (n, m) and (m,) to (n,). Mirrors torch.mv."""
    a, v = two_arrays("mv", "vec", input, vec)
    if a.ndim != 2 or v.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {v.ndim}")
    return finish(_MV, _mv(a, v), (input, vec), None, out)


# %% dot
def _dot(input, tensor):
    return (
        np.asarray(times(input, tensor)),
        lambda grad: grad * tensor,
        lambda grad: grad * input,
    )


# %% check-dot
def check_dot(a, b):
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            "dot : expected both vectors to have same dtype, but found "
            f"{type_name(a.dtype)} and {type_name(b.dtype)}"
        )
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the "
            f"same number of elements, but got {a.size} and {b.size} elements respectively"
        )
    refuse_kinds("dot", a, "b")


_DOT = Kind("DotBackward0", ["input", "tensor"])


@method("dot")
def dot(input, tensor, *, out=None):
    """The sum of the products of two vectors' elements. Mirrors torch.dot."""
    a, b = two_arrays("dot", "tensor", input, tensor)
    check_dot(a, b)
    return finish(_DOT, _dot(a, b), (input, tensor), None, out)


# %% batches-body
def _batches(input, other):
    """Products of matrices in batches; a vector stands for a matrix of one row or one column.

    Batch dims broadcast, and the gradient of what was used many times is the sum over its uses.
    """
    row, column = input.ndim == 1, other.ndim == 1
    a_shape, b_shape, dtype = input.shape, other.shape, input.dtype

    def d_input(grad):
        grad = _as_matrices(grad, row, column)
        right = other.reshape((1, -1)) if column else other.swapaxes(-1, -2)
        return fit_to(times(grad, right), a_shape, dtype)

    def d_other(grad):
        grad = _as_matrices(grad, row, column)
        left = input.reshape((-1, 1)) if row else input.swapaxes(-1, -2)
        found = times(left, grad)
        return fit_to(found.swapaxes(-1, -2) if column else found, b_shape, dtype)

    return times(input, other), d_input, d_other


def _as_matrices(grad, row, column):
    if row:
        grad = grad.reshape((*grad.shape[:-1], 1, grad.shape[-1]))
    return grad.reshape((*grad.shape, 1)) if column else grad


# %% folded-body
def _folded(input, other):
    """A batch of matrices, or of vectors, times one matrix: one large product of all rows."""
    shape = input.shape
    rows, width = (math.prod(shape[:-1]), shape[-1]), other.shape[1]

    def d_input(grad):
        return times(grad.reshape((rows[0], width)), other.swapaxes(0, 1)).reshape(shape)

    def d_other(grad):
        return times(input.reshape(rows).swapaxes(0, 1), grad.reshape((rows[0], width)))

    return times(input.reshape(rows), other).reshape((*shape[:-1], width)), d_input, d_other


# %% check-batches
def _check_batches(a, b):
    """RuntimeError, in PyTorch's words, unless batches of matrices can be multiplied."""
    check_broadcast(np.empty((*a.shape[:-2], 0, 0)), np.empty((*b.shape[:-2], 0, 0)))
    inner = b.shape[-2] if b.ndim > 1 else b.shape[0]
    batch = int(np.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])))
    if a.shape[-1] != inner:
        raise RuntimeError(_WRONG_BATCH.format(batch, a.shape[-1], batch, inner))
    _check_bmm_dtype(a, b)


def _check_bmm_dtype(a, b):
    if a.dtype != b.dtype:
        names = [type_name(x.dtype) for x in (a, b)]
        raise RuntimeError("expected scalar type {} but found {}".format(*names))
    refuse_kinds("bmm", a, "b")


_WRONG_BATCH = (
    "Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}]."
)


# %% bmm
_BMM = Kind("BmmBackward0", ["input", "other"])


@method("bmm")
def bmm(input, mat2, *, out=None):
    """Products of matrices in a batch, (b, n, m) and (b, m, p) to (b, n, p). Mirrors torch.bmm."""
    a, b = two_arrays("bmm", "mat2", input, mat2)
    check_bmm(a, b)
    return finish(_BMM, _batches(a, b), (input, mat2), None, out)


def check_bmm(a, b):
    """RuntimeError, in PyTorch's words, unless these are two batches of matrices that fit."""
    for name, array in (("batch1", a), ("batch2", b)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if (a.shape[0], a.shape[2]) != b.shape[:2]:
        raise RuntimeError(_WRONG_BATCH.format(a.shape[0], a.shape[2], *b.shape[:2]))
    _check_bmm_dtype(a, b)


# %% by-rank
_ROW = Kind("SqueezeBackward4", ["input", "other"])
_MANY = Kind("UnsafeViewBackward0", ["input", "other"])
_TURNED = Kind("CloneBackward0", ["input", "other"])


def _by_rank(a, b, turned):
    """What matmul does with arrays of these ranks: (kind of node, function on arrays)."""
    if a.ndim == 2 and b.ndim == 2:
        return _MM, _mm
    if a.ndim == 1 and b.ndim == 1:
        check_dot(a, b)
        return _DOT, _dot
    if b.ndim == 1:
        check_mv(a, b)
        return (_MV, _mv) if a.ndim == 2 else (_MANY, _batches)
    if b.ndim == 2:
        check_mm(a.reshape(1, -1) if a.ndim == 1 else a, b)
        return (_ROW, _batches) if a.ndim == 1 else (_MANY, _folded)
    if a.ndim > 2 or not turned:
        _check_batches(a.reshape(1, -1) if a.ndim == 1 else a, b)
        return _MANY, _batches
    # PyTorch multiplies (b.mT @ a.mT).mT if `a` wants a gradient; we only name things alike.
    (check_mv if a.ndim == 1 else check_mm)(b.swapaxes(-1, -2), a.T)
    return (_MANY if a.ndim == 1 else _TURNED), _batches


# %% matmul
@method("matmul")
def matmul(input, other, *, out=None):
    """The matrix product: `input @ other`. Mirrors torch.matmul.

    Two vectors give a number, a matrix and a vector a vector, two matrices a matrix. With more
    dims, matrices in the last two are multiplied and the dims before them broadcast. RuntimeError
    where the sizes do not fit, or the dtypes differ.
    """
    a, b = two_arrays("matmul", "other", input, other)
    if not (a.ndim and b.ndim):
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {a.ndim}D and {b.ndim}D"
        )
    kind, body = _by_rank(a, b, gradient_edge(input) is not None)
    return finish(kind, body(a, b), (input, other), None, out)


@method("__matmul__")
def _matmul(tensor, other):
    return matmul(tensor, other) if isinstance(other, Tensor) else NotImplemented


@method("__rmatmul__")
def _rmatmul(tensor, other):
    return matmul(other, tensor) if isinstance(other, Tensor) else NotImplemented


# %% public names
__all__ = ["bmm", "check_bmm", "check_dot", "check_mv", "dot", "matmul", "mv"]
