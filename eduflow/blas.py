# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% times
"""Matrix products of arrays, and which matrices go together."""

import math

import numpy as np

from .dtypes import dtype as dtype_class
from .operations import must_be_tensor
from .refusals import refuse_kinds
from .tensors import Tensor


def times(a, b):
    """`a @ b`, on arrays or on tensors: the one product that all others here are made of.

    NumPy leaves arrays that lie in memory as BLAS wants them to BLAS, which is many times faster,
    so others are copied first. BLAS knows no float16: these are computed as float32.
    """
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return a @ b
    if a.dtype == np.float16:
        return times(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    result = np.matmul(_for_blas(a), _for_blas(b))
    return result if result.ndim < 3 else np.ascontiguousarray(result)


def _for_blas(array):
    """`array`, copied unless one of its last two dims has its elements side by side."""
    flags = array.flags
    if flags.c_contiguous or (array.ndim < 3 and flags.f_contiguous):
        return array
    if array.ndim < 2:
        return array.copy()
    rows, columns = array.strides[-2:]
    size = array.itemsize
    fits = (columns == size <= rows) or (rows == size <= columns)
    return array if fits else np.ascontiguousarray(array)


# %% two-arrays
def two_arrays(name, second, input, other):
    """The arrays of two tensors; TypeError for anything else."""
    if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
        must_be_tensor(name, ["input", second], (input, other), numbers=False)
    return input._array, other._array


# %% check-mm
def check_mm(a, b):
    """RuntimeError, in PyTorch's words, unless these matrices can be multiplied."""
    if a.shape[-1] != b.shape[0]:
        rows = math.prod(a.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{a.shape[-1]} and "
            f"{b.shape[0]}x{b.shape[1]})"
        )
    if a.dtype != b.dtype:
        names = [dtype_class.by_numpy[x.dtype].ctype_name for x in (a, b)]
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: {} != {}".format(*names)
        )
    refuse_kinds("addmm_impl_cpu_", a, "b")


def two_matrices(input, mat2):
    """The arrays of the two matrices that mm multiplies."""
    arrays = two_arrays("mm", "mat2", input, mat2)
    for name, array in zip(("self", "mat2"), arrays):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix")
    return arrays


# %% public names
__all__ = ["check_mm", "times", "two_arrays", "two_matrices"]
