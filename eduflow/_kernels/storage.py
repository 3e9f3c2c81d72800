"""Windows over memory, without looking for whose memory it is."""

import numpy as np


def restride(array, shape, strides, offset=0):
    """_core.storage.restride over `array` itself, as nearly all windows do not leave it."""
    size = array.itemsize
    strides = tuple([stride * size for stride in strides])
    if array.flags.c_contiguous and array.size:
        try:
            return np.ndarray(shape, array.dtype, array, offset * size, strides)
        except ValueError:
            pass  # it leads out of the array; perhaps not out of the memory under it
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if not owner.flags.c_contiguous:
        owner = owner.transpose(sorted(range(owner.ndim), key=lambda dim: -owner.strides[dim]))
    start = _address(array) - _address(owner) + offset * size
    return np.ndarray(shape, array.dtype, owner, min(start, owner.nbytes), strides)


def _address(array):
    return array.__array_interface__["data"][0]
