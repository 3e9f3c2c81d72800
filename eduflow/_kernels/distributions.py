"""Shuffling without taking one step after the other, in little memory."""

import numpy as np

from .buffers import buffer

_INT64 = np.dtype(np.int64)
_FEW = 1 << 17  # fewer places fit into the cache, and then NumPy's own ints are quicker
_AT_A_TIME = 1 << 15  # places: what is made of so few on the way stays in the processor's cache


def shuffled(n, words):
    """See ops.distributions.shuffled; an array of int64 in place of a list.

    Step i swaps the places i and j >= i, and nobody goes to place i later. So what ends there was
    in place j just before: j itself, or what the last earlier step into j brought. That step k took
    along what was in its own place k by then: k itself, or again what the last step into k brought.
    """
    kind = np.dtype(np.int32 if _FEW <= n < 2**31 else np.intp)
    others, further = buffer((n,), kind), buffer((n,), kind)
    order, result = buffer((n,), _INT64), buffer((n,), _INT64)
    for part in _parts(n):
        others[part] = further[part] = np.arange(part.start, part.stop)
    _swaps(others, np.asarray(words))
    for part in _parts(n):
        steps, places = np.arange(part.start, part.stop), others[part]
        further[places] = steps  # the last step into each place stays, if only that from itself
        np.left_shift(places, 32, out=order[part], dtype=np.int64)
        order[part] |= steps
    _ends(further, others)
    order.sort()  # by place, and for one place by step
    _arrange(order, others, result)
    return result


def _parts(n):
    """Slices that together are all of n places."""
    return (slice(i, min(i + _AT_A_TIME, n)) for i in range(0, n, _AT_A_TIME))


def _swaps(others, words):
    """Add to each step's own place how far ahead it swaps."""
    for part in _parts(words.size):
        left = np.arange(others.size - part.start, others.size - part.stop, -1, dtype=words.dtype)
        np.remainder(words[part], left, out=left)
        np.add(others[part], left, out=others[part], casting="unsafe")


def _ends(further, ends):
    """Write down where each place comes to that goes on to `further[place]`, and so on to the end.

    They go to the front: what stands there has arrived when it is asked. With mode="clip" `take`
    leaves out a check, and is twice as fast.
    """
    for part in _parts(further.size):
        further.take(further[part], out=ends[part], mode="clip")
    for part in _parts(further.size):
        under_way = np.flatnonzero(ends[part] != further[part])
        under_way += part.start
        while under_way.size:
            ahead = ends.take(under_way, mode="clip")
            beyond = ends.take(ahead, mode="clip")
            moved = beyond != ahead
            under_way = under_way[moved]
            ends[under_way] = beyond[moved]


def _arrange(order, brought, result):
    """Write down what ends in each place, of (place, step) in order: see `shuffled`."""
    for part in _parts(order.size):
        before = min(part.start, 1)  # the last of the part before may be in the same place
        pairs = order[part.start - before : part.stop]
        steps, places = pairs & 0xFFFFFFFF, pairs >> 32
        result[steps[before:]] = places[before:]
        again = np.flatnonzero(places[1:] == places[:-1])
        result[steps[again + 1]] = brought[steps[again]]
