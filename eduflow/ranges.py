# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% linspace
"""Evenly spaced numbers, both ends included: linspace, logspace."""

import numpy as np

from .arguments import dtype_argument, number_argument
from .dtypes import complex64, get_default_dtype, promote_types
from .tensors import created


def linspace(start, end, steps, *, dtype=None, **options):
    """`steps` numbers from start to end, both included. Mirrors torch.linspace."""
    array = _line("linspace", start, end, steps, dtype)
    return created(array[0].astype(array[1]), **options)


def logspace(start, end, steps, base=10.0, *, dtype=None, **options):
    """`steps` numbers from base**start to base**end, evenly spaced in the exponent.

    Mirrors torch.logspace.
    """
    exponents, target = _line("logspace", start, end, steps, dtype)
    return created(np.power(float(base), exponents).astype(target), **options)


# %% line
def _line(name, start, end, steps, dtype):
    """The numbers of linspace before they are cut to their dtype, and that dtype.

    The second half is counted back from the end, so that the last number is `end` exactly.
    """
    start, end = _end(name, "start", 1, start), _end(name, "end", 2, end)
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    steps = steps.__index__()
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    wavy = isinstance(start, complex) or isinstance(end, complex)
    default = get_default_dtype()
    target = dtype_argument(name, dtype, promote_types(default, complex64) if wavy else default)
    work = target.type if target.kind in "fc" and target.itemsize > 2 else np.float32
    work = np.float64 if target.kind in "iub" else work
    if steps == 1:
        return np.array([start], work), target
    start, end = work(start), work(end)
    step = (end - start) / work(max(steps - 1, 1))
    index = np.arange(steps)
    ahead = start + step * index.astype(work)
    back = end - step * (steps - 1 - index).astype(work)
    return np.where(index < steps // 2, ahead, back), target


# %% line-ends
def _end(name, argument, position, value):
    if hasattr(value, "_array") and value._array.ndim:
        raise RuntimeError(
            f"{name} only supports 0-dimensional start and end tensors, "
            f"but got {argument} with {value._array.ndim} dimension(s)."
        )
    return number_argument(name, argument, position, value)


# %% public names
__all__ = ["linspace", "logspace"]
