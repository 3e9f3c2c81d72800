# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% max-pool
"""Max pooling: the largest element of each window."""

from ...memory_order import like_images
from ...operations import Kind, finish
from ...refusals import refuse_kinds
from ...tensors import wrap
from .pooling_arguments import (
    check_row_windows,
    check_rows,
    laid_windows,
    pooled_array,
    window_arguments,
)
from .pooling_maxima import Maxima, place_maxima

_MAX = {
    2: Kind("MaxPool2DWithIndicesBackward0", ["input"], operation="max_pool2d"),
    3: Kind("MaxPool3DWithIndicesBackward0", ["input"], operation="max_pool3d"),
}


def _with_slope(input, maxima, volumes):
    """The largest elements of an array, and their derivative."""

    def derivative(grad):
        return place_maxima(grad, maxima=maxima).reshape(input.shape)

    return like_images(maxima.result, input, volumes=volumes), derivative


def _largest(kind, input, windows, return_indices, volumes=False):
    """The tensor of the largest elements, recorded, and their indices if wanted."""
    maxima = Maxima(input._array, windows)
    result = finish(kind, _with_slope(input._array, maxima, volumes), (input,))
    if not return_indices:
        return result
    return result, wrap(like_images(maxima.indices(), input._array, volumes=volumes))


# %% max-pool-functions
def _max_pool(name, dims, input, kernel, stride, padding, dilation, ceil_mode, return_indices):
    array = pooled_array(name, input)
    asked = f"{name}_with_indices" if return_indices else name
    sizes = window_arguments(asked, dims, kernel, stride, padding, dilation)
    windows = laid_windows(name, array, *sizes, ceil_mode)
    refuse_kinds(name, array, "bc")
    return _largest(_MAX[dims], input, windows, return_indices, volumes=True)


def max_pool2d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    """The largest element of each window of pictures (N, C, H, W) or (C, H, W).

    Windows of `kernel_size` lie `stride` apart, by default side by side; `padding` adds -inf on
    all sides; with `ceil_mode` the last window may reach over the edge. With `return_indices` the
    pair (values, indices). RuntimeError where windows do not fit. Mirrors F.max_pool2d.
    """
    sizes = (kernel_size, stride, padding, dilation)
    return _max_pool("max_pool2d", 2, input, *sizes, ceil_mode, return_indices)


def max_pool3d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.max_pool3d."""
    sizes = (kernel_size, stride, padding, dilation)
    return _max_pool("max_pool3d", 3, input, *sizes, ceil_mode, return_indices)


# %% max-pool-1d
def max_pool1d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    """The same for rows (N, C, L) or (C, L), as pictures of height 1. Mirrors F.max_pool1d."""
    name = "max_pool1d_with_indices" if return_indices else "max_pool1d"
    array = pooled_array(name, input)
    sizes = window_arguments(name, 1, kernel_size, stride, padding, dilation)
    if return_indices:
        check_rows("max_pool1d", array)
    else:
        check_row_windows(array, *[value for (value,) in sizes], ceil_mode)
        refuse_kinds("max_pool2d" if input.requires_grad else "max_pool1d_impl", array, "iubc")
    wide = [(one, *value) for one, value in zip((1, 1, 0, 1), sizes)]
    found = max_pool2d(input.unsqueeze(-2), *wide, ceil_mode, return_indices)
    if return_indices:
        return found[0].squeeze(-2), found[1].squeeze(-2)
    return found.squeeze(-2)


# %% max-pool-with-indices
def _with_indices(function, name):
    """The form of a max pooling that always returns the pair (values, indices)."""

    def with_indices(
        input,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ):
        sizes = (kernel_size, stride, padding, dilation)
        return function(input, *sizes, ceil_mode, True)

    with_indices.__name__ = with_indices.__qualname__ = name
    with_indices.__doc__ = f"`{function.__name__}`, always with its indices. Mirrors F.{name}."
    return with_indices


max_pool1d_with_indices = _with_indices(max_pool1d, "max_pool1d_with_indices")
max_pool2d_with_indices = _with_indices(max_pool2d, "max_pool2d_with_indices")
max_pool3d_with_indices = _with_indices(max_pool3d, "max_pool3d_with_indices")


# %% public names
__all__ = [
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
]
