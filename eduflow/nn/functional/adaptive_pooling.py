# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% adaptive-pool
"""Adaptive pooling: as many windows as one asks for, wherever they then must lie."""

from ...memory_order import like_images
from ...operations import Kind, finish
from ...refusals import refuse_kinds
from .average_pooling import _divisor, _means
from .max_pooling import _largest
from .pooling_arguments import check_rows, ints, pooled_array
from .pooling_windows import adaptive_windows

_KINDS = {
    name: Kind(f"{node}Backward0", ["input"], operation=name)
    for name, node in (
        ("adaptive_avg_pool2d", "AdaptiveAvgPool2D"),
        ("adaptive_avg_pool3d", "AdaptiveAvgPool3D"),
        ("adaptive_max_pool2d", "AdaptiveMaxPool2D"),
        ("adaptive_max_pool3d", "AdaptiveMaxPool3D"),
    )
}


def _wanted_size(output_size, shape):
    """An int for each dim; None stands for the size that there is."""
    if isinstance(output_size, int):
        return output_size
    if len(shape) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    own = shape[len(shape) - len(output_size) :]
    return [size if wanted is None else wanted for wanted, size in zip(output_size, own)]


# %% adaptive-average
def _adaptive_size(name, dims, output_size, shape):
    """The wanted sizes as a tuple of ints, checked."""
    size = ints(name, "output_size", 2, _wanted_size(output_size, shape))
    size = size * dims if isinstance(output_size, int) else size
    if len(size) != dims:
        what = "(): internal error: output_size.size()" if "max" in name else ": output_size"
        raise RuntimeError(f"{name}{what} must be {dims}")
    return size


def _check_sizes(name, array, dims, size):
    """RuntimeError for dims that are missing or empty, or a size below 0."""
    shape, average = array.shape, "avg" in name
    if average and min(size) < 0:
        got = ", ".join(map(str, size)) if dims == 2 else "{}, {},{}".format(*size)
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 "
            f"but received {{{got}}}"
        )
    if len(shape) not in (dims + 1, dims + 2):
        got = f"but got{'' if average else ':'} {list(shape)}"
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, {got}")
    counted = dims if name == "adaptive_avg_pool2d" else min(dims + 1, len(shape) - 1)
    for dim in range(len(shape) - counted, len(shape)):
        if not shape[dim]:
            raise RuntimeError(_is_empty(name, shape, dim))
    if min(size) < 0:
        wrong = [*shape[: len(shape) - dims], *size]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {wrong}")


def _is_empty(name, shape, dim):
    return (
        f"{name}(): Expected input to have non-zero size for non-batch dimensions, "
        f"but input has sizes {list(shape)} with dimension {dim} being empty"
    )


# %% adaptive-average-functions
def _adaptive_avg(dims, input, output_size):
    name = f"adaptive_avg_pool{dims}d"
    size = _adaptive_size(name, dims, output_size, input.size())
    if size == (1,) * dims:
        means = input.mean(tuple(range(-1, -dims - 1, -1)), keepdim=True)
        means._array = like_images(means._array, input._array, volumes=True)
        return means
    array = pooled_array(name, input)
    _check_sizes(name, array, dims, size)
    refuse_kinds(name if dims == 2 else f"{name}_cpu", array, "iubc")
    windows = [adaptive_windows(s, n) for s, n in zip(array.shape[-dims:], size)]
    return finish(_KINDS[name], _means(array, windows, _divisor(windows, False)), (input,))


def adaptive_avg_pool2d(input, output_size):
    """The means of `output_size` windows that share out pictures (N, C, H, W) or (C, H, W).

    An int counts for both dims; None keeps the size of a dim. Mirrors F.adaptive_avg_pool2d.
    """
    return _adaptive_avg(2, input, output_size)


def adaptive_avg_pool3d(input, output_size):
    """The same for volumes (N, C, D, H, W). Mirrors F.adaptive_avg_pool3d."""
    return _adaptive_avg(3, input, output_size)


# %% adaptive-rows
def _row_size(name, output_size):
    size = ints(name, "output_size", 2, output_size)
    if len(size) != 1:
        raise RuntimeError(
            f"{name}() argument 'output_size' should contain one int (got {len(size)})"
        )
    return [1, *size]


def adaptive_avg_pool1d(input, output_size):
    """The same for rows (N, C, L) or (C, L). Mirrors F.adaptive_avg_pool1d."""
    array = pooled_array("adaptive_avg_pool1d", input)
    size = _row_size("adaptive_avg_pool1d", output_size)
    check_rows("adaptive_avg_pool1d", array)
    return adaptive_avg_pool2d(input.unsqueeze(-2), size).squeeze(-2)


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """The largest elements of windows that share out rows (N, C, L) or (C, L).

    With `return_indices` the pair (values, indices). Mirrors F.adaptive_max_pool1d.
    """
    array = pooled_array("adaptive_max_pool1d", input)
    size = _row_size("adaptive_max_pool1d", output_size)
    check_rows("adaptive_max_pool1d", array)
    for dim in range(1, array.ndim):
        if not array.shape[dim]:
            raise RuntimeError(_is_empty("adaptive_max_pool1d", array.shape, dim))
    values, indices = adaptive_max_pool2d(input.unsqueeze(-2), size, True)
    values, indices = values.squeeze(-2), indices.squeeze(-2)
    return (values, indices) if return_indices else values


# %% adaptive-max
def _adaptive_max(dims, input, output_size, return_indices):
    name = f"adaptive_max_pool{dims}d"
    size = _adaptive_size(name, dims, output_size, input.size())
    array = pooled_array(name, input)
    _check_sizes(name, array, dims, size)
    refuse_kinds(name if dims == 2 else f"{name}_cpu", array, "iubc")
    windows = [adaptive_windows(s, n) for s, n in zip(array.shape[-dims:], size)]
    return _largest(_KINDS[name], input, windows, return_indices)


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """The largest elements of `output_size` windows that share out pictures (N, C, H, W).

    See adaptive_avg_pool2d and max_pool2d. Mirrors F.adaptive_max_pool2d.
    """
    return _adaptive_max(2, input, output_size, return_indices)


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """The same for volumes (N, C, D, H, W). Mirrors F.adaptive_max_pool3d."""
    return _adaptive_max(3, input, output_size, return_indices)


# %% public names
__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
]
