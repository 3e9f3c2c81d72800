"""Pooling: a few images at a time, and one dim after the other where that is less to look at."""

import itertools
import math

import numpy as np

from .buffers import buffer

BLOCK = 1 << 20  # bytes that a step works on at a time, so that they stay in the processor's cache


def sizes(windows, count=True):
    """The sizes of the dims that the windows give, or of those that they look at."""
    return tuple([w.count if count else w.size for w in windows])


def along(axis, part):
    """The key for `part` of a dim, counted from the end, of an array."""
    return (..., part, *[slice(None)] * (-1 - axis))


def blocks(array):
    """Slices of the first dim, so many images at a time that they stay in the cache."""
    image = max(array[0].nbytes, 1) if len(array) else 1
    step = max(BLOCK // image, 1)
    return [slice(start, start + step) for start in range(0, len(array), step)]


def flat(array, dims):
    """`array` with all dims but the last `dims` made one."""
    shape = array.shape[array.ndim - dims :]
    return array.reshape(math.prod(array.shape[: array.ndim - dims]), *shape)


def _total(x, windows, axis):
    """The sums over the windows of one dim."""
    shape = list(x.shape)
    shape[axis] = windows.count
    steps = list(windows.steps())
    if windows.tiles and windows.kernel > 1:
        (_, _, left), (_, _, right) = steps[:2]
        result, steps = x[along(axis, left)] + x[along(axis, right)], steps[2:]
    else:
        result = np.zeros(shape, x.dtype)
    for _, outs, ins in steps:
        result[along(axis, outs)] += x[along(axis, ins)]
    return result


def _spread(grad, windows, axis):
    """Each place gets the sum of `grad` over all windows that it is in."""
    shape = list(grad.shape)
    shape[axis] = windows.size
    result = (np.empty if windows.tiles else np.zeros)(shape, grad.dtype)
    for _, outs, ins in windows.steps():
        if windows.tiles:
            result[along(axis, ins)] = grad[along(axis, outs)]
        else:
            result[along(axis, ins)] += grad[along(axis, outs)]
    return result


def _each_dim(step, array, windows, new, axes):
    """`step` along every dim, a few images at a time; `new` are the sizes that come out."""
    dims = len(windows)
    result = np.empty((*array.shape[: array.ndim - dims], *new), array.dtype)
    source, target = flat(array, dims), flat(result, dims)
    for block in blocks(source if source.nbytes > target.nbytes else target):
        part = source[block]
        for axis in axes:
            part = step(part, windows[axis], axis)
        target[block] = part
    return result


def window_totals(input, windows):
    return _each_dim(_total, input, windows, sizes(windows), range(-len(windows), 0))


def window_shares(grad, windows):
    axes = range(-1, -len(windows) - 1, -1)
    return _each_dim(_spread, grad, windows, sizes(windows, False), axes)


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


class _Winners:
    """Where the largest elements of all windows stand: for each block of images the arrays `which`.

    There is one of them for each stage; `windows` are those of the last dims, in order.
    """

    def __init__(self, array, windows):
        self.dims, self.shape = len(windows), array.shape
        self.stages, self.found = _stages(windows), []
        self.blocks = blocks(flat(array, self.dims))

    def look(self, array, result):
        """Find the largest elements of an array, and write them to `result`."""
        source, target = flat(array, self.dims), flat(result, self.dims)
        self.pooled = result.shape
        for block in self.blocks:
            part, found = source[block], []
            for stage in self.stages:
                part, which = _highest(part, stage)
                found.append(which)
            target[block] = part
            self.found.append(found)

    def indices(self):
        """The number of each largest element, counted in reading order over the last dims."""
        result = np.zeros(self.pooled, np.int64)
        for block, found in zip(self.blocks, self.found):
            part = flat(result, self.dims)[block]
            key = list(np.ogrid[tuple(slice(size) for size in part.shape)])
            for stage, which in zip(self.stages[::-1], found[::-1]):
                number = which[tuple(key)].astype(np.int64)
                places = np.unravel_index(number, stage.kernel)
                for axis, j, windows in zip(stage.axes, places, stage.windows):
                    key[axis] = windows.begins()[key[axis]] + j * windows.dilation
                    np.add(part * windows.size, key[axis], out=part)
        return result

    def place(self, grad):
        """Each gradient at the place that won, zeros elsewhere: like the array that was pooled."""
        result = buffer(self.shape, grad.dtype)
        source, target = flat(grad, self.dims), flat(result, self.dims)
        for block, found in zip(self.blocks, self.found):
            part = source[block]
            for i, stage in reversed(list(enumerate(self.stages))):
                above = np.empty(stage.shape(part.shape, False), grad.dtype) if i else target[block]
                _put(part, found[i], stage, above)
                part = above
        return result

    def pick(self, x):
        """The elements of `x` at the places that won: like the result of pooling."""
        result = buffer(self.pooled, x.dtype)
        source, target = flat(x, self.dims), flat(result, self.dims)
        for block, found in zip(self.blocks, self.found):
            part = source[block]
            for stage, which in zip(self.stages, found):
                part = _get(part, which, stage)
            target[block] = part
        return result


def largest(input, windows):
    dims, winners = len(windows), _Winners(input, windows)
    result = buffer((*input.shape[: input.ndim - dims], *sizes(windows)), input.dtype)
    winners.look(input, result)
    return result, winners
