"""The order of numbers of up to 32 bits: sorted with their places behind them, as 64-bit ints.

No two of those are equal, so that any way of sorting is a stable one, and NumPy's quickest will do.
"""

import numpy as np

_FEW, _SHORT = 1024, 32  # fewer numbers, and shorter rows, are not worth the conversion


def ascending(array, axis):
    """See ops.sort.ascending."""
    if array.size < _FEW or not _SHORT <= array.shape[axis] < 2**32 or not _is_small(array):
        return np.argsort(array, axis, kind="stable")
    keys = _ranks(np.moveaxis(array, axis, -1))
    keys <<= 32
    keys |= np.arange(keys.shape[-1], dtype=np.int64)
    keys.sort(axis=-1)
    keys &= 0xFFFFFFFF
    return np.ascontiguousarray(np.moveaxis(keys, -1, axis).astype(np.intp, copy=False))


def _is_small(array):
    """Whether 32 bits are enough to tell the numbers apart."""
    if array.dtype == np.int64:
        return array.min() >= -(2**31) and array.max() < 2**31
    return array.dtype.itemsize <= {"f": 4, "i": 4, "u": 2, "b": 1}.get(array.dtype.kind, 0)


def _ranks(array):
    """Ints from -2**31 to before 2**31 in the order of the numbers, in new memory.

    The bits of floats, read as ints, rise with them; those of negative ones fall. -0 is 0, and
    every nan is the largest.
    """
    if array.dtype.kind != "f":
        return array.astype(np.int64, order="C")
    with np.errstate(invalid="ignore"):
        numbers = np.add(array, 0, dtype=np.float32, order="C")
    missing = np.isnan(numbers)
    if missing.any():
        numbers[missing] = np.nan
    bits = numbers.view(np.int32)
    bits ^= (bits >> 31) & 0x7FFFFFFF
    return bits.astype(np.int64)
