"""The distances between all pairs of vectors: cdist and pdist."""

from .._core.arguments import check_shapes
from .._core.calls import answering
from .._core.dispatch import Kind, finish, must_be_tensor
from .._core.dtype import type_name
from .._core.numpy_warnings import quiet
from .factories import triu_indices
from .gather import index_select
from .norm import norm_body

_MODES = {
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
}
_CDIST = Kind("CdistBackward0", ["input"], holomorphic=False)
_PDIST = Kind("PdistBackward0", ["input"], holomorphic=False)


@answering
@quiet
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The distance between each row of `x1` and each row of `x2`: the norm of order `p`.

    (..., n, d) and (..., m, d) give (..., n, m); dims before the last two broadcast. RuntimeError
    unless the rows have one length. `compute_mode` is checked and changes nothing here. Mirrors
    torch.cdist.
    """
    must_be_tensor("cdist", ("x1", "x2"), (x1, x2), numbers=False)
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    _check_cdist(x1._array, x2._array, p)
    away = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    return finish(_CDIST, norm_body(away._array, p, (away.ndim - 1,), False), (away,))


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
    first, second = triu_indices(len(array), len(array), 1)
    away = index_select(input, 0, first) - index_select(input, 0, second)
    return finish(_PDIST, norm_body(away._array, p, (1,), False), (away,))
