# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% activation
"""Activations as functions: what stands between two linear layers."""

from ...relu import relu as _relu
from ...relu import relu_ as relu_


def relu(input, inplace=False):
    """The larger of each element and 0, in place if asked. Mirrors torch.nn.functional.relu."""
    return relu_(input) if inplace else _relu(input)


# %% public names
__all__ = ["relu", "relu_"]
