"""Comparing, element by element: eq, lt and kin, isnan, logical_and, bitwise_and, isclose."""

import numpy as np

from .._core.arguments import NUMBERS
from .._core.dispatch import must_be_tensor, pointwise, takes_out
from .._core.dtype import promoted, type_name
from .._core.tensor import Tensor, method, wrap
from .._words.operands import refuse_kinds


@method("eq")
@pointwise("__eq__")
def eq(input, other):
    """Whether `input` equals `other`, elementwise. Mirrors torch.eq."""
    return input == other


@method("ne")
@pointwise("__ne__")
def ne(input, other):
    """Whether `input` differs from `other`, elementwise. Mirrors torch.ne."""
    return input != other


@method("lt")
@pointwise("__lt__")
def lt(input, other):
    """Whether `input` is less than `other`, elementwise. Mirrors torch.lt."""
    refuse_kinds("lt_cpu", input, "c")
    return input < other


@method("le")
@pointwise("__le__")
def le(input, other):
    """Whether `input` is at most `other`, elementwise. Mirrors torch.le."""
    refuse_kinds("le_cpu", input, "c")
    return input <= other


@method("gt")
@pointwise("__gt__")
def gt(input, other):
    """Whether `input` is greater than `other`, elementwise. Mirrors torch.gt."""
    refuse_kinds("gt_cpu", input, "c")
    return input > other


@method("ge")
@pointwise("__ge__")
def ge(input, other):
    """Whether `input` is at least `other`, elementwise. Mirrors torch.ge."""
    refuse_kinds("ge_cpu", input, "c")
    return input >= other


@method("isnan")
@pointwise()
def isnan(input):
    """Where the elements are nan. Mirrors torch.isnan."""
    return np.isnan(input)


@method("isinf")
@pointwise()
def isinf(input):
    """Where the elements are infinite. Mirrors torch.isinf."""
    return np.isinf(input)


@method("isfinite")
@pointwise()
def isfinite(input):
    """Where the elements are neither infinite nor nan. Mirrors torch.isfinite."""
    return np.isfinite(input)


@method("logical_and")
@pointwise(numbers=False)
def logical_and(input, other):
    """Whether both are nonzero, elementwise. Mirrors torch.logical_and."""
    return np.logical_and(input, other)


@method("logical_or")
@pointwise(numbers=False)
def logical_or(input, other):
    """Whether at least one is nonzero, elementwise. Mirrors torch.logical_or."""
    return np.logical_or(input, other)


@method("logical_xor")
@pointwise(numbers=False)
def logical_xor(input, other):
    """Whether exactly one is nonzero, elementwise. Mirrors torch.logical_xor."""
    return np.logical_xor(input, other)


@method("logical_not")
@pointwise()
def logical_not(input):
    """Whether the elements are zero. Mirrors torch.logical_not."""
    return np.logical_not(input)


@method("bitwise_and")
@pointwise("__and__", "__rand__")
def bitwise_and(input, other):
    """The bits set in both; for bools, `and`. Mirrors torch.bitwise_and."""
    return np.bitwise_and(input, other)


@method("bitwise_or")
@pointwise("__or__", "__ror__")
def bitwise_or(input, other):
    """The bits set in at least one; for bools, `or`. Mirrors torch.bitwise_or."""
    return np.bitwise_or(input, other)


@method("bitwise_xor")
@pointwise("__xor__", "__rxor__")
def bitwise_xor(input, other):
    """The bits set in exactly one; for bools, `!=`. Mirrors torch.bitwise_xor."""
    return np.bitwise_xor(input, other)


@method("bitwise_not")
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


@method("isclose")
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where `|input - other| <= atol + rtol * |other|`. Mirrors torch.isclose.

    Raises RuntimeError for two dtypes; infinite elements are close if they are equal.
    """
    must_be_tensor("isclose", ("input", "other"), (input, other), numbers=False)
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")
    if input.dtype is not other.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (input, other)]
        raise RuntimeError(f"{names[0]} did not match {names[1]}")
    return _isclose(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


@pointwise()
def _isclose(input, other, *, rtol, atol, equal_nan):
    wide = [x.astype(np.float64) if x.dtype.kind in "iub" else x for x in (input, other)]
    return np.isclose(*wide, rtol=rtol, atol=atol, equal_nan=equal_nan)


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


@method("isposinf")
@pointwise()
def isposinf(input):
    """Where there is plus infinity. Mirrors torch.isposinf."""
    _no_complex("isposinf", input)
    return input == np.inf


@method("isneginf")
@pointwise()
def isneginf(input):
    """Where there is minus infinity. Mirrors torch.isneginf."""
    _no_complex("isneginf", input)
    return input == -np.inf


def _no_complex(name, array):
    if array.dtype.kind == "c":
        raise RuntimeError(f"{name} does not support complex inputs.")


@takes_out
def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """Which of `elements` are among `test_elements`, or with `invert` are not: bools.

    One of the two may be a number. `assume_unique` changes nothing here. Mirrors torch.isin.
    """
    given = (elements, test_elements)
    fits = all(isinstance(x, (Tensor, *NUMBERS)) for x in given)
    if not fits or not any(isinstance(x, Tensor) for x in given):
        kinds = ", ".join(type(x).__name__ for x in given)
        raise TypeError(f"isin() received an invalid combination of arguments - got ({kinds})")
    arrays = promoted(given)
    for x in (promoted((x,))[0] for x in given):
        if x.dtype.kind in "cb":
            raise RuntimeError(
                f"Unsupported input type encountered for isin(): {type_name(x.dtype)}"
            )
    return wrap(np.asarray(np.isin(*arrays, invert=invert)))


greater = method("greater")(gt)
greater_equal = method("greater_equal")(ge)
less = method("less")(lt)
less_equal = method("less_equal")(le)
not_equal = method("not_equal")(ne)
