# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% soft-targets
"""Cross entropy against soft targets: probabilities, and smoothed labels."""

from ...loss_refusals import check_probabilities, check_smoothing, reduced
from ...softmax import log_softmax
from . import loss


def _against_probabilities(log_p, target, weight, reduction, smoothing):
    """Cross entropy where the target says how probable each class is."""
    dim = min(log_p.dim() - 1, 1)
    classes = log_p.size(dim)
    if smoothing > 0:
        target = target * (1 - smoothing) + smoothing / classes
    losses = -_by_class(log_p * target, weight, dim)
    if reduction == "mean":
        return losses.sum() / (log_p.numel() // classes)
    return reduced(losses, reduction)


def _against_all(log_p, target, weight, ignore_index, reduction):
    """The loss of every class, which label smoothing mixes in."""
    dim = min(log_p.dim() - 1, 1)
    ignored = target == ignore_index
    losses = (-_by_class(log_p, weight, dim)).masked_fill(ignored, 0.0)
    if reduction != "mean":
        return reduced(losses, reduction)
    if weight is None:
        return losses.sum() / (~ignored).sum()
    return losses.sum() / weight.gather(0, target[~ignored]).sum()


def _by_class(scores, weight, dim):
    """The sum over all classes, each with its weight."""
    if weight is not None:
        scores = scores * weight.reshape([-1] + [1] * (scores.dim() - dim - 1))
    return scores.sum(dim)


# %% soft-cross-entropy
def _soft_cross_entropy(input, target, weight, ignore_index, reduction, smoothing):
    """cross_entropy for targets that are probabilities, or labels to be smoothed."""
    check_smoothing(smoothing)
    dim = min(input.dim() - 1, 1)
    if input.shape == target.shape:
        check_probabilities(input, target, weight, ignore_index)
        return _against_probabilities(log_softmax(input, dim), target, weight, reduction, smoothing)
    log_p = log_softmax(input, dim)
    sharp = loss.nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
    even = _against_all(log_p, target, weight, ignore_index, reduction)
    return (1 - smoothing) * sharp + smoothing / log_p.size(dim) * even


loss.soft_cross_entropy = _soft_cross_entropy


# %% public names
__all__ = []
