"""Numbers that move between channels and pixels: pixel_shuffle, channel_shuffle."""

import numpy as np

from ..._core.arguments import int_argument
from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, two_way
from ..._core.layout import like_images


@two_way
def pixels_from_channels(x, *, factor):
    """(..., C r r, H, W) as (..., C, H r, W r); the derivative moves the numbers back."""
    *front, channels, height, width = x.shape
    parts = x.reshape(*front, channels // factor**2, factor, factor, height, width)
    turned = parts.swapaxes(-4, -2).swapaxes(-3, -2).swapaxes(-2, -1)
    wide = np.array(turned, order="C").reshape(
        *front, channels // factor**2, height * factor, width * factor
    )
    return wide, lambda grad: channels_from_pixels(grad, factor=factor)


@two_way
def channels_from_pixels(x, *, factor):
    """(..., C, H r, W r) as (..., C r r, H, W); the derivative moves the numbers back."""
    *front, channels, height, width = x.shape
    parts = x.reshape(*front, channels, height // factor, factor, width // factor, factor)
    turned = parts.swapaxes(-2, -1).swapaxes(-3, -2).swapaxes(-4, -2)
    deep = np.array(turned, order="C").reshape(
        *front, channels * factor**2, height // factor, width // factor
    )
    return deep, lambda grad: pixels_from_channels(grad, factor=factor)


def _check_shuffle(name, which, input, factor):
    """PyTorch's errors for a factor that is no positive int, or an input with too few dims."""
    must_be_tensor(name, ["input"], (input,))
    int_argument(name, which, 2, factor)
    if input.dim() < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with "
            f"{input.dim()} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {which}, but got {factor}")


def _recorded(name, input, result, derivative, volumes=False):
    result = like_images(result, input._array, volumes=volumes)
    return finish(Kind(name, ["input"]), (result, derivative), (input,))


@answering
def pixel_shuffle(input, upscale_factor):
    """(..., C r r, H, W) to (..., C, H r, W r): channels become pixels.

    RuntimeError unless the channels can be divided by the square of `upscale_factor`. Mirrors
    torch.pixel_shuffle.
    """
    _check_shuffle("pixel_shuffle", "upscale_factor", input, upscale_factor)
    channels, square = input.shape[-3], upscale_factor**2
    if channels % square:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={channels} is not divisible by {square}"
        )
    moved = pixels_from_channels.__wrapped__(input._array, factor=upscale_factor)
    return _recorded("PixelShuffleBackward0", input, *moved)


@answering
def pixel_unshuffle(input, downscale_factor):
    """(..., C, H r, W r) to (..., C r r, H, W), the inverse of pixel_shuffle.

    RuntimeError unless height and width can be divided. Mirrors torch.pixel_unshuffle.
    """
    _check_shuffle("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    for name, dim in (("height", -2), ("width", -1)):
        if input.shape[dim] % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={input.shape[dim]} is not divisible by {downscale_factor}"
            )
    moved = channels_from_pixels.__wrapped__(input._array, factor=downscale_factor)
    return _recorded("PixelUnshuffleBackward0", input, *moved)


@two_way
def dealt_out(x, *, groups):
    """Channels (dim 1) in `groups` rows, read column by column; the derivative deals them back."""
    batch, channels, *rest = x.shape
    columns = channels // groups
    rows = x.reshape(batch, groups, columns, *rest).swapaxes(1, 2)
    dealt = np.array(rows, order="C").reshape(x.shape)
    return dealt, lambda grad: dealt_out(grad, groups=columns or groups)


@answering
def channel_shuffle(input, groups):
    """(N, C, ...) with the channels of `groups` groups interleaved. Mirrors torch.channel_shuffle.

    RuntimeError unless there are over two dims, and the channels can be divided by `groups`.
    """
    must_be_tensor("channel_shuffle", ["input"], (input,))
    int_argument("channel_shuffle", "groups", 2, groups)
    shape = list(input.shape)
    if len(shape) <= 2:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {shape}"
        )
    if groups <= 0:
        raise RuntimeError(
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    if shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and "
            f"{groups} groups."
        )
    moved = dealt_out.__wrapped__(input._array, groups=groups)
    return _recorded("ChannelShuffleBackward0", input, *moved, volumes=True)
