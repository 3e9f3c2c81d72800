"""Clipping gradients, so that one bad batch cannot throw the weights far off."""

import types
import warnings

from ..._core.tensor import Tensor
from ...autograd.grad_mode import no_grad
from ...ops.factories import tensor as new_tensor
from ...ops.join import stack
from ...ops.norm import norm


@no_grad()
def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """Scale all gradients by one factor, so that together they are no longer than `max_norm`.

    Returns how long they were. With `error_if_nonfinite`, RuntimeError if that is nan or inf.
    Mirrors torch.nn.utils.clip_grad_norm_.
    """
    if isinstance(parameters, types.GeneratorType):
        parameters = list(parameters)
        if not parameters:
            warnings.warn(
                "`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3
            )
    parameters = _as_list(parameters)
    grads = [p.grad for p in parameters if p.grad is not None]
    total = get_total_norm(grads, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def _as_list(parameters):
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


# %% lesson 10 clipping
def total_length(tensors, norm_type):
    """How long all `tensors`, one or more, are together, as if they were one vector; a tensor.

    `norm_type` is the kind of norm: 2.0 for the root of the sum of squares.
    """
    return norm(stack([norm(x, norm_type) for x in tensors]), norm_type)


def limit_length(grads, max_norm, total_norm):
    """Scale all gradients, in place, by one factor: `max_norm / total_norm`, or 1 if that is more.

    `total_norm`, a tensor, is how long they are together. It may be 0: 1e-6 is added to it.
    """
    factor = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)


# %% end


@no_grad()
def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The length of all `tensors` together, as if they were one vector.

    Mirrors torch.nn.utils.get_total_norm.
    """
    tensors = _as_list(tensors)
    if not tensors:
        return new_tensor(0.0)
    norm_type = float(norm_type)
    total = total_length([x.detach() for x in tensors], norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, "
            "so it cannot be clipped. To disable this error and scale the gradients by the "
            "non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


@no_grad()
def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    """Scale all gradients by `max_norm / total_norm`, if that is below 1.

    Mirrors torch.nn.utils.clip_grads_with_norm_.
    """
    grads = [p.grad.detach() for p in _as_list(parameters) if p.grad is not None]
    limit_length(grads, float(max_norm), total_norm)


@no_grad()
def clip_grad_value_(parameters, clip_value, foreach=None):
    """Cut every number in the gradients to the range from `-clip_value` to `clip_value`.

    Mirrors torch.nn.utils.clip_grad_value_.
    """
    clip_value = float(clip_value)
    for parameter in _as_list(parameters):
        if parameter.grad is not None:
            parameter.grad.clamp_(min=-clip_value, max=clip_value)


def clip_grad_norm(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The old name of `clip_grad_norm_`."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of "
        "`torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
