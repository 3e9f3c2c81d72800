"""Scores into probabilities: softmax, log_softmax and logsumexp, safe from large numbers."""

import functools

import numpy as np

from .._core.arguments import argument_along
from .._core.dispatch import Kind, finish, must_be_tensor, takes_out
from .._core.dtype import get_default_dtype
from .._core.layout import single
from .._core.numpy_warnings import quiet
from .._core.reduction import reduced_axes, spread_over, total
from .._core.signature import signature_of
from .._core.tensor import Tensor, method
from .._kernels import kernel


def _highest(array, axes):
    """The largest element along `axes`, kept; 0 where it is infinite, since inf - inf is nan."""
    highest = np.maximum.reduce(array, axes, None, None, True, initial=-np.inf)
    return np.where(np.isinf(highest), 0, highest).astype(array.dtype, copy=False)


def _log_of_sum(input, axes, keepdim):
    """log(sum(exp(x))), from which the largest x is taken first: no exp can overflow."""
    highest, shape = _highest(input, axes), input.shape
    result = np.log(total(np.exp(input - highest), axes, keepdim))
    result = np.asarray(result + (highest if keepdim else highest.squeeze(axes)), order="C")

    def derivative(grad):  # the softmax
        share = np.exp(input - spread_over(result, shape=shape, axes=axes))
        return spread_over(grad, shape=shape, axes=axes) * share

    return result, derivative


_LOGSUMEXP = Kind("LogsumexpBackward0", ["input"])


@takes_out
@method("logsumexp")
@quiet
def logsumexp(input, dim, keepdim=False, *, keepdims=False):
    """log(sum(exp(input))) over `dim`, an int or several. Mirrors torch.logsumexp."""
    if not isinstance(input, Tensor):
        must_be_tensor("logsumexp", ["input"], (input,))
    array = input._array
    if array.dtype.kind not in "fc":
        array = array.astype(get_default_dtype().numpy)
    axes = reduced_axes(dim, array.ndim)
    if isinstance(dim, (tuple, list)) and not dim and array.ndim:
        raise RuntimeError(
            f"output with shape [] doesn't match the broadcast shape {[1] * array.ndim}"
        )
    result, derivative = _log_of_sum(array, axes, keepdim or keepdims)
    return finish(_LOGSUMEXP, (result, derivative), (input,))


def along_dim(name, kernel=None):
    """Decorator: make a function `(array, axis)` an operation along `dim`, which keeps the shape.

    The function returns its result and its derivative. The operation takes `dim`, which must be
    given, and `dtype`, which converts first. `kernel` is what PyTorch calls it in error texts.
    """

    def decorate(body):
        kind = Kind(name, ["input"], operation=body.__name__)

        @quiet
        def function(input, dim=None, dtype=None):
            array, fits, axis = argument_along(body.__name__, kernel, input, dim, dtype)
            returned = body(array, axis) if array.size or array.dtype.kind in "fc" else array.copy()
            if dtype is not None and type(returned) is not tuple:
                returned = returned.astype(dtype.numpy)  # integers were added up as int64
            return finish(kind, returned, (input,), fits)

        if kernel and "softmax" in kernel:
            function.__signature__ = signature_of(function)
            return functools.update_wrapper(function, body)

        def accumulate(input, dim=None, *, dtype=None):
            return function(input, dim, dtype)

        def alone(input, dim=None):
            return function(input, dim)

        found = alone if kernel else accumulate  # logcumsumexp takes no dtype
        found.__signature__ = signature_of(found)
        return functools.update_wrapper(found, body)

    return decorate


@takes_out
@method("softmax")
@along_dim("SoftmaxBackward0", "softmax{last}_kernel_impl")
def softmax(input, axis):
    """exp(input) divided by its sum along `dim`: positive numbers that add up to 1.

    The largest element is taken off first, which changes nothing but keeps exp from overflowing.
    NotImplementedError for integers, unless `dtype` is a float. Mirrors torch.softmax.
    """
    result = shares(single(input, "C"), axis).astype(input.dtype, copy=False)
    return result, lambda grad: shares_gradient(grad, result, axis)


@kernel
def shares(input, axis):
    """exp(x) / sum(exp(x)) along `axis`: the largest x is taken off first."""
    result = np.exp(input - input.max(axis, keepdims=True, initial=-np.inf))
    return result / result.sum(axis, keepdims=True)


@kernel(tensors=True)
def shares_gradient(grad, result, axis):
    """The gradient of the scores from that of the `result`; arrays, or tensors."""
    return result * (grad - (grad * result).sum(axis, keepdims=True))


@takes_out
@method("log_softmax")
@along_dim("LogSoftmaxBackward0", "log_softmax{last}_kernel_impl")
def log_softmax(input, axis):
    """The logarithm of softmax along `dim`, exact where the softmax itself would round to 0.

    Mirrors torch.log_softmax; see softmax.
    """
    result = log_shares(single(input, "C"), axis).astype(input.dtype, copy=False)
    return result, lambda grad: log_shares_gradient(grad, result, axis)


# %% lesson 05 log-softmax
@kernel
def log_shares(input, axis):
    """log(exp(x) / sum(exp(x))) along `axis`: the largest x is taken off first.

    [0, 0] gives [log 1/2, log 1/2], and so does [1000, 1000]. An array of the shape of `input`.
    """
    lower = input - input.max(axis, keepdims=True, initial=-np.inf)
    return lower - np.log(np.exp(lower).sum(axis, keepdims=True))


@kernel(tensors=True)
def log_shares_gradient(grad, result, axis):
    """The gradient of the scores from that of the `result`; arrays, or tensors."""
    return grad - np.exp(result) * grad.sum(axis, keepdims=True)


# %% end
