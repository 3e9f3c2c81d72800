# Built by lessons/01_tensors_and_storage.ipynb. Edit it there, or here and `make scatter`.
# %% from-data
"""New tensors: from numbers, from memory that is there already, from a size."""

import functools

import numpy as np

from .arguments import dtype_argument, fitted, list_argument, number_argument, size_argument
from .dtypes import dtype as dtype_class
from .dtypes import get_default_dtype, int64, promote_types, scalar_dtype
from .nested import lent, numbers_of, warn_of_copy
from .steps import bounds_argument, spaced
from .tensors import Tensor, created, wrap


def tensor(data, *, dtype=None, **options):
    """A new tensor that holds a copy of `data`: numbers, nested lists, an array or a tensor.

    Without a dtype, floats become the default dtype, ints int64; NumPy arrays and tensors keep
    theirs. Raises ValueError for lists of different lengths. Mirrors torch.tensor.
    """
    if isinstance(data, Tensor):
        warn_of_copy()
    target = None if dtype is None else dtype_argument("tensor", dtype, None)
    return created(array_of(data, target), **options)


def array_of(data, target=None):
    """A fresh array with the values of `data`, in the NumPy dtype `target` if one is given."""

    def infer(kinds):
        known = [dtype_class.by_numpy[k] for k in kinds if isinstance(k, np.dtype)]
        found = known + [scalar_dtype(kind()) for kind in kinds if isinstance(kind, type)]
        return functools.reduce(promote_types, found or [get_default_dtype()]).numpy

    return numbers_of(data, target, infer)


def from_numpy(ndarray):
    """A tensor over the memory of a NumPy array: a change of one shows in the other.

    Raises TypeError for a dtype that tensors do not have. Mirrors torch.from_numpy.
    """
    return wrap(lent(ndarray))


# %% filled
def zeros(*sizes, size=None, dtype=None, **options):
    """A tensor of zeros: `zeros(2, 3)` or `zeros((2, 3))`. Mirrors torch.zeros."""
    target = dtype_argument("zeros", dtype, get_default_dtype())
    return created(np.zeros(size_argument("zeros", sizes, size), target), **options)


def ones(*sizes, size=None, dtype=None, **options):
    """A tensor of ones: `ones(2, 3)` or `ones((2, 3))`. Mirrors torch.ones."""
    target = dtype_argument("ones", dtype, get_default_dtype())
    return created(np.ones(size_argument("ones", sizes, size), target), **options)


def full(size, fill_value, *, dtype=None, **options):
    """A tensor of this size full of one number, whose kind decides the dtype unless it is given.

    Raises RuntimeError if the number does not fit into the dtype. Mirrors torch.full.
    """
    number = number_argument("full", "fill_value", 2, fill_value)
    target = dtype_argument("full", dtype, scalar_dtype(number))
    return created(np.full(list_argument("full", size), fitted(number, target)), **options)


def arange(*bounds, start=None, end=None, step=None, dtype=None, **options):
    """The numbers from start (or 0) to end, end not included, in steps of `step` (or 1).

    int64 if all of them are ints, else the default dtype. Mirrors torch.arange.
    """
    start, end, step = bounds_argument(bounds, start, end, step)
    whole = all(isinstance(number, int) for number in (start, end, step))
    target = dtype_argument("arange", dtype, int64 if whole else get_default_dtype())
    return created(spaced(start, end, step, target), **options)


# %% public names
__all__ = ["arange", "array_of", "from_numpy", "full", "ones", "tensor", "zeros"]
