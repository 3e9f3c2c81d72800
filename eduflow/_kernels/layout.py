"""Orders of memory, as NumPy knows them."""

import numpy as np


def is_dense(array, order=None):
    """_core.layout.is_dense by the flags that NumPy keeps."""
    if order is None:
        if array.flags.c_contiguous:
            return True
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
    copy[...] = array
    return copy
