# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% squashing-modules
"""Functions that squash numbers, as modules."""

from ..functional.squashing import log_softmax, sigmoid, softmax, tanh
from .module import Module


class Sigmoid(Module):
    """1 / (1 + exp(-input)). Mirrors torch.nn.Sigmoid."""

    def forward(self, input):
        return sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent. Mirrors torch.nn.Tanh."""

    def forward(self, input):
        return tanh(input)


# %% softmax-modules
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


# %% public names
__all__ = ["LogSoftmax", "Sigmoid", "Softmax", "Tanh"]
