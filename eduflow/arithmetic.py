# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% differences
"""Negation, and the ways to divide and to round a quotient."""

import numpy as np

from . import dtypes
from .operations import NUMBERS, pointwise
from .pointwise import _div, mul
from .refusals import no_bools, refuse_kinds, scaled
from .tensors import Tensor, method, wrap


@pointwise("__rsub__", node="RsubBackward1", check=no_bools)
def rsub(input, other, *, alpha=1):
    """`other - alpha * input`: what `1 - x` computes. Mirrors torch.rsub."""
    if input.dtype.kind == "b":
        no_bools(input, other)
    return other - scaled(input, alpha), lambda grad: -grad * alpha, lambda grad: grad


@pointwise("__neg__")
def neg(input):
    """`-input`; RuntimeError for bools. Mirrors torch.neg."""
    if input.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )
    return -input, lambda grad: -grad


@method("positive", "__pos__")
def positive(input):
    """`input` itself; RuntimeError for bools. Mirrors torch.positive."""
    if input.dtype is dtypes.bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


# %% zeros
def _zeros(grad):
    """Zeros like a gradient, array or tensor: the derivative of what is flat nearly everywhere."""
    return wrap(np.zeros_like(grad._array)) if isinstance(grad, Tensor) else np.zeros_like(grad)


def _meeting(tensor, *numbers):
    """`tensor` in the dtype that comes out when it meets these numbers; None counts for nothing."""
    if tensor._array.dtype.kind == "f" and not any(isinstance(n, complex) for n in numbers):
        return tensor
    return tensor.to(dtypes.result_dtype((tensor, *[n for n in numbers if n is not None])))


# %% div-rounded
@pointwise(node="DivBackward2")
def _div_rounded(input, other, *, rounding):
    refuse_kinds(f"div_{rounding}_cpu", input, "b")
    _no_zero_division(other)
    if rounding == "floor" or input.dtype.kind == "u":
        return np.floor_divide(input, other), _zeros, _zeros
    if input.dtype.kind == "f":
        return np.trunc(input / other), _zeros, _zeros
    quotient = np.abs(input) // np.abs(other)
    return quotient * np.sign(input) * np.sign(other), _zeros, _zeros


def _no_zero_division(other):
    if other.dtype.kind in "iu" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")


# %% div
@method("div", "divide")
def div(input, other, *, rounding_mode=None, out=None):
    """`input / other`, elementwise; integers give the default float dtype. Mirrors torch.div.

    With `rounding_mode` "trunc" (towards zero) or "floor" the quotient is rounded, and integers
    stay integers; dividing these by zero raises RuntimeError.
    """
    if rounding_mode is None:
        return _div(input, other, out=out)
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
            f"but found '{rounding_mode}'"
        )
    return _div_rounded(input, other, rounding=rounding_mode, out=out)


# %% floor-divide
@pointwise("__floordiv__")
def floor_divide(input, other):
    """`input / other` rounded down; no gradient passes. Mirrors torch.floor_divide."""
    refuse_kinds("div_floor_cpu", input, "b")
    _no_zero_division(other)
    return np.floor_divide(input, other)


@pointwise("__mod__")
def remainder(input, other):
    """What is left of `input` after floor division; it has the sign of `other`.

    Mirrors torch.remainder.
    """
    refuse_kinds("remainder_cpu", input, "b")
    _no_zero_division(other)
    return (
        np.remainder(input, other),
        lambda grad: grad,
        lambda grad: -grad * _floored(input, other),
    )


def _floored(input, other):
    """The rounded quotient inside a derivative, on arrays or on tensors."""
    if isinstance(input, Tensor):
        return div(input, other, rounding_mode="floor")
    return np.floor_divide(input, other)


# %% reciprocal
@pointwise(floats=True)
def reciprocal(input):
    """`1 / input`; integers give the default float dtype. Mirrors torch.reciprocal."""
    result = 1 / input
    return result, lambda grad: -grad * (result * result)


# %% reflected
@method("__rtruediv__", "__rdiv__")
def _rdiv(tensor, number):
    return mul(reciprocal(tensor), number) if isinstance(number, NUMBERS) else NotImplemented


@method("__rfloordiv__")
def _rfloordiv(tensor, number):
    return floor_divide(number, tensor) if isinstance(number, NUMBERS) else NotImplemented


@method("__rmod__")
def _rmod(tensor, number):
    return remainder(number, tensor) if isinstance(number, NUMBERS) else NotImplemented


# %% public names
__all__ = ["div", "floor_divide", "neg", "positive", "reciprocal", "remainder", "rsub"]
