"""Products of arrays of matrices, handed to BLAS in a layout that it takes without a copy."""

import sys

import numpy as np

NO_BLAS = sys.platform == "emscripten"  # NumPy in the browser is built without one


def product(a, b):
    """See _core.blas.product.

    NumPy leaves arrays that lie in memory as BLAS wants them to BLAS, which is many times faster,
    so others are copied first. BLAS knows no float16: these are computed as float32.
    """
    if type(b) is not np.ndarray:
        return a @ b
    if a.dtype == np.float16:
        return product(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    result = matmul(_for_blas(a), _for_blas(b))
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


def matmul(a, b, out=None):
    """np.matmul(a, b, out); where NumPy has no BLAS, two to five times as fast.

    What NumPy has in its place walks through the columns of `b` across memory.
    """
    if NO_BLAS and _is_long(a, b):
        return _by_columns(a, b, out)
    return np.matmul(a, b, out=out)


def _by_columns(a, b, out=None):
    """np.matmul(a, b, out), whose columns lie side by side for the sums: `b` is copied for that."""
    columns = np.ascontiguousarray(b.swapaxes(-1, -2))
    return np.einsum("...ij,...kj->...ik", a, columns, out=out, order="C")


def _is_long(a, b):
    """Whether floats are added up in long sums, for enough rows to pay for the copy.

    What does not fit together is left to NumPy, and so are its words for it.
    """
    if a.dtype != b.dtype or a.dtype.kind != "f" or min(a.ndim, b.ndim) < 2:
        return False
    return a.shape[-2] >= 4 and a.shape[-1] == b.shape[-2] >= 32
