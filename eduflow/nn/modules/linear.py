# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% linear-module
"""Linear layers as modules: they own the weight and the bias that F.linear is given."""

import math

from ...creation_more import empty
from ..functional.linear import linear
from ..init import kaiming_uniform_, uniform_
from ..parameter import Parameter
from .module import Module


class Linear(Module):
    """input @ weight.T + bias, over the last dim: (..., in_features) to (..., out_features).

    The first values are spread evenly between -1/sqrt(in) and 1/sqrt(in). Mirrors torch.nn.Linear.
    """

    __constants__ = ["in_features", "out_features"]

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
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


# %% public names
__all__ = ["Linear"]
