# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% eq-ne
"""Comparisons: bool tensors, through which no gradient passes."""

import numpy as np

from .operations import must_be_tensor, pointwise
from .refusals import refuse_kinds
from .tensors import method


@pointwise("__eq__")
def eq(input, other):
    """Whether `input` equals `other`, elementwise. Mirrors torch.eq."""
    return input == other


@pointwise("__ne__")
def ne(input, other):
    """Whether `input` differs from `other`, elementwise. Mirrors torch.ne."""
    return input != other


# %% lt-le
@pointwise("__lt__")
def lt(input, other):
    """Whether `input` is less than `other`, elementwise. Mirrors torch.lt."""
    refuse_kinds("lt_cpu", input, "c")
    return input < other


@pointwise("__le__")
def le(input, other):
    """Whether `input` is at most `other`, elementwise. Mirrors torch.le."""
    refuse_kinds("le_cpu", input, "c")
    return input <= other


# %% gt-ge
@pointwise("__gt__")
def gt(input, other):
    """Whether `input` is greater than `other`, elementwise. Mirrors torch.gt."""
    refuse_kinds("gt_cpu", input, "c")
    return input > other


@pointwise("__ge__")
def ge(input, other):
    """Whether `input` is at least `other`, elementwise. Mirrors torch.ge."""
    refuse_kinds("ge_cpu", input, "c")
    return input >= other


# %% kinds-of-numbers
@pointwise()
def isnan(input):
    """Where the elements are nan. Mirrors torch.isnan."""
    return np.isnan(input)


@pointwise()
def isinf(input):
    """Where the elements are infinite. Mirrors torch.isinf."""
    return np.isinf(input)


@pointwise()
def isfinite(input):
    """Where the elements are neither infinite nor nan. Mirrors torch.isfinite."""
    return np.isfinite(input)


# %% logical
@pointwise(numbers=False)
def logical_and(input, other):
    """Whether both are nonzero, elementwise. Mirrors torch.logical_and."""
    return np.logical_and(input, other)


@pointwise(numbers=False)
def logical_or(input, other):
    """Whether at least one is nonzero, elementwise. Mirrors torch.logical_or."""
    return np.logical_or(input, other)


@pointwise(numbers=False)
def logical_xor(input, other):
    """Whether exactly one is nonzero, elementwise. Mirrors torch.logical_xor."""
    return np.logical_xor(input, other)


@pointwise()
def logical_not(input):
    """Whether the elements are zero. Mirrors torch.logical_not."""
    return np.logical_not(input)


# %% bitwise
@pointwise("__and__", "__rand__")
def bitwise_and(input, other):
    """The bits set in both; for bools, `and`. Mirrors torch.bitwise_and."""
    return np.bitwise_and(input, other)


@pointwise("__or__", "__ror__")
def bitwise_or(input, other):
    """The bits set in at least one; for bools, `or`. Mirrors torch.bitwise_or."""
    return np.bitwise_or(input, other)


@pointwise("__xor__", "__rxor__")
def bitwise_xor(input, other):
    """The bits set in exactly one; for bools, `!=`. Mirrors torch.bitwise_xor."""
    return np.bitwise_xor(input, other)


# %% bitwise-not
@pointwise()
def bitwise_not(input):
    """All bits flipped; for bools, `not`. Mirrors torch.bitwise_not."""
    return np.bitwise_not(input)


@method("__invert__")
def _invert(tensor):
    if tensor._array.dtype.kind not in "iub":
        raise TypeError(
            "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
        )
    return bitwise_not(tensor)


# %% isclose
@method("isclose")
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where `|input - other| <= atol + rtol * |other|`. Mirrors torch.isclose.

    Raises RuntimeError for two dtypes; infinite elements are close if they are equal.
    """
    must_be_tensor("isclose", ("input", "other"), (input, other), numbers=False)
    if input.dtype is not other.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (input, other)]
        raise RuntimeError(f"{names[0]} did not match {names[1]}")
    return _isclose(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


@pointwise()
def _isclose(input, other, *, rtol, atol, equal_nan):
    wide = [x.astype(np.float64) if x.dtype.kind in "iub" else x for x in (input, other)]
    return np.isclose(*wide, rtol=rtol, atol=atol, equal_nan=equal_nan)


# %% allclose
@method("allclose")
def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close, as a Python bool; see isclose. Mirrors torch.allclose."""
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


@method("equal")
def equal(input, other):
    """Whether two tensors have the same shape and elements, as a Python bool.

    Mirrors torch.equal.
    """
    must_be_tensor("equal", ("input", "other"), (input, other), numbers=False)
    return np.array_equal(input._array, other._array)


# %% comparison-names
greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
for _name in ("greater", "greater_equal", "less", "less_equal", "not_equal"):
    method(_name)(globals()[_name])


# %% public names
__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
]
