"""A choice between numbers and 0 by their bits, much faster than np.where."""

import numpy as np

from .buffers import buffer_like


def choose(condition, yes, no):
    if type(no) is float and no == 0 and _is_plain(yes, condition):
        return _kept(yes, condition, np.negative, ())  # -1, which has all bits set, or 0
    if type(yes) is float and yes == 0 and _is_plain(no, condition):
        return _kept(no, condition, np.subtract, (1,))  # 0 or -1
    return np.where(condition, yes, no)


_BITS = {"f4": np.int32, "f8": np.int64}
_AT_A_TIME = 1 << 15  # numbers, so that they stay in the cache


def _is_plain(values, condition):
    return (
        type(values) is np.ndarray
        and values.dtype.str[1:] in _BITS
        and values.ndim > 0
        and values.shape == condition.shape
    )


def _kept(values, condition, mask, more):
    """`values` where `mask` of the condition, 0 or 1, has all bits set; 0 where it has none."""
    bits = _BITS[values.dtype.str[1:]]
    result = buffer_like(values)
    ones, values, condition = result.view(bits), values.view(bits), condition.view(np.int8)
    parts = [(ones, values, condition)]
    if values.size > _AT_A_TIME and values.flags.c_contiguous and condition.flags.c_contiguous:
        flat = [array.reshape(-1) for array in parts[0]]
        starts = range(0, values.size, _AT_A_TIME)
        parts = [[array[start : start + _AT_A_TIME] for array in flat] for start in starts]
    for ones, values, condition in parts:
        mask(condition, *more, dtype=bits, out=ones)
        np.bitwise_and(ones, values, out=ones)
    return result
