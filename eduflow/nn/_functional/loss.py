"""Losses: cross entropy, squared and absolute errors, Huber, binary, divergence and kin."""

import math
import warnings

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import (
    Kind,
    check_broadcast,
    finish,
    gradient_edge,
    like,
    must_be_tensor,
    pointwise_fits,
    raw,
    recording,
    two_way,
)
from ..._core.dtype import promote_types, type_name
from ..._core.explain import noted
from ..._core.keeping import relying
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor
from ..._words.loss import (
    check_reduction,
    check_soft_targets,
    check_squares,
    labels_of,
    loss_arguments,
    must_be_constant,
    nll_node,
    reduced,
    reduction_of,
    warn_of_sizes,
)
from ..._words.operands import no_bools
from ..._words.shape import expanded_sizes
from ...autograd.grad_mode import no_grad
from ...ops.binary import xlogy
from ...ops.broadcast import broadcast_tensors
from ...ops.choose import choose, where
from ...ops.softmax import log_softmax
from ...ops.unary import exp, log, sigmoid
from .activation import applied, log1p_exp, logsigmoid, softplus_of


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


# %% lesson 05 surprise
def places(target, dims):
    """The index that picks each sample's score: its number, its class, its place in the image."""
    if dims == 1:
        return (target,)
    rows, *rest = np.indices(target.shape, sparse=True)
    return rows, target, *rest


def surprise(log_p, at, share, reduction):
    """Minus log_p[at], each times its share, and the derivative.

    `log_p` holds log-probabilities, the index `at` picks that of each sample's class, `share` is
    how much each sample counts. `reduction` "none" gives one loss for each sample, "sum" their
    sum, "mean" that sum divided by the sum of the shares.
    """
    losses = -log_p[at] * share
    total = share.sum() if reduction == "mean" else 1
    result = losses if reduction == "none" else losses.sum() / total
    shape, fixed_pull = log_p.shape, -share / total
    return result, lambda grad: placed(grad * fixed_pull, at, shape)


def squares(input, target, reduction):
    """The squared differences of two arrays of one shape, and the derivative for each of them.

    `reduction` "none" gives one for each element, "sum" their sum, "mean" their mean: [1., 4.] and
    [0., 1.] give [1., 9.], 10. or 5.
    """
    difference = input - target
    result = reduced(difference * difference, reduction)
    factor = 2 / max(difference.size, 1) if reduction == "mean" else 2

    def of_input(grad):
        return (input - target) * (grad * factor)

    def of_target(grad):
        return (target - input) * (grad * factor)

    return result, of_input, of_target


# %% end


# %% lesson 21 picked
def placed(values, at, shape):
    """Zeros of this shape, but `values` at the places `at`; on arrays or on tensors."""
    return put(values, at=tuple(raw(index) for index in at), shape=tuple(shape))


@two_way(node="PlacedBackward0")
def put(values, *, at, shape):
    """What `placed` says, of arrays, and the derivative."""
    result = np.zeros(shape, values.dtype)
    result[at] = values
    return result, lambda grad: grad[at]


@quiet
def picked(log_p, target, weight, ignore_index, reduction):
    """The `surprise` of each sample at its target, in arrays, and the derivative.

    `log_p` is (N, C, ...), `target` (N, ...) holds ints, `weight` (C,) says how much a sample of
    each class counts; None: 1. Samples whose target is `ignore_index` do not count.
    """
    counts = target != ignore_index
    share = np.ones(target.shape, log_p.dtype)
    if weight is not None:
        share = weight[np.where(counts, target, 0)]
    if counts.all():
        return surprise(log_p, places(target, log_p.ndim), share, reduction)
    return picked_among(log_p, target, share, ignore_index, reduction)


# %% end


def picked_among(log_p, target, share, ignore_index, reduction):
    """`picked` where some samples do not count; with "none" the loss of these is 0."""
    counts, each = target != ignore_index, reduction == "none"
    at = [np.broadcast_to(index, target.shape)[counts] for index in places(target, log_p.ndim)]
    result, derivative = surprise(log_p, tuple(at), share[counts], reduction)
    if each:
        result = placed(result, (counts,), target.shape)
    return result, lambda grad: derivative(_counted(grad, target, ignore_index, each))


def _counted(grad, target, ignore_index, each):
    """The gradient of those samples that count, if each has one of its own."""
    return grad[like(grad, raw(target) != ignore_index)] if each else grad


# %% lesson 21 nll-loss
@answering
def nll_loss(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
):
    """Minus the log-probability of the right class: (N, C) or (N, C, ...) with (N) or (N, ...).

    `input` holds log-probabilities, `target` ints; `weight` one factor for each class. Targets of
    `ignore_index` do not count. Mirrors torch.nn.functional.nll_loss.
    """
    reduction = loss_arguments("nll_loss_nd", input, target, reduction, size_average, reduce)
    labels = labels_of(input._array, target._array, weight, ignore_index)
    loss, derivative = picked(input._array, labels, raw(weight), ignore_index, reduction)
    kind, derivative = nll_node(derivative, input._array, target._array, reduction)
    return finish(kind, (loss, derivative), (input, target))


def of_scores(input, target, weight, ignore_index, reduction, smoothing):
    """Cross entropy: log_softmax over the classes, then nll_loss.

    With `smoothing` that share of it is the loss of all classes alike, divided by their number.
    Where `target` holds a probability for each score, these decide how much each class counts.
    """
    dim = min(input.dim() - 1, 1)
    log_p = log_softmax(input, dim)
    if input.shape == target.shape:
        return against_probabilities(log_p, target, weight, reduction, smoothing)
    sharp = nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
    if smoothing <= 0:
        return sharp
    even = against_all(log_p, target, weight, ignore_index, reduction)
    return (1 - smoothing) * sharp + smoothing / log_p.size(dim) * even


# %% end


@answering
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
    reduction = loss_arguments("cross_entropy_loss", input, target, reduction, size_average, reduce)
    check_soft_targets(input, target, weight, ignore_index, label_smoothing)
    return of_scores(input, target, weight, ignore_index, reduction, label_smoothing)


MSE = Kind("MseLossBackward0", ["input", "target"])


# %% lesson 21 mse-loss
def alike(input, target):
    """Both in one shape and one dtype, as losses that compare element by element need them."""
    if target.size() != input.size():
        warn_of_sizes(input, target)
        input, target = broadcast_tensors(input, target)
    dtype = promote_types(input.dtype, target.dtype)
    return input.to(dtype), target.to(dtype)


@answering
@quiet
def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """The squared differences, averaged. Shapes should be equal: a warning where they are not.

    Mirrors torch.nn.functional.mse_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    input, target = alike(input, target)
    if weight is not None:
        return weighted(mse_loss(input, target, reduction="none"), weight, reduction)
    check_squares(input._array, reduction)
    return finish(MSE, squares(input._array, target._array, reduction), (input, target))


# %% end


def against_probabilities(log_p, target, weight, reduction, smoothing):
    """Cross entropy where the target says how probable each class is."""
    dim = min(log_p.dim() - 1, 1)
    classes = log_p.size(dim)
    if smoothing > 0:
        target = target * (1 - smoothing) + smoothing / max(classes, 1)
    losses = -_by_class(log_p * target, weight, dim)
    if reduction == "mean":
        return losses.sum() / (log_p.numel() // max(classes, 1))
    return reduced(losses, reduction)


def against_all(log_p, target, weight, ignore_index, reduction):
    """The loss of every class, which label smoothing mixes in."""
    if log_p.dim() == target.dim() == 1:
        raise RuntimeError("output with shape [] doesn't match the broadcast shape [1]")
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


@answering
def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """The absolute differences, averaged: far-off values count less than in `mse_loss`.

    Mirrors torch.nn.functional.l1_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    no_bools(input, target)
    input, target = alike(input, target)
    losses = (input - target).abs()
    return reduced(losses, reduction) if weight is None else weighted(losses, weight, reduction)


PAIR = ("input", "target")


def share_of_each(array, reduction):
    """What the gradient of a reduced loss is multiplied by for each element."""
    return 1 / max(array.size, 1) if reduction == "mean" else 1


def _must_be_float(kernel, tensor):
    if tensor._array.dtype.kind != "f":
        name = type_name(tensor._array.dtype)
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{name}'")


_SMOOTH_L1 = Kind("SmoothL1LossBackward0", PAIR)


@answering
@quiet
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


def _bent(input, target, border, steepness, reduction):
    """Half a parabola of this steepness up to the border, its tangent beyond."""
    far = np.abs(input - target)
    losses = np.where(far < border, 0.5 * far * far, border * (far - 0.5 * border)) * steepness
    share, top = share_of_each(input, reduction), border * steepness

    def slope(difference):
        tail = choose(difference <= -border, -top, difference * steepness)
        return choose(difference >= border, top, tail)

    return (
        np.asarray(reduced(losses, reduction)),
        lambda grad: slope(input - target) * (grad * share),
        lambda grad: slope(target - input) * (grad * share),
    )


_HUBER = Kind("HuberLossBackward0", PAIR)


@answering
@quiet
def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """Squares up to a difference of `delta`, straight with slope `delta` beyond (Huber, 1964).

    It is `smooth_l1_loss` times `delta`. RuntimeError unless `delta` is positive. Mirrors
    torch.nn.functional.huber_loss.
    """
    dtype = input.dtype if isinstance(input, Tensor) else None
    floats = isinstance(target, Tensor) and target.is_floating_point()
    dtypes = [getattr(x, "dtype", None) for x in (input, target)]
    input, target = [x.to(dtype) if dtype else x for x in alike(input, target)]
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    if floats and input._array.dtype.kind in "biu":
        name = type_name(input._array.dtype)
        raise RuntimeError(f"result type Float can't be cast to the desired output type {name}")
    _must_be_float("huber_cpu", input)
    inner = reduction if weight is None else "none"
    returned = _bent(input._array, target._array, delta, 1.0, inner)
    if dtypes[0] is not dtypes[1]:
        returned = returned[0], _mixed(*dtypes), _mixed(*reversed(dtypes))
    losses = finish(_HUBER, returned, (input, target))
    if weight is None:
        return losses
    if weight.size() != losses.size():
        raise ValueError("Weights and input must have the same size.")
    return reduced(losses * weight, reduction)


def _mixed(own, other):
    """The derivative of huber_loss where two dtypes met, by what has the first: a RuntimeError."""

    def refuse(grad):
        names = [x.legacy_name.removesuffix("Tensor") for x in (other, own)]
        raise RuntimeError("Found dtype {} but expected {}".format(*names))

    return refuse


@answering
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
    must_be_tensor("poisson_nll_loss", PAIR, (input, target), numbers=False)
    check_reduction(reduction)
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        stirling = target * log(target) - target + 0.5 * log(2 * math.pi * target)
        losses = losses + where(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


@answering
def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """For numbers whose spread is predicted, too: minus their log-probability.

    `var` is the variance, a tensor or a float; it counts as `eps` at least. With `full` the
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
    if isinstance(var, float):
        return input.new_full((), var)
    if not isinstance(var, Tensor):
        raise TypeError(
            f"gaussian_nll_loss(): argument 'var' must be Tensor or float, not {type(var).__name__}"
        )
    if var.size() == input.size():
        return var
    if input.size()[:-1] == var.size():
        return var.unsqueeze(-1)
    if input.size()[:-1] == var.size()[:-1] and var.size(-1) == 1:
        return var
    raise ValueError("var is of incorrect size")


_BCE = Kind("BinaryCrossEntropyBackward0", PAIR)


def _entropies(input, target, fixed_weight, reduction):
    """The loss for probabilities; logarithms are cut at -100, so that no loss is infinite."""
    yes, no = np.maximum(np.log(input), -100), np.maximum(np.log1p(-input), -100)
    losses = ((target - 1) * no - target * yes) * fixed_weight
    share = share_of_each(input, reduction)

    def d_input(grad):
        spread = (1 - input) * input
        spread = choose(spread > 1e-12, spread, 1e-12)
        return (input - target) / spread * fixed_weight * (grad * share)

    def d_target(grad):
        return (np.log1p(-input) - np.log(input)) * fixed_weight * (grad * share)

    return np.asarray(reduced(losses, reduction)), d_input, d_target


@answering
@quiet
def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """For probabilities of "yes": minus the logarithm of what was given to the right answer.

    Everything lies between 0 and 1, else RuntimeError; shapes must be equal. `weight` is a factor
    for each element. Mirrors torch.nn.functional.binary_cross_entropy.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise noted(
            ValueError(
                f"Using a target size ({target.size()}) that is different to the input size "
                f"({input.size()}) is deprecated. Please ensure they have the same size."
            ),
            "same_size",
            tuple(input.shape),
            tuple(target.shape),
        )
    fixed_weight = _constant("binary_cross_entropy", "weight", weight)
    if weight is not None:
        try:
            _check_factor(fixed_weight, target._array)
        except ValueError:
            expanded_sizes(fixed_weight, target._array.shape)
    _check_probabilities(input._array, target._array)
    returned = _entropies(input._array, target._array, fixed_weight, reduction)
    return relying(finish(_BCE, returned, (input, target)), target, weight)


def _check_probabilities(input, target):
    """The errors of what are no probabilities."""
    if input.dtype != target.dtype:
        raise noted(
            RuntimeError(
                f"Found dtype {type_name(target.dtype)} but expected {type_name(input.dtype)}"
            ),
            "dtypes",
            ("scores", input.dtype),
            ("target", target.dtype),
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


_LOGITS = Kind("BinaryCrossEntropyWithLogitsBackward0", PAIR)


def _from_scores(input, target, fixed_weight, fixed_rise, reduction, kept):
    """The loss for scores: (1 - t) x + (1 + rise t) log(1 + exp(-x)), which cannot overflow.

    It has the dtype `kept`: PyTorch computes it in the memory of 1 - t.
    """
    check_broadcast(np.asarray(fixed_rise), target)
    losses = (1 - target) * input + (1 + fixed_rise * target) * log1p_exp(-input)
    check_broadcast(losses, np.asarray(fixed_weight))
    losses = (losses * fixed_weight).astype(kept, copy=False)
    share, risen = share_of_each(losses, reduction), np.ndim(fixed_rise) > 0 or fixed_rise != 0

    def d_input(grad):
        yes = target * (1 + fixed_rise) if risen else target
        share_of_yes = applied(sigmoid, input)
        slope = ((yes + 1 - target) * share_of_yes if risen else share_of_yes) - yes
        return slope * fixed_weight * (grad * share)

    def d_target(grad):
        rise = fixed_rise * softplus_of(-input) - input if risen else -input
        return rise * fixed_weight * (grad * share)

    return losses, np.asarray(reduced(losses, reduction)), d_input, d_target


@answering
@quiet
def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """`binary_cross_entropy` of `sigmoid(input)`, exact also for large scores.

    `pos_weight` is a factor for the answer "yes", such as one per column. Shapes of input and
    target must be equal. Mirrors torch.nn.functional.binary_cross_entropy_with_logits.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise noted(
            ValueError(
                f"Target size ({target.size()}) must be the same as input size ({input.size()})"
            ),
            "same_size",
            tuple(input.shape),
            tuple(target.shape),
        )
    factor, rise = [
        _constant("binary_cross_entropy_with_logits", name, given)
        for name, given in (("weight", weight), ("pos_weight", pos_weight))
    ]
    check_broadcast(np.asarray(rise), input._array)
    check_broadcast(input._array, np.asarray(factor))
    for given in (rise, factor):
        _check_factor(given, input._array)
    _check_scores(input._array, target._array)
    dtype = np.promote_types(input._array.dtype, target._array.dtype)
    arrays = [x._array.astype(dtype, copy=False) for x in (input, target)]
    losses, *returned = _from_scores(*arrays, factor, rise - 1, reduction, target._array.dtype)
    fits = pointwise_fits((input, target), losses)
    made = finish(_LOGITS, tuple(returned), (input, target), fits, arrays=arrays)
    return relying(made, target, weight, pos_weight)


def _check_factor(factor, input):
    """RuntimeError for a factor that broadcasts to more than one number for each score."""
    common = np.broadcast_shapes(np.shape(factor), input.shape)
    if common != input.shape:
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape "
            f"{list(common)}"
        )


def _check_scores(input, target):
    """The errors of dtypes that this loss cannot take."""
    if target.dtype.kind == "b":
        no_bools(target, target)
    if input.dtype.kind != "f":
        name = type_name(input.dtype)
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{name}'")
    if target.dtype.kind != "f":
        raise noted(
            RuntimeError(
                f"result type {type_name(input.dtype)} can't be cast to the desired output type "
                f"{type_name(target.dtype)}"
            ),
            "dtypes",
            ("scores", input.dtype),
            ("target", target.dtype),
        )


@answering
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
    must_be_tensor("kl_div", PAIR, (input, target), numbers=False)
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


_SOFT_MARGIN = Kind("SoftMarginLossBackward0", PAIR)


@answering
@quiet
def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + exp(-target * input)) for targets of 1 and -1.

    Mirrors torch.nn.functional.soft_margin_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    must_be_tensor("soft_margin_loss", PAIR, (input, target), numbers=False)
    if not input.is_floating_point():
        name = type_name(input._array.dtype)
        raise RuntimeError(f"result type Float can't be cast to the desired output type {name}")
    check_broadcast(input._array, target._array)
    wide = np.broadcast_shapes(input.shape, target.shape)
    if wide != input.shape:
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(wide)}"
        )
    if recording.enabled:
        must_be_constant("soft_margin_loss", "target", target)
    target = target.to(input.dtype)
    losses, *returned = _soft_margins(input._array, target._array, reduction)
    fits = pointwise_fits((input, target), losses)
    return finish(_SOFT_MARGIN, tuple(returned), (input, target), fits)


def _soft_margins(input, target, reduction):
    losses = log1p_exp(-target * input)
    share = share_of_each(losses, reduction)
    return (
        losses,
        np.asarray(reduced(losses, reduction)),
        lambda grad: -target * applied(sigmoid, -target * input) * (grad * share),
        None,
    )


@answering
def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """For several labels at once, 0 or 1 each: the mean of their logistic losses in every row.

    Mirrors torch.nn.functional.multilabel_soft_margin_loss.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    must_be_tensor("log_sigmoid", ("input",), (input,))
    must_be_tensor("multilabel_soft_margin_loss", ("target",), (target,))
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    losses = losses.sum(dim=input.ndim - 1) / input.size(-1)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    return reduced(losses, reduction)
