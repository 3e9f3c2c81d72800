# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% nll
"""Losses as functions: one number that says how wrong the scores are."""

from ...loss_refusals import check_classes, check_reduction, reduction_of
from ...operations import Kind, finish, must_be_tensor
from ...picking import picked
from ...softmax import log_softmax


def nll_loss(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
):
    """Minus the log-probability of the right class: (N, C) or (N, C, ...) with (N) or (N, ...).

    `input` holds log-probabilities, `target` ints; `weight` one factor for each class. Targets of
    `ignore_index` do not count. Mirrors torch.nn.functional.nll_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    check_reduction(reduction)
    must_be_tensor("nll_loss_nd", ["input", "target"], (input, target), numbers=False)
    check_classes(input._array, target._array, weight, ignore_index)
    a, t = input._array, target._array
    weights = None if weight is None else weight._array
    viewed = a.ndim == 3 or a.ndim > 4  # PyTorch turns these into images, and back
    kind = _VIEW if viewed and reduction == "none" else _NLL if a.ndim < 3 else _NLL_2D
    found = picked(a, t.reshape(()) if a.ndim == 1 else t, weights, ignore_index, reduction)
    return finish(kind, found, (input, target))


_NLL, _NLL_2D, _VIEW = [
    Kind(name, ["input", "target"])
    for name in ("NllLossBackward0", "NllLoss2DBackward0", "ViewBackward0")
]


# %% cross-entropy
def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """log_softmax, then nll_loss: how surprised these scores are by the right class.

    `input` holds raw scores, (C), (N, C) or (N, C, ...); `target` ints, or a probability for every
    class in a float tensor of the same shape. `label_smoothing` moves that share of each target to
    all classes evenly. Mirrors torch.nn.functional.cross_entropy.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    check_reduction(reduction)
    must_be_tensor("cross_entropy_loss", ["input", "target"], (input, target), numbers=False)
    if input.shape == target.shape or label_smoothing > 0:
        options = (weight, ignore_index, reduction, label_smoothing)
        return soft_cross_entropy(input, target, *options)
    log_p = log_softmax(input, min(input.dim() - 1, 1))
    return nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)


def soft_cross_entropy(input, target, weight, ignore_index, reduction, smoothing):
    """An empty room: the annex of this lesson builds it."""
    raise NotImplementedError("soft targets are built in the annex of lesson 05")


# %% public names
__all__ = ["cross_entropy", "nll_loss", "soft_cross_entropy"]
