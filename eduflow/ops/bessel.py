"""Modified Bessel functions: i0, i1, and those divided by exp(|x|), i0e, i1e."""

import math

import numpy as np

from .._core.dispatch import pointwise, two_way
from .._core.tensor import method
from .._words.operands import refuse_kinds
from .choose import choose

# Up to here by the mean over angles, which is exact with so many; from there on by the series.
_LARGE = 30.0
_ANGLES = np.cos((np.arange(24) + 0.5) * math.pi / 48)


def _scaled(order, x):
    """exp(-|x|) times the modified Bessel function of order 0 or 1."""
    y = np.abs(x)
    small = np.minimum(y, _LARGE)[..., None] * _ANGLES
    fall = np.exp(small - np.minimum(y, _LARGE)[..., None])
    if order == 0:
        near = (fall * (1 + np.exp(-2 * small)) / 2).mean(-1)
    else:
        near = (fall * -np.expm1(-2 * small) / 2 * _ANGLES).mean(-1)
    far, term, large = np.ones_like(y), np.ones_like(y), np.maximum(y, _LARGE)
    for k in range(1, 20):
        term = -term * (4 * order - (2 * k - 1) ** 2) / (8 * k * large)
        far = far + term
    far = far / np.sqrt(2 * math.pi * large)
    found = np.where(y <= _LARGE, near, far)
    return np.copysign(found, x) if order else found


@two_way
def _bessel(input, *, order, scaled):
    """The function, divided by exp(|x|) if `scaled`; its derivative is made of the same ones."""

    def derivative(grad):
        other = _bessel(input, order=1 - order, scaled=scaled)
        slope = other - order * choose(input == 0, 0.5 * order, result / _nonzero(input))
        return grad * (slope - np.sign(input) * result if scaled else slope)

    wide = input.astype(np.float64)
    value = _scaled(order, wide)
    result = np.asarray(value if scaled else value * np.exp(np.abs(wide))).astype(input.dtype)
    if order == 0 and not scaled:  # then the derivative needs no more than its input
        return result, lambda grad: grad * _bessel(input, order=1, scaled=False)
    return result, derivative


def _nonzero(x):
    return choose(x == 0, 1.0, x)


@method("i0")
@pointwise(floats=True)
def i0(input):
    """The modified Bessel function of order 0. Mirrors torch.i0."""
    refuse_kinds("i0_vml_cpu", input)
    return _bessel.__wrapped__(input, order=0, scaled=False)


@pointwise(floats=True)
def special_i0e(input):
    """i0(input) * exp(-|input|), which stays in range. Mirrors torch.special.i0e."""
    return _bessel.__wrapped__(input, order=0, scaled=True)


@pointwise(floats=True)
def special_i1(input):
    """The modified Bessel function of order 1. Mirrors torch.special.i1."""
    return _bessel.__wrapped__(input, order=1, scaled=False)


@pointwise(floats=True)
def special_i1e(input):
    """i1(input) * exp(-|input|), which stays in range. Mirrors torch.special.i1e."""
    return _bessel.__wrapped__(input, order=1, scaled=True)
