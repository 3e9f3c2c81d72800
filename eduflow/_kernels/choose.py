"""A choice between numbers and 0 by their bits, much faster than np.where."""

import numpy as np

from .buffers import buffer_like


def choose(condition, yes, no):
    if type(no) is float and no == 0 and _is_plain(yes, condition):
        return _kept(yes, condition)
    if type(yes) is float and yes == 0 and _is_plain(no, condition):
        return _kept(no, ~condition)
    return np.where(condition, yes, no)


_BITS = {"f4": np.int32, "f8": np.int64}


def _is_plain(values, condition):
    return (
        type(values) is np.ndarray
        and values.dtype.str[1:] in _BITS
        and values.ndim > 0
        and values.shape == condition.shape
    )


def _kept(values, condition):
    """`values` where the condition holds, else 0."""
    bits = _BITS[values.dtype.str[1:]]
    ones = buffer_like(values).view(bits)
    ones = np.negative(condition.view(np.int8), dtype=bits, out=ones)  # -1 has all bits set
    return np.bitwise_and(ones, values.view(bits), out=ones).view(values.dtype)
