# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% identity
"""The layer that does nothing."""

from .module import Module


class Identity(Module):
    """Gives back what it gets; takes any arguments and ignores them. Mirrors torch.nn.Identity."""

    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, input):
        return input


# %% public names
__all__ = ["Identity"]
