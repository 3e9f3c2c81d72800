"""What ctc_loss refuses, in PyTorch's words."""

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name
from .._core.tensor import Tensor

_CHECKING = "(while checking arguments for ctc_loss_allocate_outputs)"


def tensors(log_probs, targets):
    """Whether one sample comes alone; errors for what is no tensor, or has other dims."""
    given = (log_probs, targets)
    must_be_tensor("ctc_loss", ("log_probs", "targets"), given, numbers=False)
    dims = log_probs.dim()
    if dims not in (2, 3):  # PyTorch has made a batch of it
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {dims + 1}-dimensional tensor for argument #1 "
            f"'log_probs' {_CHECKING}"
        )
    return dims == 2


def lengths_of(input_lengths, target_lengths):
    """Both kinds of lengths as arrays of int64; errors unless both are tensors, or both ints."""
    given = {"input_lengths": input_lengths, "target_lengths": target_lengths}
    if len({isinstance(x, Tensor) for x in given.values()}) > 1:
        raise TypeError(
            "ctc_loss(): input_lengths and target_lengths must both be Tensors or both be tuples "
            "of ints"
        )
    return [_numbers(name, x) for name, x in given.items()]


def _numbers(name, given):
    """Lengths, a tensor or ints, as an array of int64."""
    if isinstance(given, Tensor):
        if given._array.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral")
        return given._array.astype(np.int64).reshape(-1)
    if not isinstance(given, (list, tuple)) or not all(isinstance(x, int) for x in given):
        kind = type(given).__name__
        raise TypeError(
            f"ctc_loss(): argument '{name}' must be tuple of ints or Tensor, not {kind}"
        )
    return np.array(given, np.int64)


def fits(log_probs, targets, steps, lengths, blank):
    """Errors for lengths, labels and dtypes that do not go with log_probs (T, B, C)."""
    array = log_probs._array
    count, batch, classes = array.shape
    if array.dtype not in (np.float32, np.float64):
        raise NotImplementedError(
            f"\"ctc_loss_cpu\" not implemented for '{type_name(array.dtype)}'"
        )
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, found in (("input_lengths", steps), ("target_lengths", lengths)):
        if len(found) != batch:
            raise RuntimeError(f"{name} must be of size batch_size")
    _between(lengths, "target_lengths", None)
    _sizes(targets, lengths)
    _between(steps, "input_lengths", count)
    kinds = targets._array.dtype.kind
    labels = targets._array if kinds in "iu" else targets._array.astype(np.int64)
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise RuntimeError(
            f"Expected targets from 0 to {classes - 1}, the labels that log_probs has, but got "
            f"numbers from {labels.min()} to {labels.max()}"
        )


def _between(found, name, most):
    """RuntimeError for a length below 0, or above `most`."""
    for limit, wrong in (
        ("least 0", found < 0),
        (f"most {most}", most is not None and found > most),
    ):
        if np.any(wrong):
            raise RuntimeError(
                f"Expected {name} to have value at {limit}, but got value "
                f"{found[np.argmax(wrong)]} {_CHECKING}"
            )


def _sizes(targets, lengths):
    """RuntimeError unless targets are (B, S), with S enough, or (sum of lengths)."""
    dims, longest = targets.dim(), int(lengths.max(initial=0))
    if dims not in (1, 2):
        raise RuntimeError(
            f"Expected 1 to 2 dimensions, but got {dims}-dimensional tensor for argument #2 "
            f"'targets' {_CHECKING}"
        )
    if dims == 1 and targets.size(0) != lengths.sum():
        raise RuntimeError(
            f"Expected tensor to have size {lengths.sum()} at dimension 0, but got size "
            f"{targets.size(0)} for argument #2 'targets' {_CHECKING}"
        )
    if dims == 2 and targets.size(0) != len(lengths):
        raise RuntimeError(
            f"Expected tensor to have size {len(lengths)} at dimension 0, but got size "
            f"{targets.size(0)} for argument #2 'targets' {_CHECKING}"
        )
    if dims == 2 and targets.size(1) < longest:
        raise RuntimeError(
            f"Expected tensor to have size at least {longest} at dimension 1, but got size "
            f"{targets.size(1)} for argument #2 'targets' {_CHECKING}"
        )
