# Built by lessons/07_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% unfolded
"""All windows of an image side by side, and back: im2col and col2im."""

import numpy as np

from ...operations import Kind, finish, must_be_tensor
from ...refusals import refuse_kinds
from ...tensors import Tensor
from ...two_way import two_way
from .convolving import Geometry
from .convolving import output_size as _places_along


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


# %% unfold-and-fold-of-arrays
@two_way
def _unfold(input, *, kernel, how):
    """Each window as a column: (N, C, H, W) to (N, C x kernel, windows)."""
    size, (count, channels) = input.shape[2:], input.shape[:2]
    windows = _windows(np.pad(input, _border(how)), kernel, how)
    shape = (count, channels * kernel[0] * kernel[1], windows.shape[4] * windows.shape[5])
    columns = windows.reshape(shape)
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


# %% unfold
_IM2COL, _COL2IM = Kind("Im2ColBackward0", ["input"]), Kind("Col2ImBackward0", ["input"])


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every window of an image as a column: (N, C, H, W) to (N, C x kernel, windows).

    One image, (C, H, W), gives (C x kernel, windows). Mirrors torch.nn.functional.unfold.
    """
    kernel, how = _pairs("im2col", input, kernel_size, dilation, padding, stride)
    _check_windows(input, kernel, how)
    array = input._array if input.ndim == 4 else input._array[None]
    body = _unfold.__wrapped__(array, kernel=kernel, how=how)
    return finish(_IM2COL, body if input.ndim == 4 else _without_batch(body), (input,))


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns back to an image of `output_size`, where windows overlap added up: (N, C x kernel,
    windows) to (N, C, H, W). It is the derivative of unfold. Mirrors torch.nn.functional.fold.
    """
    kernel, how = _pairs("col2im", input, kernel_size, dilation, padding, stride)
    size = _pair("output_size", output_size)
    _check_columns(input, size, kernel, how)
    array = input._array if input.ndim == 3 else input._array[None]
    body = _fold.__wrapped__(array, size=size, kernel=kernel, how=how)
    return finish(_COL2IM, body if input.ndim == 3 else _without_batch(body), (input,))


# %% without-batch
def _without_batch(body):
    """What `_unfold` or `_fold` returned for a batch of one, for the one."""
    result, back = body
    shape = result.shape

    def derivative(grad):
        grad = back(grad.reshape(shape))
        return grad.reshape(grad.shape[1:])

    return result[0], derivative


def _pair(name, value):
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    for place, number in enumerate(pair):
        if not hasattr(number, "__index__"):
            raise TypeError(
                f"im2col(): argument '{name}' (position 2) must be tuple of ints, but found "
                f"element of type {type(number).__name__} at pos {place}"
            )
    if len(pair) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(pair)}")
    return pair


# %% fold-numbers
def _pairs(name, input, kernel_size, dilation, padding, stride):
    """Kernel and geometry as pairs; RuntimeError for numbers that make no windows."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    kernel, dilation = _pair("kernel_size", kernel_size), _pair("dilation", dilation)
    padding, stride = _pair("padding", padding), _pair("stride", stride)
    for words, short, pair in (
        ("kernel size", "kernel", kernel),
        ("stride", "stride", stride),
        ("dilation", "dilation", dilation),
    ):
        if min(pair) <= 0:
            raise RuntimeError(
                f"{words} should be greater than zero, but got {short}_height: {pair[0]} "
                f"{short}_width: {pair[1]}"
            )
    if min(padding) < 0:
        raise RuntimeError(
            f"padding should be non-negative, but got pad_height: {padding[0]} "
            f"pad_width: {padding[1]}"
        )
    return kernel, Geometry(stride, tuple([(n, n) for n in padding]), dilation, 1)


def _numbers(kernel, how):
    padding = tuple([lo for lo, _ in how.padding])
    return f"kernel_size={kernel}, dilation={how.dilation}, padding={padding}"


# %% check-windows
def _check_windows(input, kernel, how):
    """RuntimeError unless this is an image, or a batch, with at least one window."""
    shape = list(input.shape)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    refuse_kinds("im2col_out_cpu", input._array, "iu")
    size = tuple(shape[-2:])
    out = _places_along(size, kernel, how)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input with spatial size {size}, {_numbers(kernel, how)}, calculated shape of "
            f"the array of sliding blocks as ({out[0]}, {out[1]}), but its components must be at "
            "least one."
        )


# %% check-columns
def _check_columns(input, size, kernel, how):
    """RuntimeError unless these are the columns of an image of this size."""
    shape = list(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {shape}"
        )
    if shape[-2] % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, "
            f"but got input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, columns = _places_along(size, kernel, how)
    if shape[-1] != rows * columns or min(rows, columns) < 1:
        raise RuntimeError(
            f"Given output_size={size}, {_numbers(kernel, how)}, stride={how.stride}, expected "
            "size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{rows} * {columns} = {rows * columns}, but got input.size(2)={shape[-1]}."
        )
    refuse_kinds("col2im_out_cpu", input._array, "iu")


# %% public names
__all__ = ["fold", "unfold"]
