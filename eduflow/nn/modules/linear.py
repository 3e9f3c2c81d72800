"""Linear layers as modules: they own the weight and the bias that F.linear is given."""

import math

from ...ops.factories import empty
from .._functional.linear import bilinear, linear
from ..init import kaiming_uniform_, uniform_
from ..parameter import Parameter
from .module import Module


# %% lesson 05 linear-module
class Linear(Module):
    """`input @ weight.T + bias`, (..., in_features) to (..., out_features), as torch.nn.Linear."""

    __constants__ = ["in_features", "out_features"]

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            uniform_(self.bias, -bound, bound)

    def forward(self, input):
        return linear(input, self.weight, self.bias)

    def extra_repr(self):
        has_bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={has_bias}"


# %% end


class NonDynamicallyQuantizableLinear(Linear):
    """Linear under another name, by which PyTorch's MultiheadAttention has its last layer."""


class Identity(Module):
    """Gives back what it gets; takes any arguments and ignores them. Mirrors torch.nn.Identity."""

    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, input):
        return input


class Bilinear(Module):
    """For output o the number `x1 @ weight[o] @ x2`, plus the bias. Mirrors torch.nn.Bilinear."""

    __constants__ = ["in1_features", "in2_features", "out_features"]

    def __init__(
        self, in1_features, in2_features, out_features, bias=True, device=None, dtype=None
    ):
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        options = {"device": device, "dtype": dtype}
        self.weight = Parameter(empty(out_features, in1_features, in2_features, **options))
        self.register_parameter("bias", Parameter(empty(out_features, **options)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        bound = 1 / math.sqrt(self.weight.size(1))
        uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            uniform_(self.bias, -bound, bound)

    def forward(self, input1, input2):
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self):
        sizes = f"in1_features={self.in1_features}, in2_features={self.in2_features}"
        has_bias = self.bias is not None
        return f"{sizes}, out_features={self.out_features}, bias={has_bias}"
