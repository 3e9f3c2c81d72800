# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% squashing-functions
"""Functions that squash numbers, in their second home."""

from ...elementary import sigmoid as _sigmoid
from ...elementary import tanh as _tanh
from ...layer_refusals import implicit_dim
from ...softmax import log_softmax as _log_softmax
from ...softmax import softmax as _softmax


def sigmoid(input):
    """1 / (1 + exp(-input)): between 0 and 1. Mirrors torch.nn.functional.sigmoid."""
    return _sigmoid(input)


def tanh(input):
    """The hyperbolic tangent: between -1 and 1. Mirrors torch.nn.functional.tanh."""
    return _tanh(input)


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """Scores along `dim` as probabilities that add up to 1. Mirrors torch.nn.functional.softmax."""
    dim = implicit_dim("softmax", input, _stacklevel) if dim is None else dim
    return _softmax(input, dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax, which is exacter. Mirrors torch.nn.functional.log_softmax."""
    dim = implicit_dim("log_softmax", input, _stacklevel) if dim is None else dim
    return _log_softmax(input, dim, dtype)


# %% public names
__all__ = ["log_softmax", "sigmoid", "softmax", "tanh"]
