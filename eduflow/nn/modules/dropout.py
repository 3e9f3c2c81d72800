# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% dropout-module
"""Dropout as a module, which knows whether it is in training."""

from ...layer_refusals import check_probability
from ..functional.dropout import dropout
from .module import Module


class _DropoutNd(Module):
    __constants__ = ["p", "inplace"]

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        check_probability(p)
        self.p, self.inplace = p, inplace

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """In training, each element becomes 0 with probability `p`, the others grow; else nothing.

    Srivastava et al., "Dropout" (2014). Mirrors torch.nn.Dropout.
    """

    def forward(self, input):
        return dropout(input, self.p, self.training, self.inplace)


# %% public names
__all__ = ["Dropout"]
