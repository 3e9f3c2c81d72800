"""Activations as modules: each a thin coat around its function."""

import warnings

from ..._words import attention as words
from ...ops.factories import empty
from ...ops.unary import sigmoid
from .._functional import activation
from .._functional.activation import log_softmax, softmax, softmin, tanh
from .._functional.attention import multi_head_attention_forward
from .._functional.rectifier import relu, relu_
from ..init import constant_, xavier_normal_, xavier_uniform_
from ..parameter import Parameter
from .linear import NonDynamicallyQuantizableLinear
from .module import Module


class ReLU(Module):
    """The larger of each element and 0, in place if asked. Mirrors torch.nn.ReLU."""

    __constants__ = ["inplace"]

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input):
        return relu_(input) if self.inplace else relu(input)

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


class MultiheadAttention(Module):
    """Attention in `num_heads` parts of `embed_dim` at once, between two linear layers.

    query (L, N, embed_dim), key (S, N, kdim), value (S, N, vdim); with `batch_first` N comes
    first, and one sample alone has no N. Gives the output, shaped as the query, and the weights,
    (N, L, S), or None without `need_weights`. In masks of bools True means: do not look.
    Mirrors torch.nn.MultiheadAttention.
    """

    __constants__ = ["batch_first"]

    def __init__(
        self, embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False,
        kdim=None, vdim=None, batch_first=False, device=None, dtype=None,
    ):  # fmt: skip
        words.sizes(embed_dim, num_heads)
        super().__init__()
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.dropout, self.batch_first = dropout, batch_first
        self.head_dim = embed_dim // num_heads
        made = {"device": device, "dtype": dtype}
        for name, size in self._sizes(bias).items():
            weight = None if size is None else Parameter(empty(size, **made))
            self.register_parameter(name, weight)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **made)
        size = (1, 1, embed_dim)
        self.bias_k = Parameter(empty(size, **made)) if add_bias_kv else None
        self.bias_v = Parameter(empty(size, **made)) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _sizes(self, bias):
        """The sizes of the first projections, by name, in PyTorch's order; None for what lacks."""
        width, same = self.embed_dim, self._qkv_same_embed_dim
        packed = {"in_proj_weight": (3 * width, width) if same else None}
        each = {"q": width, "k": self.kdim, "v": self.vdim}
        each = {f"{x}_proj_weight": None if same else (width, n) for x, n in each.items()}
        both = packed | each if same else each | packed
        return both | {"in_proj_bias": (3 * width,) if bias else None}

    def _reset_parameters(self):
        """Draw new first values."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight,
                       self.v_proj_weight):  # fmt: skip
            if weight is not None:
                xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            constant_(self.in_proj_bias, 0.0)
            constant_(self.out_proj.bias, 0.0)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                xavier_normal_(bias)

    def forward(
        self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None,
        average_attn_weights=True, is_causal=False,
    ):  # fmt: skip
        turned = self.batch_first and query.dim() == 3
        if turned:
            query, key, value = (x.transpose(1, 0) for x in (query, key, value))
        output, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight,
            self.in_proj_bias, self.bias_k, self.bias_v, self.add_zero_attn, self.dropout,
            self.out_proj.weight, self.out_proj.bias, training=self.training,
            key_padding_mask=key_padding_mask, need_weights=need_weights, attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight, k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight, average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )  # fmt: skip
        return (output.transpose(1, 0) if turned else output), weights
