"""The gamma function's logarithm and what is derived from it: lgamma, digamma, polygamma, zeta."""

import math

import numpy as np

from .._core import dtype as dtypes
from .._core.calls import answering
from .._core.dispatch import Kind, finish, must_be_tensor, pointwise, takes_out, two_way
from .._core.dtype import get_default_dtype
from .._core.keeping import relying
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method
from .._words.operands import refuse_kinds

# Bernoulli's numbers B2, B4, ...: the terms of the series for large x.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_LARGE = 10.0  # from here on the series are exact


def _log_gamma(x):
    """math.lgamma of one number; inf where the gamma function has a pole, or is too large."""
    if x == -math.inf or (x <= 0 and x == math.floor(x)):
        return math.inf
    try:
        return math.lgamma(x)
    except OverflowError:
        return math.inf


@method("lgamma")
@pointwise(floats=True)
def lgamma(input):
    """The logarithm of the gamma function's absolute value; inf at its poles.

    Mirrors torch.lgamma.
    """
    refuse_kinds("lgamma_vml_cpu", input)
    found = np.fromiter(map(_log_gamma, input.ravel().tolist()), np.float64, input.size)
    result = found.reshape(input.shape).astype(input.dtype)
    return result, lambda grad: grad * slope_of_order(input, order=0)


@two_way(node="PolygammaBackward0")
def slope_of_order(input, *, order):
    """The derivative of digamma of this order, itself with `order` 0, inside derivatives."""
    wide = input.astype(np.float64)
    result = np.asarray(_polygamma(order, wide)).astype(input.dtype)
    return result, lambda grad: grad * slope_of_order(input, order=order + 1)


def _polygamma(order, x):
    if order == 0:
        return _digamma(x)
    if order == 1:
        return _trigamma(x)
    sign = 1 if order % 2 else -1
    return sign * math.factorial(order) * zeta_values(np.float64(order + 1), x)


def _digamma(x):
    """Steps up to where the series holds; below zero by reflection. -inf or inf at 0."""
    below = x < 0
    y = np.where(below, 1 - x, x)
    result = np.zeros_like(y)
    for _ in range(int(_LARGE)):
        small = y < _LARGE
        result = np.where(small, result - 1 / y, result)
        y = np.where(small, y + 1, y)
    square = 1 / (y * y)
    series = sum(b / (2 * k) * square**k for k, b in enumerate(_BERNOULLI, 1))
    result = result + np.log(y) - 0.5 / y - series
    turned = result - math.pi / np.tan(math.pi * np.fmod(x, 1))
    result = np.where(below, np.where(x == np.floor(x), np.nan, turned), result)
    return np.where(x == 0, np.copysign(np.inf, -x), result)


def _trigamma(x):
    """The derivative of digamma."""
    below = x < 0.5
    y = np.where(below, 1 - x, x)
    result = np.where(np.isinf(y), 0, zeta_values(np.float64(2), y))
    sine = np.sin(math.pi * np.fmod(x, 1))
    return np.where(below, (math.pi / sine) ** 2 - result, result)


def zeta_values(s, q):
    """Hurwitz' zeta: the sum of (q + k) ** -s over k = 0, 1, ..., by Euler and Maclaurin.

    inf at s = 1 and at q = 0, -1, ..., nan for s < 1, and below zero unless s is whole.
    """
    s, q = np.broadcast_arrays(np.asarray(s, np.float64), np.asarray(q, np.float64))
    lost = (s < 1) | ((q <= 0) & (s != np.floor(s))) | np.isnan(q) | np.isnan(s)
    pole = (s == 1) | ((q <= 0) & (q == np.floor(q)))
    sane = ~(lost | pole)
    a, power = np.where(sane, q, 1.0), np.where(sane, s, 2.0)
    result = np.zeros_like(a)
    while (a < _LARGE).any():
        small = a < _LARGE
        result = np.where(small, result + a**-power, result)
        a = np.where(small, a + 1, a)
    term = a**-power
    result = result + a * term / (power - 1) + term / 2
    factor = power * term / a
    for k, b in enumerate(_BERNOULLI, 1):
        result = result + b / math.factorial(2 * k) * factor
        factor = factor * (power + 2 * k - 1) * (power + 2 * k) / (a * a)
    return np.where(lost, np.where(s == 1, np.inf, np.nan), np.where(pole, np.inf, result))


@method("digamma")
@pointwise(floats=True)
def digamma(input):
    """The derivative of lgamma; nan at -1, -2, ... Mirrors torch.digamma."""
    refuse_kinds("digamma", input)
    result = np.asarray(_digamma(input.astype(np.float64))).astype(input.dtype)
    return result, lambda grad: grad * slope_of_order(input, order=1)


_POLYGAMMA = Kind("PolygammaBackward0", ["input"], operation="polygamma")


@answering
@quiet
def polygamma(n, input, *, out=None):
    """The derivative of digamma of order `n`. RuntimeError unless n >= 0.

    Mirrors torch.polygamma.
    """
    if not isinstance(input, Tensor):
        raise TypeError(
            f"polygamma(): argument 'input' (position 2) must be Tensor, not {type(input).__name__}"
        )
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    array = input._array
    wide = array if array.dtype.kind == "f" else array.astype(get_default_dtype().numpy)
    refuse_kinds({0: "digamma", 1: "trigamma"}.get(n, "polygamma"), array)
    fits = None if wide is array else [(array.shape, array.dtype)]
    return finish(_POLYGAMMA, slope_of_order.__wrapped__(wide, order=n), (input,), fits, out)


@method("polygamma")
def polygamma_of(tensor, n):
    """See `polygamma`."""
    return polygamma(n, tensor)


@takes_out
@method("mvlgamma")
def mvlgamma(input, p):
    """The logarithm of the gamma function of `p` dims. Mirrors torch.mvlgamma."""
    if not isinstance(input, Tensor):
        must_be_tensor("mvlgamma", ["input"], (input,))
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    if input.dtype is dtypes.bool:
        raise RuntimeError("The input tensor may not be a boolean tensor.")
    refuse_kinds("arange_cpu", input._array)
    wide = input if input.is_floating_point() else input.to(get_default_dtype())
    result = wide * 0 + p * (p - 1) / 4 * math.log(math.pi)
    for step in range(p):
        result = result + lgamma(wide - step / 2)
    return relying(result, input)


@pointwise(floats=True)
def special_zeta(input, other):
    """Hurwitz' zeta of the exponent `input` from `other` on. Mirrors torch.special.zeta."""
    return zeta_values(input, other).astype(input.dtype)
