"""Elementwise operations of two tensors: add, mul, div, pow and kin, with their derivatives."""

import math

import numpy as np

from .._core import dtype as dtypes
from .._core.arguments import NUMBERS, fitted
from .._core.dispatch import meeting, must_be_tensor, no_slope, place_into, pointwise
from .._core.dtype import float64
from .._core.keeping import keeping
from .._core.tensor import Tensor, method
from .._words.operands import no_bools, refuse_kinds, scaled
from .choose import choose


# %% lesson 02 add
@method("add")
@pointwise("__add__", "__radd__")
def add(input, other, *, alpha=1):
    """`input + alpha * other`, elementwise; of two bool tensors, their `or`. Mirrors torch.add."""
    return input + scaled(other, alpha), lambda grad: grad, lambda grad: scaled(grad, alpha)


# %% end


# %% lesson 02 mul
@method("mul")
@pointwise("__mul__", "__rmul__")
def mul(input, other):
    """The elementwise product. Shapes broadcast, dtypes are promoted. Mirrors torch.mul."""
    result = input * other
    return result, lambda grad: grad * other, lambda grad: grad * input


# %% end


@method("sub")
@pointwise("__sub__", check=no_bools)
def sub(input, other, *, alpha=1):
    """`input - alpha * other`, elementwise; RuntimeError for bools. Mirrors torch.sub."""
    if input.dtype.kind == "b":
        no_bools(input, other)
    return input - scaled(other, alpha), lambda grad: grad, lambda grad: scaled(-grad, alpha)


@pointwise("__truediv__", floats=True, node="DivBackward0")
def divided(input, other):
    """`input / other`, elementwise. `torch.div`, which can round as well, is built on it."""
    return input / other, lambda grad: grad / other, lambda grad: -grad * ((input / other) / other)


@pointwise("__rsub__", node="RsubBackward1", check=no_bools)
def rsub(input, other, *, alpha=1):
    """`other - alpha * input`: what `1 - x` computes. Mirrors torch.rsub."""
    if input.dtype.kind == "b":
        no_bools(input, other)
    return other - scaled(input, alpha), lambda grad: -grad * alpha, lambda grad: grad


@method("neg")
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


@pointwise(node="DivBackward2")
def _div_rounded(input, other, *, rounding):
    refuse_kinds(f"div_{rounding}_cpu", input, "b")
    _no_zero_division(other)
    slopes = keeping(no_slope, other), keeping(no_slope, input, other)
    if rounding == "floor" or input.dtype.kind == "u":
        return np.floor_divide(input, other), *slopes
    if input.dtype.kind == "f":
        return np.trunc(input / other), *slopes
    quotient = np.abs(input) // np.abs(other)
    return quotient * np.sign(input) * np.sign(other), no_slope, no_slope


def _no_zero_division(other):
    if other.dtype.kind in "iu" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")


@method("div", "divide")
def div(input, other, *, rounding_mode=None, out=None):
    """`input / other`, elementwise; integers give the default float dtype. Mirrors torch.div.

    With `rounding_mode` "trunc" (towards zero) or "floor" the quotient is rounded, and integers
    stay integers; dividing these by zero raises RuntimeError.
    """
    if rounding_mode is None:
        return divided(input, other, out=out)
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
            f"but found '{rounding_mode}'"
        )
    return _div_rounded(input, other, rounding=rounding_mode, out=out)


@method("floor_divide")
@pointwise("__floordiv__")
def floor_divide(input, other):
    """`input / other` rounded down; no gradient passes. Mirrors torch.floor_divide."""
    refuse_kinds("div_floor_cpu", input, "bc")
    _no_zero_division(other)
    return np.floor_divide(input, other)


@method("remainder")
@pointwise("__mod__")
def remainder(input, other):
    """What is left of `input` after floor division; it has the sign of `other`.

    Mirrors torch.remainder.
    """
    refuse_kinds("remainder_cpu", input, "b")
    _no_zero_division(other)
    return (
        _remainder(input, other),
        lambda grad: grad,
        lambda grad: -grad * _floored(input, other),
    )


def _remainder(input, other):
    """What C's fmod leaves, moved to the sign of `other`: a zero keeps its own sign."""
    if input.dtype.kind != "f":
        return np.remainder(input, other)
    left = np.fmod(input, other)
    return np.where((left != 0) & ((left < 0) != (other < 0)), left + other, left)


def _floored(input, other):
    """The rounded quotient inside a derivative, on arrays or on tensors."""
    if isinstance(input, Tensor):
        return div(input, other, rounding_mode="floor")
    return np.floor_divide(input, other)


@method("reciprocal")
@pointwise(floats=True)
def reciprocal(input):
    """`1 / input`; integers give the default float dtype. Mirrors torch.reciprocal."""
    result = 1 / input
    return result, lambda grad: -grad * (result * result)


@method("__rtruediv__", "__rdiv__")
def _rdiv(tensor, number):
    known = isinstance(number, (*NUMBERS, np.ndarray))
    return reciprocal(tensor) * number if known else NotImplemented


@method("__rfloordiv__")
def _rfloordiv(tensor, number):
    return floor_divide(number, tensor) if isinstance(number, NUMBERS) else NotImplemented


@method("__rmod__")
def _rmod(tensor, number):
    return remainder(number, tensor) if isinstance(number, NUMBERS) else NotImplemented


@pointwise(node="PowBackward0")
def _pow_number(input, *, exponent):
    if isinstance(exponent, int):
        fitted(exponent, input.dtype)
    if exponent == 0:
        return np.ones_like(input), lambda grad: no_slope(input)
    return _power(input, exponent), lambda grad: grad * (exponent * input ** (exponent - 1))


def _power(input, exponent):
    """The exponents that people use most need no general power."""
    if exponent == 2:
        return input * input
    if exponent == 3:
        return input * input * input
    if exponent == 0.5:
        return np.sqrt(input)
    if input.dtype.kind in "iu" and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return np.power(input, exponent)


@pointwise(node="PowBackward1")
def _pow_tensor(input, exponent):
    refuse_kinds("pow", input, "b")
    result = _tensor_power(input, exponent)

    def d_input(grad):
        return choose(exponent == 0, 0.0, grad * (exponent * input ** (exponent - 1)))

    def d_exponent(grad):  # where a power of 0 stays 0, though log(0) is -inf
        stays = (input == 0) & (exponent.real >= 0)
        return grad * choose(stays, 0.0, result * np.log(input))

    return result, keeping(d_input, result), d_exponent


def _tensor_power(input, exponent):
    """Integers to negative powers are 1 / x rounded towards zero: that leaves only 1 and -1."""
    if input.dtype.kind not in "iu":
        return np.power(input, exponent)
    power = np.power(input, np.abs(exponent))
    return np.where(exponent < 0, np.where(np.abs(input) == 1, power, 0), power)


@pointwise(node="PowBackward2")
def _number_pow(exponent, *, base):
    result = _tensor_power(np.array(base).astype(exponent.dtype), exponent)
    if base == 0:
        return result, lambda grad: grad * choose(exponent.real >= 0, 0.0, result * -np.inf)
    logarithm = np.log(complex(base) if exponent.dtype.kind == "c" else float(base)).item()
    return result, keeping(lambda grad: grad * (result * logarithm), exponent)


@method("pow")
def pow(input, exponent, *, out=None):
    """`input` to the power of `exponent`; one of them may be a number. Mirrors torch.pow.

    Raises RuntimeError for integers to a negative number: their powers are no integers.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("pow", ("self", "exponent"), (input, exponent))
        if isinstance(input, bool):
            refuse_kinds("pow", exponent._array, "b")
        return _number_pow(meeting(exponent, input), base=input, out=out)
    if isinstance(exponent, Tensor):
        return _pow_tensor(input, exponent, out=out)
    must_be_tensor("pow", ("self", "exponent"), (input, exponent))
    exponent = exponent.item() if isinstance(exponent, np.generic) else exponent
    return _pow_number(meeting(input, exponent), exponent=exponent, out=out)


@method("__pow__")
def _pow_operator(tensor, exponent):
    return pow(tensor, exponent) if isinstance(exponent, (Tensor, *NUMBERS)) else NotImplemented


@method("__rpow__")
def _rpow_operator(tensor, base):
    return pow(base, tensor) if isinstance(base, NUMBERS) else NotImplemented


@method("float_power")
def float_power(input, exponent, *, out=None):
    """`input ** exponent` computed in float64, whatever the dtypes. Mirrors torch.float_power."""
    wide = [
        x.to(float64) if isinstance(x, Tensor) and not x.is_complex() else x
        for x in (input, exponent)
    ]
    if out is None:
        return pow(*wide)
    result = pow(*wide)
    if out.dtype is not result.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (out, result)]
        raise RuntimeError(
            f"the output given to float_power has dtype {names[0]} but the operation's result "
            f"requires dtype {names[1]}"
        )
    return place_into(out, result, "float_power", (input, exponent), look=True)


@method("logaddexp")
@pointwise(numbers=False)
def logaddexp(input, other):
    """log(exp(input) + exp(other)) without overflow. Mirrors torch.logaddexp."""
    refuse_kinds("logaddexp_cpu", input, "biu")
    return (
        np.logaddexp(input, other),
        lambda grad: grad / (1 + np.exp(other - input)),
        lambda grad: grad / (1 + np.exp(input - other)),
    )


@method("logaddexp2")
@pointwise(numbers=False)
def logaddexp2(input, other):
    """log2(2 ** input + 2 ** other) without overflow. Mirrors torch.logaddexp2."""
    refuse_kinds("logaddexp2_cpu", input, "biu")
    return (
        np.logaddexp2(input, other),
        lambda grad: grad / (1 + 2 ** (other - input)),
        lambda grad: grad / (1 + 2 ** (input - other)),
    )


@pointwise(node="LdexpBackward0", floats=True)
def _ldexp(input, other):
    logarithm, result = math.log(2), input * np.exp2(other)
    return (
        result,
        keeping(lambda grad: grad * 2.0**other, result),
        lambda grad: grad * (result * logarithm),
    )


@method("ldexp")
def ldexp(input, other, *, out=None):
    """`input * 2 ** other`. Mirrors torch.ldexp."""
    must_be_tensor("ldexp", ("input", "other"), (input, other), numbers=False)
    if input.is_floating_point():
        refuse_kinds("ldexp_cpu_exp", other._array, "b")
    return _ldexp(input, other, out=out)


@method("nextafter")
@pointwise(numbers=False)
def nextafter(input, other):
    """The next number that the dtype has, from `input` towards `other`. Mirrors torch.nextafter."""
    refuse_kinds("nextafter_cpu", input, "biuc")
    return np.nextafter(input, other), lambda grad: choose(input != other, grad, 0.0), no_slope


@method("xlogy")
@pointwise(floats=True)
def xlogy(input, other):
    """`input * log(other)`, and 0 where `input` is 0, as entropies need it. Mirrors torch.xlogy."""
    refuse_kinds("xlogy_cpu", input)
    product = np.where((input == 0) & ~np.isnan(other), 0.0, input * np.log(other))

    def d_input(grad):
        return grad * choose((input == 0) & (other <= 0), 0.0, np.log(other))

    return product.astype(input.dtype), d_input, lambda grad: grad * input / other


@method("atan2")
@pointwise(floats=True, numbers=False)
def atan2(input, other):
    """The angle of the point (other, input), in all four quadrants. Mirrors torch.atan2."""
    return (
        np.arctan2(input, other),
        lambda grad: grad * other / (input * input + other * other),
        lambda grad: grad * -input / (input * input + other * other),
    )


@method("copysign")
@pointwise(floats=True)
def copysign(input, other):
    """`input` with the sign of `other`. Mirrors torch.copysign."""
    result = np.copysign(input, other)
    return (
        result,
        lambda grad: grad * choose(input == 0, 0.0, result / input),
        keeping(no_slope, result),
    )


def _one_dtype(input, other):
    if input.dtype is not other.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")


@method("heaviside")
def heaviside(input, values, *, out=None):
    """0 below zero, 1 above, `values` at zero. Mirrors torch.heaviside."""
    if any(isinstance(x, Tensor) and x.is_complex() for x in (input, values)):
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    return _heaviside(input, values, out=out)


@pointwise(numbers=False, check=_one_dtype)
def _heaviside(input, values):
    return np.where(input == 0, values, input > 0).astype(input.dtype)


@method("fmod")
@pointwise()
def fmod(input, other):
    """What is left after division rounded towards zero; it has the sign of `input`.

    Mirrors torch.fmod.
    """
    refuse_kinds("fmod_cpu", input, "b")
    _no_zero_division(other)
    return (
        np.fmod(input, other),
        lambda grad: grad,
        lambda grad: -grad * np.trunc(input / other),
    )


@method("hypot")
@pointwise(numbers=False)
def hypot(input, other):
    """The length of the diagonal: sqrt(input**2 + other**2). Mirrors torch.hypot."""
    refuse_kinds("hypot_cpu", input, "biu")
    result = np.hypot(input, other)
    return result, lambda grad: grad * (input / result), lambda grad: grad * (other / result)


@method("gcd")
@pointwise(numbers=False)
def gcd(input, other):
    """The greatest common divisor of integers. Mirrors torch.gcd."""
    refuse_kinds("gcd_cpu", input, "bfc")
    return np.gcd(input, other)


@method("lcm")
@pointwise(numbers=False)
def lcm(input, other):
    """The least common multiple of integers. Mirrors torch.lcm."""
    refuse_kinds("lcm_cpu", input, "bfc")
    return np.lcm(input, other)


@method("bitwise_left_shift")
@pointwise("__lshift__")
def bitwise_left_shift(input, other):
    """The bits moved up: times 2 for each place. Mirrors torch.bitwise_left_shift."""
    refuse_kinds("lshift_cpu", input, "bfc")
    return np.left_shift(input, other)


@method("bitwise_right_shift")
@pointwise("__rshift__")
def bitwise_right_shift(input, other):
    """The bits moved down: halved, rounding down, for each place.

    Mirrors torch.bitwise_right_shift.
    """
    refuse_kinds("rshift_cpu", input, "bfc")
    return np.right_shift(input, other)


@method("__rlshift__")
def _rlshift(tensor, number):
    return bitwise_left_shift(number, tensor) if isinstance(number, NUMBERS) else NotImplemented


@method("__rrshift__")
def _rrshift(tensor, number):
    return bitwise_right_shift(number, tensor) if isinstance(number, NUMBERS) else NotImplemented
