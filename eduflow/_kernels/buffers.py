"""Memory for large results, used again when nobody looks at it any more."""

import math
import sys
import threading

import numpy as np

_SMALLEST, _LARGEST = 1 << 16, 1 << 24  # bytes: smaller ones are cheap, larger ones rare
_ROOM = 1 << 26  # bytes that a thread keeps at most
_MANY = 16  # buffers of one shape and dtype that it keeps at most


class _Kept(threading.local):
    """The buffers of a thread, by shape and dtype, and how many bytes they have in all."""

    def __init__(self):
        self.arrays, self.bytes = {}, 0


_kept = _Kept()


def _holders(arrays, i):
    """How many know an array: the list, the one who asks here, and all that look at it."""
    return sys.getrefcount(arrays[i])


_NOBODY_ELSE = _holders([np.empty(0)], 0)


def buffer(shape, dtype):
    """An array of this shape and NumPy dtype, in reading order, whose elements are not set yet.

    Its memory is new, or that of an earlier buffer which no array looks at any more.
    """
    shape = tuple(shape)
    size = math.prod(shape) * dtype.itemsize
    if not _SMALLEST <= size <= _LARGEST:
        return np.empty(shape, dtype)
    arrays = _kept.arrays.setdefault((shape, dtype), [])
    for i in range(len(arrays)):
        if _holders(arrays, i) == _NOBODY_ELSE:
            return arrays[i].view()
    array = np.empty(shape, dtype)
    if len(arrays) == _MANY:  # all are in use
        return array
    if _kept.bytes + size > _ROOM:  # start anew: what is in use lives on without us
        _kept.arrays, _kept.bytes, arrays = {}, 0, []
        _kept.arrays[shape, dtype] = arrays
    arrays.append(array)
    _kept.bytes += size
    return array.view()


def buffer_like(array):
    """A buffer for an array in reading order; for others an array with the same layout."""
    if array.flags.c_contiguous:
        return buffer(array.shape, array.dtype)
    return np.empty_like(array)


def is_kept(array):
    """Whether this array, not one that looks at it, is kept here."""
    return any(array is one for one in _kept.arrays.get((array.shape, array.dtype), ()))
