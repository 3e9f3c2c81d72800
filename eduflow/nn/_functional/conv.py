"""Convolution: windows by strides, then one matrix product; and the same in reverse."""

import functools
import math
from typing import NamedTuple

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import recording, two_way
from ..._core.keeping import relying
from ..._core.layout import like_images
from ..._core.tensor import Tensor
from ..._kernels import kernel
from ..._words import conv as given
from ...ops.shape import squeeze, unsqueeze


# %% lesson 07 geometry
class Geometry(NamedTuple):
    """How a window moves: one entry for each dim, and `padding` is a pair (before, after) for each.

    `after` may be negative: then the last window stops so many pixels short of the end.
    """

    stride: tuple
    padding: tuple
    dilation: tuple
    groups: int = 1


def output_size(size, kernel, how):
    """How many places a window finds along each dim.

    `size` and `kernel` hold a number for each dim, and so does the tuple that comes back:
    (8, 8) and (3, 3) give (6, 6) if the window moves by one, without a border.
    """
    places = []
    for n, k, s, d, (before, after) in zip(size, kernel, how.stride, how.dilation, how.padding):
        reach = d * (k - 1) + 1
        last = before + n + after - reach
        places.append(last // s + 1)
    return tuple(places)


# %% end


# %% lesson 07 places-and-windows
def windows(bordered, kernel, out, how):
    """All windows on images that have their border already, as a view: (N, C, *kernel, *out).

    `bordered` is (N, C, *size), `kernel` and `out` hold the size of a window and the number of its
    places, dim by dim. Nothing is copied: who writes to the view writes to the images.
    """
    images, channels, *pixel = bordered.strides
    inside = [step * d for step, d in zip(pixel, how.dilation)]
    onward = [step * s for step, s in zip(pixel, how.stride)]
    shape = (*bordered.shape[:2], *kernel, *out)
    strides = (images, channels, *inside, *onward)
    return np.ndarray(shape, bordered.dtype, bordered, strides=strides)


# %% end


# %% lesson 07 convolve
def with_border(input, how):
    """`input`, (N, C, *size), as a copy in a border of zeros."""
    border = [(before, max(after, 0)) for before, after in how.padding]
    return np.pad(input, [(0, 0), (0, 0), *border])


def rows(weight, how):
    """Each filter as a row: (O, C / groups, *kernel) to (groups, O / groups, numbers)."""
    numbers = math.prod(weight.shape[1:])
    return weight.reshape(how.groups, len(weight) // how.groups, numbers)


def columns(input, kernel, out, how):
    """What each window sees, as a column: (N, groups, numbers, places).

    Put a border around `input`, (N, C, *size), look at its windows, and reshape: that copies.
    """
    seen = windows(with_border(input, how), kernel, out, how)
    numbers = input.shape[1] // how.groups * math.prod(kernel)
    return seen.reshape(len(input), how.groups, numbers, math.prod(out))


@kernel
def convolve(input, weight, how):
    """Every filter times every column: (N, C, *size), (O, C / groups, *kernel) to (N, O, *out)."""
    kernel = weight.shape[2:]
    out = output_size(input.shape[2:], kernel, how)
    result = rows(weight, how) @ columns(input, kernel, out, how)
    return result.reshape(len(input), len(weight), *out)


# %% end


# %% lesson 07 stamp
def without_border(bordered, size, how):
    """The reverse: what lies inside the border, (N, C, *size), as a view."""
    inside = [slice(before, before + n) for n, (before, _) in zip(size, how.padding)]
    return bordered[:, :, *inside]


def stamp(stamps, size, how):
    """Stamps, (N, C, *kernel, *out), onto the windows they belong to, added up: (N, C, *size).

    Four stamps of 3 by 3 ones on 2 by 2 places give 4 by 4 pixels with 1 in the corners.
    """
    kernel, out = stamps.shape[2 : 2 + len(size)], stamps.shape[2 + len(size) :]
    canvas = with_border(np.zeros((*stamps.shape[:2], *size), stamps.dtype), how)
    seen = windows(canvas, kernel, out, how)
    for tap in np.ndindex(*kernel):
        seen[:, :, *tap] += stamps[:, :, *tap]
    return without_border(canvas, size, how)


# %% end


# %% lesson 07 gradients
def by_group(grad, how):
    """Results, or gradients of them, (N, O, *out), as (N, groups, O / groups, places)."""
    images, filters, *out = grad.shape
    return grad.reshape(images, how.groups, filters // how.groups, math.prod(out))


@kernel
def weight_gradient(grad, input, kernel, how):
    """What all uses of each weight add up to: (O, C / groups, *kernel).

    `grad`, (N, O, *out), is the gradient of the result, and `input` is (N, C, *size).
    """
    seen = columns(input, kernel, grad.shape[2:], how)
    each = by_group(grad, how) @ seen.swapaxes(2, 3)
    total = each.sum(axis=0)
    return total.reshape(grad.shape[1], input.shape[1] // how.groups, *kernel)


@kernel
def input_gradient(grad, weight, size, how):
    """What all windows owe each pixel: (N, C, *size).

    `grad`, (N, O, *out), is the gradient of the result, and `weight` is (O, C / groups, *kernel).
    """
    stamps = rows(weight, how).swapaxes(1, 2) @ by_group(grad, how)
    channels, kernel, out = how.groups * weight.shape[1], weight.shape[2:], grad.shape[2:]
    stamps = stamps.reshape(len(grad), channels, *kernel, *out)
    return stamp(stamps, size, how)


# %% end


def to_weight(grad, input, kernel, how):
    """`weight_gradient`; with tensors, for a second derivative, an operation that is recorded."""
    if isinstance(grad, Tensor):
        return _to_weight(grad, input, kernel=kernel, how=how)
    return weight_gradient(grad, input, kernel, how)


@two_way(node="ConvolutionBackward0")
def _to_weight(grad, input, *, kernel, how):
    size = input.shape[2:]
    return (
        weight_gradient(grad, input, kernel, how),
        lambda outer: convolution(input, outer, None, how=how),
        lambda outer: to_input(grad, outer, size, how),
    )


def saving(body):
    """`body`, its result relying on images and weight: PyTorch saves both in any case."""

    def function(images, weight, *others):
        return relying(body(images, weight, *others), images, weight)

    return function


def each_dim(dims):
    """Decorator for convolutions: they get an entry for each dim, and images in a batch.

    A number stands for all `dims`; padding becomes a pair (before, after) for each, also where it
    is a word. What PyTorch refuses is refused, in its words.
    """

    def decorate(body):
        name = body.__name__

        @functools.wraps(body)
        def function(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
            how = given.convolution_options(
                name, dims, (input, weight, bias), stride, padding, dilation, groups
            )
            if recording.enabled and any(before != after for before, after in how[1]):
                input = input.clone()  # as in PyTorch, which pads a copy, and relies on that
            return over_images(
                saving(body), given.check_convolution, dims, input, weight, bias, how, groups
            )

        return function

    return decorate


# %% lesson 22 over-images
def in_order(result, images, weight, groups):
    """A result in reading order, or with its channels last in memory if those given have them so.

    Volumes have them so where a library by the name of oneDNN computes in PyTorch's place.
    """
    volumes, array = given.by_onednn(images._array, groups), np.ascontiguousarray(result._array)
    result._array = like_images(array, images._array, weight._array, volumes=volumes)
    return result


def over_images(body, refuse, dims, input, weight, bias, how, groups):
    """`body` for a batch of images, (N, C, ...), or for one, (C, ...): that is a batch of one.

    `how` are further arguments of `body`; `refuse` takes the same, and raises where they misfit.
    """
    images = unsqueeze(input, 0) if input.ndim == dims + 1 else input
    refuse(images, weight, bias, *how)
    result = in_order(body(images, weight, bias, *how), images, weight, groups)
    return result if images is input else squeeze(result, 0)


# %% end


# %% lesson 07 convolution
def to_input(grad, weight, size, how):
    """`input_gradient`; with tensors, for a second derivative, an operation that is recorded."""
    if isinstance(grad, Tensor):
        return transposed_convolution(grad, weight, None, size=size, how=how)  # lesson 08 builds it
    return np.ascontiguousarray(input_gradient(grad, weight, size, how))


def to_bias(grad):
    """The gradient of a bias, (O,), from that of a result, (N, O, ...)."""
    places = math.prod(grad.shape[2:])
    return grad.reshape((*grad.shape[:2], places)).sum(axis=2).sum(axis=0)


@two_way(node="ConvolutionBackward0")
def convolution(input, weight, bias, *, how):
    """`convolve` for tensors, plus a bias, (O,) or None; and what takes its gradient back."""
    result = convolve(input, weight, how)
    if bias is not None:
        result += bias.reshape(-1, *[1] * len(how.stride))
    size, kernel = input.shape[2:], weight.shape[2:]

    def of_input(grad):
        return to_input(grad, weight, size, how)

    def of_weight(grad):
        return to_weight(grad, input, kernel, how)

    return result, of_input, of_weight, to_bias


@each_dim(2)
def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide windows over images: (N, C, H, W), or (C, H, W) for one, to (N, O, H', W').

    `weight` is (O, C / groups, kernel height, width), `bias` (O,). `stride`, `padding` and
    `dilation` are a number or one for each dim; padding may be "same" or "valid". RuntimeError
    where sizes, channels, groups or dtypes do not fit. Mirrors torch.nn.functional.conv2d.
    """
    how = Geometry(stride, padding, dilation, groups)
    return convolution(input, weight, bias, how=how)


# %% end


@answering
@each_dim(1)
def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`conv2d` for sequences: (N, C, L) to (N, O, L'). Mirrors torch.nn.functional.conv1d."""
    return convolution(input, weight, bias, how=Geometry(stride, padding, dilation, groups))


@answering
@each_dim(3)
def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`conv2d` for volumes: (N, C, D, H, W) to (N, O, D', H', W').

    Mirrors torch.nn.functional.conv3d.
    """
    return convolution(input, weight, bias, how=Geometry(stride, padding, dilation, groups))


# %% lesson 08 transposed-convolution
@two_way(node="ConvolutionBackward0")
def transposed_convolution(input, weight, bias, *, size, how):
    """What a convolution that moves as `how` hands back to an input of `size`, as a layer's work.

    `input` is (N, C, ...), `weight` (C, O / groups, *kernel), `bias` (O,) or None; the result is
    (N, O, *size).
    """
    result = np.ascontiguousarray(input_gradient(input, weight, size, how))
    if bias is not None:
        result += bias.reshape(-1, *[1] * len(size))
    kernel = weight.shape[2:]

    def of_input(grad):
        return convolution(grad, weight, None, how=how)

    def of_weight(grad):
        return to_weight(input, grad, kernel, how)

    return result, of_input, of_weight, to_bias


# %% end


# %% lesson 08 transposed-size
def transposed_size(size, kernel, stride, padding, output_padding, dilation):
    """The size of a transposed convolution's output, dim by dim.

    Each argument has a number for each dim, and so does the list that comes back: [4] pixels, a
    kernel of [3] and a stride of [2] give [9], without padding.
    """
    sizes = []
    for n, k, s, p, more, d in zip(size, kernel, stride, padding, output_padding, dilation):
        full = (n - 1) * s + d * (k - 1) + 1
        sizes.append(full - 2 * p + more)
    return sizes


# %% end


def each_dim_transposed(dims):
    """Decorator for transposed convolutions: `each_dim`, but padding is a number for each dim."""

    def decorate(body):
        name = body.__name__

        @functools.wraps(body)
        def function(
            input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
        ):
            how = given.transposed_options(
                name, dims, (input, weight, bias), stride, padding, output_padding, groups, dilation
            )
            return over_images(
                saving(body),
                functools.partial(given.check_transposed, transposed_size),
                dims,
                input,
                weight,
                bias,
                how,
                groups,
            )

        return function

    return decorate


# %% lesson 08 conv-transpose
def conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation):
    """A transposed convolution in any number of dims; each option has a number for each of them.

    At the end of each dim, `output_padding` pixels fewer are cut off than at its beginning.
    """
    numbers = stride, padding, output_padding, dilation
    size = transposed_size(input.shape[2:], weight.shape[2:], *numbers)
    ends = tuple([(p, p - more) for p, more in zip(padding, output_padding)])
    how = Geometry(stride, ends, dilation, groups)
    return transposed_convolution(input, weight, bias, size=size, how=how)


@each_dim_transposed(2)
def conv_transpose2d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Enlarge images: (N, C, H, W), or (C, H, W) for one, to (N, O, H', W').

    `weight` is (C, O / groups, kernel height, width), `bias` (O,); the others are a number, or one
    for each dim. H' = (H - 1) stride + dilation (kernel - 1) + 1 - 2 padding + output_padding.
    RuntimeError unless output_padding is smaller than stride or dilation, and sizes, channels and
    groups fit. Mirrors torch.nn.functional.conv_transpose2d.
    """
    return conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation)


# %% end


@answering
@each_dim_transposed(1)
def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """The same for sequences, (N, C, L). Mirrors torch.nn.functional.conv_transpose1d."""
    return conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation)


@answering
@each_dim_transposed(3)
def conv_transpose3d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """The same for volumes, (N, C, D, H, W). Mirrors torch.nn.functional.conv_transpose3d."""
    return conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation)
