"""Shuffling without taking one step after the other."""

import numpy as np


def shuffled(n, words):
    """See ops.distributions.shuffled; an array of int64 in place of a list.

    Step i swaps the places i and j >= i, and nobody goes to place i later. So what ends there was
    in place j just before: j itself, or what the last earlier step into j brought. That step k took
    along what was in its own place k by then: k itself, or again what the last step into k brought.
    """
    steps = np.arange(n, dtype=np.int64)
    words, others = np.asarray(words), steps.copy()
    others[: words.size] += words % (n - steps[: words.size])
    moved, brought = others > steps, steps.copy()
    brought[others[moved]] = steps[moved]  # the last step into each place stays
    while not np.array_equal(further := brought[brought], brought):
        brought = further
    order = others << 32 | steps  # sorted by place, and for one place by step
    order.sort()
    places, order = order >> 32, order & 0xFFFFFFFF
    result = np.empty_like(places)
    result[order] = places
    again = np.flatnonzero(places[1:] == places[:-1])
    result[order[again + 1]] = brought[order[again]]
    return result
