"""Sums over windows, and their way back."""

import itertools
import math
from collections.abc import Iterable

import numpy as np

from ..._core.dispatch import Kind, finish, raw, two_way
from ..._core.dtype import type_name
from ..._core.layout import like_images
from ..._core.quiet import quiet
from ..._core.tensor import wrap
from ..._kernels.buffers import buffer
from ..._kernels.pooling import adaptive_windows, along, blocks, flat, sizes
from ..._words.operands import refuse_kinds
from ..._words.pooling import (
    check_row_windows,
    check_rows,
    ints,
    laid_windows,
    must_be_bool,
    pooled_array,
    window_arguments,
)
from .activation import relu_activation as relu


def _total(x, windows, axis):
    """The sums over the windows of one dim."""
    shape = list(x.shape)
    shape[axis] = windows.count
    steps = list(windows.steps())
    if windows.tiles and windows.kernel > 1:
        (_, _, left), (_, _, right) = steps[:2]
        result, steps = x[along(axis, left)] + x[along(axis, right)], steps[2:]
    else:
        result = np.zeros(shape, x.dtype)
    for _, outs, ins in steps:
        result[along(axis, outs)] += x[along(axis, ins)]
    return result


def _spread(grad, windows, axis):
    """Each place gets the sum of `grad` over all windows that it is in."""
    shape = list(grad.shape)
    shape[axis] = windows.size
    result = (np.empty if windows.tiles else np.zeros)(shape, grad.dtype)
    for _, outs, ins in windows.steps():
        if windows.tiles:
            result[along(axis, ins)] = grad[along(axis, outs)]
        else:
            result[along(axis, ins)] += grad[along(axis, outs)]
    return result


def _each_dim(step, array, windows, new, axes):
    """`step` along every dim, a few images at a time; `new` are the sizes that come out."""
    dims = len(windows)
    result = np.empty((*array.shape[: array.ndim - dims], *new), array.dtype)
    source, target = flat(array, dims), flat(result, dims)
    for block in blocks(source if source.nbytes > target.nbytes else target):
        part = source[block]
        for axis in axes:
            part = step(part, windows[axis], axis)
        target[block] = part
    return result


@two_way
def window_sums(input, *, windows):
    """The sums over all windows; `windows` holds those of the last dims, in order."""
    result = _each_dim(_total, input, windows, sizes(windows), range(-len(windows), 0))
    return result, lambda grad: window_spread(grad, windows=windows)


@two_way
def window_spread(grad, *, windows):
    """The derivative of `window_sums`."""
    axes = range(-1, -len(windows) - 1, -1)
    result = _each_dim(_spread, grad, windows, sizes(windows, False), axes)
    return result, lambda outer: window_sums(outer, windows=windows)


_DIRECT = 16  # steps up to which windows are looked through at once, not dim by dim


class _Stage:
    """Windows along some neighbouring dims, which are counted from the end, at once.

    `steps` has for each place in a window its number, the windows that have such a place, and
    these places, as keys of arrays.
    """

    def __init__(self, windows, first):
        self.windows, self.axes = windows, range(first, first + len(windows))
        self.kernel = [w.kernel for w in windows]
        self.tiles = all(w.tiles for w in windows)
        self.steps = [self._step(dims) for dims in itertools.product(*[w.steps() for w in windows])]
        self.numbers = np.min_scalar_type(max(math.prod(self.kernel) - 1, 0))

    def _step(self, dims):
        numbers, outs, ins = zip(*dims)
        behind = [slice(None)] * (-1 - self.axes[-1])
        number = 0
        for j, size in zip(numbers, self.kernel):
            number = number * size + j
        return number, (..., *outs, *behind), (..., *ins, *behind)

    def shape(self, shape, count=True):
        """`shape` with the sizes of these dims put in."""
        shape = list(shape)
        shape[self.axes[0] : self.axes[-1] + 1 or None] = sizes(self.windows, count)
        return shape


def _stages(windows):
    """All dims at once where that is less to look at; otherwise one by one, the last dim first."""
    steps, places, one_by_one = 1, math.prod(sizes(windows, False)), 0
    for w in reversed(windows):
        steps *= len(list(w.steps()))
        places = places // w.size * w.count
        one_by_one += places * w.kernel
    if steps <= _DIRECT and math.prod([w.kernel * w.count for w in windows]) <= one_by_one:
        return [_Stage(windows, -len(windows))]
    return [_Stage([w], i - len(windows)) for i, w in reversed(list(enumerate(windows)))]


def _highest(x, stage):
    """The largest element of each window of a stage, and its number inside the window."""
    steps = stage.steps
    if stage.tiles and steps:
        best, steps = x[steps[0][2]].copy(), steps[1:]
        which = np.zeros(best.shape, stage.numbers)
    else:
        best, which = _nothing_yet(x, stage)
    for number, outs, ins in steps:
        candidate, place = np.ascontiguousarray(x[ins]), best[outs]
        _note(which[outs], number, candidate > place)
        np.maximum(place, candidate, out=place)
    if x.dtype.kind == "f" and np.isnan(best).any():
        for number, outs, ins in stage.steps:  # of several nans, the last one is picked
            _note(which[outs], number, np.isnan(x[ins]))
    return best, which


def _nothing_yet(x, stage):
    """The least there is, and for each window the number of its first place inside."""
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    which = np.zeros(stage.shape(x.shape), stage.numbers)
    for axis, size, windows in zip(stage.axes, stage.kernel, stage.windows):
        first = -(windows.begins() // windows.dilation) * (windows.begins() < 0)
        which *= stage.numbers.type(size)
        which += first.astype(stage.numbers).reshape(-1, *[1] * (-1 - axis))
    return np.full(which.shape, least, x.dtype), which


def _note(which, number, better):
    """Put `number` where it is better. No higher one stands there yet, so a maximum does it."""
    np.maximum(which, better.view(np.uint8) * which.dtype.type(number), out=which)


class Maxima:
    """The largest elements of all windows of an array, and where they stand.

    `result` holds them. `winners` has for each block of images the arrays `which`, one for each
    stage; `windows` are those of the last dims, in order.
    """

    def __init__(self, array, windows):
        dims = self.dims = len(windows)
        self.stages, self.shape = _stages(windows), array.shape
        self.result = buffer((*array.shape[:-dims], *sizes(windows)), array.dtype)
        source, target = flat(array, dims), flat(self.result, dims)
        self.blocks, self.winners = blocks(source), []
        for block in self.blocks:
            part, found = source[block], []
            for stage in self.stages:
                part, which = _highest(part, stage)
                found.append(which)
            target[block] = part
            self.winners.append(found)

    def indices(self):
        """The number of each largest element, counted in reading order over the last dims."""
        result = np.zeros(self.result.shape, np.int64)
        for block, found in zip(self.blocks, self.winners):
            part = flat(result, self.dims)[block]
            key = list(np.ogrid[tuple(slice(size) for size in part.shape)])
            for stage, which in zip(self.stages[::-1], found[::-1]):
                number = which[tuple(key)].astype(np.int64)
                places = np.unravel_index(number, stage.kernel)
                for axis, j, windows in zip(stage.axes, places, stage.windows):
                    key[axis] = windows.begins()[key[axis]] + j * windows.dilation
                    np.add(part * windows.size, key[axis], out=part)
        return result


def _put(grad, which, stage, result):
    """Write `grad` to the places of the largest elements of a stage, and zeros elsewhere."""
    if not stage.tiles:
        result[...] = 0
    finite = np.isfinite(grad.sum())  # infinity times zero would be nan
    for number, outs, ins in stage.steps:
        chosen, part, place = which[outs] == number, grad[outs], result[ins]
        if stage.tiles and finite:
            np.multiply(part, chosen, out=place)
        else:
            part = part * chosen if finite else np.where(chosen, part, part.dtype.type(0))
            np.add(0 if stage.tiles else place, part, out=place)


def _get(x, which, stage):
    """The elements of `x` at the places of the largest elements of a stage."""
    result = np.empty(which.shape, x.dtype)
    for number, outs, ins in stage.steps:
        np.copyto(result[outs], x[ins], where=which[outs] == number)
    return result


@two_way
def place_maxima(grad, *, maxima):
    """Each gradient at the place of its largest element: the derivative of taking them."""
    result, dims = buffer(maxima.shape, grad.dtype), maxima.dims
    source, target = flat(grad, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for i, stage in reversed(list(enumerate(maxima.stages))):
            above = np.empty(stage.shape(part.shape, False), grad.dtype) if i else target[block]
            _put(part, found[i], stage, above)
            part = above
    return result, lambda outer: pick_maxima(outer, maxima=maxima)


@two_way
def pick_maxima(x, *, maxima):
    """The elements of `x` that stand where the largest elements stood."""
    result, dims = buffer(maxima.result.shape, x.dtype), maxima.dims
    source, target = flat(x, dims), flat(result, dims)
    for block, found in zip(maxima.blocks, maxima.winners):
        part = source[block]
        for stage, which in zip(maxima.stages, found):
            part = _get(part, which, stage)
        target[block] = part
    return result, lambda grad: place_maxima(grad, maxima=maxima)


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


def _check_unpool(name, input, indices, size):
    """RuntimeError, in PyTorch's words, for what does not fit together."""
    dims, shape = len(size), input.shape
    long = f"max_unpooling{dims}d"
    if indices.dtype != np.int64:
        got = "" if dims == 3 else f" but got: {type_name(indices.dtype)}"
        raise RuntimeError(f"elements in indices should be type int64{got}")
    if len(shape) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to {long} should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor "
            f"with {len(shape)} dimensions."
        )
    if indices.shape != shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({list(shape)}) but got indices tensor with shape: {list(indices.shape)}"
        )
    first = len(shape) - dims - 1
    empty = [dim for dim in range(max(first, 1), len(shape)) if not shape[dim]]
    if empty:
        raise RuntimeError(
            f"{long}_forward_out_cpu(): Expected input to have non-zero size for non-batch "
            f"dimensions, but got {list(shape)} with dimension {empty[0]} being empty."
        )
    refuse_kinds(name, input, "iubc")
    wrong = indices[(indices < 0) | (indices >= np.prod(size))]
    if wrong.size:
        raise RuntimeError(
            f"Found an invalid max index: {wrong[-1]} "
            f"(output volumes are of size {'x'.join(map(str, size))})"
        )


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
    _check_unpool(name, *arrays, size)
    result, derivative = _put_back(*arrays, size)
    return finish(_UNPOOL[len(size)], (result, derivative, None), (input, indices))


def _sizes(dims, value):
    """A number for each dim: an int stands for all of them."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


def _unpooled_size(input, kernel, stride, padding, wanted):
    """The size to unpool to: the smallest that fits, unless another one is wanted and fits, too."""
    dims = len(kernel)
    given = input.shape[-dims:]
    usual = [(given[d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(dims)]
    if wanted is None:
        return usual
    if len(wanted) == dims + 2:
        wanted = wanted[2:]
    if len(wanted) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, "
            f"but it has a length of '{len(wanted)}'"
        )
    for d in range(dims):
        low, high = usual[d] - stride[d], usual[d] + stride[d]
        if not low < wanted[d] < high:
            raise ValueError(
                f'invalid output_size "{wanted}" (dim {d} must be between {low} and {high})'
            )
    return wanted


def _max_unpool(dims, input, indices, kernel_size, stride, padding, output_size):
    kernel, padding = _sizes(dims, kernel_size), _sizes(dims, padding)
    stride = kernel if stride is None else _sizes(dims, stride)
    size = _unpooled_size(input, kernel, stride, padding, output_size)
    if dims == 1:
        return _unpool(input.unsqueeze(-1), indices.unsqueeze(-1), [*size, 1]).squeeze(-1)
    return _unpool(input, indices, list(size))


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The values of a max pooling of (N, C, L) or (C, L) back at their places, zeros elsewhere.

    `indices` are those that max_pool1d returned; `output_size` may name the size that was pooled.
    Mirrors F.max_unpool1d.
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.max_unpool2d."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.max_unpool3d."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


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


def _wanted_size(output_size, shape):
    """An int for each dim; None stands for the size that there is."""
    if isinstance(output_size, int):
        return output_size
    if len(shape) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    own = shape[len(shape) - len(output_size) :]
    return [size if wanted is None else wanted for wanted, size in zip(output_size, own)]


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


@quiet
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


def _norms(powers, count, norm_type):
    """The p-norms, of the means of the p-th powers of `count` numbers."""
    return (powers.sign() * relu(powers.abs())).mul(count).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x**p) ** (1/p) over each window of rows (N, C, L) or (C, L), p being `norm_type`.

    Mirrors F.lp_pool1d.
    """
    powers = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, kernel_size, norm_type)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.lp_pool2d."""
    height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 2
    powers = avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, height * width, norm_type)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for volumes (N, C, D, H, W). Mirrors F.lp_pool3d."""
    depth, height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 3
    powers = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, depth * height * width, norm_type)
