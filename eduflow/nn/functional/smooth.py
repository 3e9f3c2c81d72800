# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% gelu
"""Smooth activations: gates that open slowly, and soft versions of hard ones."""

import math

import numpy as np

from ...choosing import _choose
from ...elementary import abs, sigmoid, tanh
from ...inplace import modify
from ...joining import cat
from ...operations import Kind, finish, must_be_tensor, pointwise
from ...pointwise_more import erf
from ...refusals import refuse_kinds
from ...tensors import Tensor, check_dim


def _step(operation, x):
    """An operation inside another one's derivative: bare on an array, recorded on a tensor."""
    return operation(x) if isinstance(x, Tensor) else operation.__wrapped__(x)[0]


# %% soft
def _soft(x):
    """log(1 + exp(x)) of an array: no exp overflows, and tiny results are exact, too.

    Where 1 + u was rounded, the last factor makes up for it (Kahan): five times as fast as log1p.
    """
    small = np.exp(-np.abs(x))
    more = 1 + small
    return np.maximum(x, 0) + np.where(more == 1, small, np.log(more) * (small / (more - 1)))


# %% gelu-operations
@pointwise(node="GeluBackward0")
def _gelu(input):
    """x times the probability that a normal number is below x."""
    refuse_kinds("GeluKernelImpl", input, "biuc")

    def derivative(grad):
        below = 0.5 * (1 + _step(erf, input * _ROOT_HALF))
        density = np.exp(-0.5 * input * input) * _NORMAL_TOP
        return grad * (below + input * density)

    return input * 0.5 * (1 + erf.__wrapped__(input * _ROOT_HALF)[0]), derivative


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


# %% gelu-function
def gelu(input, *, approximate="none"):
    """`input` times the chance that a normal number is smaller (Hendrycks and Gimpel, 2016).

    With `approximate="tanh"` a formula without the error function. Mirrors
    torch.nn.functional.gelu.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return (_gelu if approximate == "none" else _gelu_tanh)(input)


# %% silu
@pointwise(node="SiluBackward0")
def _silu(input):
    refuse_kinds("silu_cpu", input, "biu")

    def derivative(grad):
        gate = _step(sigmoid, input)
        return grad * (gate * (1 + input * (1 - gate)))

    return input / (1 + np.exp(-input)), derivative


def silu(input, inplace=False):
    """`input * sigmoid(input)`, also called swish. Mirrors torch.nn.functional.silu."""
    if inplace:
        must_be_tensor("silu_", ("input",), (input,))
        return modify(input, _silu)
    return _silu(input)


# %% mish
@pointwise(node="MishBackward0")
def _mish(input):
    refuse_kinds("mish_cpu", input, "biuc")

    def derivative(grad):
        gate = np.tanh(_step(_softplus, input))
        return grad * (gate + input * _step(sigmoid, input) * (1 - gate * gate))

    return input * np.tanh(_soft(input)), derivative


def mish(input, inplace=False):
    """`input * tanh(softplus(input))` (Misra, 2019). Mirrors torch.nn.functional.mish."""
    if inplace:
        must_be_tensor("mish_", ("input",), (input,))
        return modify(input, _mish)
    return _mish(input)


# %% softplus
@pointwise(node="SoftplusBackward0")
def _softplus(input, *, beta=1.0, threshold=20.0):
    refuse_kinds("softplus_cpu", input, "biuc")

    def derivative(grad):
        steep = input * beta
        return _choose(steep > threshold, grad, grad * _step(sigmoid, steep))

    steep = input * beta
    return np.where(steep > threshold, input, _soft(steep) / beta), derivative


def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + exp(beta * input)) / beta, a ReLU without a corner.

    Where `beta * input` is above `threshold` it is `input` itself. Mirrors
    torch.nn.functional.softplus.
    """
    return _softplus(input, beta=beta, threshold=threshold)


# %% logsigmoid
@pointwise(node="LogSigmoidBackward0")
def _log_sigmoid(input):
    refuse_kinds("log_sigmoid_cpu", input, "biuc")
    return -_soft(-input), lambda grad: grad * _step(sigmoid, -input)


def logsigmoid(input):
    """log(sigmoid(input)), exact also where the sigmoid is tiny.

    Mirrors torch.nn.functional.logsigmoid.
    """
    return _log_sigmoid(input)


# %% softsign
def softsign(input):
    """`input / (1 + |input|)`: like tanh, but it takes its time. Mirrors
    torch.nn.functional.softsign.
    """
    return input / (abs(input) + 1)


def tanhshrink(input):
    """`input - tanh(input)`: nearly flat around zero. Mirrors torch.nn.functional.tanhshrink."""
    return input - tanh(input)


# %% glu
_GLU = Kind("GluBackward0", ("input",), operation="glu")


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
    return finish(_GLU, _gated(input._array, dim, size // 2), (input,))


# %% glu-body
def _gated(input, dim, half):
    before = (slice(None),) * dim
    first, second = (*before, slice(None, half)), (*before, slice(half, None))

    def derivative(grad):
        gate = _step(sigmoid, input[second])
        parts = [grad * gate, grad * input[first] * ((1 - gate) * gate)]
        return cat(parts, dim) if isinstance(grad, Tensor) else np.concatenate(parts, dim)

    return input[first] * sigmoid.__wrapped__(input[second])[0], derivative


# %% public names
__all__ = ["gelu", "glu", "logsigmoid", "mish", "silu", "softplus", "softsign", "tanhshrink"]
