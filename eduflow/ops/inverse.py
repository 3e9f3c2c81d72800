"""Inverses, determinants and systems of equations: inv, det, solve, lstsq, pinv and their kin."""

import numpy as np

from .._core.calls import answering
from .._core.dispatch import Kind, finish, like, must_be_tensor, raw, takes_out, two_way
from .._core.dtype import type_name
from .._core.keeping import relying
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap
from .._words.linalg import (
    must_be_floats,
    must_be_matrices,
    must_be_square,
    not_invertible,
    not_solvable,
    refuse_others,
)
from .broadcast import broadcast_shapes
from .choose import where
from .linalg import matmul
from .lu import divided_by, eliminated, first_zero, inverted, solution
from .minmax import return_type
from .unary import log, sgn


def adjoint_of(x):
    """The conjugate of the transposed matrices, of an array or a tensor."""
    return x.conj().swapaxes(-1, -2)


@two_way(node="LinalgInvExBackward0")
def inverse_of(input):
    """The inverse matrices, of arrays or tensors."""

    def derivative(grad):
        turned = result.swapaxes(-1, -2)
        return -(turned @ grad @ turned)

    result = inverted(input)
    return result, derivative


def _singular(array):
    """Where elimination meets a zero: its place, from 1, else 0."""
    try:
        inverted(array)
    except np.linalg.LinAlgError:
        return first_zero(eliminated(array)[0])
    return np.zeros(array.shape[:-2], np.int32)


def _without(A, info):
    """Which matrices are singular, and all of them with the unit matrix in place of those."""
    bad = wrap(info > 0)[..., None, None]
    return bad, where(bad, wrap(np.eye(A.shape[-1], dtype=A._array.dtype)), A)


def _inverted(name, A):
    must_be_square(name, A)
    must_be_floats(name, A, low_precision=False)
    try:
        return inverse_of(A)
    except np.linalg.LinAlgError:
        not_invertible(name, first_zero(eliminated(A._array)[0]))
        raise


@takes_out
def linalg_inv(A):
    """The inverse of square matrices; LinAlgError where there is none. Mirrors torch.linalg.inv."""
    return _inverted("inv", A)


@takes_out
@method("inverse")
def inverse(input):
    """See `linalg.inv`. Mirrors torch.inverse."""
    return _inverted("inv", input)


_INV_EX = return_type("linalg_inv_ex", "inverse", "info")


@takes_out
def linalg_inv_ex(A, *, check_errors=False):
    """The inverse, and the place of a zero where there is none: such a one is nan.

    Mirrors torch.linalg.inv_ex.
    """
    must_be_square("inv_ex", A)
    must_be_floats("inv_ex", A, low_precision=False)
    info = _singular(A._array)
    if check_errors:
        not_invertible("inv_ex", info)
    bad, safe = _without(A, info)
    found = where(bad, float("nan"), inverse_of(safe))
    return _INV_EX(relying(found, found), wrap(info))


@two_way(node="LinalgDetBackward0")
def _det(input):
    result = np.asarray(np.linalg.det(input), input.dtype)
    return result, lambda grad: grad[..., None, None] * _cofactors(input)


def _cofactors(input):
    """The derivative of the determinant. Of arrays also where that is 0, of tensors only else.

    PyTorch says 0 there, which is not the slope.
    """
    if input.shape[-1] < 2:
        return like(input, np.ones(input.shape, raw(input).dtype))
    if isinstance(input, Tensor):
        return _det(input)[..., None, None] * inverse_of(input).swapaxes(-1, -2)
    u, s, vh = np.linalg.svd(input)
    others = np.stack([np.delete(s, k, -1).prod(-1) for k in range(s.shape[-1])], -1)
    sign = np.asarray(np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return (sign * ((u.conj() * others[..., None, :]) @ vh.conj())).astype(input.dtype)


def _determinant(A, argument="A", function=""):
    must_be_square("det", A, argument, function)
    must_be_floats("det", A)
    refuse_others("lu_cpu", A)
    found = _det(A)
    return relying(found, A, found)


@takes_out
def linalg_det(A):
    """The determinant of square matrices. Mirrors torch.linalg.det."""
    return _determinant(A)


@method("det")
@answering
def det(input):
    """See `linalg.det`. Mirrors torch.det."""
    return _determinant(input)


@two_way(node="LinalgSlogdetBackward0", holomorphic=False)
def _logabsdet(input):
    result = np.asarray(np.linalg.slogdet(input)[1])
    return result, lambda grad: grad[..., None, None] * adjoint_of(inverse_of(input))


_SIGN = Kind("LinalgSlogdetBackward0", ["input"])


def _sign_of_det(A):
    """The sign of the determinant, whose gradient is 0 for real numbers."""
    if A.is_complex():
        return sgn(_det(A))
    array = A._array
    shape, dtype = array.shape, array.dtype
    value = np.asarray(np.linalg.slogdet(array)[0])
    return finish(_SIGN, (value, lambda grad: like(grad, np.zeros(shape, dtype))), (A,))


_SLOGDET = return_type("linalg_slogdet", "sign", "logabsdet")
_OLD_SLOGDET = return_type("slogdet", "sign", "logabsdet")


@quiet
def _slogdet(A, kind):
    must_be_square("slogdet", A)
    must_be_floats("slogdet", A, low_precision=False)
    sign, size = _sign_of_det(A), _logabsdet(A)
    return kind(relying(sign, A, sign), relying(size, A, sign))


@takes_out
def linalg_slogdet(A):
    """The sign of the determinant and the logarithm of its absolute value.

    Mirrors torch.linalg.slogdet.
    """
    return _slogdet(A, _SLOGDET)


@method("slogdet")
@answering
def slogdet(input):
    """See `linalg.slogdet`. Mirrors torch.slogdet."""
    return _slogdet(input, _OLD_SLOGDET)


@method("logdet")
@answering
def logdet(input):
    """The logarithm of the determinant; nan where that is negative. Mirrors torch.logdet."""
    sign, size = _slogdet(input, _OLD_SLOGDET)
    if input.is_complex():
        return log(sign) + size
    return where(sign == -1, float("nan"), size)


def _check_system(name, A, B):
    must_be_matrices(name, A)
    must_be_floats(name, A)
    if A._array.dtype != B._array.dtype:
        raise RuntimeError(
            f"linalg.{name}: Expected A and B to have the same dtype, but found A of type "
            f"{type_name(A._array.dtype)} and B of type {type_name(B._array.dtype)} instead"
        )


def _is_vector(A, B):
    return B.ndim == 1 or (A.ndim - 1 == B.ndim and B.shape == A.shape[:-1])


def _check_sides(name, A, B, left):
    if B.ndim < 2:
        raise RuntimeError(f"linalg.{name}: The input tensor B must have at least 2 dimensions.")
    must_be_square(name, A)
    if A.shape[-2] != B.shape[-2 if left else -1]:
        sizes = [f"{x.shape[-2]}x{x.shape[-1]}" for x in (A, B)]
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"linalg.{name}: Incompatible shapes of A and B for the equation {equation} "
            f"({sizes[0]} and {sizes[1]})"
        )


def _spread(A, B):
    """Both in batches of one shape."""
    batch = broadcast_shapes(A.shape[:-2], B.shape[:-2])
    return A.expand(*batch, *A.shape[-2:]), B.expand(*batch, *B.shape[-2:])


def _solution(A, B, left):
    A, B = _spread(A, B)
    return solution(A, B) if left else divided_by(B, A)


@takes_out
def linalg_solve(A, B, *, left=True):
    """The X with A @ X = B, or with `left` False X @ A = B. LinAlgError if A is singular.

    `B` may be a vector for each matrix. Mirrors torch.linalg.solve.
    """
    must_be_tensor("linalg_solve", ["A", "B"], (A, B), numbers=False)
    _check_system("solve", A, B)
    vector = _is_vector(A, B)
    columns = B.unsqueeze(-1) if vector else B
    _check_sides("solve", A, columns, left)
    refuse_others("linalg_solve_cpu", A)
    not_solvable("torch.linalg.solve", _singular(A._array))
    found = _solution(A, columns, left)
    found = relying(found, found)
    return found.squeeze(-1) if vector else found


_SOLVE_EX = return_type("linalg_solve_ex", "result", "info")


@takes_out
def linalg_solve_ex(A, B, *, left=True, check_errors=False):
    """The solution, and the place of a zero where there is none: such a one is nan.

    Mirrors torch.linalg.solve_ex.
    """
    must_be_tensor("linalg_solve_ex", ["A", "B"], (A, B), numbers=False)
    _check_system("solve", A, B)
    info = _singular(A._array)
    if check_errors:
        not_solvable("torch.linalg.solve_ex", info)
    bad, safe = _without(A, info)
    vector = _is_vector(A, B)
    columns = B.unsqueeze(-1) if vector else B
    _check_sides("solve", A, columns, left)
    found = where(bad, float("nan"), _solution(safe, columns, left))
    found = relying(found, A, found)
    return _SOLVE_EX(found.squeeze(-1) if vector else found, wrap(info))


@takes_out
def linalg_solve_triangular(A, B, *, upper, left=True, unitriangular=False):
    """The X with A @ X = B for triangular A: what is not in its triangle does not count.

    LinAlgError for a zero on the diagonal. Mirrors torch.linalg.solve_triangular.
    """
    must_be_tensor("linalg_solve_triangular", ["A", "B"], (A, B), numbers=False)
    _check_system("solve_triangular", A, B)
    _check_sides("solve_triangular", A, B, left)
    found = _triangular(A, B, upper, left, unitriangular)
    return relying(found, A, found)


def _triangular(A, B, upper, left, unitriangular):
    diagonal = int(unitriangular)
    A = A.triu(diagonal) if upper else A.tril(-diagonal)
    if unitriangular:
        A = A + wrap(np.eye(A.shape[-1], dtype=A._array.dtype))
    not_solvable("torch.linalg.solve_triangular", _singular(A._array))
    return _solution(A, B, left)


_TRIANGULAR = return_type("triangular_solve", "solution", "cloned_coefficient")


@takes_out
@method("triangular_solve")
def triangular_solve(b, A, upper=True, transpose=False, unitriangular=False):
    """See `linalg.solve_triangular`; a copy of `A` comes with it.

    Mirrors torch.triangular_solve.
    """
    for name, x in (("b", b), ("A", A)):
        if x.ndim < 2:
            raise RuntimeError(
                f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it "
                f"has {x.ndim} dimensions instead"
            )
    turned = A.mT if transpose else A
    found = _triangular(turned, b, upper != transpose, True, unitriangular)
    return _TRIANGULAR(relying(found, b, A, found), A.clone())


@takes_out
@method("cholesky_solve")
def cholesky_solve(B, L, upper=False):
    """The X with A @ X = B, where L is the Cholesky factor of A. Mirrors torch.cholesky_solve."""
    if B.ndim < 2:
        raise RuntimeError(
            f"b should have at least 2 dimensions, but has {B.ndim} dimensions instead"
        )
    lower = L.triu().mH if upper else L.tril()
    first = _triangular(lower, B, False, True, False)
    found = _triangular(lower.mH, first, True, True, False)
    return relying(found, B, L, found)


@takes_out
@method("cholesky_inverse")
def cholesky_inverse(L, upper=False):
    """The inverse of the matrix whose Cholesky factor this is. Mirrors torch.cholesky_inverse."""
    rows, columns = L._array.shape[-2:] if L.ndim > 1 else (0, 0)
    if rows != columns:
        raise RuntimeError(
            "cholesky_inverse: A must be batches of square matrices, but they are "
            f"{rows} by {columns} matrices"
        )
    factor = L.triu() if upper else L.tril()
    return relying(inverse_of(factor.mH @ factor if upper else factor @ factor.mH), L)


@two_way(node="LinalgPinvBackward0", holomorphic=False)
def _pseudoinverse(input, *, cutoff):
    """The pseudoinverse; singular values up to `cutoff`, one for each matrix, count as 0."""

    def derivative(grad):
        turned, gh = adjoint_of(result), adjoint_of(grad)
        if input.shape[-2] <= input.shape[-1]:
            k = gh @ result
            further = k @ turned
            return (
                further
                - adjoint_of(result @ k)
                - (input @ result) @ further
                + (turned @ result) @ (gh - k @ input)
            )
        k = result @ gh
        further = turned @ k
        return (
            further
            - adjoint_of(k @ result)
            + (gh - input @ k) @ result @ turned
            - (further @ result) @ input
        )

    u, s, vh = np.linalg.svd(input, full_matrices=False)
    kept = s > cutoff[..., None]
    upside = np.where(kept, 1 / np.where(kept, s, 1), 0)
    result = (adjoint_of(vh) * upside[..., None, :]) @ adjoint_of(u)
    return result.astype(input.dtype, copy=False), derivative


def tolerance(A, atol, rtol, sizes=None):
    """Up to where singular values count as 0: an array, one number for each matrix.

    max(atol, rtol * the largest), where rtol is that of the dtype unless one of them is given.
    `sizes` are the singular values, where they are known.
    """
    sizes = np.linalg.svd(A._array, compute_uv=False) if sizes is None else sizes
    largest = sizes.max(-1) if sizes.shape[-1] else np.zeros(sizes.shape[:-1], sizes.dtype)
    atol, rtol = [x._array if isinstance(x, Tensor) else x for x in (atol, rtol)]
    if rtol is None:
        given = atol is not None and np.all(np.asarray(atol) > 0)
        rtol = 0.0 if given else np.finfo(sizes.dtype).eps * max(A.shape[-2:])
    return np.maximum(0.0 if atol is None else atol, rtol * largest)


def _pinv(A, atol, rtol):
    if A.ndim < 2 or A._array.dtype.kind not in "fc" or A._array.dtype == np.float16:
        raise RuntimeError(
            f"linalg.pinv({type_name(A._array.dtype)}{{{list(A.shape)}}}): expected a tensor with "
            "2 or more dimensions of float, double, cfloat or cdouble types"
        )
    if not A.numel():
        return A.mH * 0
    return _pseudoinverse(A, cutoff=tolerance(A, atol, rtol))


@takes_out
@quiet
def linalg_pinv(A, *, atol=None, rtol=None, hermitian=False, rcond=None):
    """The pseudoinverse, of any matrices. Singular values up to max(atol, rtol * largest) are 0.

    `hermitian` changes nothing here. Mirrors torch.linalg.pinv.
    """
    must_be_tensor("linalg_pinv", ["A"], (A,))
    return _pinv(A, atol, rtol if rcond is None else rcond)


@method("pinverse")
@answering
@quiet
def pinverse(input, rcond=1e-15):
    """See `linalg.pinv`. Mirrors torch.pinverse."""
    must_be_tensor("pinverse", ["input"], (input,))
    return _pinv(input, None, rcond)


_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")
_LSTSQ = return_type("linalg_lstsq", "solution", "residuals", "rank", "singular_values")


@answering
@quiet
def linalg_lstsq(A, B, rcond=None, *, driver=None):
    """The X for which A @ X comes closest to B, in squares; what is left, A's rank and sizes.

    What `driver`, one of LAPACK's, does not compute is empty. Mirrors torch.linalg.lstsq.
    """
    must_be_tensor("linalg_lstsq", ["A", "B"], (A, B), numbers=False)
    driver = driver or "gelsy"
    if driver not in _DRIVERS:
        raise RuntimeError(
            "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        )
    if A._array.dtype.kind not in "fc" or A._array.dtype == np.float16:
        raise RuntimeError("This function doesn't handle types other than float and double")
    vector = B.ndim == A.ndim - 1
    columns = B.unsqueeze(-1) if vector else B
    if A.shape[-2] != columns.shape[-2]:
        raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    sizes = np.linalg.svd(A._array, compute_uv=False)
    cutoff = tolerance(A, None, rcond, sizes)
    found = matmul(_pseudoinverse(A, cutoff=cutoff), columns)
    found = relying(found, A, B, found)
    rank = np.asarray((sizes > cutoff[..., None]).sum(-1), np.int64)
    empty = wrap(np.zeros(0, sizes.dtype))
    left = empty
    full = driver in ("gelsd", "gelss") and (rank == A.shape[-1]).all()
    if A.shape[-2] > A.shape[-1] and (driver == "gels" or full):
        left = (matmul(A, found) - columns).abs().square().sum(-2)
        left = left.squeeze(-1) if vector else left
    return _LSTSQ(
        found.squeeze(-1) if vector else found,
        left,
        wrap(np.zeros(0, np.int64)) if driver == "gels" else wrap(rank),
        wrap(sizes) if driver in ("gelsd", "gelss") else empty,
    )
