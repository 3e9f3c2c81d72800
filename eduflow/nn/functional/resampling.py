# Built by lessons/08_transposed_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% taps-pick
"""Resizing one dim after the other: which inputs each output is made of, and in what shares."""

import numpy as np

from ...two_way import two_way


def _along(axis, ndim, weights):
    """`weights` in a shape that multiplies along `axis`."""
    return weights.reshape(weights.shape + (1,) * (ndim - 1 - axis))


def _picked(x, axis, taps):
    """Each output along `axis`: the sum over `taps` of one input times its weight (None is 1)."""
    total = None
    for indices, weights in taps:
        part = x.take(indices, axis)
        if weights is not None:
            part = part * _along(axis, x.ndim, weights)
        total = part if total is None else total + part
    return total


# %% taps-collect
def _collected(grad, axis, taps, size):
    """The gradient of an input of `size` along `axis`, from that of the outputs."""
    result = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
    before = (slice(None),) * axis
    for indices, weights in taps:
        part = grad if weights is None else grad * _along(axis, grad.ndim, weights)
        starts = np.flatnonzero(np.diff(indices, prepend=-1))
        lengths = np.diff(starts, append=len(indices))
        if lengths.max() > 8:
            result[(*before, indices[starts])] += np.add.reduceat(part, starts, axis)
            continue
        for step in range(lengths.max()):  # for short runs several times as fast
            some = starts[lengths > step]
            source, place = _evenly(some + step), _evenly(indices[some])
            even = isinstance(source, slice)
            more = part[(*before, source)] if even else part.take(source, axis)
            result[(*before, place)] += more
    return result


def _evenly(indices):
    """Rising indices as a slice if their distances are equal: NumPy moves those faster."""
    step = indices[1] - indices[0] if len(indices) > 1 else 1
    last = indices[0] + step * (len(indices) - 1)
    even = np.array_equal(indices, np.arange(indices[0], last + 1, step))
    return slice(indices[0], last + 1, step) if even else indices


@two_way
def resampled(x, *, plan):
    """`x` resized along the dims in `plan`, a list of (axis, size before, taps)."""
    for axis, _, taps in reversed(plan):
        x = _picked(x, axis, taps)
    return x, lambda grad: resampled_back(grad, plan=plan)


@two_way
def resampled_back(grad, *, plan):
    """The gradient of `resampled`. Both are linear, so each is the derivative of the other."""
    for axis, size, taps in plan:
        grad = _collected(grad, axis, taps, size)
    return grad, lambda outer: resampled(outer, plan=plan)


# %% where-nearest
def nearest_taps(size, wanted, factor, shift=0.0):
    """One tap: the input that output i falls on; `shift` is 0.5 for nearest-exact."""
    outputs = np.arange(wanted, dtype="f4")
    scale = np.float32(1 / factor) if factor else np.float32(size) / np.float32(wanted)
    places = np.floor((outputs + np.float32(shift)) * scale)
    return [(np.minimum(places.astype(int), size - 1), None)]


def _places(size, wanted, factor, align_corners, dtype):
    """Where the outputs lie in the input, as numbers with a fraction."""
    outputs = np.arange(wanted, dtype=dtype)
    if align_corners:
        return outputs * (dtype.type(size - 1) / dtype.type(max(wanted - 1, 1)))
    scale = dtype.type(1 / factor) if factor else dtype.type(size) / dtype.type(wanted)
    return scale * (outputs + dtype.type(0.5)) - dtype.type(0.5)


# %% where-smooth
def linear_taps(size, wanted, factor, align_corners, dtype):
    """Two taps, with shares that add up to 1."""
    if wanted == size:
        return [(np.arange(size), None)]
    places = np.maximum(_places(size, wanted, factor, align_corners, dtype), 0)
    low = np.minimum(places.astype(int), size - 1)
    share = np.clip(places - low, 0, 1).astype(dtype)
    return [(low, 1 - share), (np.minimum(low + 1, size - 1), share)]


def _near(x):
    """The weight of a point at distance x, up to 1."""
    return (1.25 * x - 2.25) * x * x + 1


def _far(x):
    """The weight of a point at distance x, from 1 to 2."""
    return ((-0.75 * x + 3.75) * x - 6) * x + 3


def cubic_taps(size, wanted, factor, align_corners, dtype):
    """Four taps, of which the outer two count negatively."""
    places = _places(size, wanted, factor, align_corners, dtype)
    low = np.minimum(np.floor(places), size - 1)
    share = np.clip(places - low, 0, 1)
    weights = [_far(share + 1), _near(share), _near(1 - share), _far(2 - share)]
    return [
        (np.clip(low + step, 0, size - 1).astype(int), weight.astype(dtype))
        for step, weight in zip((-1, 0, 1, 2), weights)
    ]


# %% public names
__all__ = ["cubic_taps", "linear_taps", "nearest_taps", "resampled", "resampled_back"]
