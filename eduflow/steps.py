# Built by lessons/00_start_here_annex.ipynb. Edit it there, or here and `make scatter`.
# %% bounds
"""start, end and step: the numbers of a range, checked, and laid out in an array."""

import math

import numpy as np

from .arguments import number_argument
from .old_names import old_name


def bounds_argument(bounds, start, end, step):
    """start, end and step as Python numbers, from whatever way they were given."""
    if len(bounds) == 1 and end is None:
        bounds = (0 if start is None else start, *bounds)
        names = [("start", 1), ("end", 1), ("step", 3)]
    else:
        names = [("start", 1), ("end", 2), ("step", 3)]
    given = [*bounds, *[None] * (3 - len(bounds))]
    given = [b if a is None else a for a, b in zip(given, (start, end, step))]
    if given[1] is None and not bounds:
        raise TypeError("arange() received an invalid combination of arguments - got ()")
    given = [0 if given[0] is None else given[0], given[1], 1 if given[2] is None else given[2]]
    given = [number_argument("arange", *name, value) for name, value in zip(names, given)]
    _check_bounds(*given)
    return given


def _check_bounds(start, end, step):
    if any(isinstance(number, complex) for number in (start, end, step)):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


# %% spaced
def spaced(start, end, step, target):
    """start, start + step, ...: each computed from its index, so that errors do not add up.

    Raises NotImplementedError for bool and complex, as PyTorch does.
    """
    if target.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{old_name(target)}'")
    if target == np.int64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
        count = -((start - end) // step)
    else:
        count = math.ceil((end - start) / step)
    if target.kind in "iu":
        return (int(start) + int(step) * np.arange(count, dtype=np.int64)).astype(target)
    return (start + step * np.arange(count, dtype=np.float64)).astype(target)


# %% public names
__all__ = ["bounds_argument", "spaced"]
