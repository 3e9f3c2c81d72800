# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% window-stage
"""The largest elements of windows: which they are, where they stand, and the way back."""

import itertools
import math

import numpy as np

from ...buffers import buffer
from ...two_way import two_way
from .pooling_windows import blocks, flat, sizes

_DIRECT = 16  # steps up to which windows are looked through at once, not dim by dim


class _Stage:
    """Windows along some neighbouring dims, which are counted from the end, at once.

    `steps` has for each place in a window its number, the windows that have such a place, and
    these places, as keys of arrays.
    """

    def __init__(self, windows, first):
        self.windows, self.axes = windows, range(first, first + len(windows))
        self.kernel = [w.kernel for w in windows]
        self.tiles = all(w.tiles for w in windows)
        self.steps = [self._step(dims) for dims in itertools.product(*[w.steps() for w in windows])]
        self.numbers = np.min_scalar_type(max(math.prod(self.kernel) - 1, 0))

    def _step(self, dims):
        numbers, outs, ins = zip(*dims)
        behind = [slice(None)] * (-1 - self.axes[-1])
        number = 0
        for j, size in zip(numbers, self.kernel):
            number = number * size + j
        return number, (..., *outs, *behind), (..., *ins, *behind)

    def shape(self, shape, count=True):
        """`shape` with the sizes of these dims put in."""
        shape = list(shape)
        shape[self.axes[0] : self.axes[-1] + 1 or None] = sizes(self.windows, count)
        return shape


# %% window-stages
def _stages(windows):
    """All dims at once where that is less to look at; otherwise one by one, the last dim first."""
    steps, places, one_by_one = 1, math.prod(sizes(windows, False)), 0
    for w in reversed(windows):
        steps *= len(list(w.steps()))
        places = places // w.size * w.count
        one_by_one += places * w.kernel
    if steps <= _DIRECT and math.prod([w.kernel * w.count for w in windows]) <= one_by_one:
        return [_Stage(windows, -len(windows))]
    return [_Stage([w], i - len(windows)) for i, w in reversed(list(enumerate(windows)))]


# %% window-highest
def _highest(x, stage):
    """The largest element of each window of a stage, and its number inside the window."""
    steps = stage.steps
    if stage.tiles and steps:
        best, steps = x[steps[0][2]].copy(), steps[1:]
        which = np.zeros(best.shape, stage.numbers)
    else:
        best, which = _nothing_yet(x, stage)
    for number, outs, ins in steps:
        candidate, place = np.ascontiguousarray(x[ins]), best[outs]
        _note(which[outs], number, candidate > place)
        np.maximum(place, candidate, out=place)
    if x.dtype.kind == "f" and np.isnan(best).any():
        for number, outs, ins in stage.steps:  # of several nans, the last one is picked
            _note(which[outs], number, np.isnan(x[ins]))
    return best, which


def _nothing_yet(x, stage):
    """The least there is, and for each window the number of its first place inside."""
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    which = np.zeros(stage.shape(x.shape), stage.numbers)
    for axis, size, windows in zip(stage.axes, stage.kernel, stage.windows):
        first = -(windows.begins() // windows.dilation) * (windows.begins() < 0)
        which *= stage.numbers.type(size)
        which += first.astype(stage.numbers).reshape(-1, *[1] * (-1 - axis))
    return np.full(which.shape, least, x.dtype), which


def _note(which, number, better):
    """Put `number` where it is better. No higher one stands there yet, so a maximum does it."""
    np.maximum(which, better.view(np.uint8) * which.dtype.type(number), out=which)


# %% window-maxima
class Maxima:
    """The largest elements of all windows of an array, and where they stand.

    `result` holds them. `winners` has for each block of images the arrays `which`, one for each
    stage; `windows` are those of the last dims, in order.
    """

    def __init__(self, array, windows):
        dims = self.dims = len(windows)
        self.stages, self.shape = _stages(windows), array.shape
        self.result = buffer((*array.shape[:-dims], *sizes(windows)), array.dtype)
        source, target = flat(array, dims), flat(self.result, dims)
        self.blocks, self.winners = blocks(source), []
        for block in self.blocks:
            part, found = source[block], []
            for stage in self.stages:
                part, which = _highest(part, stage)
                found.append(which)
            target[block] = part
            self.winners.append(found)

    def indices(self):
        """The number of each largest element, counted in reading order over the last dims."""
        result = np.zeros(self.result.shape, np.int64)
        for block, found in zip(self.blocks, self.winners):
            part = flat(result, self.dims)[block]
            key = list(np.ogrid[tuple(slice(size) for size in part.shape)])
            for stage, which in zip(self.stages[::-1], found[::-1]):
                number = which[tuple(key)].astype(np.int64)
                places = np.unravel_index(number, stage.kernel)
                for axis, j, windows in zip(stage.axes, places, stage.windows):
                    key[axis] = windows.begins()[key[axis]] + j * windows.dilation
                    np.add(part * windows.size, key[axis], out=part)
        return result


# %% window-place
def _put(grad, which, stage, result):
    """Write `grad` to the places of the largest elements of a stage, and zeros elsewhere."""
    if not stage.tiles:
        result[...] = 0
    finite = np.isfinite(grad.sum())  # infinity times zero would be nan
    for number, outs, ins in stage.steps:
        chosen, part, place = which[outs] == number, grad[outs], result[ins]
        if stage.tiles and finite:
            np.multiply(part, chosen, out=place)
        else:
            part = part * chosen if finite else np.where(chosen, part, part.dtype.type(0))
            np.add(0 if stage.tiles else place, part, out=place)


def _get(x, which, stage):
    """The elements of `x` at the places of the largest elements of a stage."""
    result = np.empty(which.shape, x.dtype)
    for number, outs, ins in stage.steps:
        np.copyto(result[outs], x[ins], where=which[outs] == number)
    return result


# %% window-place-all
@two_way
def place_maxima(grad, *, maxima):
    """Each gradient at the place of its largest element: the derivative of taking them."""
    result, dims = buffer(maxima.shape, grad.dtype), maxima.dims
    source, target = flat(grad, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for i, stage in reversed(list(enumerate(maxima.stages))):
            above = np.empty(stage.shape(part.shape, False), grad.dtype) if i else target[block]
            _put(part, found[i], stage, above)
            part = above
    return result, lambda outer: pick_maxima(outer, maxima=maxima)


@two_way
def pick_maxima(x, *, maxima):
    """The elements of `x` that stand where the largest elements stood."""
    result, dims = buffer(maxima.result.shape, x.dtype), maxima.dims
    source, target = flat(x, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for stage, which in zip(maxima.stages, found):
            part = _get(part, which, stage)
        target[block] = part
    return result, lambda grad: place_maxima(grad, maxima=maxima)


# %% public names
__all__ = ["Maxima", "pick_maxima", "place_maxima"]
