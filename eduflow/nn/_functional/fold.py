"""All windows of an image side by side, and back: im2col and col2im."""

import numpy as np

from ..._core.dispatch import Kind, finish, two_way
from ..._core.quiet import quiet
from ..._kernels.conv import output_size as _places_along
from ..._words import fold as given


def _windows(padded, kernel, how):
    """A view of all windows of padded images: (N, C, kernel height, width, H', W')."""
    out = _places_along(padded.shape[2:], kernel, how._replace(padding=((0, 0),) * 2))
    down, right = padded.strides[2:]
    steps = [s * d for s, d in zip((down, right), how.dilation)]
    steps += [s * d for s, d in zip((down, right), how.stride)]
    shape, strides = (*padded.shape[:2], *kernel, *out), (*padded.strides[:2], *steps)
    return np.lib.stride_tricks.as_strided(padded, shape, strides)


def _border(how):
    return [(0, 0), (0, 0), *how.padding]


@two_way
def _unfold(input, *, kernel, how):
    """Each window as a column: (N, C, H, W) to (N, C x kernel, windows)."""
    size, (count, channels) = input.shape[2:], input.shape[:2]
    windows = _windows(np.pad(input, _border(how)), kernel, how)
    shape = (count, channels * kernel[0] * kernel[1], windows.shape[4] * windows.shape[5])
    columns = np.array(windows, order="C").reshape(shape)  # windows overlap in memory: copy
    return columns, lambda grad: _fold(grad, size=size, kernel=kernel, how=how)


@two_way
def _fold(input, *, size, kernel, how):
    """Each column back to its place in the image; where windows overlap, they are added up."""
    count, channels = len(input), input.shape[1] // (kernel[0] * kernel[1])
    padded = [n + sum(ends) for n, ends in zip(size, how.padding)]
    result = np.zeros((count, channels, *padded), input.dtype)
    windows = _windows(result, kernel, how)
    columns = input.reshape(windows.shape)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            windows[:, :, i, j] += columns[:, :, i, j]
    inside = [slice(lo, n - hi) for n, (lo, hi) in zip(padded, how.padding)]
    result = np.ascontiguousarray(result[(..., *inside)])
    return result, lambda grad: _unfold(grad, kernel=kernel, how=how)


_IM2COL, _COL2IM = Kind("Im2ColBackward0", ["input"]), Kind("Col2ImBackward0", ["input"])


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every window of an image as a column: (N, C, H, W) to (N, C x kernel, windows).

    One image, (C, H, W), gives (C x kernel, windows). Mirrors torch.nn.functional.unfold.
    """
    numbers = {"dilation": dilation, "padding": padding, "stride": stride}
    kernel, *rest = given.pairs("im2col", input, kernel_size=kernel_size, **numbers)
    how = given.geometry(kernel, *rest)
    given.check_windows(input, kernel, how)
    array = input._array if input.ndim == 4 else input._array[None]
    body = _unfold.__wrapped__(array, kernel=kernel, how=how)
    return finish(_IM2COL, body if input.ndim == 4 else _without_batch(body), (input,))


@quiet
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns back to an image of `output_size`, where windows overlap added up: (N, C x kernel,
    windows) to (N, C, H, W). It is the derivative of unfold. Mirrors torch.nn.functional.fold.
    """
    numbers = {"dilation": dilation, "padding": padding, "stride": stride}
    sizes = {"output_size": output_size, "kernel_size": kernel_size}
    size, kernel, *rest = given.pairs("col2im", input, **sizes, **numbers)
    how = given.geometry(kernel, *rest)
    given.check_columns(input, size, kernel, how)
    array = input._array if input.ndim == 3 else input._array[None]
    body = _fold.__wrapped__(array, size=size, kernel=kernel, how=how)
    return finish(_COL2IM, body if input.ndim == 3 else _without_batch(body), (input,))


def _without_batch(body):
    """What `_unfold` or `_fold` returned for a batch of one, for the one."""
    result, back = body
    shape = result.shape

    def derivative(grad):
        grad = back(grad.reshape(shape))
        return grad.reshape(grad.shape[1:])

    return result[0], derivative
