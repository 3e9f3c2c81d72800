# Built by lessons/07_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% convolution
"""Convolutions: a small window slides over the input, and each place becomes a weighted sum."""

from ...autograd.joint import joint_op
from ...memory_order import like_images
from ...views import squeeze, unsqueeze
from . import conv_arguments as given
from .convolving import Geometry, convolution_gradients, convolved


@joint_op(node="ConvolutionBackward0")
def _convolution(input, weight, bias, *, how):
    """The convolution of a batch, and one derivative for all: its gradients share their work."""

    def derivative(grad, needs):
        return convolution_gradients(grad, input, weight, needs, how)

    result = convolved(input, weight, how, bias)
    volumes = given.by_onednn(input, how.groups)
    return like_images(result, input, weight, volumes=volumes), derivative


# %% same-padding
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


# %% conv-nd
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


# %% conv2d
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


# %% public names
__all__ = ["conv1d", "conv2d", "conv3d"]
