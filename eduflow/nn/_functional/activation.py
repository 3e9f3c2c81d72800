"""Activations: what stands between linear layers, element by element or along a dim."""

import math
import warnings

import numpy as np

from ..._core.arguments import check_dim, computed, fitted, number_argument
from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, pointwise, raw, two_way
from ..._core.generator import generator_argument
from ..._core.keeping import keeping
from ..._core.layout import contiguous_format
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor, method
from ..._kernels import kernel
from ..._words.module import implicit_dim
from ..._words.operands import refuse_kinds
from ...ops.choose import choose
from ...ops.factories import empty_like, zeros_like
from ...ops.inplace import modify
from ...ops.join import cat
from ...ops.softmax import log_softmax as _log_softmax
from ...ops.softmax import softmax as _softmax
from ...ops.special import erf
from ...ops.unary import abs, sgn
from ...ops.unary import sigmoid as _sigmoid
from ...ops.unary import tanh as _tanh
from .rectifier import relu as _relu
from .rectifier import relu_


def relu(input, inplace=False):
    """The larger of each element and 0, in place if asked. Mirrors torch.nn.functional.relu."""
    return relu_(input) if inplace else _relu(input)


@answering
def sigmoid(input):
    """1 / (1 + exp(-input)): between 0 and 1. Mirrors torch.nn.functional.sigmoid."""
    return _sigmoid(input)


@answering
def tanh(input):
    """The hyperbolic tangent: between -1 and 1. Mirrors torch.nn.functional.tanh."""
    return _tanh(input)


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """Scores along `dim` as probabilities that add up to 1. Mirrors torch.nn.functional.softmax."""
    dim = implicit_dim("softmax", input, _stacklevel) if dim is None else dim
    return _softmax(input, dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax, which is exacter. Mirrors torch.nn.functional.log_softmax."""
    dim = implicit_dim("log_softmax", input, _stacklevel) if dim is None else dim
    return _log_softmax(input, dim, dtype)


def _flat(grad, input):
    """`grad`, times a slope that is flat nearly everywhere: `input` gets zeros from it.

    Only in derivatives of derivatives, where PyTorch gives zeros rather than an error.
    """
    return grad + sgn(input) * 0 if isinstance(grad, Tensor) else grad


# %% lesson 13 leaky
def leaky(input, slope):
    """Each element above 0 as it is, each other times `slope`: -2 and 3 with 0.1 give -0.2 and 3.

    An array of the shape and dtype of `input`.
    """
    return np.where(input > 0, input, input * slope)


def leaky_gradient(grad, input, slope):
    """Above 0 the gradient passes as it is, below times `slope`. Arrays, or tensors."""
    return choose(input > 0, grad, grad * slope)


# %% end
@pointwise(node="LeakyReluBackward0")
def _leaky_relu(input, *, negative_slope):
    refuse_kinds("leaky_relu_cpu", input, "biuc")
    return leaky(input, negative_slope), lambda grad: leaky_gradient(
        _flat(grad, input), input, negative_slope
    )


@pointwise(node="LeakyReluBackward1")
def _leaky_relu_in_place(input, *, negative_slope):
    refuse_kinds("leaky_relu_cpu", input, "biuc")
    result = leaky(input, negative_slope)

    def derivative(grad):
        if negative_slope < 0:
            raise RuntimeError(_NEGATIVE_SLOPE.format("leakyReLu") + _ASK_FOR_IT)
        return leaky_gradient(_flat(grad, result), result, negative_slope)

    return result, derivative


@answering
def leaky_relu(input, negative_slope=0.01, inplace=False):
    """`input` above zero, `negative_slope * input` below. Mirrors torch.nn.functional.leaky_relu.

    NotImplementedError for integers and complex numbers.
    """
    if inplace:
        return leaky_relu_(input, negative_slope)
    return _leaky_relu(input, negative_slope=negative_slope)


@answering
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
    bent = np.exp(choose(input < 0, input, 0.0) * input_scale) * (alpha * scale * input_scale)
    return choose(input <= 0, grad * bent, grad * scale)


def _elu_slope_of(result, grad, alpha, scale, input_scale):
    """From the result, when the input is gone."""
    if alpha < 0:
        raise RuntimeError(_NEGATIVE_SLOPE.format("elu"))
    bent = (result + alpha * scale) * input_scale
    return choose(result <= 0, grad * bent, grad * scale)


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


@answering
def elu(input, alpha=1.0, inplace=False):
    """`input` above zero, `alpha * (exp(input) - 1)` below. Mirrors torch.nn.functional.elu."""
    return elu_(input, alpha) if inplace else _elu(input, alpha=alpha)


@answering
def elu_(input, alpha=1.0):
    """`elu`, in place; no gradient passes if `alpha` is negative."""
    must_be_tensor("elu_", ("input",), (input,))
    return modify(input, _elu_in_place, alpha=alpha)


# From the paper: with these two numbers, mean 0 and variance 1 are a fixed point.
_SELU = {"alpha": 1.6732632423543772848170429916717, "scale": 1.0507009873554804934193349852946}


@answering
def selu(input, inplace=False):
    """`elu` with the two numbers that keep mean 0 and variance 1 from layer to layer.

    Mirrors torch.nn.functional.selu.
    """
    if inplace:
        return selu_(input)
    must_be_tensor("selu", ("input",), (input,))
    return _elu(input, **_SELU)


@answering
def selu_(input):
    """`selu`, in place. Mirrors torch.selu_."""
    must_be_tensor("selu_", ("input",), (input,))
    return modify(input, _elu_in_place, **_SELU)


@answering
def celu(input, alpha=1.0, inplace=False):
    """`input` above zero, `alpha * (exp(input / alpha) - 1)` below: its slope has no jump.

    RuntimeError if `alpha` is 0. Mirrors torch.nn.functional.celu.
    """
    if inplace:
        return celu_(input, alpha)
    _check_celu(alpha)
    return _celu(input, alpha=alpha)


@answering
def celu_(input, alpha=1.0):
    """`celu`, in place; no gradient passes if `alpha` is negative. Mirrors torch.celu_."""
    must_be_tensor("celu_", ("input",), (input,))
    _check_celu(alpha)
    return modify(input, _celu_in_place, alpha=alpha)


def _check_celu(alpha):
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")


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
        keeping(
            lambda grad: _bent(grad, weight, above=raw(input) > 0, not_below=raw(input) >= 0),
            *(input, weight),
            flat=True,
        ),
        keeping(lambda grad: choose(input >= 0, 0.0, grad * input), weight),
    )


@two_way
def _bent(grad, weight, *, above, not_below):
    """`grad` above zero, `weight * grad` below: at 0 the latter, and the derivative of the former.

    PyTorch draws the line in two ways, and so it is drawn here.
    """
    return (
        np.where(above, grad, grad * weight),
        lambda outer: choose(not_below, outer, outer * weight),
        lambda outer: choose(not_below, 0.0, outer * grad),
    )


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


@answering
def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """`leaky_relu` with a slope drawn anew for every element in training, from lower to upper.

    Otherwise the slope is the middle of the two. Mirrors torch.nn.functional.rrelu.
    """
    return rrelu_drawn(input, lower, upper, training, inplace, None)


def rrelu_drawn(input, lower, upper, training, inplace, generator):
    """`rrelu`, its slopes drawn by this generator."""
    must_be_tensor("rrelu_" if inplace else "rrelu", ("input",), (input,))
    if not lower <= upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    options = {"noise": None, "negative_slope": (lower + upper) / 2}
    generator_argument("rrelu", generator)
    if training:
        refuse_kinds("rrelu_with_noise_out_cpu", input._array, "biuc")
        options["noise"] = _slopes(input._array, lower, upper, generator)
    if inplace:
        return modify(input, _rrelu_in_place, **options)
    return _rrelu(input, **options)


@answering
def rrelu_(input, lower=1.0 / 8, upper=1.0 / 3, training=False, *, generator=None):
    """`rrelu`, in place. Mirrors torch.rrelu_."""
    return rrelu_drawn(input, lower, upper, training, True, generator)


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
    return input * noise, keeping(lambda grad: grad * fixed_noise, input)


@pointwise(node="RreluWithNoiseBackward1")
def _rrelu_in_place(input, *, noise, negative_slope):
    if noise is None:
        return _leaky_relu_in_place.__wrapped__(input, negative_slope=negative_slope)
    fixed_noise = noise
    result = input * noise
    return result, lambda grad: grad * fixed_noise


@pointwise(node="HardtanhBackward0")
def _hardtanh(input, *, min_val, max_val):
    if input.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    if input.dtype.kind == "u" and min_val < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    low, high = fitted(min_val, input.dtype), fitted(max_val, input.dtype)
    return (
        np.minimum(np.maximum(input, low), high),
        lambda grad: choose((input <= min_val) | (input >= max_val), 0.0, _flat(grad, input)),
    )


@answering
def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """Cut to the range from `min_val` to `max_val`; the slope is 1 inside, 0 elsewhere.

    Mirrors torch.nn.functional.hardtanh.
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if inplace:
        return hardtanh_(input, min_val, max_val)
    return _hardtanh(input, min_val=min_val, max_val=max_val)


@answering
def hardtanh_(input, min_val=-1.0, max_val=1.0):
    """`hardtanh`, in place."""
    must_be_tensor("hardtanh_", ("input",), (input,))
    return modify(input, _hardtanh, min_val=min_val, max_val=max_val)


@answering
def relu6(input, inplace=False):
    """ReLU that stops at 6. Mirrors torch.nn.functional.relu6."""
    must_be_tensor("relu6_" if inplace else "relu6", ("input",), (input,))
    return (hardtanh_ if inplace else hardtanh)(input, 0.0, 6.0)


@pointwise(node="HardsigmoidBackward0")
def _hardsigmoid(input):
    refuse_kinds("hardsigmoid_cpu", input, "biuc")
    return (
        np.minimum(np.maximum(input + 3, 0), 6) / 6,
        lambda grad: choose((input > -3) & (input < 3), grad / 6, 0.0),
    )


@answering
def hardsigmoid(input, inplace=False):
    """A sigmoid of three straight lines: 0 up to -3, 1 from 3 on.

    Mirrors torch.nn.functional.hardsigmoid.
    """
    if inplace:
        must_be_tensor("hardsigmoid_", ("input",), (input,))
        return modify(input, _hardsigmoid)
    return _hardsigmoid(input)


@pointwise(node="HardswishBackward0")
def _hardswish(input):
    refuse_kinds("hardswish_cpu", input, "biuc")

    def derivative(grad):
        bent = choose(input < 3, grad * (input / 3 + 0.5), grad)
        return choose(input <= -3, 0.0, bent)

    return input * np.minimum(np.maximum(input + 3, 0), 6) / 6, derivative


@answering
def hardswish(input, inplace=False):
    """`input` times its hardsigmoid, a cheap `silu` (Howard et al., 2019).

    Mirrors torch.nn.functional.hardswish.
    """
    if inplace:
        must_be_tensor("hardswish_", ("input",), (input,))
        return modify(input, _hardswish)
    return _hardswish(input)


def _cut(input, threshold, value):
    refuse_kinds("threshold_cpu", input, "bc")
    number, threshold = fitted(value, input.dtype), computed(threshold, input.dtype).item()
    return (
        np.where(input <= threshold, number, input),
        lambda grad: choose(input <= threshold, 0.0, _flat(grad, input)),
    )


@pointwise(node="ThresholdBackward0")
def _threshold(input, *, threshold, value):
    return _cut(input, threshold, value)


@pointwise(node="ThresholdBackward1")
def _threshold_in_place(input, *, threshold, value):
    return _cut(input, threshold, value)


@answering
def threshold(input, threshold, value, inplace=False):
    """`input` where it is above `threshold`, else `value`. Mirrors torch.nn.functional.threshold.

    `threshold(x, 0, 0)` is ReLU.
    """
    if inplace:
        return threshold_(input, threshold, value)
    return _threshold(input, threshold=threshold, value=value)


@answering
def threshold_(input, threshold, value):
    """`threshold`, in place. Mirrors torch.threshold_."""
    must_be_tensor("threshold_", ("input",), (input,))
    return modify(input, _threshold_in_place, threshold=threshold, value=value)


@method("hardshrink")
def hardshrink(input, lambd=0.5):
    """0 from `-lambd` to `lambd`, `input` itself outside. Mirrors torch.hardshrink."""
    return _hardshrink(input, lambd=lambd)


@pointwise(node="HardshrinkBackward0")
def _hardshrink(input, *, lambd):
    refuse_kinds("hardshrink_cpu", input, "biuc")
    return (
        np.where((input >= -lambd) & (input <= lambd), 0, input).astype(input.dtype, copy=False),
        lambda grad: choose((input >= -lambd) & (input <= lambd), 0.0, _flat(grad, input)),
    )


@answering
def softshrink(input, lambd=0.5):
    """Moved towards zero by `lambd`, and 0 where that would go past it: no jump.

    RuntimeError if `lambd` is negative. Mirrors torch.nn.functional.softshrink.
    """
    must_be_tensor("softshrink", ("input",), (input,))
    refuse_kinds("softshrink_check", input._array, "biuc")
    if lambd < 0:
        limit = np.finfo(input._array.dtype).max
        name = input.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"lambda must be in range [0, {float(limit):g}] for input dtype {name}, "
            f"but found {lambd:g}"
        )
    return _softshrink(input, lambd=lambd)


@pointwise(node="SoftshrinkBackward0")
def _softshrink(input, *, lambd):
    moved = np.where(
        input > lambd, input - lambd, np.where(input < -lambd, input + lambd, input * 0)
    )
    return moved, lambda grad: choose((input >= -lambd) & (input <= lambd), 0.0, _flat(grad, input))


def applied(operation, x):
    """An operation inside another one's derivative: bare on an array, recorded on a tensor."""
    return operation(x) if isinstance(x, Tensor) else operation.__wrapped__(x)[0]


def softplus_of(x):
    """`softplus` inside another operation's derivative: of an array, or recorded of a tensor."""
    return applied(_softplus, x)


def log1p_exp(x):
    """log(1 + exp(x)) of an array: no exp overflows, and tiny results are exact, too.

    Where 1 + u was rounded, the last factor makes up for it (Kahan): five times as fast as log1p.
    """
    small = np.exp(-np.abs(x))
    more = 1 + small
    return np.maximum(x, 0) + np.where(more == 1, small, np.log(more) * (small / (more - 1)))


@pointwise(node="GeluBackward0")
def _gelu(input):
    """x times the probability that a normal number is below x."""
    refuse_kinds("GeluKernelImpl", input, "biuc")
    return gelu_values(input), lambda grad: grad * gelu_slopes(input)


@kernel
def gelu_values(x):
    """GELU of the numbers in an array."""
    return x * 0.5 * (1 + erf.__wrapped__(x * _ROOT_HALF)[0])


@kernel(tensors=True)
def gelu_slopes(x):
    """How steep GELU is at these numbers, in an array or a tensor."""
    below = 0.5 * (1 + applied(erf, x * _ROOT_HALF))
    density = np.exp(-0.5 * x * x) * _NORMAL_TOP
    return below + x * density


_ROOT_HALF, _NORMAL_TOP = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


@pointwise(node="GeluBackward0")
def _gelu_tanh(input):
    """The same with a tanh in the place of the error function: nearly equal, once much faster."""
    refuse_kinds("GeluKernelImpl", input, "biuc")

    def derivative(grad):
        square = input * input
        bend = np.tanh(_GELU_TANH * (input + 0.044715 * square * input))
        inner = _GELU_TANH * (1 + 3 * 0.044715 * square)
        return grad * (0.5 * (1 + bend) + 0.5 * input * (1 - bend * bend) * inner)

    bend = np.tanh(_GELU_TANH * (input + 0.044715 * input * input * input))
    return 0.5 * input * (1 + bend), derivative


_GELU_TANH = math.sqrt(2 / math.pi)


@answering
def gelu(input, *, approximate="none"):
    """`input` times the chance that a normal number is smaller (Hendrycks and Gimpel, 2016).

    With `approximate="tanh"` a formula without the error function. Mirrors
    torch.nn.functional.gelu.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return (_gelu if approximate == "none" else _gelu_tanh)(input)


@pointwise(node="SiluBackward0")
def _silu(input):
    refuse_kinds("silu_cpu", input, "biu")

    def derivative(grad):
        gate = applied(_sigmoid, input)
        return grad * (gate * (1 + input * (1 - gate)))

    return input / (1 + np.exp(-input)), derivative


@answering
def silu(input, inplace=False):
    """`input * sigmoid(input)`, also called swish. Mirrors torch.nn.functional.silu."""
    if inplace:
        must_be_tensor("silu_", ("input",), (input,))
        return modify(input, _silu)
    return _silu(input)


@pointwise(node="MishBackward0")
def _mish(input):
    refuse_kinds("mish_cpu", input, "biuc")

    def derivative(grad):
        gate = np.tanh(softplus_of(input))
        return grad * (gate + input * applied(_sigmoid, input) * (1 - gate * gate))

    return input * np.tanh(log1p_exp(input)), derivative


@answering
def mish(input, inplace=False):
    """`input * tanh(softplus(input))` (Misra, 2019). Mirrors torch.nn.functional.mish."""
    if inplace:
        must_be_tensor("mish_", ("input",), (input,))
        return modify(input, _mish)
    return _mish(input)


@pointwise(node="SoftplusBackward0")
def _softplus(input, *, beta=1.0, threshold=20.0):
    refuse_kinds("softplus_cpu", input, "biuc")

    def derivative(grad):
        steep = input * beta
        return choose(steep > threshold, grad, grad * applied(_sigmoid, steep))

    steep = input * beta
    return np.where(steep > threshold, input, log1p_exp(steep) / beta), derivative


@answering
def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + exp(beta * input)) / beta, a ReLU without a corner.

    Where `beta * input` is above `threshold` it is `input` itself. Mirrors
    torch.nn.functional.softplus.
    """
    beta = number_argument("softplus", "beta", 2, beta)
    threshold = number_argument("softplus", "threshold", 3, threshold)
    return _softplus(input, beta=beta, threshold=threshold)


@pointwise(node="LogSigmoidBackward0")
def _log_sigmoid(input):
    refuse_kinds("log_sigmoid_cpu", input, "biuc")
    return -log1p_exp(-input), lambda grad: grad * applied(_sigmoid, -input)


@answering
def logsigmoid(input):
    """log(sigmoid(input)), exact also where the sigmoid is tiny.

    Mirrors torch.nn.functional.logsigmoid.
    """
    return _log_sigmoid(input)


@answering
def softsign(input):
    """`input / (1 + |input|)`: like tanh, but it takes its time. Mirrors
    torch.nn.functional.softsign.
    """
    return input / (abs(input) + 1)


@answering
def tanhshrink(input):
    """`input - tanh(input)`: nearly flat around zero. Mirrors torch.nn.functional.tanhshrink."""
    return input - _tanh(input)


_GLU = Kind("GluBackward0", ("input",), operation="glu")


@answering
@quiet
def glu(input, dim=-1):
    """The first half along `dim` times the sigmoid of the second (Dauphin et al., 2016).

    RuntimeError if there is no half. Mirrors torch.nn.functional.glu.
    """
    must_be_tensor("glu", ("input",), (input,))
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = check_dim(dim, input.ndim)
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    refuse_kinds("glu_cpu", input._array, "biuc")
    before, half = (slice(None),) * dim, size // 2
    halves = (*before, slice(None, half)), (*before, slice(half, None))
    layout = [input._array[part] for part in halves]
    return finish(_GLU, _gated(input._array, dim, *halves), (input,), layout=layout)


def _gated(input, dim, first, second):
    def derivative(grad):
        gate = applied(_sigmoid, input[second])
        parts = [grad * gate, grad * input[first] * ((1 - gate) * gate)]
        return cat(parts, dim) if isinstance(grad, Tensor) else np.concatenate(parts, dim)

    return input[first] * _sigmoid.__wrapped__(input[second])[0], derivative


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """The softmax of `-input`: the smallest gets the most. Mirrors torch.nn.functional.softmin."""
    if dim is None:
        dim = implicit_dim("softmin", input, _stacklevel)
    return softmax(-input, dim, dtype=dtype)


@answering
def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A random choice, softened so that gradients pass (Jang et al., 2016).

    With `hard` the result is one-hot, and gradients pass as if it were not. Mirrors
    torch.nn.functional.gumbel_softmax.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -empty_like(logits, memory_format=contiguous_format).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    chosen = soft.max(dim, keepdim=True)[1]
    sharp = zeros_like(logits, memory_format=contiguous_format).scatter_(dim, chosen, 1.0)
    return sharp - soft.detach() + soft
