"""The gradient of resizing: outputs that fall on one input are runs, and those are added up."""

import numpy as np


def collected(grad, axis, taps, size):
    result = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
    before = (slice(None),) * axis
    for indices, weights in taps:
        part = (
            grad
            if weights is None
            else grad * weights.reshape(weights.shape + (1,) * (grad.ndim - 1 - axis))
        )
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
