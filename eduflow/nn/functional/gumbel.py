# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% softmin
"""Softmax turned around, and softmax as a way to draw."""

import warnings

from ...creation_like import empty_like, zeros_like
from ...layer_refusals import implicit_dim
from ...layouts import contiguous_format
from .squashing import softmax


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """The softmax of `-input`: the smallest gets the most. Mirrors torch.nn.functional.softmin."""
    if dim is None:
        dim = implicit_dim("softmin", input, _stacklevel)
    return softmax(-input, dim, dtype=dtype)


# %% gumbel-softmax
def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A random choice, softened so that gradients pass (Jang et al., 2016).

    With `hard` the result is one-hot, and gradients pass as if it were not. Mirrors
    torch.nn.functional.gumbel_softmax.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -empty_like(logits, memory_format=contiguous_format).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    chosen = soft.max(dim, keepdim=True)[1]
    sharp = zeros_like(logits, memory_format=contiguous_format).scatter_(dim, chosen, 1.0)
    return sharp - soft.detach() + soft


# %% public names
__all__ = ["gumbel_softmax", "softmin"]
