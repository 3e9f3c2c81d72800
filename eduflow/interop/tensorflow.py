"""Layers with TensorFlow's conventions: where channels stand, what SAME means, what is counted.

    import eduflow.interop.tensorflow as tf_like

Names, arguments and numbers are those of `tf.nn` in TensorFlow 2. Tensors are this framework's, so
gradients flow as ever.
"""

from ..nn import functional as F
from ..ops.factories import ones_like
from .arguments import check_labels, check_rate, evenly

# Keras' defaults where they differ, as arguments of PyTorch's classes of these names. (Of eps only
# the number is Keras': its optimizers add it at another place, which shows in the last digits.)
KERAS = {
    "Adam": {"lr": 1e-3, "eps": 1e-7},
    "RMSprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7},
    "BatchNorm2d": {"momentum": 0.01, "eps": 1e-3},
    "LayerNorm": {"eps": 1e-3},
    "LeakyReLU": {"negative_slope": 0.3},  # the layer's; the function has 0.2
}


# %% lesson 14 same-padding
def same_padding(size, kernel, stride, dilation=1):
    """How many zeros SAME puts (before, after) one dim, so that ceil(size / stride) places fit.

    6 pixels, a kernel of 3 and a stride of 2 give (0, 1); 5 pixels give (1, 1).
    """
    reach, places = dilation * (kernel - 1) + 1, -(-size // stride)
    total = max((places - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def border(size, kernel, stride, padding, dilation=(1, 1)):
    """A border as `F.pad` takes it, (left, right, top, bottom).

    All arguments hold a number for height and for width; `padding` is "SAME", or holds a pair
    (before, after) for each.
    """
    if padding == "SAME":
        padding = [same_padding(*dim) for dim in zip(size, kernel, stride, dilation)]
    (top, bottom), (left, right) = padding
    return left, right, top, bottom


# %% end


# %% lesson 14 conv2d
def to_nchw(images):
    """Pictures (N, H, W, C) as PyTorch has them, (N, C, H, W): a view."""
    return images.permute(0, 3, 1, 2)


def to_nhwc(images):
    """Pictures (N, C, H, W) as TensorFlow has them, (N, H, W, C): a view."""
    return images.permute(0, 2, 3, 1)


@evenly
def conv2d(input, filters, strides, padding, *, dilations=1):
    """A convolution of pictures (N, H, W, C) with filters (height, width, C, O): (N, H', W', O).

    `padding` is "SAME", "VALID", or [[0, 0], [top, bottom], [left, right], [0, 0]]. ValueError
    where sizes do not fit. Mirrors tf.nn.conv2d.
    """
    edge = border(input.shape[1:3], filters.shape[:2], strides, padding, dilations)
    images, weight = F.pad(to_nchw(input), edge), filters.permute(3, 2, 0, 1)
    return to_nhwc(F.conv2d(images, weight, stride=strides, dilation=dilations))


# %% end


# %% lesson 14 conv2d-transpose
@evenly
def conv2d_transpose(input, filters, output_shape, strides, padding="SAME", *, dilations=1):
    """What a convolution would turn into `input`: (N, H, W, C) to `output_shape`, [N, H', W', O].

    Filters are (height, width, O, C). ValueError unless a convolution would lead from
    `output_shape` back to the input's. Mirrors tf.nn.conv2d_transpose.
    """
    height, width = output_shape[1:3]
    left, _, top, _ = border((height, width), filters.shape[:2], strides, padding, dilations)
    weight = filters.permute(3, 2, 0, 1)
    full = F.conv_transpose2d(to_nchw(input), weight, stride=strides, dilation=dilations)
    right, bottom = left + width - full.shape[3], top + height - full.shape[2]
    return to_nhwc(F.pad(full, (-left, right, -top, bottom)))


# %% end


@evenly
def depthwise_conv2d(input, filter, strides, padding, *, dilations=1):
    """Every channel by filters of its own: (N, H, W, C), (height, width, C, M) to (N, H', W', C M).

    The M results of a channel stand beside each other. Mirrors tf.nn.depthwise_conv2d.
    """
    edge = border(input.shape[1:3], filter.shape[:2], strides, padding, dilations)
    channels, times = filter.shape[2:]
    weight = filter.permute(2, 3, 0, 1).reshape(channels * times, 1, *filter.shape[:2])
    images = F.pad(to_nchw(input), edge)
    result = F.conv2d(images, weight, stride=strides, dilation=dilations, groups=channels)
    return to_nhwc(result)


# %% lesson 14 avg-pool
@evenly
def avg_pool(input, ksize, strides, padding):
    """The mean of each window of pictures (N, H, W, C): (N, H', W', C).

    What lies outside the picture is not counted. Mirrors tf.nn.avg_pool.
    """
    images = to_nchw(input)
    edge = border(images.shape[2:], ksize, strides, padding)
    means = F.avg_pool2d(F.pad(images, edge), ksize, strides)
    inside = F.avg_pool2d(F.pad(ones_like(images), edge), ksize, strides)
    return to_nhwc(means / inside)


# %% end


@evenly
def max_pool(input, ksize, strides, padding):
    """The largest element of each window of pictures (N, H, W, C). Mirrors tf.nn.max_pool."""
    edge = border(input.shape[1:3], ksize, strides, padding)
    images = F.pad(to_nchw(input), edge, value=float("-inf"))
    return to_nhwc(F.max_pool2d(images, ksize, strides))


def moments(x, axes, keepdims=False):
    """The pair (mean, variance) over these dims; the variance is biased. Mirrors tf.nn.moments."""
    axes = tuple(axes)
    return x.mean(axes, keepdims), x.var(axes, unbiased=False, keepdim=keepdims)


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon):
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset, channels last.

    `offset` and `scale` may be None. Nothing is remembered. Mirrors tf.nn.batch_normalization.
    """
    result = (x - mean) * (variance + variance_epsilon).rsqrt()
    result = result if scale is None else result * scale
    return result if offset is None else result + offset


def moving_average(moving, new, momentum=0.99):
    """What Keras' batch normalization remembers: `momentum` is the share that the old keeps."""
    return moving * momentum + new * (1 - momentum)


def dropout(x, rate):
    """Elements become 0 with probability `rate`, the others grow by 1 / (1 - rate), always.

    There is no training mode: who does not want it does not call it. ValueError unless `rate` is
    from 0 on, below 1. Mirrors tf.nn.dropout.
    """
    check_rate(rate)
    return F.dropout(x, rate, training=True)


def softmax_cross_entropy_with_logits(labels, logits):
    """The loss of each row, its classes last; labels are probabilities. They come first!

    Mirrors tf.nn.softmax_cross_entropy_with_logits.
    """
    check_labels(labels, logits, indices=False)
    return -(labels * F.log_softmax(logits, -1)).sum(-1)


def sparse_softmax_cross_entropy_with_logits(labels, logits):
    """The loss of each row, its classes last; labels are class numbers. They come first!

    IndexError for a class that there is not. Mirrors
    tf.nn.sparse_softmax_cross_entropy_with_logits.
    """
    check_labels(labels, logits, indices=True)
    rows, classes = logits.reshape(-1, logits.shape[-1]), labels.long().reshape(-1)
    return F.cross_entropy(rows, classes, reduction="none").reshape(labels.shape)


def leaky_relu(features, alpha=0.2):
    """Negative elements times `alpha`, which is 0.01 in PyTorch. Mirrors tf.nn.leaky_relu."""
    return F.leaky_relu(features, alpha)


def dense(inputs, kernel, bias=None):
    """`inputs`, (..., in), times `kernel`, (in, out), plus `bias`: what Keras' Dense computes."""
    return F.linear(inputs, kernel.transpose(0, 1), bias)


# %% lesson 14 dense-weight
def dense_weight(kernel, image=None):
    """A Dense layer's kernel, (in, out), as Linear's weight, (out, in).

    Behind a Flatten, `image` is the (C, H, W) of what was flattened: TensorFlow's rows go through
    (H, W, C), PyTorch's columns through (C, H, W).
    """
    if image is not None:
        channels, height, width = image
        rows = kernel.reshape(height, width, channels, -1)
        kernel = rows.permute(2, 0, 1, 3).reshape(-1, rows.shape[-1])
    return kernel.permute(1, 0)


# %% end
