# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% window-highest
"""The largest elements of windows: which they are, where they stand, and the way back."""

import numpy as np

from ...two_way import two_way
from .pooling_windows import along, blocks, flat, sizes


def _highest(x, windows, axis):
    """The largest element of each window along one dim, and its number inside the window."""
    steps = list(windows.steps())
    if windows.tiles and windows.kernel > 1:
        (_, _, left), (_, _, right) = steps[:2]
        left, right, steps = x[along(axis, left)], x[along(axis, right)], steps[2:]
        best, which = np.maximum(left, right), (right > left).view(np.uint8)
    else:
        best, which = _nothing_yet(x, windows, axis)
    which = which.astype(np.int64) if windows.kernel > 256 else which
    for j, outs, ins in steps:
        place, candidate = best[along(axis, outs)], x[along(axis, ins)]
        _note(which[along(axis, outs)], j, candidate > place)
        np.maximum(place, candidate, out=place)
    if x.dtype.kind == "f" and np.isnan(best).any():
        _take_last_nan(x, windows, axis, which)
    return best, which


# %% window-highest-start
def _nothing_yet(x, windows, axis):
    """The least there is, and for each window the number of its first place inside."""
    shape, ndim = list(x.shape), x.ndim
    shape[axis] = windows.count
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    first = -(windows.begins() // windows.dilation) * (windows.begins() < 0)
    which = np.empty(shape, np.uint8)
    which[...] = first.reshape([-1 if i == ndim + axis else 1 for i in range(ndim)])
    return np.full(shape, least, x.dtype), which


def _take_last_nan(x, windows, axis, which):
    """Where a window has a nan, its last nan is what was picked."""
    for j, outs, ins in windows.steps():
        _note(which[along(axis, outs)], j, np.isnan(x[along(axis, ins)]))


def _note(which, j, better):
    """Put `j` where it is better. No higher number stands there yet, so a maximum does it."""
    np.maximum(which, better.view(np.uint8) * which.dtype.type(j), out=which)


# %% window-maxima
class Maxima:
    """The largest elements of all windows of an array, and where they stand.

    `result` holds them. `winners` has for each block of images the arrays `which`, one for each
    dim, the last dim's first; `windows` are those of the last dims, in order.
    """

    def __init__(self, array, windows):
        dims = self.dims = len(windows)
        self.windows, self.shape = windows, array.shape
        self.result = np.empty((*array.shape[:-dims], *sizes(windows)), array.dtype)
        source, target = flat(array, dims), flat(self.result, dims)
        self.blocks, self.winners = blocks(source), []
        for block in self.blocks:
            part, found = source[block], []
            for axis in range(-1, -dims - 1, -1):
                part, which = _highest(part, windows[axis], axis)
                found.append(which)
            target[block] = part
            self.winners.append(found)

    def indices(self):
        """The number of each largest element, counted in reading order over the last dims."""
        result = np.zeros(self.result.shape, np.int64)
        for block, found in zip(self.blocks, self.winners):
            part = flat(result, self.dims)[block]
            key = list(np.ogrid[tuple(slice(size) for size in part.shape)])
            for axis, which, windows in zip(range(-self.dims, 0), found[::-1], self.windows):
                begin = windows.begins()[key[axis]]
                key[axis] = begin + which[tuple(key)].astype(np.int64) * windows.dilation
                np.add(part * windows.size, key[axis], out=part)
        return result


# %% window-place
def _put(grad, which, windows, axis):
    """`grad` at the places of the largest elements along one dim, zeros elsewhere."""
    shape = list(grad.shape)
    shape[axis] = windows.size
    result = (np.empty if windows.tiles else np.zeros)(shape, grad.dtype)
    finite = np.isfinite(grad.sum())  # infinity times zero would be nan
    for j, outs, ins in windows.steps():
        chosen, part = which[along(axis, outs)] == j, grad[along(axis, outs)]
        place = result[along(axis, ins)]
        if windows.tiles and finite:
            np.multiply(part, chosen, out=place)
        else:
            part = part * chosen if finite else np.where(chosen, part, part.dtype.type(0))
            np.add(0 if windows.tiles else place, part, out=place)
    return result


def _get(x, which, windows, axis):
    """The elements of `x` at the places of the largest elements along one dim."""
    result = np.empty(which.shape, x.dtype)
    for j, outs, ins in windows.steps():
        chosen = which[along(axis, outs)] == j
        np.copyto(result[along(axis, outs)], x[along(axis, ins)], where=chosen)
    return result


# %% window-place-all
@two_way
def place_maxima(grad, *, maxima):
    """Each gradient at the place of its largest element: the derivative of taking them."""
    result, dims = np.empty(maxima.shape, grad.dtype), maxima.dims
    source, target = flat(grad, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for axis, which in zip(range(-dims, 0), found[::-1]):
            part = _put(part, which, maxima.windows[axis], axis)
        target[block] = part
    return result, lambda outer: pick_maxima(outer, maxima=maxima)


@two_way
def pick_maxima(x, *, maxima):
    """The elements of `x` that stand where the largest elements stood."""
    result, dims = np.empty(maxima.result.shape, x.dtype), maxima.dims
    source, target = flat(x, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for axis, which in zip(range(-1, -dims - 1, -1), found):
            part = _get(part, which, maxima.windows[axis], axis)
        target[block] = part
    return result, lambda grad: place_maxima(grad, maxima=maxima)


# %% public names
__all__ = ["Maxima", "pick_maxima", "place_maxima"]
