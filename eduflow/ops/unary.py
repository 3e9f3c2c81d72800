"""Elementwise functions of one tensor: exp, log, roots, sines, sigmoid, abs, signs, rounding."""

import math

import numpy as np

from .._core.dispatch import must_be_tensor, no_slope, pointwise
from .._core.keeping import keeping
from .._core.layout import like_input
from .._core.tensor import Tensor, method
from .._words.operands import refuse_kinds
from .binary import pow
from .choose import choose, clamp


# %% lesson 02 exp
@method("exp")
@pointwise(floats=True)
def exp(input):
    """e to the power of each element; integers give the default float dtype. Mirrors torch.exp."""
    result = np.exp(input)
    return result, lambda grad: grad * result


# %% end


@method("log")
@pointwise(floats=True)
def log(input):
    """The natural logarithm; nan below zero, -inf at zero. Mirrors torch.log."""
    return np.log(input), lambda grad: grad / input


# %% lesson 21 sqrt
@method("sqrt")
@pointwise(floats=True)
def sqrt(input):
    """The square root; nan below zero. Its gradient at zero is inf. Mirrors torch.sqrt."""
    result = np.sqrt(input)
    return result, lambda grad: grad / (2 * result)


@method("sigmoid")
@pointwise(floats=True)
def sigmoid(input):
    """1 / (1 + exp(-input)): squeezes everything between 0 and 1. Mirrors torch.sigmoid."""
    result = 1 / (1 + np.exp(-input))
    return result, lambda grad: grad * ((1 - result) * result)


# %% end


@method("sin")
@pointwise(floats=True)
def sin(input):
    """The sine of angles in radians. Mirrors torch.sin."""
    return np.sin(input), lambda grad: grad * np.cos(input)


@method("cos")
@pointwise(floats=True)
def cos(input):
    """The cosine of angles in radians. Mirrors torch.cos."""
    return np.cos(input), lambda grad: grad * -np.sin(input)


@method("tanh")
@pointwise(floats=True)
def tanh(input):
    """The hyperbolic tangent: squeezes everything between -1 and 1. Mirrors torch.tanh."""
    result = np.tanh(input)
    return result, lambda grad: grad * (1 - result * result)


@method("abs")
@pointwise("__abs__", holomorphic=False)
def abs(input):
    """The absolute value; its gradient at zero is 0. Mirrors torch.abs.

    For complex numbers it is the real distance from zero, and the gradient points away from zero.
    """
    refuse_kinds("abs_cpu", input, "b")
    return np.abs(input), lambda grad: grad * (sgn if isinstance(grad, Tensor) else _sign)(input)


@method("sgn")
@pointwise(holomorphic=False)
def sgn(input):
    """The sign; of a complex number, the number of size 1 in its direction. Mirrors torch.sgn."""
    result = _sign(input)
    if input.dtype.kind != "c":
        return result, keeping(no_slope, input, result)

    def turned(grad):
        along = (grad.conj() * result).real * result  # what only changes the size is lost
        return choose(input == 0, 0.0, (grad - along) / np.abs(input))

    return result, turned


def _sign(array):
    """NumPy's sign, but 0 for nan, as in PyTorch."""
    if array.dtype.kind == "c":
        return np.sign(array)
    if array.dtype.kind == "b":
        return array.copy()
    return np.subtract(array > 0, array < 0, dtype=array.dtype)


@method("square")
def square(input, *, out=None):
    """`input ** 2`. Mirrors torch.square."""
    return pow(input, 2, out=out)


@method("rsqrt")
@pointwise(floats=True)
def rsqrt(input):
    """One over the square root. Mirrors torch.rsqrt."""
    result = 1 / np.sqrt(input)
    return result, lambda grad: -0.5 * grad * (result * result * result)


@method("log1p")
@pointwise(floats=True, node="Log1PBackward0")
def log1p(input):
    """log(1 + input), exact also near zero. Mirrors torch.log1p."""
    return np.log1p(input), lambda grad: grad / (input + 1)


@method("expm1")
@pointwise(floats=True)
def expm1(input):
    """exp(input) - 1, exact also near zero. Mirrors torch.expm1."""
    result = np.expm1(input)
    return result, lambda grad: grad * (result + 1)


@method("exp2")
@pointwise(floats=True)
def exp2(input):
    """2 to the power of each element. Mirrors torch.exp2."""
    result = np.exp2(input)
    return result, lambda grad: grad * (result * math.log(2))


@method("log2")
@pointwise(floats=True)
def log2(input):
    """The logarithm to base 2. Mirrors torch.log2."""
    return np.log2(input), lambda grad: grad / (input * math.log(2))


@method("log10")
@pointwise(floats=True)
def log10(input):
    """The logarithm to base 10. Mirrors torch.log10."""
    return np.log10(input), lambda grad: grad / (input * math.log(10))


@method("logit")
def logit(input, eps=None, *, out=None):
    """log(p / (1 - p)), the inverse of sigmoid; with `eps`, p is kept that far from 0 and 1.

    Mirrors torch.logit.
    """
    safe = input if eps is None else clamp(input, eps, 1 - eps)
    return _logit(safe, out=out)


@pointwise(floats=True)
def _logit(input):
    refuse_kinds("logit_cpu", input)

    def derivative(grad):
        slope = choose((input == 0) | (input == 1), math.inf, 1 / (input * (1 - input)))
        return grad * choose((input < 0) | (input > 1), math.nan, slope)

    return np.log(input / (1 - input)), derivative


@method("tan")
@pointwise(floats=True)
def tan(input):
    """The tangent of angles in radians. Mirrors torch.tan."""
    result = np.tan(input)
    return result, lambda grad: grad * (1 + result * result)


@method("sinc")
@pointwise(floats=True)
def sinc(input):
    """sin(pi x) / (pi x), and 1 at zero. Mirrors torch.sinc."""

    def derivative(grad):
        angle = math.pi * input
        slope = (angle * np.cos(angle) - np.sin(angle)) / (angle * input)
        return grad * choose(input == 0, 0.0, slope)

    return np.sinc(input), derivative


@method("asin")
@pointwise(floats=True)
def asin(input):
    """The angle with this sine. Mirrors torch.asin."""
    return np.arcsin(input), lambda grad: grad / np.sqrt(1 - input * input)


@method("acos")
@pointwise(floats=True)
def acos(input):
    """The angle with this cosine. Mirrors torch.acos."""
    return np.arccos(input), lambda grad: -grad / np.sqrt(1 - input * input)


@method("atan")
@pointwise(floats=True)
def atan(input):
    """The angle with this tangent. Mirrors torch.atan."""
    return np.arctan(input), lambda grad: grad / (input * input + 1)


@method("sinh")
@pointwise(floats=True)
def sinh(input):
    """The hyperbolic sine. Mirrors torch.sinh."""
    return np.sinh(input), lambda grad: grad * np.cosh(input)


@method("cosh")
@pointwise(floats=True)
def cosh(input):
    """The hyperbolic cosine. Mirrors torch.cosh."""
    return np.cosh(input), lambda grad: grad * np.sinh(input)


@method("asinh")
@pointwise(floats=True)
def asinh(input):
    """The inverse of sinh. Mirrors torch.asinh."""
    return np.arcsinh(input), lambda grad: grad / np.sqrt(input * input + 1)


@method("acosh")
@pointwise(floats=True)
def acosh(input):
    """The inverse of cosh, from 1 on. Mirrors torch.acosh."""
    return np.arccosh(input), lambda grad: grad / np.sqrt(input * input - 1)


@method("atanh")
@pointwise(floats=True)
def atanh(input):
    """The inverse of tanh, between -1 and 1. Mirrors torch.atanh."""
    return np.arctanh(input), lambda grad: grad / (1 - input * input)


@method("sign")
@pointwise()
def sign(input):
    """-1, 0 or 1; flat, so the gradient is zero. Mirrors torch.sign."""
    if input.dtype.kind == "c":
        raise NotImplementedError(
            "Unlike NumPy, torch.sign is not intended to support complex numbers. "
            "Please use torch.sgn instead."
        )
    return _sign(input), no_slope


@method("signbit")
@pointwise()
def signbit(input):
    """Whether the sign bit is set: true also for -0.0. Mirrors torch.signbit."""
    if input.dtype.kind == "c":
        raise NotImplementedError("signbit is not implemented for complex tensors.")
    return np.signbit(input) if input.dtype.kind == "f" else input < 0


def _whole(name, input, function):
    """The result of a rounding, whose derivative is zero; no bools, and no complex numbers."""
    if input.dtype.kind == "c":
        raise NotImplementedError(f"{name} is not supported for complex inputs")
    refuse_kinds(f"{name}_vml_cpu", input, "b")
    if input.dtype.kind in "iu":
        function = np.positive  # whole already; NumPy 2.0 would make floats of them
    return function(input), no_slope


@method("floor")
@pointwise()
def floor(input):
    """Rounded down; flat, so the gradient is zero. Mirrors torch.floor."""
    return _whole("floor", input, np.floor)


@method("ceil")
@pointwise()
def ceil(input):
    """Rounded up; flat, so the gradient is zero. Mirrors torch.ceil."""
    return _whole("ceil", input, np.ceil)


@method("trunc")
@pointwise()
def trunc(input):
    """Rounded towards zero; flat, so the gradient is zero. Mirrors torch.trunc."""
    return _whole("trunc", input, np.trunc)


@method("frac")
@pointwise()
def frac(input):
    """What follows the decimal point, with the sign of the number. Mirrors torch.frac."""
    refuse_kinds("frac_cpu", input, "biu")
    return input - np.trunc(input), lambda grad: grad


@method("round")
def round(input, *, decimals=0, out=None):
    """Rounded to `decimals` places, halves to the even neighbour. Mirrors torch.round."""
    must_be_tensor("round", ("input",), (input,))
    if not isinstance(decimals, int) or isinstance(decimals, bool):
        raise TypeError(f"round(): argument 'decimals' must be int, not {type(decimals).__name__}")
    return _round_to(input, decimals=decimals, out=out) if decimals else _round(input, out=out)


@pointwise(node="RoundBackward0")
def _round(input):
    return _whole("round", input, np.round)


@pointwise(node="RoundBackward1")
def _round_to(input, *, decimals):
    refuse_kinds("round_cpu", input, "biu")
    return np.round(input, decimals), no_slope


@method("nan_to_num")
def nan_to_num(input, nan=0.0, posinf=None, neginf=None, *, out=None):
    """Numbers for nan and the infinities; by default 0 and the largest there are.

    Mirrors torch.nan_to_num.
    """
    # As floats: NumPy takes no ints beyond its own into an array.
    given = {"nan": nan or 0.0, "posinf": posinf, "neginf": neginf}
    numbers = {k: float(v) if isinstance(v, int) else v for k, v in given.items()}
    made = _nan_to_num(input, **numbers, out=out)
    if out is None:  # dims of size 1 keep their strides, too, unlike in other such functions
        made._array = like_input(made._array, input._array)
    return made


@pointwise(node="NanToNumBackward0")
def _nan_to_num(input, *, nan, posinf=None, neginf=None):
    result = np.nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)
    return result, lambda grad: choose(np.isfinite(input), grad, 0.0)


def _no_complex(name, array):
    if array.dtype.kind == "c":
        raise RuntimeError(f"{name} is not supported for complex tensors.")


@method("deg2rad")
@pointwise(floats=True, node="Deg2RadBackward0")
def deg2rad(input):
    """Degrees as radians. Mirrors torch.deg2rad."""
    _no_complex("deg2rad", input)
    return input * (math.pi / 180), lambda grad: grad * (math.pi / 180)


@method("rad2deg")
@pointwise(floats=True, node="Rad2DegBackward0")
def rad2deg(input):
    """Radians as degrees. Mirrors torch.rad2deg."""
    _no_complex("rad2deg", input)
    return input * (180 / math.pi), lambda grad: grad * (180 / math.pi)
