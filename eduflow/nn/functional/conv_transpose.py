# Built by lessons/08_transposed_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% transposed
"""Transposed convolution: the gradient of a convolution with respect to its input."""

from ...autograd.joint import joint_op
from ...memory_order import like_images
from ...tensors import Tensor
from ...views import squeeze, unsqueeze
from . import conv_arguments as given
from .conv_transpose_arguments import check_kinds, check_transposed
from .convolving import (
    Geometry,
    convolve,
    convolve_input_gradient,
    convolve_weight_gradient,
    convolved_with,
)


@joint_op(node="ConvolutionBackward0")
def _transposed(input, weight, bias, *, size, how):
    """What a convolution that moves as `how` would hand back to an input of `size`."""

    def derivative(grad, needs):
        return _gradients(grad, input, weight, needs, how)

    result = convolve_input_gradient(input, weight, size=size, how=how, bias=bias)
    volumes = given.by_onednn(input, how.groups)
    return like_images(result, input, weight, volumes=volumes), derivative


def _gradients(grad, input, weight, needs, how):
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


# %% size
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


# %% conv-transpose
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


# %% public names
__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "transposed_size"]
