"""Convolutions: a small window slides over the input, and each place becomes a weighted sum."""

from ..._core.dispatch import raw, two_way
from ..._core.layout import like_images
from ..._core.tensor import Tensor
from ..._kernels.conv import Geometry, _input_gradient, _weight_gradient, convolved, convolved_with
from ..._words import conv as given
from ..._words.conv import check_kinds, check_transposed
from ...autograd.record import joint_op
from ...ops.shape import squeeze, unsqueeze


@two_way
def convolve(input, weight, *, how):
    """The convolution of input (N, C, ...) with weight (O, C / groups, ...)."""
    size, kernel = input.shape[2:], weight.shape[2:]
    return (
        convolved(input, weight, how),
        lambda grad: convolve_input_gradient(grad, weight, size=size, how=how),
        lambda grad: convolve_weight_gradient(grad, input, kernel=kernel, how=how),
    )


@two_way
def convolve_input_gradient(grad, weight, *, size, how, bias=None):
    """The gradient of convolve's input, whose last dims are of `size`: a transposed convolution.

    `bias`, an array with a number for each channel, is added; it gets no gradient here.
    """
    kernel = weight.shape[2:]
    return (
        _input_gradient(grad, weight, size, how, bias),
        lambda outer: convolve(outer, weight, how=how),
        lambda outer: convolve_weight_gradient(grad, outer, kernel=kernel, how=how),
    )


@two_way
def convolve_weight_gradient(grad, input, *, kernel, how):
    """The gradient of convolve's weight, whose last dims are of size `kernel`."""
    size = input.shape[2:]
    return (
        _weight_gradient(grad, input, kernel, how),
        lambda outer: convolve(input, outer, how=how),
        lambda outer: convolve_input_gradient(grad, outer, size=size, how=how),
    )


def convolution_gradients(grad, input, weight, needs, how):
    """The gradients of input, weight and bias of a convolution, as far as somebody needs them."""
    if raw(input).dtype.kind == "c":  # as for products: conjugate, derive, conjugate
        found = _gradients(grad.conj(), input, weight, needs, how)
        return [None if x is None else x.conj() for x in found]
    return _gradients(grad, input, weight, needs, how)


def _gradients(grad, input, weight, needs, how):
    size, kernel = input.shape[2:], weight.shape[2:]
    d_input = d_weight = d_bias = None
    if needs[0]:
        d_input = convolve_input_gradient(grad, weight, size=size, how=how)
    if needs[1]:
        d_weight = convolve_weight_gradient(grad, input, kernel=kernel, how=how)
    if needs[2:] == (True,):
        d_bias = grad.reshape((*grad.shape[:2], -1)).sum(axis=2).sum(axis=0)
    return d_input, d_weight, d_bias


# %% lesson 07 convolution
@joint_op(node="ConvolutionBackward0")
def _convolution(input, weight, bias, *, how):
    """The convolution of a batch, and one derivative for all: its gradients share their work."""

    def derivative(grad, needs):
        return convolution_gradients(grad, input, weight, needs, how)

    result = convolved(input, weight, how, bias)
    volumes = given.by_onednn(input, how.groups)
    return like_images(result, input, weight, volumes=volumes), derivative


# %% end


# %% lesson 07 same-padding
def _padding(padding, kernel, stride, dilation, dims):
    """Padding as a pair (before, after) for each dim, from numbers or a word."""
    if padding == "same":
        if set(stride) != {1}:
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        total = [d * max(k - 1, 0) for k, d in zip(kernel, dilation)]
        return tuple([(n // 2, n - n // 2) for n in total])
    padding = 0 if padding == "valid" else padding
    return tuple([(n, n) for n in given.per_dim("padding", padding, dims, len(kernel))])


def _check_word(padding, dims, **steps):
    """RuntimeError for a word that is none, and for "same" with lists of another length."""
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    for key, value in steps.items():
        if padding == "same" and isinstance(value, (tuple, list)) and len(value) not in (1, dims):
            raise RuntimeError(f"{key} cannot broadcast to {dims} dimensions")


# %% end


# %% lesson 07 conv-nd
def _conv(name, dims, input, weight, bias, stride, padding, dilation, groups):
    given.must_be_convolution(
        name,
        (input, weight, bias),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    unbatched = given.given_dims(name, input, dims)
    if unbatched:
        input = unsqueeze(input, 0)
    if isinstance(padding, str):
        _check_word(padding, dims, stride=stride, dilation=dilation)
    given.check_bias_dtype(input, bias)
    given.check_groups(groups, weight)
    kernel = weight._array.shape[2:]
    stride = given.per_dim("stride", stride, dims, len(kernel))
    dilation = given.per_dim("dilation", dilation, dims, len(kernel))
    how = Geometry(stride, _padding(padding, kernel, stride, dilation, dims), dilation, groups)
    given.check_convolution(input, weight, bias, how)
    result = _convolution(input, weight, bias, how=how)
    return squeeze(result, 0) if unbatched else result


# %% end


# %% lesson 07 conv2d
def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide windows over images: (N, C, H, W), or (C, H, W) for one, to (N, O, H', W').

    `weight` is (O, C / groups, kernel height, width), `bias` (O,). `stride`, `padding` and
    `dilation` are a number or one for each dim; padding may be "same" or "valid". RuntimeError
    where sizes, channels, groups or dtypes do not fit. Mirrors torch.nn.functional.conv2d.
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`conv2d` for sequences: (N, C, L) to (N, O, L'). Mirrors torch.nn.functional.conv1d."""
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`conv2d` for volumes: (N, C, D, H, W) to (N, O, D', H', W').

    Mirrors torch.nn.functional.conv3d.
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


# %% end


# %% lesson 08 transposed
@joint_op(node="ConvolutionBackward0")
def _transposed(input, weight, bias, *, size, how):
    """What a convolution that moves as `how` would hand back to an input of `size`."""

    def derivative(grad, needs):
        return _gradients_conv_transpose(grad, input, weight, needs, how)

    result = convolve_input_gradient(input, weight, size=size, how=how, bias=bias)
    volumes = given.by_onednn(input, how.groups)
    return like_images(result, input, weight, volumes=volumes), derivative


def _gradients_conv_transpose(grad, input, weight, needs, how):
    """The gradients of input, weight and bias, as far as somebody needs them."""
    d_input = d_weight = d_bias = None
    if needs[0] and needs[1] and not isinstance(grad, Tensor):
        d_input, d_weight = convolved_with(grad, weight, input, how)
    elif needs[0]:
        d_input = convolve(grad, weight, how=how)
    if needs[1] and d_weight is None:
        d_weight = convolve_weight_gradient(input, grad, kernel=weight.shape[2:], how=how)
    if needs[2:] == (True,):
        d_bias = grad.sum(axis=(0, *range(2, grad.ndim)))
    return d_input, d_weight, d_bias


# %% end


# %% lesson 08 size
def transposed_size(size, kernel, stride, padding, output_padding, dilation):
    """The size of a transposed convolution's output, dim by dim."""
    return [
        (n - 1) * s + d * (k - 1) + 1 - 2 * p + more
        for n, k, s, p, more, d in zip(size, kernel, stride, padding, output_padding, dilation)
    ]


def _geometry(stride, padding, output_padding, dilation, groups):
    """How the kernel of the convolution moves that is turned around."""
    ends = [(p, p - more) for p, more in zip(padding, output_padding)]
    return Geometry(stride, tuple(ends), dilation, groups)


_OPTIONS = ("stride", "padding", "dilation", "output_padding")


def _conv_transpose(name, dims, tensors, groups, numbers):
    options = dict(zip(_OPTIONS, numbers))
    check_kinds(name, tensors, groups=groups, **options)
    input, weight, bias = tensors
    unbatched = given.given_dims(name, input, dims)
    if unbatched:
        input = unsqueeze(input, 0)
    given.check_groups(groups, weight)
    size, kernel = input.shape[2:], weight.shape[2:]
    options = {key: given.per_dim(key, value, dims, len(kernel)) for key, value in options.items()}
    size = transposed_size(size, kernel, **options)
    check_transposed(input, weight, bias, size, groups=groups, **options)
    result = _transposed(input, weight, bias, size=size, how=_geometry(groups=groups, **options))
    return squeeze(result, 0) if unbatched else result


# %% end


# %% lesson 08 conv-transpose
def conv_transpose2d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Enlarge images: (N, C, H, W), or (C, H, W) for one, to (N, O, H', W').

    `weight` is (C, O / groups, kernel height, width), `bias` (O,); the others are a number, or one
    for each dim. H' = (H - 1) stride + dilation (kernel - 1) + 1 - 2 padding + output_padding.
    RuntimeError unless output_padding is smaller than stride or dilation, and sizes, channels and
    groups fit. Mirrors torch.nn.functional.conv_transpose2d.
    """
    numbers = stride, padding, dilation, output_padding
    return _conv_transpose("conv_transpose2d", 2, (input, weight, bias), groups, numbers)


def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """The same for sequences, (N, C, L). Mirrors torch.nn.functional.conv_transpose1d."""
    numbers = stride, padding, dilation, output_padding
    return _conv_transpose("conv_transpose1d", 1, (input, weight, bias), groups, numbers)


def conv_transpose3d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """The same for volumes, (N, C, D, H, W). Mirrors torch.nn.functional.conv_transpose3d."""
    numbers = stride, padding, dilation, output_padding
    return _conv_transpose("conv_transpose3d", 3, (input, weight, bias), groups, numbers)


# %% end
