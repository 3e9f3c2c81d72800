"""The length of a tensor, and of a difference: norm and dist."""

import math

import numpy as np

from .._core.arguments import NUMBERS, check_dim, converted
from .._core.dispatch import Kind, finish, like, must_be_tensor, raw, takes_out
from .._core.dtype import type_name
from .._core.keeping import keeping, relying
from .._core.numpy_warnings import quiet
from .._core.reduction import contiguous_result, reduced_axes, spread_over, total
from .._core.tensor import Tensor, method
from .._kernels import kernel
from .choose import where
from .decomposition import singular_values
from .minmax import equal_to, shares
from .shape import movedim


@method("dist")
def dist(input, other, p=2):
    """The norm of order `p` of `input - other`, which may broadcast. Mirrors torch.dist."""
    difference = input - other
    if not (difference.is_floating_point() or difference.is_complex()):
        raise RuntimeError(
            "norm(): input dtype should be either floating point or complex. Got "
            f"{type_name(difference._array.dtype)} instead."
        )
    return relying(difference.norm(p), input, other)


@kernel
def sum_of_squares(array, axes, keepdim):
    """The sum of all squares over `axes`."""
    return total(array * array, axes, keepdim)


def _norm_value(array, p, axes, keepdim):
    """The norm of order `p` of an array of absolute values; for 2 they may have signs."""
    if p == 0:
        return np.add.reduce(array != 0, axes, array.dtype, None, keepdim)
    if p in (math.inf, -math.inf):
        extreme = np.maximum if p > 0 else np.minimum
        return extreme.reduce(array, axes, None, None, keepdim)
    if p == 1:
        return total(array, axes, keepdim)
    if p == 2:
        return np.sqrt(sum_of_squares(array, axes, keepdim))
    return total(array**p, axes, keepdim) ** (1 / p)


def norm_body(input, p, axes, keepdim):
    """The norm of order `p` over `axes`, and its derivative."""
    wide = input.astype(np.float32) if input.dtype == np.float16 else input
    sizes = wide if p == 2 and wide.dtype.kind == "f" else np.abs(wide)
    value = np.asarray(_norm_value(sizes, p, axes, keepdim))
    result = contiguous_result(value.astype(input.real.dtype, copy=False))
    derivative = _NORM_DERIVATIVES.get(p, _norm_of_order)(input, result, p, axes)
    return result, keeping(derivative, input, result)


def _no_gradient(input, result, p, axes):
    return lambda grad: like(grad, np.zeros_like(raw(input)))


def _norm_of_order(input, result, p, axes):
    """For any other `p`: sign(x) |x / norm|^(p - 1), and 0 where that is not defined."""
    shape = input.shape

    def derivative(grad):
        wide = spread_over(result, shape=shape, axes=axes)
        zero = (wide == 0) | ((input == 0) & (p < 2))
        power = (np.abs(input) + zero) ** (p - 1) / (wide + zero) ** (p - 1)
        return spread_over(grad, shape=shape, axes=axes) * power * _sign(input) * ~zero

    return derivative


def _norm_1(input, result, p, axes):
    shape = input.shape
    return lambda grad: spread_over(grad, shape=shape, axes=axes) * _sign(input)


def _norm_2(input, result, p, axes):
    """x / norm: the direction in which the vector points; 0 for the zero vector."""
    shape = input.shape

    def derivative(grad):
        zero = result == 0
        lengths = spread_over(result + zero, shape=shape, axes=axes)
        return spread_over(grad * ~zero, shape=shape, axes=axes) * (input / lengths)

    return derivative


def _norm_inf(input, result, p, axes):
    """The sign of the largest element; several that are equal share evenly."""
    shape = input.shape

    def derivative(grad):
        which = equal_to(np.abs(raw(input)), raw(result), axes)
        parts = np.nan_to_num(shares(which, axes, raw(result).dtype))
        return spread_over(grad, shape=shape, axes=axes) * _sign(input) * like(grad, parts)

    return derivative


def _sign(x):
    """x / |x|, and 0 for 0 and nan: for real and complex numbers, on arrays and tensors."""
    return x.sgn() if isinstance(x, Tensor) else np.where(x == x, np.sign(x), x.dtype.type(0))


_NORM_DERIVATIVES = {
    0: _no_gradient, 1: _norm_1, 2: _norm_2, math.inf: _norm_inf, -math.inf: _norm_inf
}  # fmt: skip


_NORM = Kind("LinalgVectorNormBackward0", ["input"], holomorphic=False)


@takes_out
@method("norm")
@quiet
def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    """The length of a tensor seen as one vector, or along `dim`: (sum of abs(x)^p)^(1/p).

    `p` is 2 ("fro") unless given: 1 adds up absolute values, inf takes the largest, -inf the
    smallest, 0 counts what is not 0. Mirrors torch.norm.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("norm", ["input"], (input,))
    if p == "nuc":
        return _nuclear(input, dim, keepdim)
    array, fits = converted(input, dtype)
    if not isinstance(p, (str, *NUMBERS, type(None))) and not (
        isinstance(p, Tensor) and p.ndim == 0
    ):
        raise TypeError(
            "linalg_vector_norm(): argument 'ord' (position 2) must be Number, "
            f"not {type(p).__name__}"
        )
    if p is not None and p != "fro" and isinstance(p, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    if isinstance(p, complex):
        raise RuntimeError(
            "linalg.vector_norm: Expected a non-complex scalar as the order of norm."
        )
    _must_be_float("vector", input._array)
    axes = reduced_axes(dim, array.ndim)
    p = 2 if p in ("fro", None) else p
    _check_norm(array, p, axes, dim is None)
    return finish(_NORM, norm_body(array, p, axes, keepdim), (input,), fits)


def _nuclear(input, dim, keepdim):
    """The sum of the singular values of matrices that lie along two dims."""
    axes = (-2, -1) if dim is None else dim
    if input.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    _must_be_float("matrix", input._array)
    if isinstance(axes, int) or len(axes) != 2:
        shown = axes if isinstance(axes, int) else " ".join(map(str, axes))
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {shown}")
    found = singular_values(movedim(input, tuple(axes), (-2, -1))).sum(-1)
    for axis in sorted(check_dim(d, input.ndim) for d in axes) if keepdim else ():
        found = found.unsqueeze(axis)
    return found


def _must_be_float(what, array):
    if array.dtype.kind not in "fc":
        raise RuntimeError(
            f"linalg.{what}_norm: Expected a floating point or complex tensor as input. Got "
            + type_name(array.dtype)
        )


def _check_norm(array, p, axes, whole):
    for axis in axes:
        if not array.shape[axis] and (p < 0 or p == math.inf):
            where = "an empty tensor because the"
            if not whole:
                where = f"the dimension {axis}because this dimension is empty and the"
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {p:g} norm on {where} operation does not "
                "have an identity"
            )


@takes_out
@method("renorm")
def renorm(input, p, dim, maxnorm):
    """Parts along `dim` whose norm of order `p` is above `maxnorm`, shortened to it.

    Mirrors torch.renorm.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("renorm", ["input"], (input,))
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if input.ndim < 2:
        raise RuntimeError(
            f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions"
        )
    dim, input = check_dim(dim, input.ndim), input.contiguous()
    length = norm(input, p, [d for d in range(input.ndim) if d != dim], keepdim=True)
    return input * where(length > maxnorm, maxnorm / (length + 1e-7), 1.0)
