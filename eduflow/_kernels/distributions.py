"""Shuffling without taking one step after the other."""

import numpy as np

from .buffers import buffer

_INT64 = np.dtype(np.int64)
_PLACE = np.dtype(np.intp)  # what `take` takes; on 32-bit machines that is less than int64


def shuffled(n, words):
    """See ops.distributions.shuffled; an array of int64 in place of a list.

    Step i swaps the places i and j >= i, and nobody goes to place i later. So what ends there was
    in place j just before: j itself, or what the last earlier step into j brought. That step k took
    along what was in its own place k by then: k itself, or again what the last step into k brought.
    """
    words = np.asarray(words)
    steps, others = (buffer((n,), _INT64) for _ in range(2))
    further, brought = (buffer((n,), _PLACE) for _ in range(2))
    others[...] = further[...] = steps[...] = np.arange(n)
    left = np.arange(n, n - words.size, -1, dtype=words.dtype)
    others[: words.size] += np.remainder(words, left, out=left)
    further[others] = steps  # the last step into each place stays, if only that from itself
    _ends(further, brought)
    order = np.left_shift(others, 32, out=further if _PLACE == _INT64 else None)
    order |= steps
    order.sort()  # by place, and for one place by step
    np.bitwise_and(order, 0xFFFFFFFF, out=steps)
    order >>= 32
    again = np.flatnonzero(order[1:] == order[:-1])
    values = brought.take(steps.take(again, mode="clip").astype(_PLACE, copy=False), mode="clip")
    again += 1
    order[again] = values
    others[steps] = order
    return others


def _ends(further, ends):
    """Write down where each place comes to that goes on to `further[place]`, and so on to the end.

    All make two moves, those that have not arrived as many as they need. With mode="clip" `take`
    leaves out a check, and is twice as fast.
    """
    further.take(further, out=ends, mode="clip")
    under_way = np.flatnonzero(ends != further)
    while under_way.size:
        ahead = ends.take(under_way, mode="clip")
        beyond = ends.take(ahead, mode="clip")
        moved = beyond != ahead
        under_way = under_way[moved]
        ends[under_way] = beyond[moved]
