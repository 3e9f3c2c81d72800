"""Activations as modules: each a thin coat around its function."""

import warnings

from ...ops.factories import empty
from .._functional import activation
from .._functional.activation import log_softmax, relu, sigmoid, softmax, softmin, tanh
from ..init import constant_
from ..parameter import Parameter
from .module import Module


class ReLU(Module):
    """The larger of each element and 0, in place if asked. Mirrors torch.nn.ReLU."""

    __constants__ = ["inplace"]

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input):
        return relu(input, inplace=self.inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """1 / (1 + exp(-input)). Mirrors torch.nn.Sigmoid."""

    def forward(self, input):
        return sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent. Mirrors torch.nn.Tanh."""

    def forward(self, input):
        return tanh(input)


class Softmax(Module):
    """Scores along `dim` as probabilities. Mirrors torch.nn.Softmax."""

    __constants__ = ["dim"]

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self):
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of softmax along `dim`. Mirrors torch.nn.LogSoftmax."""

    __constants__ = ["dim"]

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self):
        return f"dim={self.dim}"


class _InPlace(Module):
    """An activation whose only option is `inplace`."""

    __constants__ = ["inplace"]

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


class SELU(_InPlace):
    """`elu` with numbers that keep mean 0 and variance 1. Mirrors torch.nn.SELU."""

    def forward(self, input):
        return activation.selu(input, self.inplace)


class SiLU(_InPlace):
    """`input * sigmoid(input)`. Mirrors torch.nn.SiLU."""

    def forward(self, input):
        return activation.silu(input, inplace=self.inplace)


class Mish(_InPlace):
    """`input * tanh(softplus(input))`. Mirrors torch.nn.Mish."""

    def forward(self, input):
        return activation.mish(input, inplace=self.inplace)


class Hardsigmoid(_InPlace):
    """A sigmoid of three straight lines. Mirrors torch.nn.Hardsigmoid."""

    def forward(self, input):
        return activation.hardsigmoid(input, self.inplace)

    def extra_repr(self):
        return ""


class Hardswish(_InPlace):
    """`input` times its hardsigmoid. Mirrors torch.nn.Hardswish."""

    def forward(self, input):
        return activation.hardswish(input, self.inplace)

    def extra_repr(self):
        return ""


def _options(text, inplace):
    return text + (", inplace=True" if inplace else "")


class Hardtanh(Module):
    """Cut to the range from `min_val` to `max_val`. Mirrors torch.nn.Hardtanh."""

    __constants__ = ["min_val", "max_val", "inplace"]

    def __init__(self, min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None):
        super().__init__()
        for name, value in (("min", min_value), ("max", max_value)):
            if value is not None:
                warnings.warn(
                    f"keyword argument `{name}_value` is deprecated and renamed to `{name}_val`",
                    category=FutureWarning,
                    stacklevel=2,
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(
                f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})"
            )

    def forward(self, input):
        return activation.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self):
        return _options(f"min_val={self.min_val}, max_val={self.max_val}", self.inplace)


class ReLU6(Hardtanh):
    """ReLU that stops at 6. Mirrors torch.nn.ReLU6."""

    def __init__(self, inplace=False):
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """A small slope below zero. Mirrors torch.nn.LeakyReLU."""

    __constants__ = ["inplace", "negative_slope"]

    def __init__(self, negative_slope=1e-2, inplace=False):
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input):
        return activation.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self):
        return _options(f"negative_slope={self.negative_slope}", self.inplace)


class RReLU(Module):
    """A random slope below zero in training, else the middle one. Mirrors torch.nn.RReLU."""

    __constants__ = ["lower", "upper", "inplace"]

    def __init__(self, lower=1.0 / 8, upper=1.0 / 3, inplace=False):
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input):
        return activation.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self):
        return _options(f"lower={self.lower}, upper={self.upper}", self.inplace)


class ELU(Module):
    """Levels off at `-alpha`. Mirrors torch.nn.ELU."""

    __constants__ = ["alpha", "inplace"]

    def __init__(self, alpha=1.0, inplace=False):
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input):
        return activation.elu(input, self.alpha, self.inplace)

    def extra_repr(self):
        return _options(f"alpha={self.alpha}", self.inplace)


class CELU(ELU):
    """Like ELU, but its slope has no jump for any `alpha`. Mirrors torch.nn.CELU."""

    def forward(self, input):
        return activation.celu(input, self.alpha, self.inplace)


class Threshold(Module):
    """`value` where the input is not above `threshold`. Mirrors torch.nn.Threshold."""

    __constants__ = ["threshold", "value", "inplace"]

    def __init__(self, threshold, value, inplace=False):
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input):
        return activation.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self):
        return _options(f"threshold={self.threshold}, value={self.value}", self.inplace)


class PReLU(Module):
    """A learned slope below zero: one, or one for each channel. Mirrors torch.nn.PReLU."""

    __constants__ = ["num_parameters"]

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        """Set all slopes to the first one again."""
        constant_(self.weight, self.init)

    def forward(self, input):
        return activation.prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


class GELU(Module):
    """`input` times the chance that a normal number is smaller. Mirrors torch.nn.GELU."""

    __constants__ = ["approximate"]

    def __init__(self, approximate="none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        return activation.gelu(input, approximate=self.approximate)

    def extra_repr(self):
        return f"approximate={self.approximate!r}"


class Softplus(Module):
    """A ReLU without a corner. Mirrors torch.nn.Softplus."""

    __constants__ = ["beta", "threshold"]

    def __init__(self, beta=1.0, threshold=20.0):
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input):
        return activation.softplus(input, self.beta, self.threshold)

    def extra_repr(self):
        return f"beta={self.beta}, threshold={self.threshold}"


class _Shrink(Module):
    __constants__ = ["lambd"]

    def __init__(self, lambd=0.5):
        super().__init__()
        self.lambd = lambd

    def extra_repr(self):
        return f"{self.lambd}"


class Hardshrink(_Shrink):
    """0 from `-lambd` to `lambd`. Mirrors torch.nn.Hardshrink."""

    def forward(self, input):
        return activation.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """Moved towards zero by `lambd`. Mirrors torch.nn.Softshrink."""

    def forward(self, input):
        return activation.softshrink(input, self.lambd)


class LogSigmoid(Module):
    """log(sigmoid(input)). Mirrors torch.nn.LogSigmoid."""

    def forward(self, input):
        return activation.logsigmoid(input)


class Softsign(Module):
    """`input / (1 + |input|)`. Mirrors torch.nn.Softsign."""

    def forward(self, input):
        return activation.softsign(input)


class Tanhshrink(Module):
    """`input - tanh(input)`. Mirrors torch.nn.Tanhshrink."""

    def forward(self, input):
        return activation.tanhshrink(input)


class GLU(Module):
    """One half times the sigmoid of the other. Mirrors torch.nn.GLU."""

    __constants__ = ["dim"]

    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return activation.glu(input, self.dim)

    def extra_repr(self):
        return f"dim={self.dim}"


class Softmin(Module):
    """The softmax of `-input` along `dim`. Mirrors torch.nn.Softmin."""

    __constants__ = ["dim"]

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self):
        return f"dim={self.dim}"


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W). Mirrors torch.nn.Softmax2d."""

    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ValueError(
                f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead"
            )
        return softmax(input, -3, _stacklevel=5)
