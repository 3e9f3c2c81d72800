"""Shuffling without taking one step after the other."""

import numpy as np


def shuffled(n, words):
    """See ops.distributions.shuffled; an array of int64 in place of a list.

    Step i swaps the places i and j >= i, and nobody goes to place i later. So what ends there was
    in place j just before: j itself, or what the last earlier step into j brought. That step k took
    along what was in its own place k by then: k itself, or again what the last step into k brought.
    """
    words = np.asarray(words)
    steps, others = np.arange(n, dtype=np.intp), np.arange(n, dtype=np.int64)
    others[: words.size] += words % np.arange(n, n - words.size, -1, dtype=words.dtype)
    further = np.arange(n + 1, dtype=np.intp)  # the last place takes what steps to themselves bring
    further[np.where(others == steps, n, others)] = steps  # the last step into each place stays
    further[n] = n
    brought, same = np.empty_like(further), False
    while not same:
        further, brought = brought, further
        brought.take(brought, out=further, mode="clip")  # without a check it is twice as fast
        same = np.array_equal(further, brought)
    order = others
    order <<= 32
    order |= steps
    order.sort()  # by place, and for one place by step
    values = order >> 32
    order &= 0xFFFFFFFF
    again = np.flatnonzero(values[1:] == values[:-1])
    values[again + 1] = brought[order[again]]
    result = steps  # memory that is there
    result[order] = values
    return result
