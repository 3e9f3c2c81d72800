# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% activation-module
"""Activations as modules: each a thin coat around its function."""

from ..functional.activation import relu
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


# %% public names
__all__ = ["ReLU"]
