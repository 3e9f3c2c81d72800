"""What functions that make tensors are handed, checked in PyTorch's words."""

import math
import warnings

import numpy as np

from .._core.arguments import dtype_argument, number_argument, options_argument
from .._core.device import require_cpu
from .._core.dispatch import must_be_out
from .._core.dtype import old_name
from .._core.package import PACKAGE
from .._core.tensor import Tensor


def better_cloned(data):
    """Say that `tensor(x)` of a tensor is better written as a clone, as PyTorch says it."""
    if isinstance(data, Tensor):
        copy = "sourceTensor.detach().clone()"
        warnings.warn(
            f"To copy construct from a tensor, it is recommended to use {copy} or "
            f"{copy}.requires_grad_(True), rather than {PACKAGE}.tensor(sourceTensor).",
            stacklevel=3,
        )


def out_argument(name, out, dtype=None, device=None, layout=None, pin_memory=False):
    """An error unless a factory can write into `out`: a tensor of the dtype and place asked for."""
    must_be_out(name, out)
    options_argument(False, layout, pin_memory)
    asked = dtype_argument(name, dtype, out.dtype)
    if asked != out._array.dtype:
        raise RuntimeError(
            f"dtype {old_name(asked)} does not match dtype of out parameter "
            f"({old_name(out._array.dtype)})"
        )
    require_cpu(device)


def bounds_argument(bounds, start, end, step):
    """start, end and step as Python numbers, from whatever way they were given."""
    if len(bounds) > 1 and any(bound is None for bound in bounds):
        raise TypeError("arange() received an invalid combination of arguments - got None")
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


def spacing_argument(start, end, step, target):
    """start, end and step as they count for numbers of NumPy's dtype `target`: int64 wants ints.

    NotImplementedError for bool and complex, ValueError for an int64 step of 0, as in PyTorch.
    """
    if target.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{old_name(target)}'")
    if target == np.int64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
    return start, end, step


def _check_bounds(start, end, step):
    if any(isinstance(number, complex) for number in (start, end, step)):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
