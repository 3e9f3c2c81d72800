"""Products of arrays of matrices, handed to BLAS in a layout that it takes without a copy."""

import numpy as np


def product(a, b):
    """See _core.blas.product.

    NumPy leaves arrays that lie in memory as BLAS wants them to BLAS, which is many times faster,
    so others are copied first. BLAS knows no float16: these are computed as float32.
    """
    if type(b) is not np.ndarray:
        return a @ b
    if a.dtype == np.float16:
        return product(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    result = np.matmul(_for_blas(a), _for_blas(b))
    return result if result.ndim < 3 else np.ascontiguousarray(result)


def _for_blas(array):
    """`array`, copied unless one of its last two dims has its elements side by side."""
    if array.flags.c_contiguous or (array.ndim < 3 and array.flags.f_contiguous):
        return array
    if array.ndim < 2:
        return array.copy()
    rows, columns = array.strides[-2:]
    size = array.itemsize
    fits = (columns == size <= rows) or (rows == size <= columns)
    return array if fits else np.ascontiguousarray(array)
