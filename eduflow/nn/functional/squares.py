# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% squares
"""The squared error."""

import numpy as np

from ...loss_refusals import alike, check_reduction, reduced, reduction_of, weighted
from ...operations import Kind, finish
from ...refusals import type_name

_MSE = Kind("MseLossBackward0", ["input", "target"])


def _squares(input, target, reduction):
    """Squared differences; the further off, the stronger the pull."""
    difference = input - target
    result = reduced(difference * difference, reduction)
    factor = 2 / max(difference.size, 1) if reduction == "mean" else 2
    return (
        np.asarray(result),
        lambda grad: (input - target) * (grad * factor),
        lambda grad: (target - input) * (grad * factor),
    )


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """The squared differences, averaged. Shapes should be equal: a warning where they are not.

    Mirrors torch.nn.functional.mse_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    input, target = alike(input, target)
    if weight is not None:
        return weighted(mse_loss(input, target, reduction="none"), weight, reduction)
    check_reduction(reduction)
    if input._array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"mse_cpu\" not implemented for '{type_name(input._array.dtype)}'"
        )
    return finish(_MSE, _squares(input._array, target._array, reduction), (input, target))


# %% public names
__all__ = ["mse_loss"]
