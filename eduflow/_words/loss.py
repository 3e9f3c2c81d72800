"""What losses refuse, in PyTorch's words, and how they are averaged."""

import warnings

import numpy as np

from .._core.dispatch import Kind, gradient_edge, must_be_tensor, recording
from .._core.dtype import type_name
from .._core.explain import noted
from .._core.keeping import keeping
from .._core.reduction import average, total


def reduction_of(reduction, size_average=None, reduce=None):
    """The `reduction` asked for; `size_average` and `reduce` are its old form, with a warning."""
    if size_average is not None or reduce is not None:
        averaged = "mean" if size_average is None or size_average else "sum"
        reduction = averaged if reduce is None or reduce else "none"
        warnings.warn(
            "size_average and reduce args will be deprecated, please use "
            f"reduction='{reduction}' instead.",
            stacklevel=3,
        )
    return reduction


def check_reduction(reduction):
    """ValueError for a word there is none of."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def loss_arguments(name, input, target, reduction, size_average, reduce):
    """The `reduction` asked for; TypeError unless `input` and `target` are tensors."""
    reduction = reduction_of(reduction, size_average, reduce)
    check_reduction(reduction)
    must_be_tensor(name, ["input", "target"], (input, target), numbers=False)
    return reduction


def reduced(losses, reduction):
    """Losses as they are ("none"), their "mean" or their "sum"; arrays or tensors."""
    check_reduction(reduction)
    if reduction == "none" or not isinstance(losses, np.ndarray):
        return losses if reduction == "none" else getattr(losses, reduction)()
    axes = tuple(range(losses.ndim))
    return total(losses, axes) if reduction == "sum" else average(losses, axes)[0]


def warn_of_sizes(input, target):
    """The warning that two sizes differ, which broadcasting will hide; for losses by element."""
    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size "
        f"({input.size()}). This will likely lead to incorrect results due to broadcasting. "
        "Please ensure they have the same size.",
        stacklevel=4,
    )


def check_squares(input, reduction):
    """The errors of a word that is no reduction, and of an array without squared errors."""
    check_reduction(reduction)
    if input.dtype.kind != "f":
        raise NotImplementedError(f"\"mse_cpu\" not implemented for '{type_name(input.dtype)}'")


def labels_of(scores, target, weight, ignore_index):
    """The classes, an array with one for each sample; errors for arrays that do not go together."""
    _check_classes(scores, target, weight, ignore_index)
    return target.reshape(()) if scores.ndim == 1 else target


_NLL, _NLL_2D, _VIEW = [
    Kind(name, ["input", "classes"])
    for name in ("NllLossBackward0", "NllLoss2DBackward0", "ViewBackward0")
]


def nll_node(derivative, scores, target, reduction):
    """What PyTorch calls the node of nll_loss, and the derivative with what it refuses and saves.

    One vector of scores with a vector of one class has a loss, but no way back.
    """
    viewed = scores.ndim == 3 or scores.ndim > 4  # PyTorch turns these into images, and back
    kind = _VIEW if viewed and reduction == "none" else _NLL if scores.ndim < 3 else _NLL_2D
    if scores.ndim == target.ndim == 1:
        derivative = _of_one(scores.shape, target.shape)
    return kind, keeping(derivative, scores, flat=True)


def _of_one(own, given):
    """The derivative where one vector of scores met a vector of one class: a RuntimeError."""

    def refuse(grad):
        raise RuntimeError(f"size mismatch (got input: {list(own)}, target: {list(given)})")

    return refuse


def _check_classes(scores, target, weight, ignore_index):
    """The errors of scores, targets (arrays) and weights that do not go together."""
    if not scores.ndim:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if scores.ndim > 1 and scores.shape[:1] != target.shape[:1]:
        given = target.shape[0] if target.ndim else 0
        raise noted(
            ValueError(
                f"Expected input batch_size ({scores.shape[0]}) to match target batch_size "
                f"({given})."
            ),
            "batch_sizes",
            scores.shape,
            target.shape,
        )
    if scores.ndim < 3 and target.ndim > 1:
        raise noted(
            RuntimeError("0D or 1D target tensor expected, multi-target not supported"),
            "class_numbers",
            scores.shape,
            target.shape,
        )
    _check_images(scores, target)
    if target.dtype not in (np.int64, np.uint8):
        name = type_name(target.dtype)
        raise noted(
            RuntimeError(f"expected target dtype to be Long or Byte, but got {name}"),
            "class_dtype",
            target.dtype,
        )
    if scores.ndim == 1 == target.ndim and len(target) != 1:
        raise ValueError(
            f"For 1D input, 1D target must have size 1, but got target size: {len(target)}"
        )
    if scores.dtype.kind != "f":
        name = type_name(scores.dtype)
        raise NotImplementedError(f"\"nll_loss_out_frame\" not implemented for '{name}'")
    classes = scores.shape[min(scores.ndim - 1, 1)]
    if weight is not None:
        _check_weight(weight, classes, scores)
    outside = ((target < 0) | (target >= classes)) & (target != ignore_index)
    if outside.any():
        raise noted(
            IndexError(f"Target {target[outside][0]} is out of bounds."),
            "label",
            int(target[outside][0]),
            int(target.max()),
            classes,
        )


def must_be_constant(name, argument, tensor):
    """RuntimeError for a tensor that needs a gradient where `name` has no derivative by it."""
    if tensor is not None and tensor.requires_grad:
        raise RuntimeError(
            f"The function '{name}' is not differentiable with respect to argument '{argument}'. "
            "This input cannot have requires_grad True."
        )


def _check_images(scores, target):
    """RuntimeError unless scores with more than two dims have a target for every place."""
    wanted = [*scores.shape[:1], *scores.shape[2:]]
    if scores.ndim < 3 or list(target.shape) == wanted:
        return
    text = f"size mismatch (got input: {list(scores.shape)} , target: {list(target.shape)}"
    if scores.ndim != 4:
        text = f"Expected target size {wanted}, got {list(target.shape)}"
    elif target.ndim != 3:
        text = (
            "only batches of spatial targets supported (3D tensors) but got targets of "
            f"dimension: {target.ndim}"
        )
    raise noted(RuntimeError(text), "class_images", scores.shape, target.shape)


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


def check_soft_targets(input, target, weight, ignore_index, smoothing):
    """The errors of a share that is above 1, and of targets for each score that are no shares."""
    if smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smoothing:g}")
    if input.shape == target.shape:
        _check_probabilities(input, target, weight, ignore_index)


def _check_probabilities(input, target, weight, ignore_index):
    """RuntimeError for targets that are no probabilities."""
    if not target.is_floating_point():
        name = type_name(target._array.dtype)
        raise noted(
            RuntimeError(
                f"Expected floating point type for target with class probabilities, got {name}"
            ),
            "one_hot_dtype",
            target._array.dtype,
            target._array.shape,
        )
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    classes = input.size(min(input.dim() - 1, 1))
    if weight is not None and weight.size() != (classes,):
        raise RuntimeError(
            "cross_entropy: weight tensor should be defined either for all "
            f"{classes} classes or no classes but got weight tensor of shape: {list(weight.shape)}"
        )
