# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% flatten-module
"""Flatten as a module, so that a reshaping can stand in a list of layers."""

from .module import Module


class Flatten(Module):
    """`input.flatten(start_dim, end_dim)`, by default all dims but the batch.

    Mirrors torch.nn.Flatten.
    """

    __constants__ = ["start_dim", "end_dim"]

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


# %% public names
__all__ = ["Flatten"]
