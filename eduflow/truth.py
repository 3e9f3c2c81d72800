# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% all
"""Whether all elements are true, or any."""

import numpy as np

from .reducing import reduction


def _truth(ufunc, input, axes, keepdim):
    """What all and any have in common: a bool, or a uint8 for those."""
    result = ufunc.reduce(input, axes, np.bool_, None, keepdim)
    return np.asarray(result).astype(np.uint8 if input.dtype == np.uint8 else np.bool_, copy=False)


@reduction()
def all(input, axes, keepdim):
    """Whether every element is true, that is not 0; of nothing, True. Mirrors torch.all."""
    return _truth(np.logical_and, input, axes, keepdim)


@reduction()
def any(input, axes, keepdim):
    """Whether some element is true, that is not 0; of nothing, False. Mirrors torch.any."""
    return _truth(np.logical_or, input, axes, keepdim)


# %% public names
__all__ = ["all", "any"]
