"""Matrices taken apart: cholesky, qr, eigh, eig, svd.

Each factor is an operation of its own. Its derivative takes the other factors from the input again,
so that it has a derivative as well.
"""

import numpy as np

from .._core.arguments import int_argument
from .._core.calls import answering
from .._core.dispatch import like, must_be_tensor, raw, takes_out, two_way
from .._core.keeping import relying
from .._core.numpy_warnings import quiet
from .._core.tensor import method, wrap
from .._words.linalg import (
    must_be_floats,
    must_be_matrices,
    must_be_square,
    not_positive,
    refuse_others,
)
from .conversion import apart
from .inverse import adjoint_of
from .join import cat
from .lu import solution, upper_triangle
from .minmax import return_type


def _together(*factors):
    """Factors of one matrix, each of which relies on all, as if one operation had made them."""
    for x in factors:
        relying(x, *factors)
    return factors


def _mask(x, ones):
    """`ones`, an array, in the dtype of `x`, and a tensor if that is one."""
    return like(x, ones.astype(raw(x).dtype))


def _triangle(x, half=False):
    """The lower triangle of an array or a tensor; with `half`, half of the diagonal."""
    size = x.shape[-2:]
    return x * _mask(x, np.tril(np.ones(size)) - (0.5 * np.eye(*size) if half else 0))


def _diagonal(x, places):
    """What a diagonal matrix with these elements is: an array or a tensor, times the identity."""
    return places[..., None] * _mask(x, np.eye(places.shape[-1]))


def _real(x, input):
    """The real part where the input is real."""
    return x.real if raw(input).dtype.kind == "f" else x


@two_way(node="LinalgCholeskyExBackward0", holomorphic=False)
def _cholesky(input):
    """The lower Cholesky factor of positive definite matrices."""

    def derivative(grad):
        turned = adjoint_of(result)
        inner = _triangle(turned @ grad, half=True)
        found = adjoint_of(solution(turned, adjoint_of(solution(turned, inner))))
        return (found + adjoint_of(found)) / 2

    result = np.linalg.cholesky(input)
    return result, derivative


def _first_minor(array):
    """From which minor on a matrix is not positive definite, from 1; 0 if it is."""
    info = np.zeros(array.shape[:-2], np.int32)
    for place in np.ndindex(info.shape):
        info[place] = _minor(array[place])
    return info


def _minor(matrix):
    for size in range(1, len(matrix) + 1):
        try:
            found = np.linalg.cholesky(matrix[:size, :size])
        except np.linalg.LinAlgError:
            return size
        if np.isnan(found).any():
            return size
    return 0


def _positive(array):
    """Zeros where `_first_minor` would give zeros, found by one factorization."""
    try:
        if np.isfinite(np.linalg.cholesky(array)).all():
            return np.zeros(array.shape[:-2], np.int32)
    except np.linalg.LinAlgError:
        pass
    return _first_minor(array)


def _factor(name, A, upper, argument="input"):
    must_be_square(name, A, argument, f"linalg_{name}")
    must_be_floats(name, A)
    refuse_others("cholesky_cpu", A)
    lower = A.mH if upper else A
    not_positive(name, _positive(lower._array))
    found = _cholesky(lower)
    return found.mH if upper else found


@takes_out
def linalg_cholesky(A, *, upper=False):
    """The L with A = L @ L.mH, of positive definite matrices; `upper` gives L.mH.

    Only one triangle is looked at. LinAlgError where there is none. Mirrors torch.linalg.cholesky.
    """
    return _factor("cholesky", A, upper)


@takes_out
@method("cholesky")
def cholesky(input, upper=False):
    """See `linalg.cholesky`. Mirrors torch.cholesky."""
    return _factor("cholesky", input, upper)


_CHOLESKY_EX = return_type("linalg_cholesky_ex", "L", "info")


@takes_out
def linalg_cholesky_ex(A, *, upper=False, check_errors=False):
    """The factors, and from which minor on there is none, else 0: such a factor is nan.

    Mirrors torch.linalg.cholesky_ex.
    """
    must_be_square("cholesky", A)
    refuse_others("cholesky_cpu", A)
    lower = A.mH if upper else A
    info = _positive(lower._array)
    if check_errors:
        not_positive("cholesky_ex", info)
    bad = wrap(info > 0)[..., None, None]
    eye = wrap(np.eye(A.shape[-1], dtype=A._array.dtype))
    found = _cholesky(lower.where(~bad, eye)).masked_fill(bad, float("nan"))
    found = found.mH if upper else found
    return _CHOLESKY_EX(relying(found, found), wrap(info))


@two_way(node="LinalgQrBackward0", holomorphic=False)
def _orthogonal(input):
    """Q of matrices that are not wide."""

    def derivative(grad):
        upper = _upper(input)
        inner = -_mirrored(upper_triangle(adjoint_of(result) @ grad))
        return _right_of(grad + result @ inner, upper)

    result = np.linalg.qr(input)[0]
    return result, derivative


@two_way(node="LinalgQrBackward0", holomorphic=False)
def _upper(input):
    """R of matrices that are not wide."""

    def derivative(grad):
        inner = _mirrored(upper_triangle(grad @ adjoint_of(result)))
        return _right_of(_orthogonal(input) @ inner, result)

    result = np.linalg.qr(input)[1]
    return result, derivative


def _mirrored(x):
    """An upper triangle and its mirror image, whose diagonal stays and is real."""
    both = x + adjoint_of(x)
    return both * _mask(x, 1 - 0.5 * np.eye(x.shape[-1]))


def _right_of(x, upper):
    """x @ inverse(upper)^H."""
    return adjoint_of(solution(upper, adjoint_of(x)))


def _qr(A, mode):
    """The tensors Q and R of checked matrices."""
    rows, columns = A.shape[-2:]
    if mode == "complete" and rows > columns:
        if A.requires_grad:
            raise RuntimeError(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols"
            )
        return [wrap(x) for x in np.linalg.qr(A._array, mode="complete")]
    A = apart(A)
    square = A[..., :rows]
    q, r = _orthogonal(square), _upper(square)
    if columns > rows:
        r = cat([r, q.mH @ A[..., rows:]], -1)
    return _together(q, r)


def _check_qr(name, A):
    must_be_matrices("qr", A, function=name)
    must_be_floats("qr", A)
    refuse_others("geqrf_cpu", A)


_QR = return_type("linalg_qr", "Q", "R")
_OLD_QR = return_type("qr", "Q", "R")


@takes_out
def linalg_qr(A, mode="reduced"):
    """Q with orthogonal columns and R, an upper triangle, with A = Q @ R.

    `mode` is "reduced", "complete" (Q is square) or "r" (Q is empty). Mirrors torch.linalg.qr.
    """
    _check_qr("linalg_qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), "
            "'r', or 'complete'"
        )
    q, r = _qr(A, mode)
    return _QR(wrap(np.zeros(0, A._array.dtype)) if mode == "r" else q, r)


@takes_out
@method("qr")
def qr(input, some=True):
    """See `linalg.qr`; `some` says that it is to be reduced. Mirrors torch.qr."""
    _check_qr("qr", input)
    return _OLD_QR(*_qr(input, "reduced" if some else "complete"))


@two_way(node="LinalgEighBackward0", holomorphic=False)
def _real_values(input):
    """The eigenvalues of Hermitian matrices, from their lower triangles, in order."""

    def derivative(grad):
        vectors = _real_vectors(input)
        return (vectors * grad[..., None, :]) @ adjoint_of(vectors)

    return np.linalg.eigh(input)[0], derivative


@two_way(node="LinalgEighBackward0", holomorphic=False)
def _real_vectors(input):
    """The eigenvectors of Hermitian matrices, as columns."""

    def derivative(grad):
        values = _real_values(input)
        inner = (adjoint_of(result) @ grad) * _apart(values)
        return result @ inner @ adjoint_of(result)

    result = np.linalg.eigh(input)[1]
    return result, derivative


def _apart(values):
    """1 / (values[j] - values[i]) for all i, j, and 0 on the diagonal."""
    ones = np.eye(values.shape[-1])
    differences = values[..., None, :] - values[..., None] + _mask(values, ones)
    return _mask(values, 1 - ones) / differences


def _hermitian(A, UPLO, argument):
    must_be_square("eigh", A, argument, "linalg_eigh" if argument == "input" else "linalg_eigvalsh")
    if UPLO not in ("L", "U", "l", "u"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    refuse_others("linalg_eigh_cpu", A)
    return A.mH if UPLO in "Uu" else A


_EIGH = return_type("linalg_eigh", "eigenvalues", "eigenvectors")


@takes_out
@quiet
def linalg_eigh(A, UPLO="L"):
    """The eigenvalues and eigenvectors of symmetric or Hermitian matrices, in rising order.

    Only the lower triangle is looked at, with `UPLO` "U" the upper. Mirrors torch.linalg.eigh.
    """
    A = apart(_hermitian(A, UPLO, "input"))
    return _EIGH(*_together(_real_values(A), _real_vectors(A)))


@takes_out
@quiet
def linalg_eigvalsh(A, UPLO="L"):
    """The eigenvalues alone, see eigh. Mirrors torch.linalg.eigvalsh."""
    must_be_tensor("linalg_eigvalsh", ["input"], (A,))
    return _together(_real_values(apart(_hermitian(A, UPLO, "input"))))[0]


@two_way(node="LinalgEigBackward0", holomorphic=False)
def _values(input):
    """The eigenvalues of any square matrices, complex."""

    def derivative(grad):
        turned = adjoint_of(_vectors(input))
        return _real(solution(turned, grad[..., None] * turned), input)

    return _complex(np.linalg.eigvals(input), input), derivative


@two_way(node="LinalgEigBackward0", holomorphic=False)
def _vectors(input):
    """Their eigenvectors, complex, as columns of length 1."""

    def derivative(grad):
        turned, values = adjoint_of(result), _values(input)
        inner = turned @ grad
        along = (inner * _mask(inner, np.eye(inner.shape[-1]))).real.sum(-1)
        inner = inner - (turned @ result) * along[..., None, :]
        return _real(solution(turned, (inner * _apart(values).conj()) @ turned), input)

    result = _complex(np.linalg.eig(input)[1], input)
    return result, derivative


def _complex(found, input):
    return found.astype(np.result_type(input.dtype, np.complex64), copy=False)


def _any_square(name, A):
    must_be_square(name, A, "input", f"linalg_{name}")
    if A._array.dtype.kind in "biu":
        raise RuntimeError(f"Unknown Complex ScalarType for {A.type().split('.')[-1][:-6]}")
    refuse_others("linalg_eig_out_cpu", A)
    if not np.isfinite(A._array).all():
        raise RuntimeError(f"torch.linalg.{name}: input tensor should not contain infs or NaNs.")


_EIG = return_type("linalg_eig", "eigenvalues", "eigenvectors")


@takes_out
def linalg_eig(A):
    """The eigenvalues and eigenvectors of square matrices, complex. Mirrors torch.linalg.eig."""
    _any_square("eig", A)
    A = apart(A)
    return _EIG(*_together(_values(A), _vectors(A)))


@takes_out
def linalg_eigvals(A):
    """The eigenvalues alone, see eig. Mirrors torch.linalg.eigvals."""
    _any_square("eigvals", A)
    return _together(_values(apart(A)))[0]


def singular_values(A):
    """The singular values of any matrices, the largest first: a tensor."""
    return _together(_singular_values(apart(A)))[0]


@two_way(node="LinalgSvdBackward0", holomorphic=False)
def _singular_values(input):
    """The singular values of arrays or tensors."""

    def derivative(grad):
        return (_left(input) * grad[..., None, :]) @ _right(input)

    return np.linalg.svd(input, compute_uv=False), derivative


@two_way(node="LinalgSvdBackward0", holomorphic=False)
def _left(input):
    """The first singular vectors on the left, as columns."""

    def derivative(grad):
        sizes, right = _singular_values(input), _right(input)
        inner = _skew(adjoint_of(result) @ grad)
        core = inner * _apart(sizes * sizes) * sizes[..., None, :] + _turns(inner, sizes)
        found = result @ core @ right
        if input.shape[-2] > input.shape[-1]:
            outside = grad - result @ (adjoint_of(result) @ grad)
            found = found + (outside / sizes[..., None, :]) @ right
        return found

    result = np.linalg.svd(input, full_matrices=False)[0]
    return result, derivative


@two_way(node="LinalgSvdBackward0", holomorphic=False)
def _right(input):
    """The first singular vectors on the right, conjugated, as rows."""

    def derivative(grad):
        sizes, left = _singular_values(input), _left(input)
        inner = _skew(result @ adjoint_of(grad))
        core = inner * _apart(sizes * sizes) * sizes[..., None] - _turns(inner, sizes)
        found = left @ core @ result
        if input.shape[-2] < input.shape[-1]:
            outside = grad - (grad @ adjoint_of(result)) @ result
            found = found + left @ (outside / sizes[..., None])
        return found

    result = np.linalg.svd(input, full_matrices=False)[2]
    return result, derivative


def _skew(x):
    return x - adjoint_of(x)


def _turns(inner, sizes):
    """Half of what turning both vectors by one complex phase does; 0 for real numbers."""
    return inner * _mask(inner, np.eye(inner.shape[-1])) / (4 * sizes[..., None])


def _full(array):
    """The singular vectors on both sides, all of them."""
    u, _, vh = np.linalg.svd(array)
    return u, vh


def _svd(A, full):
    """The tensors U, S and Vh of checked matrices; what exceeds the smaller side is constant."""
    inner = apart(A)
    u, s, vh = _left(inner), _singular_values(inner), _right(inner)
    size, (rows, columns) = s.shape[-1], A.shape[-2:]
    if full and rows != columns:
        more = _full(A._array)
        if rows > size:
            u = cat([u, wrap(more[0][..., size:])], -1)
        if columns > size:
            vh = cat([vh, wrap(more[1][..., size:, :])], -2)
    return _together(u, s, vh)


def check_svd(A, driver=None, function="linalg_svd"):
    """The refusals of svd and of what is made from it."""
    must_be_matrices("svd", A, function=function)
    must_be_floats("svd", A)
    refuse_others("linalg_svd_cpu", A)
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
            "cuSOLVER backend."
        )


_SVD = return_type("linalg_svd", "U", "S", "Vh")
_OLD_SVD = return_type("svd", "U", "S", "V")


@takes_out
@quiet
def linalg_svd(A, full_matrices=True, *, driver=None):
    """U, S and Vh with A = U @ diag(S) @ Vh: directions on both sides, and sizes, largest first.

    With `full_matrices`, U and Vh are square. Mirrors torch.linalg.svd.
    """
    check_svd(A, driver)
    return _SVD(*_svd(A, full_matrices))


@takes_out
@quiet
def linalg_svdvals(A, *, driver=None):
    """The singular values alone. Mirrors torch.linalg.svdvals."""
    check_svd(A, driver, "linalg_svdvals")
    return singular_values(A)


@takes_out
@method("svd")
@quiet
def svd(input, some=True, compute_uv=True):
    """See `linalg.svd`; gives V, not Vh, and is reduced where `some`. Mirrors torch.svd."""
    check_svd(input, function="svd")
    u, s, vh = _svd(input, not some)
    if not compute_uv:
        rows, columns = input.shape[-2:]
        batch = input.shape[:-2]
        dtype = input._array.dtype
        return _OLD_SVD(
            wrap(np.zeros((*batch, rows, rows), dtype)),
            s,
            wrap(np.zeros((*batch, columns, columns), dtype)),
        )
    return _OLD_SVD(u, s, vh.mH)


@answering
def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S and V of the `q` largest singular values; here exactly. Mirrors torch.svd_lowrank."""
    if q < 0:
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {q}: [{A.shape[-1]}, {q}]"
        )
    int_argument("svd_lowrank", "niter", 3, niter)
    u, s, v = svd(A if M is None else A - M)
    return u[..., :q], s[..., :q], v[..., :q]
