# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% functional-activation
"""Activations as functions: what stands between two linear layers."""

import warnings

from ...elementary import sigmoid as _sigmoid
from ...elementary import tanh as _tanh
from ...relu import relu as _relu
from ...relu import relu_ as relu_
from ...softmax import log_softmax as _log_softmax
from ...softmax import softmax as _softmax


def relu(input, inplace=False):
    """The larger of each element and 0, in place if asked. Mirrors torch.nn.functional.relu."""
    return relu_(input) if inplace else _relu(input)


def sigmoid(input):
    """1 / (1 + exp(-input)): between 0 and 1. Mirrors torch.nn.functional.sigmoid."""
    return _sigmoid(input)


def tanh(input):
    """The hyperbolic tangent: between -1 and 1. Mirrors torch.nn.functional.tanh."""
    return _tanh(input)


# %% functional-softmax
def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """Scores along `dim` as probabilities that add up to 1. Mirrors torch.nn.functional.softmax."""
    dim = implicit_dim("softmax", input, _stacklevel) if dim is None else dim
    return _softmax(input, dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax, which is exacter. Mirrors torch.nn.functional.log_softmax."""
    dim = implicit_dim("log_softmax", input, _stacklevel) if dim is None else dim
    return _log_softmax(input, dim, dtype)


def implicit_dim(name, input, stacklevel):
    """The dim that old code left out, with PyTorch's warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1


# %% public names
__all__ = ["implicit_dim", "log_softmax", "relu", "relu_", "sigmoid", "softmax", "tanh"]
