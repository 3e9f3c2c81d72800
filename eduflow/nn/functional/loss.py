# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% reductions
"""Losses as functions: one number that says how wrong the scores are."""

import warnings

import numpy as np

from ...broadcasting import broadcast_tensors
from ...dtypes import promote_types
from ...operations import Kind, finish, gradient_edge, must_be_tensor, recording
from ...reducing import average, total
from ...refusals import type_name
from ...softmax import log_softmax
from ...two_way import raw, two_way


def reduction_of(reduction, size_average=None, reduce=None):
    """The `reduction` asked for; `size_average` and `reduce` are its old form, with a warning."""
    if size_average is not None or reduce is not None:
        averaged = "sum" if size_average is False else "mean"
        reduction = "none" if reduce is False else averaged
        warnings.warn(
            "size_average and reduce args will be deprecated, please use "
            f"reduction='{reduction}' instead.",
            stacklevel=3,
        )
    return reduction


def reduced(losses, reduction):
    """A tensor of losses as it is ("none"), its "mean" or its "sum"; ValueError for other words."""
    check_reduction(reduction)
    if reduction == "none" or not isinstance(losses, np.ndarray):
        return losses if reduction == "none" else getattr(losses, reduction)()
    axes = tuple(range(losses.ndim))
    return total(losses, axes) if reduction == "sum" else average(losses, axes)[0]


def check_reduction(reduction):
    """ValueError, in PyTorch's words, for a word there is none of."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


# %% mse
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


# %% alike
def alike(input, target):
    """Both in one shape and one dtype, as losses that compare element by element need them."""
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=3,
        )
        input, target = broadcast_tensors(input, target)
    dtype = promote_types(input.dtype, target.dtype)
    return input.to(dtype), target.to(dtype)


def weighted(losses, weight, reduction):
    """Losses times their weights; the mean is divided by the sum of the weights."""
    if weight.size() != losses.size():
        raise ValueError("Weights and input must have the same size.")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(
            f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'."
        )
    total = reduced(losses * weight, "sum" if reduction == "mean" else reduction)
    return total / weight.sum() if reduction == "mean" else total


# %% nll
def _picked(input, target, weight, ignore_index, reduction):
    """Minus the score of the right class: its place is the only one that gets a gradient."""
    ignored = target == ignore_index
    classes, where = _places(target, ignored, input.ndim)
    share = np.ones(target.shape, input.dtype) if weight is None else weight[classes]
    share = np.where(ignored, 0, share)
    losses = np.where(ignored, 0, -input[where] * share)
    total = share.sum() if reduction == "mean" else input.dtype.type(1)
    fixed_share = np.where(ignored, 0, -share / total)

    def derivative(grad):
        where = _places(raw(target), ignored, len(input.shape))[1]
        return _placed(grad * fixed_share, where=where, shape=tuple(input.shape))

    return np.asarray(losses if reduction == "none" else losses.sum() / total), derivative


def _places(target, ignored, dims):
    """The class of each sample (0 where ignored), and the index that picks its score."""
    classes = np.where(ignored, 0, target)
    if dims == 1:
        return classes, (classes,)
    rows, *rest = np.indices(target.shape, sparse=True)
    return classes, (rows, classes, *rest)


@two_way
def _placed(values, *, where, shape):
    """Zeros of this shape, but `values` at the places `where`."""
    result = np.zeros(shape, values.dtype)
    result[where] = values
    return result, lambda grad: grad[where]


# %% nll-function
def nll_loss(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
):
    """Minus the log-probability of the right class: (N, C) or (N, C, ...) with (N) or (N, ...).

    `input` holds log-probabilities, `target` ints; `weight` one factor for each class. Targets of
    `ignore_index` do not count. Errors as check_classes says. Mirrors torch.nn.functional.nll_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    check_reduction(reduction)
    must_be_tensor("nll_loss_nd", ["input", "target"], (input, target), numbers=False)
    check_classes(input._array, target._array, weight, ignore_index)
    a, t = input._array, target._array
    t = t.reshape(()) if a.ndim == 1 else t
    picked = _picked(a, t, raw(weight), ignore_index, reduction)
    viewed = a.ndim == 3 or a.ndim > 4  # PyTorch turns these into images, and back
    kind = _VIEW if viewed and reduction == "none" else _NLL if a.ndim < 3 else _NLL_2D
    return finish(kind, picked, (input, target))


_NLL = Kind("NllLossBackward0", _MSE.parameters)
_NLL_2D = Kind("NllLoss2DBackward0", _MSE.parameters)
_VIEW = Kind("ViewBackward0", _MSE.parameters)


# %% check-classes
def check_classes(scores, target, weight, ignore_index):
    """The errors, in PyTorch's words, of scores, targets and weights that do not go together."""
    if not scores.ndim:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if scores.ndim > 1 and scores.shape[:1] != target.shape[:1]:
        raise ValueError(
            f"Expected input batch_size ({scores.shape[0]}) to match target batch_size "
            f"({target.shape[0]})."
        )
    if scores.ndim < 3 and target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    _check_images(scores, target)
    if target.dtype not in (np.int64, np.uint8):
        name = type_name(target.dtype)
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {name}")
    if scores.dtype.kind != "f":
        name = type_name(scores.dtype)
        raise NotImplementedError(f"\"nll_loss_out_frame\" not implemented for '{name}'")
    classes = scores.shape[min(scores.ndim - 1, 1)]
    if weight is not None:
        _check_weight(weight, classes, scores)
    outside = ((target < 0) | (target >= classes)) & (target != ignore_index)
    if outside.any():
        raise IndexError(f"Target {target[outside][0]} is out of bounds.")


# %% check-weight
def _check_images(scores, target):
    """RuntimeError unless scores with more than two dims have a target for every place."""
    wanted = [*scores.shape[:1], *scores.shape[2:]]
    if scores.ndim < 3 or list(target.shape) == wanted:
        return
    if scores.ndim != 4:
        raise RuntimeError(f"Expected target size {wanted}, got {list(target.shape)}")
    if target.ndim != 3:
        raise RuntimeError(
            "only batches of spatial targets supported (3D tensors) but got targets of "
            f"dimension: {target.ndim}"
        )
    raise RuntimeError(
        f"size mismatch (got input: {list(scores.shape)} , target: {list(target.shape)}"
    )


def _check_weight(weight, classes, scores):
    """RuntimeError unless there is one constant weight of the right dtype for every class."""
    if recording.enabled and gradient_edge(weight) is not None:
        raise RuntimeError(
            "The function 'nll_loss_forward' is not differentiable with respect to argument "
            "'weight'. This input cannot have requires_grad True."
        )
    if weight.size() != (classes,):
        detail = f"all {classes} classes or no classes but got weight tensor of shape: "
        detail = f"{detail}{list(weight.shape)}" if scores.ndim < 3 else "all or no classes"
        raise RuntimeError(f"weight tensor should be defined either for {detail}")
    if weight._array.dtype != scores.dtype:
        names = type_name(scores.dtype), type_name(weight._array.dtype)
        raise RuntimeError("expected scalar type {} but found {}".format(*names))


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
    must_be_tensor("cross_entropy_loss", ["input", "target"], (input, target), numbers=False)
    log_p = log_softmax(input, min(input.dim() - 1, 1)) if input.dim() else input
    if input.shape == target.shape:
        check_probabilities(input, target, weight, ignore_index, label_smoothing)
        return _against_probabilities(log_p, target, weight, reduction, label_smoothing)
    loss = nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
    if label_smoothing > 0:
        even = _against_all(log_p, target, weight, ignore_index, reduction)
        check_smoothing(label_smoothing)
        return (1 - label_smoothing) * loss + label_smoothing / log_p.size(
            min(log_p.dim() - 1, 1)
        ) * even
    return loss


# %% soft-targets
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


# %% check-soft
def check_probabilities(input, target, weight, ignore_index, smoothing):
    """RuntimeError, in PyTorch's words, for targets that are no probabilities."""
    check_smoothing(smoothing)
    if not target.is_floating_point():
        name = type_name(target._array.dtype)
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {name}"
        )
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    classes = input.size(min(input.dim() - 1, 1))
    if weight is not None and weight.size() != (classes,):
        raise RuntimeError(
            "cross_entropy: weight tensor should be defined either for all "
            f"{classes} classes or no classes but got weight tensor of shape: {list(weight.shape)}"
        )


def check_smoothing(smoothing):
    """RuntimeError for a share above 1."""
    if smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smoothing:g}")


# %% public names
__all__ = [
    "alike",
    "check_classes",
    "check_probabilities",
    "check_reduction",
    "check_smoothing",
    "cross_entropy",
    "mse_loss",
    "nll_loss",
    "reduced",
    "reduction_of",
    "weighted",
]
