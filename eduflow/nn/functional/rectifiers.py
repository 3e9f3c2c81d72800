# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% leaky-relu
"""Relatives of ReLU: straight above zero, bent or flat below."""

import numpy as np

from ...choosing import _choose
from ...elementary import sgn
from ...generator import generator_argument
from ...inplace import modify
from ...operations import must_be_tensor, pointwise
from ...refusals import refuse_kinds
from ...tensors import Tensor, method


def _flat(grad, input):
    """`grad`, times a slope that is flat nearly everywhere: `input` gets zeros from it.

    Only in derivatives of derivatives, where PyTorch gives zeros rather than an error.
    """
    return grad + sgn(input) * 0 if isinstance(grad, Tensor) else grad


@pointwise(node="LeakyReluBackward0")
def _leaky_relu(input, *, negative_slope):
    refuse_kinds("leaky_relu_cpu", input, "biuc")

    def derivative(grad):
        grad = _flat(grad, input)
        return _choose(input > 0, grad, grad * negative_slope)

    return np.where(input > 0, input, input * negative_slope), derivative


@pointwise(node="LeakyReluBackward1")
def _leaky_relu_in_place(input, *, negative_slope):
    refuse_kinds("leaky_relu_cpu", input, "biuc")
    result = np.where(input > 0, input, input * negative_slope)

    def derivative(grad):
        if negative_slope < 0:
            raise RuntimeError(_NEGATIVE_SLOPE.format("leakyReLu") + _ASK_FOR_IT)
        grad = _flat(grad, result)
        return _choose(result > 0, grad, grad * negative_slope)

    return result, derivative


# %% leaky-relu-functions
def leaky_relu(input, negative_slope=0.01, inplace=False):
    """`input` above zero, `negative_slope * input` below. Mirrors torch.nn.functional.leaky_relu.

    NotImplementedError for integers and complex numbers.
    """
    if inplace:
        return leaky_relu_(input, negative_slope)
    return _leaky_relu(input, negative_slope=negative_slope)


def leaky_relu_(input, negative_slope=0.01):
    """`leaky_relu`, in place; no gradient passes if `negative_slope` is negative."""
    must_be_tensor("leaky_relu_", ("input",), (input,))
    return modify(input, _leaky_relu_in_place, negative_slope=negative_slope)


_NEGATIVE_SLOPE = (
    "In-place {} backward calculation is triggered with a negative slope which is not supported. "
    "This is caused by calling in-place forward function with a negative slope, please call "
    "out-of-place version instead."
)
_ASK_FOR_IT = (
    " File an issue at https://github.com/pytorch/pytorch if you do require supporting in-place "
    "leakRelu backward calculation with negative slope"
)


# %% elu
def _elu_values(input, alpha, scale, input_scale):
    refuse_kinds("elu_cpu", input, "biuc")
    bent = _exp_minus_1(np.minimum(input, 0) * input_scale) * (alpha * scale)
    return np.where(input <= 0, bent, input * scale)


def _exp_minus_1(x):
    """exp(x) - 1, exact also near zero (Kahan): NumPy's expm1 is four times as slow."""
    power = np.exp(x)
    less = power - 1
    known = (less == -1) | (power == np.inf)
    exact = np.where(known, less, less * (x / np.log(power)))
    return np.where(power == 1, x, exact)


def _elu_slope(input, grad, alpha, scale, input_scale):
    """From the input; what exp gets is never large, so that no inf can turn into a nan."""
    bent = np.exp(_choose(input < 0, input, 0.0) * input_scale) * (alpha * scale * input_scale)
    return _choose(input <= 0, grad * bent, grad * scale)


def _elu_slope_of(result, grad, alpha, scale, input_scale):
    """From the result, when the input is gone."""
    if alpha < 0:
        raise RuntimeError(_NEGATIVE_SLOPE.format("elu"))
    bent = (result + alpha * scale) * input_scale
    return _choose(result <= 0, grad * bent, grad * scale)


# %% elu-operations
@pointwise(node="EluBackward0")
def _elu(input, *, alpha, scale=1.0):
    result = _elu_values(input, alpha, scale, 1.0)
    return result, lambda grad: _elu_slope(input, grad, alpha, scale, 1.0)


@pointwise(node="EluBackward1")
def _elu_in_place(input, *, alpha, scale=1.0):
    result = _elu_values(input, alpha, scale, 1.0)
    return result, lambda grad: _elu_slope_of(result, grad, alpha, scale, 1.0)


@pointwise(node="CeluBackward0")
def _celu(input, *, alpha):
    values = _elu_values(input, alpha, 1.0, 1 / alpha)
    return values, lambda grad: _elu_slope(input, grad, alpha, 1.0, 1 / alpha)


@pointwise(node="CeluBackward1")
def _celu_in_place(input, *, alpha):
    result = _elu_values(input, alpha, 1.0, 1 / alpha)
    return result, lambda grad: _elu_slope_of(result, grad, alpha, 1.0, 1 / alpha)


# %% elu-functions
def elu(input, alpha=1.0, inplace=False):
    """`input` above zero, `alpha * (exp(input) - 1)` below. Mirrors torch.nn.functional.elu."""
    return elu_(input, alpha) if inplace else _elu(input, alpha=alpha)


def elu_(input, alpha=1.0):
    """`elu`, in place; no gradient passes if `alpha` is negative."""
    must_be_tensor("elu_", ("input",), (input,))
    return modify(input, _elu_in_place, alpha=alpha)


# %% selu
# From the paper: with these two numbers, mean 0 and variance 1 are a fixed point.
_SELU = {"alpha": 1.6732632423543772848170429916717, "scale": 1.0507009873554804934193349852946}


def selu(input, inplace=False):
    """`elu` with the two numbers that keep mean 0 and variance 1 from layer to layer.

    Mirrors torch.nn.functional.selu.
    """
    if inplace:
        return selu_(input)
    must_be_tensor("selu", ("input",), (input,))
    return _elu(input, **_SELU)


def selu_(input):
    """`selu`, in place. Mirrors torch.selu_."""
    must_be_tensor("selu_", ("input",), (input,))
    return modify(input, _elu_in_place, **_SELU)


# %% celu
def celu(input, alpha=1.0, inplace=False):
    """`input` above zero, `alpha * (exp(input / alpha) - 1)` below: its slope has no jump.

    RuntimeError if `alpha` is 0. Mirrors torch.nn.functional.celu.
    """
    if inplace:
        return celu_(input, alpha)
    _check_celu(alpha)
    return _celu(input, alpha=alpha)


def celu_(input, alpha=1.0):
    """`celu`, in place; no gradient passes if `alpha` is negative. Mirrors torch.celu_."""
    must_be_tensor("celu_", ("input",), (input,))
    _check_celu(alpha)
    return modify(input, _celu_in_place, alpha=alpha)


def _check_celu(alpha):
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")


# %% prelu
@method("prelu")
def prelu(input, weight):
    """`input` above zero, `weight * input` below, with a slope that is learned.

    `weight` holds one number, or one for each channel (dim 1 of `input`). RuntimeError for any
    other number of them. Mirrors torch.prelu.
    """
    must_be_tensor("prelu", ("input", "weight"), (input, weight), numbers=False)
    _check_prelu(input, weight)
    shape = [1] * input.ndim
    if input.ndim > 1:
        shape[1] = weight.numel()
    if weight.ndim != len(shape):
        weight = weight.view(shape)
    return _prelu(input, weight)


@pointwise(node="PreluKernelBackward0")
def _prelu(input, weight):
    return (
        np.where(input > 0, input, input * weight),
        lambda grad: _choose(input > 0, grad, grad * weight),
        lambda grad: _choose(input > 0, 0.0, grad * input),
    )


# %% check-prelu
def _check_prelu(input, weight):
    if input.dtype is not weight.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (input, weight)]
        raise RuntimeError(f"prelu: Type promoting not supported. Got {names[0]} and {names[1]}")
    count = weight.numel()
    if count != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if count != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{count} and channel size = {channels}."
            )
    if weight.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
        )


# %% rrelu
def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False, *, generator=None):
    """`leaky_relu` with a slope drawn anew for every element in training, from lower to upper.

    Otherwise the slope is the middle of the two. Mirrors torch.nn.functional.rrelu.
    """
    must_be_tensor("rrelu_" if inplace else "rrelu", ("input",), (input,))
    if not lower <= upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    options = {"noise": None, "negative_slope": (lower + upper) / 2}
    if training:
        refuse_kinds("rrelu_with_noise_out_cpu", input._array, "biuc")
        options["noise"] = _slopes(input._array, lower, upper, generator)
    if inplace:
        return modify(input, _rrelu_in_place, **options)
    return _rrelu(input, **options)


def rrelu_(input, lower=1.0 / 8, upper=1.0 / 3, training=False, *, generator=None):
    """`rrelu`, in place. Mirrors torch.rrelu_."""
    return rrelu(input, lower, upper, training, True, generator=generator)


# %% rrelu-operations
def _slopes(array, lower, upper, generator):
    """A random slope for every element that is not above zero, in reading order; 1 for others."""
    below = array <= 0
    source = generator_argument("rrelu", generator)
    slopes = np.ones_like(array, order="C")
    slopes[below] = source.uniform(int(below.sum()), np.float64) * (upper - lower) + lower
    return slopes


@pointwise(node="RreluWithNoiseBackward0")
def _rrelu(input, *, noise, negative_slope):
    if noise is None:
        return _leaky_relu.__wrapped__(input, negative_slope=negative_slope)
    fixed_noise = noise
    return input * noise, lambda grad: grad * fixed_noise


@pointwise(node="RreluWithNoiseBackward1")
def _rrelu_in_place(input, *, noise, negative_slope):
    if noise is None:
        return _leaky_relu_in_place.__wrapped__(input, negative_slope=negative_slope)
    fixed_noise = noise
    result = input * noise
    return result, lambda grad: grad * fixed_noise


# %% public names
__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "leaky_relu",
    "leaky_relu_",
    "prelu",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
]
