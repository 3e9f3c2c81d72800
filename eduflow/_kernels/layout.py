"""Orders of memory, as NumPy knows them."""

import functools

import numpy as np

_READING = [[*reversed(range(ndim))] for ndim in range(65)]  # NumPy has at most 64 dims
_COLUMNS = 16  # so many lines of memory fit into one place of a cache
ALIASED = 1024  # steps of a multiple of this many bytes meet in the same few places of the cache


def is_dense(array, order=None):
    """_core.layout.is_dense by the flags that NumPy keeps."""
    if array.flags.c_contiguous and (order is None or order == _READING[array.ndim]):
        return True
    if order is None:
        strides = array.strides
        order = sorted(range(array.ndim), key=lambda dim: strides[dim])
    return array.transpose(order[::-1]).flags.c_contiguous


def rearranged(array, strides):
    """_core.layout.rearranged: what has these strides in reading order is copied as it is."""
    size = array.itemsize
    strides = tuple([stride * size for stride in strides])
    if array.flags.c_contiguous:
        copy = array.copy()
        if copy.strides == strides:
            return copy
    copy = np.ndarray(array.shape, array.dtype, np.empty(array.size, array.dtype), 0, strides)
    _fill(copy, array)
    return copy


def _fill(copy, array):
    """Write `array` into `copy`, which has no gaps; a few columns at a time where it has to be.

    Where the numbers that lie side by side in `copy` are 1, 2, 4 kB apart in `array`, each lies in
    a line of memory of its own, and all these lines want the same few places of the cache: each
    would be fetched as often as it holds numbers.
    """
    if array.size >= 1 << 14:
        steps = copy.strides
        dim = min((d for d in range(array.ndim) if array.shape[d] > 1), key=lambda d: steps[d])
        if array.strides[dim] and not array.strides[dim] % ALIASED:
            copy, array = copy.swapaxes(0, dim), array.swapaxes(0, dim)
            for start in range(0, len(array), _COLUMNS):
                columns = slice(start, start + _COLUMNS)
                copy[columns] = array[columns]
            return
    copy[...] = array


def laid_out(result, *inputs):
    """_core.layout.laid_out: at once where all are in reading order, else with answers kept."""
    if result.size:
        for array in inputs:
            if array.strides != _fresh(array.shape, array.itemsize):
                break
        else:
            if result.strides == _fresh(result.shape, result.itemsize):
                return result
    strides = _like(result.shape, tuple([(x.shape, _steps(x)) for x in inputs]))
    return result if _steps(result) == strides else rearranged(result, strides)


@functools.lru_cache(4096)
def _fresh(shape, itemsize):
    """The strides in bytes of fresh memory."""
    return tuple([step * itemsize for step in _dense(shape, _READING[len(shape)])])


def _steps(array):
    """The strides in elements; those of fresh memory where NumPy has only zeros."""
    if not array.size and not any(array.strides):
        return _fresh(array.shape, 1)
    size = array.itemsize
    return tuple([stride // size for stride in array.strides])


def _dense(shape, order):
    """Strides without gaps for dims in this order, from the shortest steps on."""
    steps, step, least = [0] * len(shape), 1, order == _READING[len(shape)]
    for dim in order:
        steps[dim] = step
        step *= max(shape[dim], least)  # only in reading order a size of 0 counts as 1
    return tuple(steps)


@functools.lru_cache(4096)
def _like(shape, inputs):
    """The strides of a result; `inputs` are pairs of a shape and the strides in elements."""
    reading, alike = _READING[len(shape)], all(own == shape for own, _ in inputs)
    orders = [reading, [1, 3, 2, 0]] if len(shape) == 4 else [reading]
    for order in orders if alike else ():
        if all(_is_dense(shape, steps, order) for _, steps in inputs):
            return _dense(shape, order)
    rows = [_stretched(own, steps, shape) for own, steps in inputs]
    order = sorted(range(len(shape)), key=lambda dim: rows[0][dim])
    if alike and _is_dense(shape, rows[0], order) and rows.count(rows[0]) == len(rows):
        return rows[0]
    order = reading.copy()
    for end in range(1, len(order)):
        at = end
        for before in reversed(range(end)):
            verdict = _shorter(order[before], order[at], shape, rows)
            if verdict > 0:
                order[before], order[at] = order[at], order[before]
                at = before
            elif verdict < 0:
                break
    return _dense(shape, order)


def _is_dense(shape, steps, order):
    """Whether dims of these steps lie in memory without gaps, in this order; what is empty does."""
    wanted = _dense(shape, order)
    return 0 in shape or all(n == 1 or a == b for n, a, b in zip(shape, steps, wanted))


def _stretched(own, steps, shape):
    """The steps of an input along all dims of a result: 0 where it is stretched or has none."""
    new = len(shape) - len(own)
    found = [0 if n == 1 != whole else s for n, whole, s in zip(own, shape[new:], steps)]
    return (0,) * new + tuple(found)


def _shorter(a, b, shape, rows):
    """-1 if dim `a` should have shorter steps than dim `b`, 1 if longer ones, 0 for either."""
    for steps in rows:
        if steps[a] and steps[b]:
            if steps[a] < steps[b]:
                return -1
            if steps[a] > steps[b] or shape[a] > shape[b]:
                return 1
    return 0
