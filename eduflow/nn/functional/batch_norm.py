# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% batch-norm-double
"""Batch norm: every channel with mean 0 and variance 1 over the batch."""

import numpy as np

from ...autograd.joint import JointNode, record_joint
from ...autograd.record import node_type
from ...memory_order import (
    is_channels_last,
    is_dense_with_channels_last,
    with_channels_last,
)
from ...operations import Kind, must_be_tensor
from ...refusals import refuse_kinds, type_name
from ...tensors import Tensor, wrap
from .channel_kernels import (
    channels_of,
    follow,
    scaled_slopes,
    standardized,
    standardized_by,
    standardized_slopes,
)

_BATCH_NORM = Kind(
    "NativeBatchNormBackward0", ["input", "weight", "bias", "running_mean", "running_var"]
)
_BATCH_NORM.node = node_type(_BATCH_NORM, JointNode)


def _tensor_slopes(grad, x, weight, running, eps):
    """The gradients of batch norm as tensors that know where they came from."""
    axes, shape = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
    mean = x.mean(axes, keepdim=True) if running is None else running[0].view(shape)
    centred = x - mean
    var = (centred * centred).mean(axes, keepdim=True)
    rstd = ((var if running is None else running[1].view(shape)) + eps).rsqrt()
    unit = centred * rstd
    slope = grad if weight is None else grad * weight.view(shape)
    rest = 0
    if running is None:
        shared = (slope * unit).mean(axes, keepdim=True)
        rest = slope.mean(axes, keepdim=True) + unit * shared
    return (slope - rest) * rstd, (grad * unit).sum(axes), grad.sum(axes)


# %% batch-norm-op
def _normed(input, weight, bias, running_mean, running_var, training, momentum, eps):
    """Batch norm of arrays: the result, and one derivative for all."""
    shape, dtype = input.shape, input.dtype
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    x = channels_of(input.astype(wide, copy=False))
    scale, shift = [p if p is None else p.astype(wide, copy=False) for p in (weight, bias)]
    if training:
        result, mean, var = standardized(x, scale, shift, eps)
        if running_mean is not None:
            count = x.shape[0] * x.shape[2]
            follow(running_mean, mean, momentum)
            follow(running_var, var * (count / (count - 1)), momentum)
    else:
        mean, var = [r.astype(wide, copy=False) for r in (running_mean, running_var)]
        result = standardized_by(x, mean, 1 / np.sqrt(var + wide.type(eps)), scale, shift)
    statistics = (mean, 1 / np.sqrt(var + wide.type(eps)))  # in a tuple: tensors recompute them
    slopes = standardized_slopes if training else scaled_slopes

    def derivative(grad, needs):
        running = (running_mean, running_var)
        if isinstance(grad, Tensor):
            return _tensor_slopes(grad, input, weight, None if training else running, eps)
        scale = None if weight is None else weight.astype(wide, copy=False)
        x, grad = [channels_of(array.astype(wide, copy=False)) for array in (input, grad)]
        of_input, *others = slopes(grad, x, *statistics, scale)
        return of_input.reshape(shape).astype(dtype, copy=False), *others

    result = result.reshape(shape).astype(dtype, copy=False)
    turned = not input.flags.c_contiguous
    if turned and (is_channels_last(input) or is_dense_with_channels_last(input)):
        result = with_channels_last(result)
    return result, derivative


# %% batch-norm-checks
def _check_batch(input, running_mean, running_var, weight, bias, training):
    """RuntimeError and its kin, in PyTorch's words, for what does not fit together."""
    if training and (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    channels = input._array.shape[1] if input._array.ndim > 1 else 0
    given = {"running_mean": running_mean, "running_var": running_var}
    for name, running in given.items():
        if running is None and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    for name, values in (given | {"weight": weight, "bias": bias}).items():
        if values is not None and values._array.size != channels:
            raise RuntimeError(
                f"{name} should contain {channels} elements not {values._array.size}"
            )
    refuse_kinds("batch_norm", input._array, "iubc")
    for name, running in given.items():
        if running is not None and running.requires_grad:
            raise RuntimeError(
                "The function 'native_batch_norm' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )
    check_dtypes(input._array, running_mean, running_var, weight, bias)


# %% norm-dtypes
def check_dtypes(array, *others):
    """RuntimeError where parameters have another dtype: only float16 goes with float32."""
    dtypes = [other._array.dtype for other in others if other is not None]
    low = array.dtype == np.float16
    if any(dtype != array.dtype and not (low and dtype == np.float32) for dtype in dtypes):
        raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    if len(set(dtypes)) > 1:
        raise RuntimeError(
            f"mixed dtype (CPU): expect parameter to have scalar type of {type_name(dtypes[0])}"
        )


def _must_have_several(size):
    """ValueError for a single number in each channel: it has no variance."""
    count = size[0]
    for length in size[2:]:
        count *= length
    if count == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {size}"
        )


def _of_nothing(input, weight, bias):
    """The result for a tensor without elements, which parameters can get no gradient from."""
    out = input.clone()
    out = out if weight is None else out * weight[0]
    return out if bias is None else out + bias[0]


# %% batch-norm
def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-05,
):
    """Each channel (dim 1) with mean 0 and variance 1, times `weight` plus `bias`.

    While `training` mean and variance are those of the batch, and the running ones move towards
    them by `momentum` (the variance with n - 1); else the running ones are used.
    ValueError while training on a single value per channel. Mirrors F.batch_norm.
    """
    if training:
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
        _must_have_several(input.size())
    if not isinstance(input, Tensor):
        must_be_tensor("batch_norm", ["input"], (input,))
    if not isinstance(momentum, (int, float)):
        kind = type(momentum).__name__
        raise TypeError(f"batch_norm(): argument 'momentum' (position 7) must be float, not {kind}")
    _check_batch(input, running_mean, running_var, weight, bias, training)
    if not input._array.size:
        return _of_nothing(input, weight, bias)
    tensors = (input, weight, bias, running_mean, running_var)
    arrays = [None if t is None else t._array for t in tensors]
    result, derivative = _normed(*arrays, training, momentum, eps)
    result = wrap(result)
    record_joint(_BATCH_NORM, result, derivative, tensors)
    return result


# %% public names
__all__ = ["batch_norm", "check_dtypes"]
