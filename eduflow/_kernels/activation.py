"""GELU by a polynomial in a hyperbolic tangent, in blocks that stay in the processor's cache."""

import math

import numpy as np

from .buffers import buffer
from .special import error_function

_AT_A_TIME = 1 << 15
_ROOT_HALF, _NORMAL_TOP = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
# The chance that a normal number is below x is (1 + tanh(x * p(x * x))) / 2. This p errs by less
# than 3e-8 in the chance, half of float32's rounding: the largest error over all x is the smallest
# that six powers can have. Beyond _END the chance is 0 or 1, in float32.
_POWERS = np.array(
    [
        0.7978849414816104,
        0.0363330844649878,
        -3.259483793750475e-05,
        -5.530625895054679e-05,
        3.964757741415388e-06,
        -1.3226450824927353e-07,
        1.7562062780648296e-09,
    ],
    np.float32,
)
_END = 5.7


def gelu_values(x):
    """See nn._functional.activation.gelu_values."""
    if x.dtype == np.float64:
        return x * (0.5 * (1 + error_function(x * _ROOT_HALF)))
    return _in_blocks(x, lambda part, below, out: np.multiply(below, part, out=out))


def gelu_slopes(x):
    """See nn._functional.activation.gelu_slopes."""
    if x.dtype == np.float64:
        below = 0.5 * (1 + error_function(x * _ROOT_HALF))
        return below + x * (np.exp(-0.5 * x * x) * _NORMAL_TOP)
    return _in_blocks(x, _slope)


def _slope(part, below, out):
    """The chance, plus x times the density; infinite numbers have no slope, but nan."""
    np.multiply(part, part, out=out)
    out *= -0.5
    np.exp(out, out=out)
    out *= part
    out *= _NORMAL_TOP
    out += below


def _in_blocks(x, finish):
    """`finish(numbers, chances to be below them, out)` for some of the numbers at a time."""
    flat = x.reshape(-1).astype(np.float32, copy=False)
    result = buffer(flat.shape, flat.dtype)
    room = np.empty((2, min(flat.size, _AT_A_TIME)), np.float32)
    end = np.full(room.shape[1], _END * _END, np.float32)  # NumPy compares two arrays faster
    with np.errstate(over="ignore", invalid="ignore"):  # infinite numbers, as they should be
        for start in range(0, flat.size, _AT_A_TIME):
            part, out = flat[start : start + _AT_A_TIME], result[start : start + _AT_A_TIME]
            square, below = room[:, : part.size]
            np.minimum(np.multiply(part, part, out=square), end[: part.size], out=square)
            np.multiply(square, _POWERS[-1], out=below)
            for power in _POWERS[-2:0:-1]:
                below += power
                below *= square
            below += _POWERS[0]
            below *= part
            np.tanh(below, out=below)
            below *= 0.5
            below += 0.5
            finish(part, below, out)
    return result.reshape(x.shape).astype(x.dtype, copy=False)
