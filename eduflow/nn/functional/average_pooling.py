# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% avg-pool
"""Average pooling: the mean of each window."""

import numpy as np

from ...memory_order import like_images
from ...operations import Kind, finish
from ...refusals import refuse_kinds
from .pooling_arguments import (
    check_rows,
    laid_windows,
    must_be_bool,
    pooled_array,
    window_arguments,
)
from .pooling_sums import window_spread, window_sums

_AVERAGE = {
    2: Kind("AvgPool2DBackward0", ["input"], operation="avg_pool2d"),
    3: Kind("AvgPool3DBackward0", ["input"], operation="avg_pool3d"),
}


def _means(input, windows, divisor):
    """The sums over windows of an array, divided, and their derivative."""
    dtype = np.float32 if input.dtype == np.float16 else input.dtype
    fixed_divisor = divisor if isinstance(divisor, int) else divisor.astype(dtype)
    sums = window_sums(input.astype(dtype, copy=False), windows=windows)
    means = _whole_quotient(sums, divisor) if sums.dtype.kind in "iu" else sums / fixed_divisor

    def derivative(grad):
        return window_spread(grad / fixed_divisor, windows=windows).reshape(input.shape)

    return like_images(means.astype(input.dtype, copy=False), input), derivative


def _whole_quotient(sums, divisor):
    """Ints are divided as in C: towards zero."""
    return np.sign(sums) * (np.abs(sums) // divisor)


# %% avg-pool-divisor
def _divisor(windows, padded):
    """How many places each window counts: an array, or a number where all are alike."""
    lengths = [w.lengths(padded) for w in windows]
    if all((length == length[0]).all() for length in lengths if length.size):
        return int(np.prod([length[0] for length in lengths if length.size]))
    counts = lengths[0]
    for length in lengths[1:]:
        counts = counts[..., None] * length
    return counts


def _avg_pool(name, input, sizes, ceil_mode, count_include_pad, divisor_override):
    array, dims = pooled_array(name, input), len(sizes[0])
    if divisor_override is not None:
        if type(divisor_override) is not int:
            kind = type(divisor_override).__name__
            raise TypeError(f"{name}(): argument 'divisor_override' must be int, not {kind}")
        if divisor_override == 0:
            raise RuntimeError("divisor must be not zero")
    windows = laid_windows(name, array, *sizes, (1,) * dims, ceil_mode)
    kernel = "avg_pool2d" if dims == 2 else "avg_pool3d_out_frame"
    refuse_kinds(kernel, array, "ubc")
    must_be_bool(name, "count_include_pad", 6, count_include_pad)
    divisor = divisor_override or _divisor(windows, count_include_pad)
    return finish(_AVERAGE[dims], _means(array, windows, divisor), (input,))


# %% avg-pool-functions
def avg_pool2d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """The mean of each window of pictures (N, C, H, W) or (C, H, W).

    Windows are laid as in max_pool2d. Padding counts as zeros unless `count_include_pad` is False;
    `divisor_override` replaces the number of places that is divided by. Mirrors F.avg_pool2d.
    """
    sizes = window_arguments("avg_pool2d", 2, kernel_size, stride, padding)
    return _avg_pool("avg_pool2d", input, sizes, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.avg_pool3d."""
    sizes = window_arguments("avg_pool3d", 3, kernel_size, stride, padding)
    return _avg_pool("avg_pool3d", input, sizes, ceil_mode, count_include_pad, divisor_override)


# %% avg-pool-1d
def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The same for rows (N, C, L) or (C, L), as pictures of height 1. Mirrors F.avg_pool1d."""
    array = pooled_array("avg_pool1d", input)
    sizes = window_arguments("avg_pool1d", 1, kernel_size, stride, padding)
    check_rows("avg_pool1d", array)
    sizes = [(one, *value) for one, value in zip((1, 1, 0), sizes)]
    return avg_pool2d(input.unsqueeze(-2), *sizes, ceil_mode, count_include_pad).squeeze(-2)


# %% public names
__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d"]
