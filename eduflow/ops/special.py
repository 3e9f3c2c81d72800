import math

import numpy as np

from .._core.dispatch import pointwise
from .._core.tensor import method

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


def _erfc_far(y):
    """erfc for y > 0.46875: a ratio times exp(-y * y), whose exponent is split to stay exact."""
    steps = np.trunc(y * 16) / 16
    decay = np.exp(-steps * steps) * np.exp(-(y - steps) * (y + steps))
    inverse = 1 / (y * y)
    tail = (1 / math.sqrt(math.pi) - inverse * _ratio(inverse, _FAR)) / y
    return decay * np.where(y <= 4, _ratio(y, _MIDDLE), tail)


def _erf64(x):
    y = np.minimum(np.abs(x), 30.0)  # beyond, erfc has long been zero
    near = y <= 0.46875
    with np.errstate(all="ignore"):
        far = np.copysign(1 - _erfc_far(np.where(near, 1.0, y)), x)
    return np.where(near, _erf_near(np.where(near, x, 0.0)), far)


def _erfc64(x):
    y = np.minimum(np.abs(x), 30.0)
    near = y <= 0.46875
    far = _erfc_far(np.where(near, 1.0, y))
    return np.where(near, 1 - _erf_near(np.where(near, x, 0.0)), np.where(x < 0, 2 - far, far))


# The rational approximation of Eigen and XLA: erf(x) = x P(x * x) / Q(x * x), for |x| <= 4.
_SHORT_TOP = (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06,
              -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03,
              -1.60960333262415e-02)  # fmt: skip
_SHORT_BOTTOM = (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03,
                 -7.37332916720468e-03, -1.42647390514189e-02)  # fmt: skip


def _erf32(x):
    """In blocks that stay in the processor's cache, which is twice as fast for long arrays."""
    flat = x.reshape(-1)
    result = np.empty_like(flat)
    for at in range(0, flat.size, _BLOCK):
        part = np.clip(flat[at : at + _BLOCK], -4, 4)
        square = part * part
        ratio = _horner(square, _SHORT_TOP) / _horner(square, _SHORT_BOTTOM)
        result[at : at + _BLOCK] = part * ratio
    return result.reshape(x.shape)


_BLOCK = 16384


def _horner(x, coefficients):
    """A polynomial, in the precision of `x`."""
    result = x * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        result = result * x + coefficient
    return result


_SLOPE = 2 / math.sqrt(math.pi)  # of erf at zero


@method("erf")
@pointwise(floats=True)
def erf(input):
    """The error function: how much of a normal distribution lies within sqrt(2) x deviations.

    Exact to a few units in the last place, also in float64. Mirrors torch.erf.
    """
    if input.dtype == np.float32 or input.dtype == np.float16:
        result = _erf32(input.astype(np.float32, copy=False)).astype(input.dtype, copy=False)
    else:
        result = _erf64(input)
    return result, lambda grad: grad * (_SLOPE * np.exp(-input * input))


@method("erfc")
@pointwise(floats=True)
def erfc(input):
    """1 - erf(input), exact also where that is tiny. Mirrors torch.erfc."""
    result = _erfc64(input.astype(np.float64)).astype(input.dtype)
    return result, lambda grad: grad * (-_SLOPE * np.exp(-input * input))


@method("erfinv")
@pointwise(floats=True)
def erfinv(input):
    """The inverse of erf, between -1 and 1. Mirrors torch.erfinv."""
    result = _erfinv64(input.astype(np.float64)).astype(input.dtype)
    return result, lambda grad: grad * (np.exp(result * result) / _SLOPE)


def _erfinv64(x):
    """A first guess (S. Winitzki, 2008), made exact by three of Halley's steps."""
    logarithm = np.log1p(-x * x)
    middle = 2 / (math.pi * 0.147) + logarithm / 2
    y = np.sqrt(np.sqrt(middle * middle - logarithm / 0.147) - middle)
    rest = 1 - np.abs(x)
    for _ in range(3):
        far = np.where(y > 0.46875, rest - _erfc64(y), _erf64(y) - np.abs(x))
        step = far / (_SLOPE * np.exp(-y * y))
        y = y - step / (1 + y * step)
    return np.copysign(np.where(np.abs(x) == 1, np.inf, y), x)
