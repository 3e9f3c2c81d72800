# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% bce
"""Losses for yes or no, and for probabilities."""

import warnings

import numpy as np

from ...broadcasting import expanded_sizes
from ...choosing import _choose
from ...elementary import sigmoid
from ...loss_refusals import check_reduction, reduced, reduction_of
from ...operations import (
    Kind,
    check_broadcast,
    finish,
    gradient_edge,
    must_be_tensor,
    pointwise_fits,
    recording,
)
from ...pointwise import exp
from ...pointwise_more import xlogy
from ...refusals import no_bools, type_name
from .regression import _PAIR, _share
from .smooth import _soft, _softplus, _step, logsigmoid

_BCE = Kind("BinaryCrossEntropyBackward0", _PAIR)


def _entropies(input, target, fixed_weight, reduction):
    """The loss for probabilities; logarithms are cut at -100, so that no loss is infinite."""
    yes, no = np.maximum(np.log(input), -100), np.maximum(np.log1p(-input), -100)
    losses = ((target - 1) * no - target * yes) * fixed_weight
    share = _share(input, reduction)

    def d_input(grad):
        spread = (1 - input) * input
        spread = _choose(spread > 1e-12, spread, 1e-12)
        return (input - target) / spread * fixed_weight * (grad * share)

    def d_target(grad):
        return (np.log1p(-input) - np.log(input)) * fixed_weight * (grad * share)

    return np.asarray(reduced(losses, reduction)), d_input, d_target


# %% bce-function
def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """For probabilities of "yes": minus the logarithm of what was given to the right answer.

    Everything lies between 0 and 1, else RuntimeError; shapes must be equal. `weight` is a factor
    for each element. Mirrors torch.nn.functional.binary_cross_entropy.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}) is deprecated. Please ensure they have the same size."
        )
    fixed_weight = _constant("binary_cross_entropy", "weight", weight)
    if weight is not None:
        expanded_sizes(fixed_weight, target._array.shape)
    _check_probabilities(input._array, target._array)
    returned = _entropies(input._array, target._array, fixed_weight, reduction)
    return finish(_BCE, returned, (input, target))


# %% bce-checks
def _check_probabilities(input, target):
    """The errors of what are no probabilities."""
    if input.dtype != target.dtype:
        raise RuntimeError(
            f"Found dtype {type_name(target.dtype)} but expected {type_name(input.dtype)}"
        )
    if input.dtype.kind != "f":
        name = type_name(input.dtype)
        raise NotImplementedError(f"\"binary_cross_entropy\" not implemented for '{name}'")
    for name, array in (("input", input), ("target", target)):
        if not ((array >= 0) & (array <= 1)).all():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")


def _constant(loss, argument, weight):
    """The array of a weight, which must not ask for gradients; 1 if there is none."""
    if weight is None:
        return 1
    if recording.enabled and gradient_edge(weight) is not None:
        raise RuntimeError(
            f"The function '{loss}' is not differentiable with respect to argument '{argument}'. "
            "This input cannot have requires_grad True."
        )
    return weight._array


# %% logits
_LOGITS = Kind("BinaryCrossEntropyWithLogitsBackward0", _PAIR)


def _from_scores(input, target, fixed_weight, fixed_rise, reduction):
    """The loss for scores: (1 - t) x + (1 + rise t) log(1 + exp(-x)), which cannot overflow."""
    check_broadcast(np.asarray(fixed_rise), target)
    losses = (1 - target) * input + (1 + fixed_rise * target) * _soft(-input)
    check_broadcast(losses, np.asarray(fixed_weight))
    losses = losses * fixed_weight
    share, risen = _share(losses, reduction), np.ndim(fixed_rise) > 0 or fixed_rise != 0

    def d_input(grad):
        slope = (1 - target) - (1 + fixed_rise * target) * _step(sigmoid, -input)
        return slope * fixed_weight * (grad * share)

    def d_target(grad):
        rise = fixed_rise * _step(_softplus, -input) - input if risen else -input
        return rise * fixed_weight * (grad * share)

    return losses, np.asarray(reduced(losses, reduction)), d_input, d_target


# %% logits-function
def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """`binary_cross_entropy` of `sigmoid(input)`, exact also for large scores.

    `pos_weight` is a factor for the answer "yes", such as one per column. Shapes of input and
    target must be equal. Mirrors torch.nn.functional.binary_cross_entropy_with_logits.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Target size ({target.size()}) must be the same as input size ({input.size()})"
        )
    weight, rise = [
        _constant("binary_cross_entropy_with_logits", name, given)
        for name, given in (("weight", weight), ("pos_weight", pos_weight))
    ]
    _check_scores(input._array, target._array)
    dtype = np.promote_types(input._array.dtype, target._array.dtype)
    arrays = [x._array.astype(dtype, copy=False) for x in (input, target)]
    losses, *returned = _from_scores(*arrays, weight, rise - 1, reduction)
    return finish(
        _LOGITS, tuple(returned), (input, target), pointwise_fits((input, target), losses)
    )


# %% logits-checks
def _check_scores(input, target):
    """The errors of dtypes that this loss cannot take."""
    if target.dtype.kind == "b":
        no_bools(target, target)
    if input.dtype.kind != "f":
        name = type_name(input.dtype)
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{name}'")
    if target.dtype.kind != "f":
        raise RuntimeError(
            f"result type {type_name(input.dtype)} can't be cast to the desired output type "
            f"{type_name(target.dtype)}"
        )


# %% kl-div
def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """How far the distribution `target` is from another one, whose logarithm is `input`.

    `reduction="batchmean"` divides the sum by the number of rows, as the definition wants; the mean
    divides by the number of elements, and warns. With `log_target` the target is a logarithm, too.
    Mirrors torch.nn.functional.kl_div.
    """
    if size_average is not None or reduce is not None:
        reduction = reduction_of(reduction, size_average, reduce)
    elif reduction == "mean":
        warnings.warn(_KL_MEAN, stacklevel=2)
    if reduction != "batchmean":
        check_reduction(reduction)
    must_be_tensor("kl_div", _PAIR, (input, target), numbers=False)
    if not (input.is_floating_point() and target.is_floating_point()):
        raise RuntimeError("kl_div: Integral inputs not supported.")
    if log_target:
        losses = exp(target) * (target - input)
    else:
        losses = xlogy(target, target) - target * input
    if reduction == "batchmean" and input.ndim:
        return losses.sum() / input.size(0)
    return reduced(losses, "sum" if reduction == "batchmean" else reduction)


_KL_MEAN = (
    "reduction: 'mean' divides the total loss by both the batch size and the support size."
    "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
    "'mean' will be changed to behave the same as 'batchmean' in the next major release."
)


# %% soft-margin
_SOFT_MARGIN = Kind("SoftMarginLossBackward0", _PAIR)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + exp(-target * input)) for targets of 1 and -1.

    Mirrors torch.nn.functional.soft_margin_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    must_be_tensor("soft_margin_loss", _PAIR, (input, target), numbers=False)
    if not input.is_floating_point():
        name = type_name(input._array.dtype)
        raise RuntimeError(f"result type Float can't be cast to the desired output type {name}")
    check_broadcast(input._array, target._array)
    target = target.to(input.dtype)
    losses, *returned = _soft_margins(input._array, target._array, reduction)
    fits = pointwise_fits((input, target), losses)
    return finish(_SOFT_MARGIN, tuple(returned), (input, target), fits)


def _soft_margins(input, target, reduction):
    losses = _soft(-target * input)
    share = _share(losses, reduction)
    return (
        losses,
        np.asarray(reduced(losses, reduction)),
        lambda grad: -target * _step(sigmoid, -target * input) * (grad * share),
        lambda grad: -input * _step(sigmoid, -target * input) * (grad * share),
    )


# %% multilabel-soft-margin
def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """For several labels at once, 0 or 1 each: the mean of their logistic losses in every row.

    Mirrors torch.nn.functional.multilabel_soft_margin_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    must_be_tensor("log_sigmoid", ("input",), (input,))
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    losses = losses.sum(dim=input.ndim - 1) / input.size(-1)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    return reduced(losses, reduction)


# %% public names
__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
]
