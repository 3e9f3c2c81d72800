"""Inputs for the pairs (plain form, kernel) of convolution: random, empty, odd, large, float16."""

import numpy as np

from eduflow.nn._functional import conv
from eduflow.nn._functional.conv import Geometry

DTYPES = ["float64", "float32", "float16", "complex128", "int64"]


def _numbers(rng, shape, dtype):
    """Small numbers that float16 holds exactly, in memory that is not always in reading order."""
    array = rng.integers(-4, 5, shape).astype(dtype)
    if dtype.startswith("complex"):
        array = array + 1j * rng.integers(-4, 5, shape)
    return np.asfortranarray(array) if rng.random() < 0.3 else array


def _geometry(rng, dims, groups):
    """How a window moves, at random: padding may be uneven, and stop short of the end."""
    stride, dilation = [tuple(rng.integers(1, 4, dims).tolist()) for _ in range(2)]
    ends = [(int(rng.integers(0, 4)), int(rng.integers(-1, 4))) for _ in range(dims)]
    return Geometry(stride, tuple(ends), dilation, groups)


def _drawn(rng, batch, largest):
    """Sizes of a convolution that has at least one place, as (input, weight, out, how)."""
    while True:
        dims, groups = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        inside, outside = [groups * int(n) for n in rng.integers(1, 4, 2)]
        size = tuple(rng.integers(1, largest if dims < 3 else 7, dims).tolist())
        kernel, how = tuple(rng.integers(1, 5, dims).tolist()), _geometry(rng, dims, groups)
        out = conv.output_size(size, kernel, how)
        if min(out) > 0:
            weight = (outside, inside // groups, *kernel)
            return (batch, inside, *size), weight, (batch, outside, *out), how


def _cases():
    """Shapes and geometries: (input, weight, result, how, dtype)."""
    rng = np.random.default_rng(7)
    for number in range(120):
        batch = (0, 1, 2, 3, 20, 40)[number % 6]
        yield *_drawn(rng, batch, 12), DTYPES[number % len(DTYPES)]
    one = Geometry((1, 1), ((0, 0), (0, 0)), (1, 1))
    for inside, outside in ((0, 2), (2, 0)):  # no channels, no filters
        yield (2, inside, 4, 4), (outside, inside, 3, 3), (2, outside, 2, 2), one, "float32"
    large = Geometry((1, 1), ((1, 1), (1, 1)), (1, 1))
    yield (70, 8, 32, 32), (16, 8, 3, 3), (70, 16, 32, 32), large, "float32"
    wide = Geometry((2, 2), ((2, 2), (2, 2)), (1, 1), 2)
    yield (3, 6, 150, 151), (4, 3, 5, 5), (3, 4, 75, 76), wide, "float64"


def _arguments(take):
    """One tuple of arguments for each case, made by `take(input, weight, grad, how)`."""
    rng = np.random.default_rng(8)
    for *shapes, how, dtype in _cases():
        yield take(*[_numbers(rng, shape, dtype) for shape in shapes], how)


# name: (function with a kernel, what makes its arguments)
CONV = {
    "convolve": (conv.convolve, lambda: _arguments(lambda x, w, grad, how: (x, w, how))),
    "weight_gradient": (
        conv.weight_gradient,
        lambda: _arguments(lambda x, w, grad, how: (grad, x, w.shape[2:], how)),
    ),
    "input_gradient": (
        conv.input_gradient,
        lambda: _arguments(lambda x, w, grad, how: (grad, w, x.shape[2:], how)),
    ),
}
