# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% l1
"""Losses for numbers: how far off, and how much that matters."""

import math

import numpy as np

from ...choosing import _choose, where
from ...grad_mode import no_grad
from ...loss_refusals import alike, check_reduction, reduced, reduction_of, weighted
from ...operations import Kind, finish, must_be_tensor
from ...pointwise import exp, log
from ...refusals import no_bools, type_name
from ...tensors import Tensor


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """The absolute differences, averaged: far-off values count less than in `mse_loss`.

    Mirrors torch.nn.functional.l1_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    no_bools(input, target)
    input, target = alike(input, target)
    losses = (input - target).abs()
    return reduced(losses, reduction) if weight is None else weighted(losses, weight, reduction)


# %% share
_PAIR = ("input", "target")


def _share(array, reduction):
    """What the gradient of a reduced loss is multiplied by for each element."""
    return 1 / max(array.size, 1) if reduction == "mean" else 1


def _must_be_float(kernel, tensor):
    if tensor._array.dtype.kind != "f":
        name = type_name(tensor._array.dtype)
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{name}'")


# %% smooth-l1
_SMOOTH_L1 = Kind("SmoothL1LossBackward0", _PAIR)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """Squares up to a difference of `beta`, straight beyond: no corner, and no huge gradients.

    RuntimeError for a negative `beta`. Mirrors torch.nn.functional.smooth_l1_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    input, target = alike(input, target)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    _must_be_float("smooth_l1_cpu", input)
    bent = _bent(input._array, target._array, beta, 1 / beta, reduction)
    return finish(_SMOOTH_L1, bent, (input, target))


# %% bent
def _bent(input, target, border, steepness, reduction):
    """Half a parabola of this steepness up to the border, its tangent beyond."""
    far = np.abs(input - target)
    losses = np.where(far < border, 0.5 * far * far, border * (far - 0.5 * border)) * steepness
    share, top = _share(input, reduction), border * steepness

    def slope(difference):
        tail = _choose(difference <= -border, -top, difference * steepness)
        return _choose(difference >= border, top, tail)

    return (
        np.asarray(reduced(losses, reduction)),
        lambda grad: slope(input - target) * (grad * share),
        lambda grad: slope(target - input) * (grad * share),
    )


# %% huber
_HUBER = Kind("HuberLossBackward0", _PAIR)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """Squares up to a difference of `delta`, straight with slope `delta` beyond (Huber, 1964).

    It is `smooth_l1_loss` times `delta`. RuntimeError unless `delta` is positive. Mirrors
    torch.nn.functional.huber_loss.
    """
    dtype = input.dtype if isinstance(input, Tensor) else None
    input, target = [x.to(dtype) if dtype else x for x in alike(input, target)]
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    _must_be_float("huber_cpu", input)
    inner = reduction if weight is None else "none"
    losses = finish(_HUBER, _bent(input._array, target._array, delta, 1.0, inner), (input, target))
    if weight is None:
        return losses
    if weight.size() != losses.size():
        raise ValueError("Weights and input must have the same size.")
    return reduced(losses * weight, reduction)


# %% poisson
def poisson_nll_loss(
    input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
    reduction="mean",
):  # fmt: skip
    """For counts: minus the log-probability of `target` if it is Poisson distributed.

    `input` is the logarithm of the expected count, or without `log_input` the count itself. With
    `full` Stirling's approximation of log(target!) is added. Mirrors
    torch.nn.functional.poisson_nll_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    must_be_tensor("poisson_nll_loss", _PAIR, (input, target), numbers=False)
    check_reduction(reduction)
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        stirling = target * log(target) - target + 0.5 * log(2 * math.pi * target)
        losses = losses + where(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


# %% gaussian
def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """For numbers whose spread is predicted, too: minus their log-probability.

    `var` is the variance, a tensor or a number; it counts as `eps` at least. With `full` the
    constant is added. ValueError for negative variances. Mirrors
    torch.nn.functional.gaussian_nll_loss.
    """
    var = _variance(input, var)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    if (var < 0).any():
        raise ValueError("var has negative entry/entries")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (log(var) + (input - target) ** 2 / var)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def _variance(input, var):
    """`var` as a tensor that fits `input`: alike, one per row, or one number per vector."""
    if not isinstance(var, Tensor):
        return input.new_full((), var) if not isinstance(var, bool) else var
    if var.size() == input.size():
        return var
    if input.size()[:-1] == var.size():
        return var.unsqueeze(-1)
    if input.size()[:-1] == var.size()[:-1] and var.size(-1) == 1:
        return var
    raise ValueError("var is of incorrect size")


# %% public names
__all__ = ["gaussian_nll_loss", "huber_loss", "l1_loss", "poisson_nll_loss", "smooth_l1_loss"]
