"""Normalizations: batch, layer, group, instance and RMS norm, local response norm."""

import math

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind
from ..._core.dtype import dtype as dtype_class
from ..._core.dtype import float16
from ..._core.keeping import relying
from ..._core.layout import (
    is_channels_last,
    is_dense_with_channels_last,
    like_images,
    with_channels_last,
)
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor, wrap
from ..._core.type_info import finfo
from ..._kernels import kernel
from ..._words.normalization import (
    check_batch_norm,
    check_dtypes,
    check_group_norm,
    check_has_channels,
    check_instance_norm,
    normalized_dims,
)
from ..._words.operands import refuse_kinds
from ...autograd.grad_mode import no_grad
from ...autograd.record import JointNode, node_type, record_joint
from ...ops.factories import zeros_like
from ...ops.join import cat
from .pooling import avg_pool2d

_BATCH_NORM = Kind(
    "NativeBatchNormBackward0", ["input", "weight", "bias", "running_mean", "running_var"]
)
_BATCH_NORM.node = node_type(_BATCH_NORM, JointNode)


def channels_of(array):
    """An array (N, C, ...) as one with three dims (N, C, L), in reading order."""
    length = math.prod(array.shape[2:])
    return np.ascontiguousarray(array).reshape(*array.shape[:2], length)


def channel_mean(x):
    """The mean of each channel of (N, C, L): (C,), added up in double precision."""
    return x.mean((0, 2), dtype=np.float64).astype(x.dtype)


# %% lesson 09 standardized
@kernel
def standardized(x, weight, bias, eps):
    """Each channel of (N, C, L) with mean 0 and variance 1, times `weight` plus `bias`.

    Returns three things: the result, the mean (C,) and the biased variance (C,). `weight` and
    `bias`, (C,), may be None. `eps` is added to the variance before the root is taken.
    """
    mean = channel_mean(x)
    centred = x - mean[:, None]
    var = channel_mean(centred * centred)
    return standardized_by(x, mean, 1 / np.sqrt(var + x.dtype.type(eps)), weight, bias), mean, var


@kernel
def standardized_by(x, mean, rstd, weight, bias):
    """The same with a mean, and one over a deviation, that are given: (C,) each."""
    unit = (x - mean[:, None]) * rstd[:, None]
    scaled = unit if weight is None else unit * weight[:, None]
    return scaled if bias is None else scaled + bias[:, None]


# %% end


@kernel
def standardized_slopes(grad, x, mean, rstd, weight):
    """The gradients of x, weight and bias, where mean and deviation are those of x.

    Both move with each number: from the gradient of x their share is taken away.
    """
    unit = (x - mean[:, None]) * rstd[:, None]
    share = channel_mean(grad)[:, None] + unit * channel_mean(grad * unit)[:, None]
    scale = rstd if weight is None else rstd * weight
    return (grad - share) * scale[:, None], *_parameter_slopes(grad, unit)


@kernel
def scaled_slopes(grad, x, mean, rstd, weight):
    """The same where mean and deviation were given."""
    unit = (x - mean[:, None]) * rstd[:, None]
    scale = rstd if weight is None else rstd * weight
    return grad * scale[:, None], *_parameter_slopes(grad, unit)


def _parameter_slopes(grad, unit):
    return (grad * unit).sum((0, 2)), grad.sum((0, 2))


# %% lesson 09 running-statistics
def follow(running, new, momentum):
    """Move a running statistic, an array (C,), in place: `momentum` is the share of the new one."""
    running[...] = (1 - momentum) * running + momentum * new


def track(running_mean, running_var, mean, var, count, momentum):
    """Move both running statistics, in place, towards those of a batch.

    `var` is the biased variance of `count` numbers in each channel; what is kept is the unbiased
    one, as if divided by count - 1.
    """
    follow(running_mean, mean, momentum)
    follow(running_var, var * (count / (count - 1)), momentum)


# %% end


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


def _normed(input, weight, bias, running_mean, running_var, training, momentum, eps):
    """Batch norm of arrays: the result, and one derivative for all."""
    shape, dtype = input.shape, input.dtype
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    x = channels_of(input.astype(wide, copy=False))
    scale, shift = [p if p is None else p.astype(wide, copy=False) for p in (weight, bias)]
    if training:
        result, mean, var = standardized(x, scale, shift, eps)
        if running_mean is not None:
            track(running_mean, running_var, mean, var, x.shape[0] * x.shape[2], momentum)
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
        return [g.astype(dtype, copy=False) for g in (of_input.reshape(shape), *others)]

    result = result.reshape(shape).astype(dtype, copy=False)
    turned = not input.flags.c_contiguous
    if turned and (is_channels_last(input) or is_dense_with_channels_last(input)):
        result = with_channels_last(result)
    return result, derivative


def _of_nothing(input, weight, bias):
    """The result for a tensor without elements, which parameters can get no gradient from."""
    out = input.clone()
    out = out if weight is None else out * weight[0]
    return out if bias is None else out + bias[0]


@answering
@quiet
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
    check_batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if not input._array.size:
        return _of_nothing(input, weight, bias)
    tensors = (input, weight, bias, running_mean, running_var)
    arrays = [None if t is None else t._array for t in tensors]
    result, derivative = _normed(*arrays, training, momentum, eps)
    result = wrap(result)
    record_joint(_BATCH_NORM, result, derivative, tensors)
    return result


def _means(x):
    return x.sum(axis=1, keepdims=True) / x.shape[1]


def _standardized(x, eps):
    """Rows with mean 0 and variance 1, and one over their deviations; arrays or tensors."""
    centred = x - _means(x)
    rstd = 1 / np.sqrt(_means(centred * centred) + eps)
    return centred * rstd, rstd


def _slopes(slope, unit, rstd):
    """The gradient of rows before they were standardized to `unit`."""
    return (slope - _means(slope) - unit * _means(slope * unit)) * rstd


@kernel
def standardized_rows(x, weight, bias, eps):
    """Each row of (R, L) with mean 0 and variance 1, times `weight` plus `bias`, (L,) or None.

    Returns three things: the result, the means (R,), and one over each deviation (R,).
    """
    mean = x.mean(1, dtype=np.float64).astype(x.dtype)
    centred = x - mean[:, None]
    var = (centred * centred).mean(1, dtype=np.float64).astype(x.dtype)
    rstd = 1 / np.sqrt(var + x.dtype.type(eps))
    unit = centred * rstd[:, None]
    scaled = unit if weight is None else unit * weight
    return scaled if bias is None else scaled + bias, mean, rstd


@kernel
def row_slopes(grad, x, mean, rstd, weight):
    """The gradients of rows, weight and bias; mean and deviation are those of each row of x."""
    unit = (x - mean[:, None]) * rstd[:, None]
    slope = grad if weight is None else grad * weight
    share = slope.mean(1, keepdims=True) + unit * (slope * unit).mean(1, keepdims=True)
    return (slope - share) * rstd[:, None], (grad * unit).sum(0), grad.sum(0)


def _normed_row_norms(input, weight, bias, rows, view, shape, axes, eps):
    """Row norm of arrays: the result, and one derivative for all.

    Where the view is the rows themselves, weight and bias go by a row's places, and one pass does
    all; else they are for stretches of it.
    """
    size, dtype, by_place = input.shape, input.dtype, view == rows
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    given = [p if p is None else p.astype(wide, copy=False).reshape(shape) for p in (weight, bias)]
    x = _as(input, wide).reshape(rows)
    result, mean, rstd = standardized_rows(x, *(given if by_place else (None, None)), eps)
    if not by_place:
        result = result.reshape(view)
        for step, values in zip((np.multiply, np.add), given):
            if values is not None:
                step(result, values, out=result)
    of_bias = None if bias is None else bias.shape
    statistics = (mean, rstd)  # in a tuple: tensors recompute them

    def derivative(grad, needs):
        outer = _as(grad, wide).reshape(view)
        scale = None if weight is None else _as(weight, wide).reshape(shape)
        if not isinstance(grad, Tensor):
            x = _as(input, wide).reshape(rows)
            found = _row_gradients(outer, x, *statistics, scale, axes)
        else:
            unit, rstd = _standardized(_as(input, wide).reshape(rows), eps)
            slope = outer if weight is None else outer * scale
            by_weight = (outer * unit.reshape(view)).sum(axis=axes)
            found = _slopes(slope.reshape(rows), unit, rstd), by_weight, outer.sum(axis=axes)
        grads = [_as(found[0].reshape(size), dtype), None, None]
        if weight is not None:
            grads[1] = _as(found[1].reshape(weight.shape), dtype)
        if of_bias is not None:
            grads[2] = _as(found[2].reshape(of_bias), dtype)
        return grads

    return result.reshape(size).astype(dtype, copy=False), derivative


def _row_gradients(outer, x, mean, rstd, scale, axes):
    """The gradients of rows (R, L), of weight and of bias, from that of the scaled view of them."""
    if outer.shape == x.shape:
        return row_slopes(outer, x, mean, rstd, scale)
    slope = outer if scale is None else outer * scale
    of_input = row_slopes(slope.reshape(x.shape), x, mean, rstd, None)[0]
    if scale is None:
        return of_input, None, outer.sum(axis=axes)
    unit = ((x - mean[:, None]) * rstd[:, None]).reshape(outer.shape)
    return of_input, (outer * unit).sum(axis=axes), outer.sum(axis=axes)


def _as(x, dtype):
    """An array or a tensor in NumPy's `dtype`."""
    if isinstance(x, Tensor):
        return x if x._array.dtype == dtype else x.to(dtype_class.by_numpy[dtype])
    return x.astype(dtype, copy=False)


def row_norm(kind, input, weight, bias, rows, view, shape, axes, eps, images=False):
    """The input as `rows`, each standardized; then, as a `view`, times weight plus bias.

    Both may be None. They have `shape` in the view, and are the same along its `axes`. Of `images`
    with their channels last in memory the result has them there, too.
    """
    tensors = (input, weight, bias)
    arrays = [None if t is None else t._array for t in tensors]
    result, derivative = _normed_row_norms(*arrays, rows, view, shape, axes, eps)
    result = wrap(like_images(result, arrays[0], volumes=True) if images else result)
    record_joint(kind, result, derivative, tensors)
    return result


_LAYER_NORM = Kind("NativeLayerNormBackward0", ["input", "weight", "bias"])
_LAYER_NORM.node = node_type(_LAYER_NORM, JointNode)


@answering
@quiet
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """The last dims, those of `normalized_shape`, with mean 0 and variance 1 in each sample.

    Then times `weight` plus `bias`, which have that shape. RuntimeError where shapes do not match.
    Mirrors F.layer_norm.
    """
    shape = normalized_dims("layer_norm", input, normalized_shape, ", ", weight, bias)
    check_dtypes(input._array, weight, bias)
    refuse_kinds("LayerNormKernelImpl", input._array, "iubc")
    length = math.prod(shape)
    rows = (input._array.size // max(length, 1), length)
    rows = rows if length else (math.prod(input._array.shape[: -len(shape)]), 0)
    result = row_norm(_LAYER_NORM, input, weight, bias, rows, rows, (length,), 0, eps)
    return relying(result, bias)


_GROUP_NORM = Kind("NativeGroupNormBackward0", ["input", "weight", "bias"])
_GROUP_NORM.node = node_type(_GROUP_NORM, JointNode)


@answering
@quiet
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """The channels (dim 1) of each sample in `num_groups` groups with mean 0 and variance 1.

    Then each channel times its `weight` plus its `bias`. RuntimeError where the groups do not come
    out even. Mirrors F.group_norm.
    """
    check_group_norm(input, num_groups, weight, bias)
    if not is_dense_with_channels_last(input._array):
        input = input.contiguous()  # as in PyTorch: what is copied is not relied upon
    shape = input.shape
    count, channels, length = shape[0], shape[1], math.prod(shape[2:])
    rows = (count * num_groups, channels // num_groups * length)
    view = (count, channels, length)
    given = (input, weight, bias)
    return row_norm(_GROUP_NORM, *given, rows, view, (channels, 1), (0, 2), eps, images=True)


def _repeated(values, count):
    return None if values is None else values.repeat(count)


@answering
@quiet
def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    """Each channel (dim 1) of each sample with mean 0 and variance 1, times weight plus bias.

    It is batch norm of a single sample whose channels are all channels of all samples. Unless
    `use_input_stats`, the running statistics are used. Mirrors F.instance_norm.
    """
    size = input.size()
    check_instance_norm(size, running_mean, running_var, use_input_stats)
    count, channels = size[0], size[1]
    repeated = [_repeated(t, count) for t in (running_mean, running_var, weight, bias)]
    x = input.contiguous().view(1, count * channels, *size[2:])
    out = batch_norm(x, *repeated, training=use_input_stats, momentum=momentum, eps=eps)
    for running, found in zip((running_mean, running_var), repeated):
        if running is not None and use_input_stats:
            with no_grad():
                running.copy_(found.view(count, channels).mean(0))
    return out.view(size)


@answering
@quiet
def rms_norm(input, normalized_shape, weight=None, eps=None):
    """The last dims, those of `normalized_shape`, divided by their root mean square in each sample.

    Then times `weight`. `eps` is added to the mean square; by default it is that of the dtype.
    Mirrors F.rms_norm.
    """
    shape = normalized_dims("rms_norm", input, normalized_shape, "", weight)
    refuse_kinds("rms_norm", input._array, "iub")
    eps = finfo(input.dtype).eps if eps is None else eps
    dims = tuple(range(-len(shape), 0))
    wide = input.float() if input.dtype is float16 else input  # squares may be too large for half
    result = wide * ((wide**2).mean(dims, keepdim=True) + eps).rsqrt()
    result = result if weight is None else result * weight
    return result if wide is input else result.to(input.dtype)


@answering
@quiet
def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    """`input` / (k + alpha * mean of the squares of `size` neighbour channels) ** beta.

    Channels are dim 1 of at least three; beyond the first and the last there are zeros.
    Mirrors F.local_response_norm.
    """
    check_has_channels(input)
    if input.numel() == 0:
        return input
    squares = input.mul(input).flatten(2).unsqueeze(1)
    edge = zeros_like(squares[:, :, :1])
    rows = [edge] * (size // 2) + [squares] + [edge] * ((size - 1) // 2)
    means = avg_pool2d(cat(rows, 2), (size, 1), stride=1)
    return input / means.view(input.shape).mul(alpha).add(k).pow(beta)
