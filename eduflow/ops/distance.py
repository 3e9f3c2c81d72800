"""The distances between all pairs of vectors: cdist and pdist."""

import math

import numpy as np

from .._core.arguments import check_shapes
from .._core.calls import answering
from .._core.dispatch import Kind, finish, must_be_tensor, op
from .._core.dtype import type_name
from .._core.keeping import relying
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor
from ..autograd.record import joint_op
from .factories import triu_indices
from .gather import index_select
from .norm import norm_body

# For each mode the number of rows from which on two matrices are multiplied.
_MODES = {
    "use_mm_for_euclid_dist_if_necessary": 26,
    "use_mm_for_euclid_dist": 0,
    "donot_use_mm_for_euclid_dist": np.inf,
}
_CDIST = Kind("CdistBackward0", ["input"], holomorphic=False)
_PDIST = Kind("PdistBackward0", ["input"], holomorphic=False)
_ROOM = 1 << 18  # so many differences are held at a time where there are many


@answering
@quiet
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The distance between each row of `x1` and each row of `x2`: the norm of order `p`.

    (..., n, d) and (..., m, d) give (..., n, m); dims before the last two broadcast. RuntimeError
    unless the rows have one length. For `p` 2 and more than 25 rows, or as `compute_mode` says, the
    squares come out of a matrix product: much faster, and less exact for rows that are nearly the
    same. Mirrors torch.cdist.
    """
    must_be_tensor("cdist", ("x1", "x2"), (x1, x2), numbers=False)
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    a, b = x1._array, x2._array
    _check_cdist(a, b, p)
    p = p if a.shape[-1] else 1  # all norms of nothing are 0, but the largest of nothing is none
    batch, rows = np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), (a.shape[-2], b.shape[-2])
    by_product = p == 2 and a.itemsize > 2 and a.size and b.size
    by_product = by_product and max(rows) >= _MODES[compute_mode]
    if by_product or math.prod(batch) * math.prod(rows) * a.shape[-1] > _ROOM:
        x1, x2 = x1.expand(*batch, *a.shape[-2:]), x2.expand(*batch, *b.shape[-2:])
        return _euclidean_dist(x1, x2) if by_product else _cdist_forward(x1, x2, p=p)
    away = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    found = finish(_CDIST, norm_body(away._array, p, (away.ndim - 1,), False), (away,))
    return relying(found, x1, x2)


@op(node="EuclideanDistBackward0")
def _euclidean_dist(x1, x2):
    """The lengths of all differences: |a - b|^2 is |a|^2 - 2ab + |b|^2."""
    result = x1 @ x2.swapaxes(-1, -2)
    result *= -2
    result += np.vecdot(x1, x1)[..., None]
    result += np.vecdot(x2, x2)[..., None, :]
    np.sqrt(np.maximum(result, 0, out=result), out=result)

    def share(grad):
        """What each pair moves its rows by, over their difference; 0 where there is none."""
        zero = result == 0
        return grad * ~zero / (result + zero)

    def to_first(grad):
        moves = share(grad)
        return x1 * moves.sum(-1)[..., None] - moves @ x2

    def to_second(grad):
        moves = share(grad).swapaxes(-1, -2)
        return x2 * moves.sum(-1)[..., None] - moves @ x1

    return result, to_first, to_second


def _blocks(a, b):
    """Pairs of keys, for the rows of `a` and those of `b`: few enough to hold all differences."""
    length = max(1, a.shape[-1])
    wide = max(1, min(b.shape[-2], _ROOM // length))
    high = max(1, _ROOM // (length * wide))
    for at in np.ndindex(a.shape[:-2]):
        for row in range(0, a.shape[-2], high):
            for column in range(0, b.shape[-2], wide):
                yield (*at, slice(row, row + high)), (*at, slice(column, column + wide))


@joint_op(node="CdistBackward0")
def _cdist_forward(x1, x2, *, p):
    """The norms of all differences, a block of them at a time."""
    result = np.empty((*x1.shape[:-1], x2.shape[-2]), x1.dtype)
    for rows, columns in _blocks(x1, x2):
        away = x1[rows][:, None] - x2[columns]
        result[(*rows, columns[-1])] = norm_body(away, p, (2,), False)[0]

    def derivative(grad, needs):
        if isinstance(grad, Tensor):
            raise NotImplementedError("the derivative for '_cdist_backward' is not implemented.")
        first, second = np.zeros_like(x1), np.zeros_like(x2)
        for rows, columns in _blocks(x1, x2):
            away = x1[rows][:, None] - x2[columns]
            moves = norm_body(away, p, (2,), False)[1](grad[(*rows, columns[-1])])
            first[rows] += moves.sum(1)
            second[columns] -= moves.sum(0)
        return first, second

    return result, derivative


def _check_cdist(a, b, p):
    for name, array in (("X1", a), ("X2", b)):
        if array.ndim < 2:
            raise RuntimeError(
                f"cdist only supports at least 2D tensors, {name} got: {array.ndim}D"
            )
    for name, array in (("X1", a), ("X2", b)):
        if array.dtype.kind != "f":
            raise RuntimeError(
                f"cdist only supports floating-point dtypes, {name} got: {type_name(array.dtype)}"
            )
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {a.shape[-1]} X2: {b.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if a.dtype != b.dtype:
        names = [type_name(x.dtype) for x in (a, b)]
        raise RuntimeError("expected scalar type {} but found {}".format(*names))
    check_shapes(a.shape[:-2], b.shape[:-2])


@answering
@quiet
def pdist(input, p=2.0):
    """The distances between all pairs of rows, (n, d) to (n (n - 1) / 2,): 0 and 1, 0 and 2, ...

    Mirrors torch.nn.functional.pdist.
    """
    must_be_tensor("pdist", ("input",), (input,))
    array = input._array
    if array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {array.ndim}D")
    if array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    p = p if array.shape[-1] else 1
    first, second = triu_indices(len(array), len(array), 1)
    if array.size * len(array) > 2 * _ROOM:
        return _cdist_forward(input, input, p=p)[first, second]
    away = index_select(input, 0, first) - index_select(input, 0, second)
    return relying(finish(_PDIST, norm_body(away._array, p, (1,), False), (away,)), input)
