# Built by lessons/01_tensors_and_storage.ipynb. Edit it there, or here and `make scatter`.
# %% stream
"""Random numbers: from the same seed the same ones as PyTorch's."""

import math

import numpy as np

from .arguments import dtype_argument, int_argument, list_argument, must_be_real, size_argument
from .dtypes import get_default_dtype, int64
from .generator import default_generator, generator_argument
from .sampling import check_permutation, int_values, normal_values, randint_arguments
from .tensors import created


def manual_seed(seed):
    """Start the default stream that belongs to `seed`; returns its Generator.

    Mirrors torch.manual_seed.
    """
    return default_generator.manual_seed(seed)


def rand(*sizes, size=None, generator=None, dtype=None, **options):
    """Random numbers, evenly spread over [0, 1). Mirrors torch.rand, bit for bit."""
    shape = size_argument("rand", sizes, size)
    target = dtype_argument("rand", dtype, get_default_dtype())
    must_be_real("check_uniform_bounds", target)
    source = generator_argument("rand", generator)
    return created(source.uniform(math.prod(shape), target).reshape(shape), **options)


# %% draws
def randn(*sizes, size=None, generator=None, dtype=None, **options):
    """Normal random numbers, mean 0 and deviation 1. Mirrors torch.randn, up to rounding."""
    shape = size_argument("randn", sizes, size)
    target = dtype_argument("randn", dtype, get_default_dtype())
    source = generator_argument("randn", generator)
    return created(normal_values(math.prod(shape), target, source).reshape(shape), **options)


def randint(*bounds, low=None, high=None, size=None, generator=None, dtype=None, **options):
    """Ints from low (or 0) to high, high not included: `randint(high, size)` or
    `randint(low, high, size)`. int64 unless a dtype is given. Mirrors torch.randint, bit for bit.
    """
    low, high, size = randint_arguments(list(bounds), low, high, size)
    shape = list_argument("randint", size)
    target = dtype_argument("randint", dtype, int64)
    source = generator_argument("randint", generator)
    values = int_values(math.prod(shape), low, high, target, source)
    return created(values.reshape(shape), **options)


def randperm(n, *, generator=None, dtype=int64, **options):
    """The ints from 0 to n - 1 in random order. Mirrors torch.randperm, bit for bit."""
    (n,) = size_argument("randperm", (int_argument("randperm", "n", 1, n),))
    target = dtype_argument("randperm", dtype, int64)
    check_permutation(n, target)
    words = generator_argument("randperm", generator).words(max(n - 1, 0))
    places, items = np.arange(n - 1), list(range(n))
    for place, other in enumerate((places + words % (n - places)).tolist()):
        items[place], items[other] = items[other], items[place]
    return created(np.array(items, target), **options)


# %% public names
__all__ = ["manual_seed", "rand", "randint", "randn", "randperm"]
