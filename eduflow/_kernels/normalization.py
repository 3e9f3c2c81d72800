"""Batch norm on arrays (N, C, L) and layer norm on rows: as much at a time as the cache holds."""

import numpy as np

from .buffers import buffer

BLOCK = 1 << 21  # bytes of the channels that are worked on at a time


def _blocks(array):
    """Slices of channels that stay in the cache."""
    channel = max(array.nbytes // max(array.shape[1], 1), 1)
    step = max(BLOCK // channel, 1)
    return [slice(start, start + step) for start in range(0, array.shape[1], step)]


def _channel_sums(a, b=None):
    """For each channel the sum of `a`, or of `a * b`."""
    if a.shape[2] >= 16:
        rows = np.vecdot(a, np.ones(a.shape[2], a.dtype) if b is None else b)
        return rows.sum(0, dtype=np.float64).astype(a.dtype)
    return (a if b is None else a * b).sum((0, 2))


def standardized(x, weight, bias, eps):
    """`x` with mean 0 and variance 1 in each channel, times weight plus bias; mean and variance.

    The mean is corrected by what is left of it after centring: float32 sums are not exact.
    """
    result, count = buffer(x.shape, x.dtype), x.shape[0] * x.shape[2]
    mean, var = np.empty((2, x.shape[1]), x.dtype)
    for block in _blocks(x):
        source, target = x[:, block], result[:, block]
        first = _channel_sums(source) / count
        np.subtract(source, first[:, None], out=target)
        rest = _channel_sums(target) / count
        mean[block] = first + rest
        var[block] = np.maximum(_channel_sums(target, target) / count - rest * rest, 0)
        scale = 1 / np.sqrt(var[block] + eps) * (1 if weight is None else weight[block])
        np.multiply(target, scale[:, None], out=target)
        target += ((0 if bias is None else bias[block]) - rest * scale)[:, None]
    return result, mean, var


def standardized_by(x, mean, rstd, weight, bias):
    """(x - mean) * rstd * weight + bias, with a mean and a deviation that are given."""
    result = np.subtract(x, mean[:, None], out=buffer(x.shape, x.dtype))
    result *= (rstd if weight is None else rstd * weight)[:, None]
    if bias is not None:
        result += bias[:, None]
    return result


def standardized_slopes(grad, x, mean, rstd, weight):
    """The gradients of x, weight and bias, where mean and variance came from `x` itself.

    With x̂ = (x - mean) * rstd that of x is rstd * weight * (grad - mean(grad) - x̂ * mean(grad x̂)).
    """
    result, count = buffer(x.shape, x.dtype), x.shape[0] * x.shape[2]
    of_weight, of_bias = np.empty((2, x.shape[1]), x.dtype)
    for block in _blocks(x):
        slope, target, scale = grad[:, block], result[:, block], rstd[block]
        np.subtract(x[:, block], mean[block, None], out=target)
        of_bias[block] = _channel_sums(slope)
        of_weight[block] = _channel_sums(slope, target) * scale
        np.multiply(target, (of_weight[block] * scale / count)[:, None], out=target)
        target += (of_bias[block] / count)[:, None]
        np.subtract(slope, target, out=target)
        target *= (scale if weight is None else scale * weight[block])[:, None]
    return result, of_weight, of_bias


def scaled_slopes(grad, x, mean, rstd, weight):
    """The same where mean and variance were given: that of x is rstd * weight * grad."""
    scale = rstd if weight is None else rstd * weight
    of_weight = _channel_sums(grad, x - mean[:, None]) * rstd
    return grad * scale[:, None], of_weight, _channel_sums(grad)


ROWS = 1 << 19  # bytes of the rows that are worked on at a time


def _row_blocks(x):
    """Slices of rows that stay in the cache."""
    step = max(ROWS // max(x.shape[1] * x.itemsize, 1), 1)
    return [slice(start, start + step) for start in range(0, len(x), step)]


def standardized_rows(x, weight, bias, eps):
    """See nn._functional.normalization.standardized_rows.

    The means are corrected as above; the rows only where that is more than rounding.
    """
    result, (rows, length) = buffer(x.shape, x.dtype), x.shape
    mean, rstd = np.empty((2, rows), x.dtype)
    ones = np.ones(length, x.dtype)
    for block in _row_blocks(x):
        target, middle, scale = result[block], mean[block], rstd[block]
        np.divide(x[block] @ ones, length, out=middle)
        np.subtract(x[block], middle[:, None], out=target)
        rest = target @ ones / length
        middle += rest
        np.maximum(np.vecdot(target, target) / length - rest * rest, 0, out=scale)
        scale += x.dtype.type(eps)
        np.divide(1, np.sqrt(scale, out=scale), out=scale)
        rest *= scale
        target *= scale[:, None]
        if np.abs(rest).max(initial=0) > np.finfo(x.dtype).eps:
            target -= rest[:, None]
        if weight is not None:
            target *= weight
        if bias is not None:
            target += bias
    return result, mean, rstd


def row_slopes(grad, x, mean, rstd, weight):
    """See nn._functional.normalization.row_slopes; sums over rows or places are BLAS products.

    With c = x - mean the gradient of x is rstd * (grad weight) less c * rstd**3 * mean(grad weight
    c) and rstd * mean(grad weight): few passes over what is large.
    """
    result, length, blocks = buffer(x.shape, x.dtype), x.shape[1], _row_blocks(x)
    of_weight, of_bias = np.zeros((2, length), x.dtype)
    factors = np.ones(length, x.dtype) if weight is None else weight
    room = buffer(x[blocks[0]].shape if blocks else (0, length), x.dtype)
    for block in blocks:
        outer, target, scale = grad[block], result[block], rstd[block]
        centred = np.subtract(x[block], mean[block, None], out=room[: len(outer)])
        np.multiply(outer, centred, out=target)
        of_weight += scale @ target
        of_bias += np.ones(len(outer), x.dtype) @ outer
        centred *= (target @ factors * scale / length * scale * scale)[:, None]
        centred += (outer @ factors * scale / length)[:, None]
        if weight is None:
            np.multiply(outer, scale[:, None], out=target)
        else:
            np.multiply(scale[:, None], weight, out=target)
            target *= outer
        target -= centred
    return result, of_weight, of_bias
