"""Sizes of vectors and matrices: vector_norm, matrix_norm, norm, cond, matrix_rank."""

import math

import numpy as np

from .._core.arguments import check_dim
from .._core.calls import answering
from .._core.dispatch import must_be_tensor, takes_out
from .._core.dtype import result_dtype, type_name
from .._core.numpy_warnings import quiet
from .._core.tensor import wrap
from .._words.linalg import must_be_floats, must_be_matrices, must_be_square
from .choose import where
from .decomposition import check_svd, linalg_eigvalsh, singular_values
from .inverse import linalg_inv_ex, tolerance
from .minmax import amax, amin
from .norm import norm
from .shape import movedim


def _vector_norm(x, ord, dim, keepdim, dtype):
    """`norm`, which names vector_norm in its refusals."""
    _check_dtype("vector_norm", x, dtype)
    return norm(x, ord, dim, keepdim, dtype)


def _check_dtype(name, x, dtype):
    if dtype is None or x._array.dtype.kind not in "fc":
        return
    if dtype.numpy.kind not in "fc":
        raise RuntimeError(
            f"linalg.{name}: dtype should be floating point or complex, but got "
            f"{type_name(dtype.numpy)}"
        )
    if result_dtype((x, wrap(np.zeros(1, dtype.numpy)))) is not dtype:
        raise RuntimeError(
            f"linalg.{name}: the dtype of the input ({type_name(x._array.dtype)}) should be "
            f"convertible without narrowing to the specified dtype ({type_name(dtype.numpy)})"
        )


@takes_out
def linalg_vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    """The norm of order `ord` of all elements, or along `dim`. Mirrors torch.linalg.vector_norm."""
    must_be_tensor("linalg_vector_norm", ["x"], (x,))
    if isinstance(ord, (str, bytes)):
        raise TypeError("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
    return _vector_norm(x, ord, dim, keepdim, dtype)


def _two_dims(dim, ndim):
    dims = [dim] if isinstance(dim, int) else list(dim)
    if len(dims) != 2:
        raise RuntimeError(
            f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}"
        )
    axes = [check_dim(d, ndim) for d in dims]
    if axes[0] == axes[1]:
        raise RuntimeError(
            f"linalg.matrix_norm: dims must be different. Got ({dims[0]}, {dims[1]})"
        )
    return axes


def _matrix_norm(A, ord, dim, keepdim, dtype):
    must_be_matrices("matrix_norm", A)
    must_be_floats("matrix_norm", A)
    rows, columns = _two_dims(dim, A.ndim)
    _check_dtype("matrix_norm", A, dtype)
    if ord == "fro":
        return _vector_norm(A, 2, (rows, columns), keepdim, dtype)
    A = A if dtype is None else A.to(dtype)
    if ord in ("nuc", 2, -2):
        found = _of_sizes(movedim(A, (rows, columns), (-2, -1)), ord)
    elif ord in (1, -1, math.inf, -math.inf):
        summed, other = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = A.abs().sum(summed)
        left = other - (other > summed)
        found = (amax if ord > 0 else amin)(sums, left)
    else:
        shown = ord if isinstance(ord, str) else f"{ord:g}"
        raise RuntimeError(f"linalg.matrix_norm: Order {shown} not supported.")
    if keepdim:
        for axis in sorted((rows, columns)):
            found = found.unsqueeze(axis)
    return found


def _of_sizes(A, ord):
    """The norm that singular values make: their sum, the largest or the smallest."""
    check_svd(A)
    sizes = singular_values(A)
    if ord == "nuc":
        return sizes.sum(-1)
    if not sizes.shape[-1]:
        return sizes.sum(-1)
    return (amax if ord > 0 else amin)(sizes, -1)


@takes_out
@quiet
def linalg_matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    """The norm of matrices: "fro", "nuc" (the sum of singular values), 2, -2, 1, -1, inf, -inf.

    2 is the largest singular value, 1 the largest sum of a column, inf that of a row. Mirrors
    torch.linalg.matrix_norm.
    """
    must_be_tensor("linalg_matrix_norm", ["A"], (A,))
    return _matrix_norm(A, ord, dim, keepdim, dtype)


@takes_out
@quiet
def linalg_norm(input, ord=None, dim=None, keepdim=False, *, dtype=None):
    """The norm of a vector, or of a matrix where `dim` has two, or `ord` is given for 2 dims.

    Mirrors torch.linalg.norm.
    """
    must_be_tensor("linalg_norm", ["A"], (input,))
    if dim is not None and not isinstance(dim, int) and len(dim) not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}"
        )
    if ord is None:
        return _vector_norm(input, 2, dim, keepdim, dtype)
    if dim is None and input.ndim not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{input.ndim}D."
        )
    matrix = input.ndim == 2 if dim is None else not isinstance(dim, int) and len(dim) == 2
    if isinstance(ord, str) or matrix:
        default = (-2, -1) if input.ndim > 1 else (0,)
        return _matrix_norm(input, ord, default if dim is None else dim, keepdim, dtype)
    return _vector_norm(input, ord, dim, keepdim, dtype)


@answering
@quiet
def nuclear_norm(input, dim=(-2, -1), keepdim=False, *, out=None):
    """The sum of the singular values. Mirrors torch.nuclear_norm."""
    return linalg_matrix_norm(input, "nuc", dim, keepdim, out=out)


@answering
@quiet
def frobenius_norm(input, dim, keepdim=False, *, out=None):
    """The root of the sum of squares over `dim`. Mirrors torch.frobenius_norm."""
    return linalg_vector_norm(input, 2, dim, keepdim, out=out)


@takes_out
@quiet
def linalg_cond(A, p=None):
    """How much larger than others errors can become: norm(A) * norm(inverse), inf if singular.

    `p` is the order of the norm; None stands for 2. Mirrors torch.linalg.cond.
    """
    must_be_tensor("linalg_cond", ["input"], (A,))
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p not in (None, "fro", "nuc", 2, -2, 1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if not A.numel():
        return wrap(np.zeros(A.shape[:-2], A._array.real.dtype))
    if p in (None, 2, -2):
        check_svd(A)
        sizes = singular_values(A)
        first, last = sizes[..., 0], sizes[..., -1]
        return last / first if p == -2 else first / last
    shown = p if isinstance(p, str) else f"{p:g}"
    must_be_square(f"cond(ord={shown})", A)
    inverse, info = linalg_inv_ex(A)
    found = _matrix_norm(A, p, (-2, -1), False, None) * _matrix_norm(
        where(info[..., None, None] > 0, 0.0, inverse), p, (-2, -1), False, None
    )
    return where(info > 0, math.inf, found)


@takes_out
@quiet
def linalg_matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None):
    """How many singular values are above max(atol, rtol * largest), or `tol`. int64.

    Mirrors torch.linalg.matrix_rank.
    """
    must_be_tensor("linalg_matrix_rank", ["A"], (A,))
    if A._array.dtype.kind not in "fc" or A._array.dtype == np.float16:
        raise RuntimeError("This function doesn't handle types other than float and double")
    if A.ndim < 2:
        raise RuntimeError(
            "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions."
        )
    if not A.numel():
        return wrap(np.zeros(A.shape[:-2], np.int64))
    A = A.detach()
    sizes = linalg_eigvalsh(A).abs() if hermitian else singular_values(A)
    cutoff = tolerance(A, tol if atol is None else atol, 0.0 if tol is not None else rtol)
    return (sizes > wrap(np.asarray(cutoff))[..., None]).sum(-1)
