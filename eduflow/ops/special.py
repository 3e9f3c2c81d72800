"""The error function and its kin: erf, erfc, erfcx, erfinv, ndtr, log_ndtr, ndtri, entr."""

import functools
import math

import numpy as np

from .._core.dispatch import pointwise
from .._core.layout import single
from .._core.tensor import Tensor, method
from .._kernels import kernel
from .._words.operands import refuse_kinds
from .choose import choose

# Rational approximations by W. J. Cody, "Rational Chebyshev Approximations for the Error Function",
# Mathematics of Computation 23 (1969); powers fall from left to right.
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3,
     2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3,
     1.23033935480374942e3),
)  # fmt: skip
_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip


def _ratio(x, polynomials):
    return np.polyval(polynomials[0], x) / np.polyval(polynomials[1], x)


def _erf_near(x):
    """erf for |x| <= 0.46875."""
    return x * _ratio(x * x, _NEAR)


def _tail(y):
    """erfc(y) * exp(y * y) for y > 0.46875."""
    inverse = 1 / (y * y)
    tail = (1 / math.sqrt(math.pi) - inverse * _ratio(inverse, _FAR)) / y
    return np.where(y <= 4, _ratio(y, _MIDDLE), tail)


def _erfc_far(y):
    """erfc for y > 0.46875: the tail times exp(-y * y), whose exponent is split to stay exact."""
    steps = np.trunc(y * 16) / 16
    return np.exp(-steps * steps) * np.exp(-(y - steps) * (y + steps)) * _tail(y)


def _erfcx64(x):
    """erfc(x) * exp(x * x): the tail; near zero, and below, by its definition."""
    y = np.abs(x)
    near = y <= 0.46875
    far = _tail(np.where(near, 1.0, y))
    middle = np.exp(np.minimum(x * x, 1)) * (1 - _erf_near(np.where(near, x, 0.0)))
    return np.where(near, middle, np.where(x < 0, 2 * np.exp(x * x) - far, far))


def _erfc64(x):
    y = np.minimum(np.abs(x), 30.0)
    near = y <= 0.46875
    far = _erfc_far(np.where(near, 1.0, y))
    return np.where(near, 1 - _erf_near(np.where(near, x, 0.0)), np.where(x < 0, 2 - far, far))


_SLOPE = 2 / math.sqrt(math.pi)  # of erf at zero
_GRID = 512  # exact values of erf, so many for each unit; from 6 on it is 1


@functools.cache
def _known():
    """Where erf is known, its values there, and its slopes."""
    places = np.arange(6 * _GRID + 1) / _GRID
    return places, np.array([math.erf(x) for x in places]), _SLOPE * np.exp(-(places**2))


@kernel
def error_function(x):
    """erf: an exact value nearby, and a Taylor step of five terms from there. Takes an array."""
    places, values, slopes = [known.astype(x.dtype) for known in _known()]
    size = np.minimum(np.abs(x), 6)
    nearest = np.rint(np.nan_to_num(size) * _GRID).astype(np.int16)
    x0 = places[nearest]
    t, square = size - x0, x0 * x0
    fifth = (4 * square * square - 12 * square + 3) / 30
    bend = x0 - t * ((2 * square - 1) / 3 + t * (x0 * (3 - 2 * square) / 6 + t * fifth))
    return np.copysign(values[nearest] + slopes[nearest] * t * (1 - t * bend), x)


@method("erf")
@pointwise(floats=True)
def erf(input):
    """The error function: how much of a normal distribution lies within sqrt(2) x deviations.

    Exact to a few units in the last place, also in float64. Mirrors torch.erf.
    """
    result = error_function(single(input)).astype(input.dtype, copy=False)
    return result, lambda grad: grad * (_SLOPE * np.exp(-input * input))


@method("erfc")
@pointwise(floats=True)
def erfc(input):
    """1 - erf(input), exact also where that is tiny. Mirrors torch.erfc."""
    refuse_kinds("erfc_vml_cpu", input)
    result = _erfc64(input.astype(np.float64)).astype(input.dtype)
    return result, lambda grad: grad * (-_SLOPE * np.exp(-input * input))


@method("erfinv")
@pointwise(floats=True)
def erfinv(input):
    """The inverse of erf, between -1 and 1. Mirrors torch.erfinv."""
    refuse_kinds("erfinv_vml_cpu", input)
    result = _erfinv64(input.astype(np.float64)).astype(input.dtype)

    def derivative(grad):
        root = erfinv(input) if isinstance(input, Tensor) else _erfinv64(input).astype(input.dtype)
        return grad * (np.exp(root * root) / _SLOPE)

    return result, derivative


def _erfinv64(x):
    """A first guess (S. Winitzki, 2008), made exact by three of Halley's steps."""
    logarithm = np.log1p(-x * x)
    middle = 2 / (math.pi * 0.147) + logarithm / 2
    y = np.sqrt(np.sqrt(middle * middle - logarithm / 0.147) - middle)
    rest = 1 - np.abs(x)
    for _ in range(3):
        far = np.where(y > 0.46875, rest - _erfc64(y), error_function(y) - np.abs(x))
        step = far / (_SLOPE * np.exp(-y * y))
        y = y - step / (1 + y * step)
    return np.copysign(np.where(np.abs(x) == 1, np.inf, y), x)


@pointwise(floats=True)
def special_erfcx(input):
    """erfc(input) * exp(input ** 2), which stays in range. Mirrors torch.special.erfcx."""
    result = _erfcx64(input.astype(np.float64)).astype(input.dtype)
    return result, lambda grad: grad * (2 * input * result - _SLOPE)


@pointwise(floats=True)
def special_ndtr(input):
    """How likely a standard normal number is at most `input`. Mirrors torch.special.ndtr."""
    result = 0.5 * _erfc64(-input.astype(np.float64) / math.sqrt(2))
    return result.astype(input.dtype), lambda grad: grad * _bell(input)


def _bell(x):
    """The density of standard normal numbers, for arrays and tensors."""
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


@pointwise(floats=True)
def special_log_ndtr(input):
    """The logarithm of ndtr, exact also where that is tiny. Mirrors torch.special.log_ndtr."""
    result = _log_ndtr64(input.astype(np.float64)).astype(input.dtype)

    def derivative(grad):
        return grad * np.exp(-input * input / 2 - result) / math.sqrt(2 * math.pi)

    return result, derivative


def _log_ndtr64(x):
    low = x < -1
    y = np.where(low, -x, 1.0) / math.sqrt(2)
    far = np.log(_erfcx64(y) / 2) - y * y
    return np.where(low, far, np.log1p(-_erfc64(np.where(low, 0.0, x) / math.sqrt(2)) / 2))


@pointwise(floats=True)
def special_ndtri(input):
    """The inverse of ndtr: -inf at 0, inf at 1. Mirrors torch.special.ndtri."""
    result = np.asarray(_ndtri64(input.astype(np.float64))).astype(input.dtype)
    slope = math.sqrt(2 * math.pi)
    return result, lambda grad: grad * (slope * np.exp(result * result / 2))


def _ndtri64(p):
    """In the middle by erfinv; outside by Newton's steps on log_ndtr."""
    tail = np.minimum(p, 1 - p)
    outside = (tail > 0) & (tail < 0.05)
    wanted = np.log(np.where(outside, tail, 0.05))
    x = -np.sqrt(np.maximum(-2 * wanted - np.log(-4 * math.pi * wanted), 0.1))
    for _ in range(6):
        now = _log_ndtr64(x)
        x = x - (now - wanted) * np.exp(now + x * x / 2) * math.sqrt(2 * math.pi)
    middle = math.sqrt(2) * _erfinv64(np.where(outside, 0.0, 2 * p - 1))
    return np.where(outside, np.where(p < 0.5, x, -x), middle)


@pointwise(floats=True)
def special_entr(input):
    """-input * log(input), 0 at 0 and -inf below. Mirrors torch.special.entr."""
    product = np.where(input > 0, -input * np.log(np.where(input > 0, input, 1)), -np.inf)
    result = np.where(input == 0, 0, np.where(np.isnan(input), input, product))
    return result.astype(input.dtype), lambda grad: grad * (-np.log(input) - 1)


@pointwise(floats=True)
def special_xlog1py(input, other):
    """`input * log1p(other)`, and 0 where `input` is 0. Mirrors torch.special.xlog1py."""
    product = np.where((input == 0) & ~np.isnan(other), 0.0, input * np.log1p(other))

    def d_input(grad):
        return grad * choose((input == 0) & (other <= -1), 0.0, np.log1p(other))

    return product.astype(input.dtype), d_input, lambda grad: grad * input / (other + 1)
