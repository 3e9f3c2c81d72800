# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% normal
"""Normal numbers with a mean and a deviation of their own."""

import math

import numpy as np

from .arguments import dtype_argument, list_argument
from .dtypes import get_default_dtype
from .generator import generator_argument
from .sampling import normal_values
from .tensors import Tensor, created


def normal(mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, **options):
    """Normal random numbers with this mean and deviation: numbers with a size, or tensors.

    Tensors give every element its own mean and deviation; they broadcast. Mirrors torch.normal.
    """
    source = generator_argument("normal", generator)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if options or dtype:
            raise TypeError("normal() received an invalid combination of arguments")
        return created(_normal_around(mean, std, source))
    if size is None:
        raise TypeError("normal() received an invalid combination of arguments: size is missing")
    shape = list_argument("normal", size)
    target = dtype_argument("normal", dtype, get_default_dtype())
    values = normal_values(math.prod(shape), target, source, mean, std)
    return created(values.reshape(shape), **options)


# %% normal-around
def _normal_around(mean, std, generator):
    """Normal numbers, each with the mean and deviation that two arrays or numbers give it."""
    arrays = [x._array for x in (mean, std) if isinstance(x, Tensor)]
    mean = mean._array if isinstance(mean, Tensor) else mean
    std = std._array if isinstance(std, Tensor) else std
    if np.less(std, 0).any():
        if np.ndim(std):
            raise RuntimeError("normal expects all elements of std >= 0.0")
        raise RuntimeError(f"normal expects std >= 0.0, but found std {float(std):g}")
    shape = _common_shape(*[array.shape for array in arrays])
    dtype = np.result_type(*arrays)
    values = normal_values(math.prod(shape), dtype, generator).reshape(shape)
    return (values * std + mean).astype(dtype, copy=False)


def _common_shape(a, b=()):
    """The shape that two shapes broadcast to; RuntimeError if they do not."""
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        pass
    for dim in range(1, min(len(a), len(b)) + 1):
        if a[-dim] != b[-dim] and 1 not in (a[-dim], b[-dim]):
            raise RuntimeError(
                f"The size of tensor a ({a[-dim]}) must match the size of tensor b ({b[-dim]}) "
                f"at non-singleton dimension {max(len(a), len(b)) - dim}"
            )


# %% public names
__all__ = ["normal"]
