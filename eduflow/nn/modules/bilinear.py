# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% bilinear-module
"""Bilinear maps as modules."""

import math

from ...creation_more import empty
from ..functional.bilinear import bilinear
from ..init import uniform_
from ..parameter import Parameter
from .module import Module


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


# %% public names
__all__ = ["Bilinear"]
