"""Where the largest or smallest element stands along a dim that does not lie side by side."""

import math

import numpy as np

from .layout import ALIASED, rearranged

_AT_A_TIME = 1 << 16  # numbers of the columns that are turned, which stay in the cache
_COLUMNS = 16  # so many at least, as lie in one line of memory


def index_along(arg, array, axis):
    """See ops.minmax.index_along. NumPy turns all at once: slowly, if steps are powers of 2."""
    if array.strides[axis] % ALIASED or array.size < 1 << 14:
        return arg(array, axis, keepdims=True)
    result = np.empty((*array.shape[:axis], *array.shape[axis + 1 :]), np.intp)
    width = max(_COLUMNS, _AT_A_TIME * array.shape[-1] // array.size)
    for start in range(0, array.shape[-1], width):
        part = np.moveaxis(array[..., start : start + width], axis, -1)
        strides = [math.prod(part.shape[dim + 1 :]) for dim in range(part.ndim)]
        arg(rearranged(part, strides), -1, out=result[..., start : start + width])
    return np.expand_dims(result, axis)
