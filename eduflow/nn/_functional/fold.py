"""All windows of an image side by side, and back: im2col and col2im."""

import math

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, two_way
from ..._core.numpy_warnings import quiet
from ..._words import fold as given
from .conv import Geometry, columns, stamp
from .conv import output_size as places  # `fold` takes an output_size


@two_way
def _unfold(input, *, kernel, how):
    """Each window as a column: (N, C, H, W) to (N, C x kernel, windows)."""
    size = input.shape[2:]
    seen = columns(input, kernel, places(size, kernel, how), how)[:, 0]
    return np.ascontiguousarray(seen), lambda grad: _fold(grad, size=size, kernel=kernel, how=how)


@two_way
def _fold(input, *, size, kernel, how):
    """Each column back to its place in the image; where windows overlap, they are added up."""
    count, channels = len(input), input.shape[1] // math.prod(kernel)
    stamps = input.reshape(count, channels, *kernel, *places(size, kernel, how))
    result = np.ascontiguousarray(stamp(stamps, size, how))
    return result, lambda grad: _unfold(grad, kernel=kernel, how=how)


def _moves(kernel, dilation, padding, stride):
    given.check_moves(kernel, dilation, padding, stride)
    return Geometry(stride, tuple([(n, n) for n in padding]), dilation)


_IM2COL, _COL2IM = Kind("Im2ColBackward0", ["input"]), Kind("Col2ImBackward0", ["input"])


@answering
def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every window of an image as a column: (N, C, H, W) to (N, C x kernel, windows).

    One image, (C, H, W), gives (C x kernel, windows). Mirrors torch.nn.functional.unfold.
    """
    numbers = {"dilation": dilation, "padding": padding, "stride": stride}
    kernel, *rest = given.pairs("im2col", input, kernel_size=kernel_size, **numbers)
    how = _moves(kernel, *rest)
    given.check_windows(input, kernel, how, places(input.shape[-2:], kernel, how))
    array = input._array if input.ndim == 4 else input._array[None]
    body = _unfold.__wrapped__(array, kernel=kernel, how=how)
    return finish(_IM2COL, body if input.ndim == 4 else _without_batch(body), (input,))


@answering
@quiet
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns back to an image of `output_size`, where windows overlap added up: (N, C x kernel,
    windows) to (N, C, H, W). It is the derivative of unfold. Mirrors torch.nn.functional.fold.
    """
    numbers = {"dilation": dilation, "padding": padding, "stride": stride}
    sizes = {"output_size": output_size, "kernel_size": kernel_size}
    size, kernel, *rest = given.pairs("col2im", input, **sizes, **numbers)
    how = _moves(kernel, *rest)
    given.check_columns(input, size, kernel, how, places(size, kernel, how))
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
