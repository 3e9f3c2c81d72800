"""Losses that are content once there is a margin: for ranking, for likeness, for classes."""

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, check_broadcast, finish, must_be_tensor, recording
from ..._core.dtype import type_name
from ..._core.keeping import relying
from ..._core.numpy_warnings import quiet
from ..._words.loss import check_reduction, must_be_constant, reduced, reduction_of
from ..._words.operands import refuse_kinds
from ...ops.choose import minimum, where
from .distance import pairwise_distance
from .loss import PAIR, share_of_each


def _checked(reduction, size_average, reduce):
    """The reduction, which must be one of three words."""
    reduction = reduction_of(reduction, size_average, reduce)
    check_reduction(reduction)
    return reduction


@answering
def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """`input` is a distance: itself where the target is 1, `margin - input` if positive for -1.

    Mirrors torch.nn.functional.hinge_embedding_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    must_be_tensor("hinge_embedding_loss", PAIR, (input, target), numbers=False)
    check_broadcast(target._array, input._array)
    apart = where(target != 1, (float(margin) - input).clamp_min(0).to(input.dtype), 0)
    return reduced(apart + where(target != -1, input, 0), reduction)


_TWO = ("input1", "input2", "target")


@answering
def margin_ranking_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """`input1` should be larger by `margin` where the target is 1, smaller where it is -1.

    RuntimeError unless all have equally many dims. Mirrors
    torch.nn.functional.margin_ranking_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    must_be_tensor("margin_ranking_loss", _TWO, (input1, input2, target), numbers=False)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


@answering
def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """1 minus the cosine where the target is 1; where it is -1, the cosine above `margin`.

    Rows of (N, D) with (N,) targets, or two vectors and one target. Mirrors
    torch.nn.functional.cosine_embedding_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    must_be_tensor("cosine_embedding_loss", _TWO, (input1, input2, target), numbers=False)
    _check_rows(input1, input2, target)
    dim = target.dim()
    squares = [(x * x).sum(dim) + 1e-12 for x in (input1, input2)]
    cosine = (input1 * input2).sum(dim) / (squares[0] * squares[1]).sqrt()
    check_broadcast(target._array, cosine._array)
    apart = where(target == -1, (cosine - margin).clamp_min(0), 0)
    return reduced(where(target == 1, 1 - cosine, 0) + apart, reduction)


def _check_rows(input1, input2, target):
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    wanted = target.dim() + 1
    if input1.dim() != wanted or input2.dim() != wanted:
        sizes = [list(x.shape) for x in (input1, input2)]
        raise RuntimeError(
            f"{target.dim()}D target tensor expects {wanted}D input tensors, but found inputs "
            f"with sizes {sizes[0]} and {sizes[1]}."
        )


@answering
def triplet_margin_loss(
    anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
    reduce=None, reduction="mean",
):  # fmt: skip
    """The negative should be further from the anchor than the positive, by `margin`.

    With `swap` the distance from the positive to the negative counts, if that is smaller. Balntas
    et al. (2016). Mirrors torch.nn.functional.triplet_margin_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    names = ("anchor", "positive", "negative")
    must_be_tensor("triplet_margin_loss", names, (anchor, positive, negative), numbers=False)

    def distance(a, b):
        return pairwise_distance(a, b, p, eps)

    return _triplets(anchor, positive, negative, distance, margin, swap, reduction)


def _triplets(anchor, positive, negative, distance, margin, swap, reduction):
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = [x.dim() for x in (anchor, positive, negative)]
    if len({*dims}) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            "dimensions, but got: anchor {}D, positive {}D, and negative {}D inputs".format(*dims)
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)


@answering
def triplet_margin_with_distance_loss(
    anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction="mean"
):
    """`triplet_margin_loss` with a distance of your own. Mirrors
    torch.nn.functional.triplet_margin_with_distance_loss.
    """
    _checked(reduction, None, None)
    distance = pairwise_distance if distance_function is None else distance_function
    return _triplets(anchor, positive, negative, distance, margin, swap, reduction)


_MULTI_MARGIN = Kind("MultiMarginLossBackward0", PAIR, once=True)


@answering
@quiet
def multi_margin_loss(
    input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """The right class should have the highest score, by `margin`: a sum over all other classes.

    `input` is (N, C) or (C,), `target` holds class numbers, `p` is 1 or 2, `weight` one factor for
    each class. Mirrors torch.nn.functional.multi_margin_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    must_be_tensor("multi_margin_loss", PAIR, (input, target), numbers=False)
    _check_multi_margin(input._array, target._array, weight)
    refuse_kinds("multi_margin_loss_cpu_kernel", input._array, "biu")
    if recording.enabled:
        must_be_constant("multi_margin_loss", "weight", weight)
    factors = None if weight is None else weight._array
    returned = _multi_margins(input._array, target._array, p, margin, factors, reduction)
    return relying(finish(_MULTI_MARGIN, returned, (input,)), input, target, weight)


def _multi_margins(input, target, p, margin, weight, reduction):
    scores, classes = np.atleast_2d(input), target.reshape(-1)
    rows, count = np.arange(len(scores)), scores.shape[1]
    excess = np.maximum(margin - scores[rows, classes][:, None] + scores, 0)
    excess[rows, classes] = 0
    factor = (1 if weight is None else weight[classes][:, None]) / input.dtype.type(count)
    slopes = factor * (excess > 0 if p == 1 else 2 * excess)
    slopes[rows, classes] = -slopes.sum(1)
    losses = (factor * excess**p).sum(1)
    return _by_rows(input, losses if target.ndim else losses[0], slopes, reduction)


def _by_rows(input, losses, slopes, reduction):
    """What a loss returns that is one number for each row and whose slopes are known by now."""
    losses, shape = np.asarray(losses), input.shape
    share = share_of_each(losses, reduction)

    def derivative(grad):
        return (slopes * (grad * share).reshape((-1, 1))).reshape(shape)

    return np.asarray(reduced(losses, reduction)), derivative


def _check_multi_margin(input, target, weight):
    _check_vector_or_matrix(input)
    rows = len(input) if input.ndim == 2 else 1
    if target.size != rows or target.ndim > 1:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
            f"samples (batch size). Expected target size [{rows}], but got {list(target.shape)}. "
            f"Input has shape {list(input.shape)}."
        )
    if target.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {type_name(target.dtype)}")
    classes = input.shape[-1] if input.ndim else 1
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(
            f"inconsistent weight size, expected {classes} but got {list(weight.shape)}"
        )
    if ((target < 0) | (target >= classes)).any():
        raise RuntimeError("target out of range")


def _check_vector_or_matrix(input):
    if input.ndim > 2 or (input.ndim and not input.shape[-1]):
        raise RuntimeError(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(input.shape)}"
        )


_MULTILABEL = Kind("MultilabelMarginLossBackward0", PAIR)


@answering
@quiet
def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """Every right class should score higher than every wrong one, by 1.

    A row of `target` lists the right classes; what follows a -1 does not count. Mirrors
    torch.nn.functional.multilabel_margin_loss.
    """
    reduction = _checked(reduction, size_average, reduce)
    must_be_tensor("multilabel_margin_loss", PAIR, (input, target), numbers=False)
    scores, classes = input._array, target._array
    _check_vector_or_matrix(scores)
    if classes.shape != scores.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(classes.shape)} for input of size: "
            f"{list(scores.shape)}"
        )
    if classes.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {type_name(classes.dtype)}")
    if ((classes < -1) | (classes >= max(scores.shape[-1:], default=1))).any():
        raise RuntimeError("argument #2 'target' is out of range")
    refuse_kinds("multilabel_margin_loss_forward_out_frame", scores, "iub")
    returned = _multilabel(scores, classes, reduction)
    return relying(finish(_MULTILABEL, returned, (input,)), input, target)


def _multilabel(input, target, reduction):
    scores, listed = np.atleast_2d(input), np.atleast_2d(target)
    counts = np.logical_and.accumulate(listed >= 0, axis=1)
    rows = np.arange(len(scores))[:, None]
    right = np.zeros(scores.shape, bool)
    right[np.broadcast_to(rows, listed.shape)[counts], listed[counts]] = True
    excess = 1 - scores[rows, listed][:, :, None] + scores[:, None, :]
    wrong = counts[:, :, None] & ~right[:, None, :] & (excess > 0)
    excess, count = np.where(wrong, excess, 0), input.dtype.type(scores.shape[1])
    slopes = wrong.sum(1) / count
    np.subtract.at(slopes, (rows, listed), wrong.sum(2) / count)
    losses = excess.sum((1, 2)) / count
    slopes = slopes.astype(input.dtype)
    return _by_rows(input, losses if input.ndim == 2 else losses[0], slopes, reduction)
