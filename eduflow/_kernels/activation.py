"""GELU from tables, in blocks that stay in the processor's cache."""

import functools
import math

import numpy as np

from .buffers import buffer
from .special import error_function

_AT_A_TIME = 1 << 14
_FINE, _END = 2048, 6  # values for each unit, from -6 to 6: outside float32 knows only 0 and 1
_ROOT_HALF, _NORMAL_TOP = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


def gelu_values(x):
    """See nn._functional.activation.gelu_values."""
    if x.dtype == np.float64:
        return x * (0.5 * (1 + error_function(x * _ROOT_HALF)))
    return _looked_up(x, 0, lambda part, found: np.multiply(found, part, out=found))


def gelu_slopes(x):
    """See nn._functional.activation.gelu_slopes."""
    if x.dtype == np.float64:
        below = 0.5 * (1 + error_function(x * _ROOT_HALF))
        return below + x * (np.exp(-0.5 * x * x) * _NORMAL_TOP)
    # Infinite numbers have no slope: what is added is nan for them, and 0 for all others.
    return _looked_up(x, 1, lambda part, found: np.add(found, part - part, out=found))


@functools.cache
def _tables():
    """Two pairs of a function and its slope: the chance to be below x, and the slope of GELU."""
    x = np.arange(-_END * _FINE, _END * _FINE + 1) / _FINE
    below = np.array([0.5 * (1 + math.erf(place * _ROOT_HALF)) for place in x.tolist()])
    density = np.exp(-0.5 * x * x) * _NORMAL_TOP
    pairs = [[below, density], [below + x * density, (2 - x * x) * density]]
    for values, slopes in pairs:
        values[[0, -1]], slopes[[0, -1]] = (0, 1), 0
    return np.array(pairs, np.float32)


def _looked_up(x, which, finish):
    """A tabled function of all numbers, one step along its slope from the nearest place.

    Then `finish(numbers, values)` changes these values, for some of the numbers at a time.
    """
    values, slopes = _tables()[which]
    flat = x.reshape(-1).astype(np.float32, copy=False)
    result = buffer(flat.shape, flat.dtype)
    room = np.empty((2, min(flat.size, _AT_A_TIME)), np.float32)
    numbers = np.empty(room.shape[1], np.intp)
    with np.errstate(invalid="ignore"):  # nan has no place; it is still nan in the end
        for start in range(0, flat.size, _AT_A_TIME):
            part, found = flat[start : start + _AT_A_TIME], result[start : start + _AT_A_TIME]
            (t, other), places = room[:, : part.size], numbers[: part.size]
            np.multiply(np.clip(part, -_END, _END, out=t), _FINE, out=t)
            np.rint(t, out=other)
            np.subtract(t, other, out=t)
            np.add(other, _END * _FINE, out=places, casting="unsafe")
            t *= np.float32(1 / _FINE)
            t *= slopes.take(places, out=other, mode="clip")
            np.add(values.take(places, out=other, mode="clip"), t, out=found)
            finish(part, found)
    return result.reshape(x.shape).astype(x.dtype, copy=False)
