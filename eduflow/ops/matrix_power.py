"""Many products of matrices: matrix_power, matrix_exp, multi_dot, vecdot, vander, tensorsolve."""

import functools
import itertools
import math

import numpy as np

from .._core.calls import answering
from .._core.dispatch import must_be_tensor, takes_out
from .._core.dtype import type_name
from .._core.keeping import relying
from .._core.tensor import method, wrap
from .._words.linalg import must_be_floats, must_be_square
from .inverse import linalg_inv, linalg_solve
from .join import stack
from .linalg import cross, matmul


def _power(A, n, name):
    must_be_square("matrix_power", A, function=name)
    if n < 0:
        return _power(linalg_inv(A), -n, name)
    if n == 0:
        eye = np.broadcast_to(np.eye(A.shape[-1], dtype=A._array.dtype), A.shape)
        return wrap(eye.copy())
    result, factor = None, A
    while n:
        if n % 2:
            result = factor if result is None else matmul(result, factor)
        n //= 2
        factor = matmul(factor, factor) if n else factor
    return result


def _whole(name, n):
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"{name}(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    return int(n)


@takes_out
def linalg_matrix_power(A, n):
    """A @ A @ ..., `n` times; of the inverse for negative `n`.

    Mirrors torch.linalg.matrix_power.
    """
    return _power(A, _whole("linalg_matrix_power", n), "linalg_matrix_power")


@takes_out
@method("matrix_power")
def matrix_power(input, n):
    """See `linalg.matrix_power`. Mirrors torch.matrix_power."""
    return _power(input, _whole("matrix_power", n), "matrix_power")


_TERMS = 18  # of the series, exact to double precision for a norm of at most 1


@method("matrix_exp")
@answering
def matrix_exp(input):
    """1 + A + A^2 / 2! + A^3 / 3! + ... of square matrices. Mirrors torch.matrix_exp.

    The series of A / 2^s, squared s times.
    """
    must_be_square("matrix_exp", input, "input", "linalg_matrix_exp")
    must_be_floats("matrix_exp", input)
    array = input._array
    size = float(np.abs(array).sum(-2).max()) if array.size else 0.0
    halvings = max(0, math.ceil(math.log2(size))) if 0 < size < math.inf else 0
    eye = wrap(np.eye(input.shape[-1], dtype=array.dtype))
    scaled = input / 2**halvings
    result = eye + scaled / _TERMS
    for k in range(_TERMS - 1, 0, -1):
        result = eye + matmul(scaled, result) / k
    for _ in range(halvings):
        result = matmul(result, result)
    return relying(result, input)


def _check_chain(tensors):
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    last = len(tensors) - 1
    for i, x in enumerate(tensors):
        end = {0: "the first tensor", last: "the last tensor"}.get(i)
        if end and x.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): {end} must be 1D or 2D but got {x.ndim}D")
        if not end and x.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {x.ndim}D")
        if x.dtype is not tensors[0].dtype:
            names = [y.dtype.ctype_name for y in (tensors[0], x)]
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{names[0]} and tensor {i} {names[1]}"
            )
    for i, (a, b) in enumerate(itertools.pairwise(tensors)):
        if a.shape[-1] != b.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(a.shape)} and "
                f"{list(b.shape)} cannot be multiplied"
            )


@takes_out
def linalg_multi_dot(tensors):
    """The product of all matrices, in the order that takes the fewest multiplications.

    The first and the last may be vectors. Mirrors torch.linalg.multi_dot.
    """
    tensors = list(tensors)
    _check_chain(tensors)
    sizes = [x.shape[0] if x.ndim > 1 else 1 for x in tensors[:1]]
    sizes += [x.shape[0] for x in tensors[1:]]
    sizes += [tensors[-1].shape[1] if tensors[-1].ndim > 1 else 1]

    @functools.cache
    def cheapest(i, j):
        """What the product of i to j costs, and behind which it is split."""
        if i == j:
            return 0, i
        return min(
            (cheapest(i, k)[0] + cheapest(k + 1, j)[0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
            for k in range(i, j)
        )

    def product(i, j):
        if i == j:
            return tensors[i]
        split = cheapest(i, j)[1]
        return matmul(product(i, split), product(split + 1, j))

    return product(0, len(tensors) - 1)


@takes_out
def linalg_cross(input, other, *, dim=-1):
    """The cross product along `dim`. Mirrors torch.linalg.cross."""
    must_be_tensor("linalg_cross", ["input", "other"], (input, other), numbers=False)
    return cross(input, other, dim)


@takes_out
def linalg_vecdot(x, y, *, dim=-1):
    """The dot products of vectors along `dim`, the first conjugated.

    Mirrors torch.linalg.vecdot.
    """
    must_be_tensor("linalg_vecdot", ["x", "y"], (x, y), numbers=False)
    must_be_floats("vecdot", x)
    if x._array.dtype != y._array.dtype:
        raise RuntimeError(
            "linalg.vecdot: Expected x and y to have the same dtype, but found x of type "
            f"{type_name(x._array.dtype)} and y of type {type_name(y._array.dtype)} instead"
        )
    return (x.conj() * y).sum(dim)


@takes_out
def linalg_matmul(input, other):
    """See `torch.matmul`. Mirrors torch.linalg.matmul."""
    return matmul(input, other)


def linalg_diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """See `torch.diagonal`; here it is that of the last two dims. Mirrors torch.linalg.diagonal."""
    must_be_tensor("linalg_diagonal", ["A"], (A,))
    return A.diagonal(offset, dim1, dim2)


@answering
def linalg_vander(x, *, N=None):
    """The powers 0 to N - 1 of each element, along a new last dim. Mirrors torch.linalg.vander."""
    must_be_tensor("linalg_vander", ["x"], (x,))
    count = N if N is not None else (x.shape[-1] if x.ndim else 1)
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    powers, ones = [], x * 0 + 1
    for _ in range(count):
        powers.append(ones if not powers else powers[-1] * x)
    return stack(powers, -1)


@answering
def vander(x, N=None, increasing=False):
    """The powers of each element of a vector, the highest first unless `increasing`.

    Mirrors torch.vander.
    """
    must_be_tensor("vander", ["x"], (x,))
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    powers = [x**k for k in range(count)]
    return stack(powers if increasing else powers[::-1], 1)


@takes_out
def linalg_tensorinv(A, ind=2):
    """The inverse of a tensor whose first `ind` dims are as many elements as the others.

    Mirrors torch.linalg.tensorinv.
    """
    must_be_tensor("linalg_tensorinv", ["A"], (A,))
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = A.shape[:ind], A.shape[ind:]
    if math.prod(first) != math.prod(last):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {math.prod(last)} != {math.prod(first)}"
        )
    size = math.prod(first)
    return linalg_inv(A.reshape(size, size)).reshape(*last, *first)


@takes_out
def linalg_tensorsolve(A, B, dims=None):
    """The X with tensordot(A, X) = B; `dims` are moved to the end of A first.

    Mirrors torch.linalg.tensorsolve.
    """
    must_be_tensor("linalg_tensorsolve", ["A", "B"], (A, B), numbers=False)
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    shape = A.shape[B.ndim :]
    if math.prod(A.shape[: B.ndim]) != math.prod(shape):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {math.prod(shape)} != "
            f"{math.prod(A.shape[: B.ndim])}"
        )
    size = math.prod(shape)
    return linalg_solve(A.reshape(size, size), B.reshape(size)).reshape(shape)
