"""Gauss' elimination: lu, lu_factor, lu_solve, and what tells whether a matrix is singular."""

import numpy as np

from .._core.calls import answering
from .._core.dispatch import like, must_be_tensor, place_into, raw, takes_out, two_way
from .._core.dtype import type_name
from .._core.keeping import relying
from .._core.numpy_warnings import quiet
from .._core.tensor import method, wrap
from .._words.linalg import must_be_floats, not_factored, refuse_others
from .conversion import apart
from .join import cat
from .linalg import matmul
from .minmax import return_type


@quiet
def eliminated(array, pivot=True):
    """L and U in one array, and the rows' order: row `order[i]` of the matrix comes i-th."""
    lu = array.copy()
    rows, columns = lu.shape[-2:]
    order = np.broadcast_to(np.arange(rows, dtype=np.int64), lu.shape[:-1]).copy()
    for k in range(min(rows, columns)):
        if pivot:
            best = k + np.argmax(np.abs(lu[..., k:, k]), -1)[..., None]
            _swap_rows(lu, order, k, best)
        divisor = lu[..., k, k][..., None]
        lu[..., k + 1 :, k] = np.where(
            divisor == 0, lu[..., k + 1 :, k], lu[..., k + 1 :, k] / divisor
        )
        lu[..., k + 1 :, k + 1 :] -= lu[..., k + 1 :, k, None] * lu[..., None, k, k + 1 :]
    return lu, order


def _swap_rows(lu, order, k, best):
    """Let row k and row `best`, one for each matrix, change places."""
    at = np.concatenate([np.full_like(best, k), best], -1)
    turned = at[..., ::-1]
    np.put_along_axis(lu, at[..., None], np.take_along_axis(lu, turned[..., None], -2), -2)
    np.put_along_axis(order, at, np.take_along_axis(order, turned, -1), -1)


def first_zero(lu):
    """The place, from 1, of the first zero on U's diagonal; 0 where there is none. int32."""
    zero = np.diagonal(lu, axis1=-2, axis2=-1) == 0
    found = np.where(zero.any(-1), zero.argmax(-1) + 1 if zero.shape[-1] else 0, 0)
    return np.asarray(found, np.int32)


def inverted(array):
    """NumPy's inverse; its LinAlgError for a singular matrix on every processor.

    NumPy looks at flags that a browser has not, and returns nan there.
    """
    result = np.linalg.inv(array)
    if np.isnan(result).any() and first_zero(eliminated(array)[0]).any():
        raise np.linalg.LinAlgError("Singular matrix")
    return result


def pivots_of(order):
    """The swaps, from 1, that bring rows into this order. int32."""
    swaps = np.zeros(order.shape, np.int32)
    for place in np.ndindex(order.shape[:-1]):
        now = list(range(order.shape[-1]))
        for k, row in enumerate(order[place]):
            other = now.index(row)
            now[k], now[other] = now[other], now[k]
            swaps[(*place, k)] = other + 1
    return swaps


def order_of(pivots, rows):
    """The order of `rows` rows after these swaps."""
    order = np.broadcast_to(np.arange(rows, dtype=np.int64), (*pivots.shape[:-1], rows)).copy()
    for place in np.ndindex(pivots.shape[:-1]):
        for k, other in enumerate(pivots[place] - 1):
            now = order[place]
            now[k], now[other] = now[other], now[k]
    return order


def _unit(array):
    """The lower triangle with ones on the diagonal."""
    return np.tril(array, -1) + np.eye(array.shape[-1], dtype=array.dtype)


def _slope(lower, upper, inner):
    """The gradient of a square matrix: inverse(L)^T @ inner @ inverse(U)^T."""
    first = solution(lower.swapaxes(-1, -2), inner)
    return solution(upper, first.swapaxes(-1, -2)).swapaxes(-1, -2)


@two_way(node="LinalgSolveExBackward0")
def solution(a, b):
    """The x with a @ x = b, for square matrices; their batches are those of the right sides."""

    def d_a(grad):
        return -solution(a.swapaxes(-1, -2), grad) @ result.swapaxes(-1, -2)

    result = np.linalg.solve(a, b)
    return result, d_a, lambda grad: solution(a.swapaxes(-1, -2), grad)


@two_way(node="LinalgLuBackward0")
def _lower(square):
    def derivative(grad):
        upper = _upper(square)
        inner = _below(result.swapaxes(-1, -2) @ grad)
        return _slope(result, upper, inner)

    result = _unit(eliminated(square, False)[0])
    return result, derivative


@two_way(node="LinalgLuBackward0")
def _upper(square):
    def derivative(grad):
        inner = upper_triangle(grad @ result.swapaxes(-1, -2))
        return _slope(_lower(square), result, inner)

    result = np.triu(eliminated(square, False)[0])
    return result, derivative


def _below(x):
    """What is below the diagonal, of an array or a tensor."""
    return x * like(x, np.tril(np.ones(x.shape[-2:]), -1).astype(raw(x).dtype))


def upper_triangle(x):
    """What is on and above the diagonal, of an array or a tensor."""
    return x * like(x, np.triu(np.ones(x.shape[-2:])).astype(raw(x).dtype))


def _factors(A, order):
    """The tensors L and U of the matrices `A`, whose rows come in this order."""
    rows, columns = A.shape[-2:]
    size = min(rows, columns)
    sorted_rows = apart(A).take_along_dim(wrap(order[..., None]), -2)
    square = sorted_rows[..., :size, :size]
    lower, upper = _lower(square), _upper(square)
    if rows > size:
        below = divided_by(sorted_rows[..., size:, :], upper)
        lower = cat([lower, below], -2)
    if columns > size:
        upper = cat([upper, solution(lower, sorted_rows[..., :, size:])], -1)
    return lower, upper


def divided_by(b, a):
    """b @ inverse(a)."""
    return solution(a.mT, b.mT).mT


_LU = return_type("linalg_lu", "P", "L", "U")
_LU_FACTOR = return_type("linalg_lu_factor", "LU", "pivots")
_LU_FACTOR_EX = return_type("linalg_lu_factor_ex", "LU", "pivots", "info")


def _check(name, A, pivot):
    if A.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead"
        )
    refuse_others("lu_cpu", A)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


def linalg_lu(A, *, pivot=True):
    """P, L and U with A = P @ L @ U: L has ones on its diagonal. Mirrors torch.linalg.lu."""
    must_be_tensor("linalg_lu", ["A"], (A,))
    _check("linalg.lu", A, pivot)
    order = eliminated(A._array)[1]
    lower, upper = _factors(A, order)
    rows = np.eye(order.shape[-1], dtype=A._array.dtype)[order]
    turned = wrap(np.ascontiguousarray(rows.swapaxes(-1, -2)))
    for x in (lower, upper):
        relying(x, turned, lower, upper)
    return _LU(turned, lower, upper)


def linalg_lu_factor_ex(A, *, pivot=True, check_errors=False):
    """L and U in one tensor, the swaps of rows, and the place of a zero in U, else 0.

    Mirrors torch.linalg.lu_factor_ex.
    """
    must_be_tensor("linalg_lu_factor_ex", ["A"], (A,))
    _check("torch.lu_factor", A, pivot)
    lu, order = eliminated(A._array)
    info = first_zero(lu)
    if check_errors:
        not_factored(info)
    lower, upper = _factors(A, order)
    size = min(A.shape[-2:])
    if A.shape[-2] > A.shape[-1]:
        both = cat([lower[..., :size, :].tril(-1) + upper, lower[..., size:, :]], -2)
    else:
        both = cat([lower.tril(-1) + upper[..., :size], upper[..., size:]], -1)
    pivots = wrap(pivots_of(order)[..., :size])
    return _LU_FACTOR_EX(relying(both, both, pivots), pivots, wrap(info))


def linalg_lu_factor(A, *, pivot=True):
    """lu_factor_ex without the last; RuntimeError where U has a zero on its diagonal.

    Mirrors torch.linalg.lu_factor.
    """
    must_be_tensor("linalg_lu_factor", ["A"], (A,))
    return _LU_FACTOR(*linalg_lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


@takes_out
def lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True):
    """P, L and U from what lu_factor gives. Mirrors torch.lu_unpack."""
    given = (LU_data, LU_pivots)
    must_be_tensor("lu_unpack", ["LU_data", "LU_pivots"], given, numbers=False)
    if LU_data.ndim < 2:
        raise RuntimeError("lu_unpack: Expected LU_data to have at least 2 dimensions")
    if LU_pivots._array.dtype != np.int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype."
        )
    rows, columns = LU_data.shape[-2:]
    size = min(rows, columns)
    lower = LU_data[..., :size].tril(-1) + wrap(np.eye(rows, size, dtype=LU_data._array.dtype))
    order = order_of(LU_pivots._array, rows)
    matrix = np.eye(rows, dtype=LU_data._array.dtype)[order].swapaxes(-1, -2)
    empty = wrap(np.zeros(0, LU_data._array.dtype))
    return _UNPACKED(
        wrap(np.ascontiguousarray(matrix)) if unpack_pivots else empty,
        lower if unpack_data else empty,
        LU_data[..., :size, :].triu() if unpack_data else empty,
    )


_UNPACKED = return_type("lu_unpack", "P", "L", "U")


def linalg_lu_solve(LU, pivots, B, *, left=True, adjoint=False):
    """The X with A @ X = B, or X @ A = B, for the factors of A. Mirrors torch.linalg.lu_solve."""
    must_be_tensor("linalg_lu_solve", ["LU", "pivots", "B"], (LU, pivots, B), numbers=False)
    must_be_floats("lu_solve", LU)
    if LU._array.dtype != B._array.dtype:
        names = [type_name(x._array.dtype) for x in (LU, B)]
        raise RuntimeError(
            "linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type "
            f"{names[0]} and B of type {names[1]} instead"
        )
    P, lower, upper = lu_unpack(LU, pivots)
    A = matmul(matmul(P, lower), upper)
    A = A.mH if adjoint else A
    found = solution(A, B) if left else divided_by(B, A)
    return relying(found, LU, pivots, found)


@takes_out
@method("lu_solve")
def lu_solve(b, LU_data, LU_pivots):
    """See `linalg.lu_solve`; the right side comes first. Mirrors torch.lu_solve."""
    given = (b, LU_data, LU_pivots)
    must_be_tensor("lu_solve", ["self", "LU_data", "LU_pivots"], given, numbers=False)
    if LU_pivots._array.dtype != np.int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    return linalg_lu_solve(LU_data, LU_pivots, b)


@method("lu")
@answering
def lu(A, pivot=True, get_infos=False, out=None):
    """L and U in one tensor, and the swaps of rows. Mirrors torch.lu."""
    if out is not None and not isinstance(out, (tuple, list)):
        raise TypeError("argument 'out' must be tuple of Tensors, not " + type(out).__name__)
    found = linalg_lu_factor_ex(A, pivot=pivot)
    results = tuple(found) if get_infos else tuple(found[:2])
    if out is None:
        return results
    if len(out) != len(results):
        raise TypeError(f"expected tuple of {len(results)} elements but got {len(out)}")
    return tuple([place_into(place, x, "lu") for place, x in zip(out, results, strict=True)])
