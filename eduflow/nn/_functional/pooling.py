"""The mean or the largest element of each window: pooling, and unpooling."""

import itertools
import math
from collections.abc import Iterable

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, raw, two_way
from ..._core.keeping import keeping, relying
from ..._core.layout import like_images
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor, method, wrap
from ..._core.windows import adaptive_windows, sizes
from ..._kernels import kernel
from ..._words.operands import refuse_kinds
from ..._words.pooling import (
    adaptive_size,
    check_adaptive,
    check_divisor,
    check_row_windows,
    check_rows,
    check_unpool,
    is_empty,
    laid_windows,
    max_windows,
    must_be_bool,
    pooled_array,
    row_size,
    unpooled_size,
    window_arguments,
)
from .activation import relu


# %% lesson 09 largest
def taps(windows):
    """For each place in a window: the key of the windows that have it, and that of the elements."""
    for steps in itertools.product(*[w.steps() for w in windows]):
        _, outs, ins = zip(*steps)
        yield (..., *outs), (..., *ins)


@kernel
def largest(input, windows):
    """The largest element of each window, and the Winners. The first of equals wins, and any nan.

    `windows` holds those of the last dims, in order.
    """
    lead, size = input.shape[: -len(windows)], sizes(windows, False)
    lowest = -np.inf if input.dtype.kind == "f" else np.iinfo(input.dtype).min
    best = np.full((*lead, *sizes(windows)), lowest, input.dtype)
    index, places = np.full(best.shape, -1, np.int64), np.arange(math.prod(size)).reshape(size)
    for outs, ins in taps(windows):
        here = input[ins]
        better = (here > best[outs]) | (here != here) | (index[outs] < 0)
        best[outs] = np.where(better, here, best[outs])
        index[outs] = np.where(better, places[ins], index[outs])
    return best, Winners(index, lead, size)


class Winners:
    """Where the largest elements of images of this size stand, and what follows from it.

    `index` counts in reading order over the last dims; `lead` are the sizes of those before.
    """

    def __init__(self, index, lead, size):
        self.index, self.lead, self.size = index, lead, size

    def rows(self, array):
        """One row for each image: all dims of `lead` as one, and all others as one."""
        return array.reshape(math.prod(self.lead), math.prod(array.shape[len(self.lead) :]))

    def place(self, grad):
        """Each gradient at the place that won, zeros elsewhere: an array like that pooled.

        Where windows overlap a place may win twice: both gradients add up.
        """
        zeros = np.zeros((math.prod(self.lead), math.prod(self.size)), grad.dtype)
        image = np.arange(len(zeros))[:, None]
        np.add.at(zeros, (image, self.rows(self.index)), self.rows(grad))
        return zeros.reshape(*self.lead, *self.size)


# %% end


@method("indices", of=Winners)
def _indices(winners):
    """The number of each largest element."""
    return winners.index


@method("pick", of=Winners)
def _pick(winners, x):
    """The elements of `x` at the places that won: like the result of pooling."""
    found = np.take_along_axis(winners.rows(x), winners.rows(winners.index), 1)
    return found.reshape(winners.index.shape)


@two_way
def pick_maxima(x, *, winners):
    """The elements of `x` that stand where the largest elements stood."""
    return winners.pick(x), lambda grad: place_maxima(grad, winners=winners)


_MAX = {
    2: Kind("MaxPool2DWithIndicesBackward0", ["input"], operation="max_pool2d"),
    3: Kind("MaxPool3DWithIndicesBackward0", ["input"], operation="max_pool3d"),
}


# %% lesson 22 pooled
@two_way
def place_maxima(grad, *, winners):
    """Each gradient at the place of its largest element: the derivative of taking them."""
    return winners.place(grad), lambda outer: pick_maxima(outer, winners=winners)


def pooled(kind, input, windows, return_indices, volumes=False):
    """The tensor of the largest elements, recorded, and with `return_indices` where they stood.

    `windows` has one Windows for each of the last dims, in order.
    """
    array = input._array
    result, winners = largest(array, windows)

    def derivative(grad):
        return place_maxima(grad, winners=winners)

    result = like_images(result, array, volumes=volumes)
    result = finish(kind, (result, keeping(derivative, array, flat=True)), (input,))
    if not return_indices:
        return result
    return result, wrap(like_images(winners.indices(), array, volumes=volumes))


# %% end


def _relying(found):
    """What `pooled` found: the result relies on the indices, if they are given away."""
    return found if isinstance(found, Tensor) else (relying(*found), found[1])


@answering
def max_pool2d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    """The largest element of each window of pictures (N, C, H, W) or (C, H, W).

    Windows of `kernel_size` lie `stride` apart, by default side by side; `padding` adds -inf on
    all sides; with `ceil_mode` the last window may reach over the edge. With `return_indices` the
    pair (values, indices). RuntimeError where windows do not fit. Mirrors F.max_pool2d.
    """
    windows = max_windows(
        2, input, (kernel_size, stride, padding, dilation), ceil_mode, return_indices
    )
    return _relying(pooled(_MAX[2], input, windows, return_indices, volumes=True))


@answering
def max_pool3d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.max_pool3d."""
    windows = max_windows(
        3, input, (kernel_size, stride, padding, dilation), ceil_mode, return_indices
    )
    return _relying(pooled(_MAX[3], input, windows, return_indices, volumes=True))


@answering
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


@two_way
def _placed(values, *, index, shape):
    """Zeros of `shape` with the values at the places `index`, counted over all dims of an image."""
    result = np.zeros((len(index), int(np.prod(shape))), values.dtype)
    np.put_along_axis(result, index, values.reshape(index.shape), 1)
    return result, lambda grad: _read(grad, index=index, shape=values.shape)


@two_way
def _read(grad, *, index, shape):
    """The way back: what stands at the places `index`."""
    new = tuple(grad.shape[1:])
    result = np.take_along_axis(grad, index, 1).reshape(shape)
    return result, lambda outer: _placed(outer, index=index, shape=new)


_UNPOOL = {
    2: Kind("MaxUnpool2DBackward0", ["input", "indices"], operation="max_unpool2d"),
    3: Kind("MaxUnpool3DBackward0", ["input", "indices"], operation="max_unpool3d"),
}


def _put_back(input, indices, size):
    """The values at their places in images of this size, and the derivative; of arrays."""
    before = input.shape[: input.ndim - len(size)]
    rows, shape = int(np.prod(before)), indices.shape
    result = _placed(input, index=indices.reshape(rows, -1), shape=size)

    def derivative(grad):
        index = raw(indices).reshape(rows, -1)
        return _read(grad.reshape((rows, -1)), index=index, shape=shape)

    return result.reshape(*before, *size), derivative


def _unpool(input, indices, size):
    """Unpooling to a size that is known; records the node."""
    name = f"max_unpool{len(size)}d"
    arrays = pooled_array(name, input), pooled_array(name, indices)
    check_unpool(name, *arrays, size)
    result, derivative = _put_back(*arrays, size)
    return finish(_UNPOOL[len(size)], (result, derivative, None), (input, indices))


def sizes_given(dims, value):
    """A number for each dim: an int stands for all of them."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


def _max_unpool(dims, input, indices, kernel_size, stride, padding, output_size):
    kernel, padding = sizes_given(dims, kernel_size), sizes_given(dims, padding)
    stride = kernel if stride is None else sizes_given(dims, stride)
    size = unpooled_size(input, kernel, stride, padding, output_size)
    if dims == 1:
        return _unpool(input.unsqueeze(-1), indices.unsqueeze(-1), [*size, 1]).squeeze(-1)
    return _unpool(input, indices, list(size))


@answering
def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The values of a max pooling of (N, C, L) or (C, L) back at their places, zeros elsewhere.

    `indices` are those that max_pool1d returned; `output_size` may name the size that was pooled.
    Mirrors F.max_unpool1d.
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


@answering
def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.max_unpool2d."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


@answering
def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.max_unpool3d."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


@kernel
def window_totals(input, windows):
    """The sum of each window; `windows` holds those of the last dims, in order."""
    result = np.zeros((*input.shape[: -len(windows)], *sizes(windows)), input.dtype)
    for outs, ins in taps(windows):
        result[outs] += input[ins]
    return result


@kernel
def window_shares(grad, windows):
    """The gradient of what was added up: each element gets that of all windows it is in."""
    result = np.zeros((*grad.shape[: -len(windows)], *sizes(windows, False)), grad.dtype)
    for outs, ins in taps(windows):
        result[ins] += grad[outs]
    return result


@two_way
def window_sums(input, *, windows):
    """The sums over all windows."""
    result = window_totals(input, windows)
    return result, lambda grad: window_spread(grad, windows=windows)


@two_way
def window_spread(grad, *, windows):
    """The derivative of `window_sums`."""
    return window_shares(grad, windows), lambda outer: window_sums(outer, windows=windows)


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

    means = like_images(means.astype(input.dtype, copy=False), input)
    return means, keeping(derivative, input, flat=True)


def _whole_quotient(sums, divisor):
    """Ints are divided as in C: towards zero."""
    return np.sign(sums) * (np.abs(sums) // divisor)


def _divisor(windows, padded):
    """How many places each window counts: an array, or a number where all are alike."""
    lengths = [w.lengths(padded) for w in windows]
    if all((length == length[0]).all() for length in lengths if length.size):
        return int(np.prod([length[0] for length in lengths if length.size]))
    counts = lengths[0]
    for length in lengths[1:]:
        counts = counts[..., None] * length
    return counts


@quiet
def _avg_pool(name, input, sizes, ceil_mode, count_include_pad, divisor_override):
    array, dims = pooled_array(name, input), len(sizes[0])
    check_divisor(name, divisor_override)
    windows = laid_windows(name, array, *sizes, (1,) * dims, ceil_mode)
    kernel = "avg_pool2d" if dims == 2 else "avg_pool3d_out_frame"
    refuse_kinds(kernel, array, "ubc")
    must_be_bool(name, "count_include_pad", 6, count_include_pad)
    divisor = divisor_override or _divisor(windows, count_include_pad)
    return finish(_AVERAGE[dims], _means(array, windows, divisor), (input,))


@answering
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


@answering
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


@answering
def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The same for rows (N, C, L) or (C, L), as pictures of height 1. Mirrors F.avg_pool1d."""
    array = pooled_array("avg_pool1d", input)
    sizes = window_arguments("avg_pool1d", 1, kernel_size, stride, padding)
    check_rows("avg_pool1d", array)
    sizes = [(one, *value) for one, value in zip((1, 1, 0), sizes)]
    return avg_pool2d(input.unsqueeze(-2), *sizes, ceil_mode, count_include_pad).squeeze(-2)


_KINDS = {
    name: Kind(f"{node}Backward0", ["input"], operation=name)
    for name, node in (
        ("adaptive_avg_pool2d", "AdaptiveAvgPool2D"),
        ("adaptive_avg_pool3d", "AdaptiveAvgPool3D"),
        ("adaptive_max_pool2d", "AdaptiveMaxPool2D"),
        ("adaptive_max_pool3d", "AdaptiveMaxPool3D"),
    )
}


@quiet
def _adaptive_avg(dims, input, output_size):
    name = f"adaptive_avg_pool{dims}d"
    size = adaptive_size(name, dims, output_size, input.size())
    if size == (1,) * dims:
        means = input.mean(tuple(range(-1, -dims - 1, -1)), keepdim=True)
        means._array = like_images(means._array, input._array, volumes=True)
        return means
    array = pooled_array(name, input)
    check_adaptive(name, array, dims, size)
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


def adaptive_avg_pool1d(input, output_size):
    """The same for rows (N, C, L) or (C, L). Mirrors F.adaptive_avg_pool1d."""
    array = pooled_array("adaptive_avg_pool1d", input)
    size = row_size("adaptive_avg_pool1d", output_size)
    check_rows("adaptive_avg_pool1d", array)
    return adaptive_avg_pool2d(input.unsqueeze(-2), size).squeeze(-2)


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """The largest elements of windows that share out rows (N, C, L) or (C, L).

    With `return_indices` the pair (values, indices). Mirrors F.adaptive_max_pool1d.
    """
    array = pooled_array("adaptive_max_pool1d", input)
    size = row_size("adaptive_max_pool1d", output_size)
    check_rows("adaptive_max_pool1d", array)
    for dim in range(1, array.ndim):
        if not array.shape[dim]:
            raise RuntimeError(is_empty("adaptive_max_pool1d", array.shape, dim))
    values, indices = adaptive_max_pool2d(input.unsqueeze(-2), size, True)
    values, indices = values.squeeze(-2), indices.squeeze(-2)
    return (values, indices) if return_indices else values


def _adaptive_max(dims, input, output_size, return_indices):
    return_indices = bool(return_indices)  # which PyTorch asks first
    name = f"adaptive_max_pool{dims}d"
    must_be_tensor(name, ("input",), (input,))
    size = adaptive_size(name, dims, output_size, input.size())
    array = pooled_array(name, input)
    check_adaptive(name, array, dims, size)
    refuse_kinds(name if dims == 2 else f"{name}_cpu", array, "iubc")
    windows = [adaptive_windows(s, n) for s, n in zip(array.shape[-dims:], size)]
    return _relying(pooled(_KINDS[name], input, windows, return_indices))


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """The largest elements of `output_size` windows that share out pictures (N, C, H, W).

    See adaptive_avg_pool2d and max_pool2d. Mirrors F.adaptive_max_pool2d.
    """
    return _adaptive_max(2, input, output_size, return_indices)


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """The same for volumes (N, C, D, H, W). Mirrors F.adaptive_max_pool3d."""
    return _adaptive_max(3, input, output_size, return_indices)


def _norms(powers, count, norm_type):
    """The p-norms, of the means of the p-th powers of `count` numbers."""
    return (powers.sign() * relu(powers.abs())).mul(count).pow(1.0 / norm_type)


@answering
def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x**p) ** (1/p) over each window of rows (N, C, L) or (C, L), p being `norm_type`.

    Mirrors F.lp_pool1d.
    """
    powers = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, kernel_size, norm_type)


@answering
def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.lp_pool2d."""
    height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 2
    powers = avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, height * width, norm_type)


@answering
def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for volumes (N, C, D, H, W). Mirrors F.lp_pool3d."""
    depth, height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 3
    powers = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, depth * height * width, norm_type)
