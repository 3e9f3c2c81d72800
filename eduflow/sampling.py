# Built by lessons/00_start_here_annex.ipynb. Edit it there, or here and `make scatter`.
# %% normal-values
"""Flat arrays of random numbers, drawn in the order in which PyTorch draws them."""

import numpy as np

from .arguments import int_argument, must_be_real
from .old_names import OLD_NAMES, old_name


def normal_values(count, dtype, generator, mean=0.0, std=1.0, contiguous=True):
    """`count` normal numbers as a flat array. From 16 on PyTorch draws in blocks, if it may."""
    must_be_real("normal_kernel_cpu", dtype)
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if count >= 16 and contiguous:
        values = generator.normal_blocks(count, dtype)
    else:
        values = generator.normal_pairs(count)
    if (mean, std) != (0, 1):
        values = values * values.dtype.type(std) + values.dtype.type(mean)
    return values.astype(dtype, copy=False)


# %% randint-arguments
def randint_arguments(given, low, high, size):
    """low, high and size, whichever way they were given."""
    if given and isinstance(given[-1], (tuple, list)):
        size = given.pop()
    for name in ("high",) if len(given) == 1 and low is None and high is None else ("low", "high"):
        if given and name == "high":
            high = int_argument("randint", "high", 2 - (low is None), given.pop(0))
        elif given:
            low = int_argument("randint", "low", 1, given.pop(0))
    if size is None and high is not None and low is not None:
        raise TypeError("randint(): argument 'size' (position 2) must be tuple of ints, not int")
    if size is None or high is None:
        raise TypeError("randint() received an invalid combination of arguments")
    return 0 if low is None else low, high, size


# %% int-values
def int_values(count, low, high, dtype, generator):
    """`count` ints from low to high, high not included, as a flat array of the NumPy dtype.

    A word modulo the range; ranges from 2**28 on take two words, to be spread evenly enough.
    """
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    _check_limits(low, high - 1, dtype)
    if high - low >= 2**28:
        words = generator.long_words(count)
        words = words if high - low == 2**64 else words % np.uint64(high - low)
        return (words.view(np.int64) + np.int64(low)).astype(dtype)
    values = generator.words(count) % np.uint32(high - low)
    return (values.astype(np.int64) + low if low else values).astype(dtype, copy=False)


def _check_limits(low, last, dtype):
    if dtype.kind in "iu":
        smallest, largest = np.iinfo(dtype).min, np.iinfo(dtype).max
    else:
        smallest, largest = (0, 1) if dtype.kind == "b" else (-np.inf, np.inf)
    for name, value in (("from", low), ("to - 1", last)):
        if not smallest <= value <= largest:
            raise RuntimeError(f"{name} is out of bounds for {OLD_NAMES[dtype.name][1]}")


# %% permutation
def check_permutation(n, dtype):
    """RuntimeError if this NumPy dtype cannot hold all ints up to n - 1."""
    if dtype.kind == "f" and n > 2 ** (np.finfo(dtype).nmant + 1) + 1:
        limit = 2 ** (np.finfo(dtype).nmant + 1) + 1
        raise RuntimeError(f"n cannot be greater than {limit} for {old_name(dtype)} type.")
    if dtype.kind in "iu" and n - 1 > np.iinfo(dtype).max:
        name = "int" if dtype == np.int32 else f"{dtype.name}_t"
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")


# %% public names
__all__ = ["check_permutation", "int_values", "normal_values", "randint_arguments"]
