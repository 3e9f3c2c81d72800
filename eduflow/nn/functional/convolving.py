# Built by lessons/07_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% geometry
"""Convolution of arrays in any number of dims, and both of its derivatives.

The windows of a few images are copied side by side into a block of columns (im2col) that fits the
processor's cache, and one matrix product does the rest. Arrays in, arrays out; with tensors, the
three functions `convolve`, `convolve_input_gradient` and `convolve_weight_gradient` are recorded.
"""

import itertools
import math
import threading
from typing import NamedTuple

import numpy as np

from ...two_way import two_way


class Geometry(NamedTuple):
    """How a kernel moves: a number for each dim, `padding` a pair (before, after) for each."""

    stride: tuple
    padding: tuple
    dilation: tuple
    groups: int


# %% scratch
class _Scratch(threading.local):
    """Blocks of memory that are used again and again, for each thread its own."""

    def __init__(self):
        self.blocks = {}

    def __call__(self, name, shape, dtype):
        size = math.prod(shape)
        block = self.blocks.get((name, dtype))
        if block is None or block.size < size:
            block = self.blocks[name, dtype] = np.empty(size, dtype)
        return block[:size].reshape(shape)


_scratch = _Scratch()
_BLOCK = 100_000  # numbers in a block of columns: 400 KB of float32, most of a second-level cache
_WASTE = 1.5  # how many times more columns than windows are worth copying in longer stretches


# %% windows
class _Windows:
    """Where the windows lie: sizes, steps, and how many of them make a block."""

    def __init__(self, shape, kernel, how):
        self.kernel, self.padding = kernel, how.padding
        padded = [n + sum(ends) for n, ends in zip(shape[2:], how.padding)]
        self.padded, self.volume = padded, math.prod(padded)
        self.out = output_size(shape[2:], kernel, how)
        steps = [math.prod(padded[i + 1 :]) for i in range(len(padded))]
        self.taps = [d * step for d, step in zip(how.dilation, steps)]
        self.steps = [s * step for s, step in zip(how.stride, steps)]
        inner = math.prod(self.out[1:])
        # At stride 1, the windows of a whole image are its numbers in a row, shifted: one copy
        # of a long stretch for each place in the kernel. What wraps around at the ends of rows
        # is computed for nothing, and dropped.
        self.flat = self.steps == steps and steps[0] <= _WASTE * inner
        row = shape[1] * math.prod(kernel) * (steps[0] if self.flat else inner)
        self.rows = min(self.out[0], max(1, _BLOCK // max(row, 1)))
        self.images = max(1, _BLOCK // max(row * self.out[0], 1))

    def stretch(self, rows):
        """The shape and the steps of all windows in this many rows of one image."""
        if not self.flat:
            return (rows, *self.out[1:]), self.steps
        return (sum((n - 1) * s for n, s in zip((rows, *self.out[1:]), self.steps)) + 1,), [1]

    def seen(self, block, images, rows):
        """The numbers of a block that belong to windows, as (channels, images, rows, ...)."""
        shape, size = (len(block), images, rows, *self.out[1:]), block.itemsize
        length = block.shape[2]
        steps = (images * length, length, *self.steps) if self.flat else ()
        strides = tuple([size * step for step in steps]) if self.flat else None
        return np.ndarray(shape, block.dtype, block, 0, strides)


# %% output-size
def output_size(size, kernel, how):
    """How many places a kernel finds along each dim."""
    return [
        (n + sum(ends) - d * (k - 1) - 1) // s + 1
        for n, k, s, ends, d in zip(size, kernel, how.stride, how.padding, how.dilation)
    ]


def _cropped(array, padding):
    """Carry out negative padding: the rest of the array, and the padding that is left."""
    if min(map(min, padding)) >= 0:
        return array, padding
    cuts, left = [], []
    for n, (lo, hi) in zip(array.shape[2:], padding):
        start, end = max(-lo, 0), n + min(hi, 0)
        outside = start >= end  # nothing of the array is left
        cuts.append(slice(0, 0) if outside else slice(start, end))
        left.append((n + lo + hi, 0) if outside else (max(lo, 0), max(hi, 0)))
    return array[(..., *cuts)], tuple(left)


# %% columns
def _columns(windows, input):
    """Blocks of columns: (images, rows, array of channels x kernel x windows), one at a time."""
    count, channels = input.shape[:2]
    padded = any(map(any, windows.padding))
    if not padded:
        source = np.ascontiguousarray(input)
    for first in range(0, count, windows.images):
        images = slice(first, min(first + windows.images, count))
        number, start = images.stop - first, 0 if padded else first * channels * windows.volume
        if padded:
            source = _with_border(input[images], windows)
        step = windows.volume * (number if padded else 1)
        next_image = windows.volume * (1 if padded else channels)
        for top in range(0, windows.out[0], windows.rows):
            rows = slice(top, min(top + windows.rows, windows.out[0]))
            shape, steps = windows.stretch(rows.stop - top)
            shape = (channels, *windows.kernel, number, *shape)
            strides = [source.itemsize * s for s in (step, *windows.taps, next_image, *steps)]
            offset = source.itemsize * (start + top * windows.steps[0])
            view = np.ndarray(shape, source.dtype, source, offset, tuple(strides))
            block = _scratch("columns", shape, source.dtype)
            np.copyto(block, view)
            yield images, rows, block


# %% with-border
def _with_border(images, windows):
    """A few images with zeros around them, channels first."""
    shape = (images.shape[1], len(images), *windows.padded)
    block = _scratch("padded", shape, images.dtype)
    block.fill(0)
    inside = [slice(lo, n - hi) for n, (lo, hi) in zip(windows.padded, windows.padding)]
    block[(..., *inside)] = images.swapaxes(0, 1)
    return block


# %% slide
def _is_plain(array, dtype):
    """Whether an array is of this dtype and in one piece, so that it can be used as it is."""
    return array.dtype == dtype and array.flags.c_contiguous


def _slide(input, kernel, how, matrix=None, result=None, bias=None, partner=None):
    """Go over all windows once; write the convolution to `result`, return sums with `partner`.

    `matrix` holds the weights as (groups, channels out, what a window holds). `partner`, shaped
    like a result, is multiplied with the columns instead: that is the gradient of the weights.
    """
    groups, total = how.groups, 0
    input, padding = _cropped(input, how.padding)
    windows = _Windows(input.shape, kernel, how._replace(padding=padding))
    for images, rows, block in _columns(windows, input):
        number, height = images.stop - images.start, rows.stop - rows.start
        length = math.prod(windows.stretch(height)[0])
        columns = block.reshape(groups, -1, number * length)
        # The windows of one whole image lie in a block just as they do in a result: no copy.
        alike = number == 1 and height == windows.out[0] and not windows.flat
        if matrix is not None:
            shape = (*matrix.shape[:2], number * length)
            if alike and bias is None and _is_plain(result, input.dtype):
                np.matmul(matrix, columns, out=result[images].reshape(shape))
            else:
                product = _scratch("product", shape, input.dtype)
                np.matmul(matrix, columns, out=product)
                found = windows.seen(product.reshape(-1, number, length), number, height)
                target = result[images, :, rows].swapaxes(0, 1)
                if bias is None:
                    np.copyto(target, found, casting="same_kind")
                else:
                    np.add(found, bias, out=target, casting="same_kind")
        if partner is not None:
            if alike and _is_plain(partner, input.dtype):
                part = partner[images]
            else:
                part = _scratch("partner", (partner.shape[1], number, length), input.dtype)
                part.fill(0)
                windows.seen(part, number, height)[...] = partner[images, :, rows].swapaxes(0, 1)
            part = part.reshape(groups, -1, number * length)
            total += np.matmul(part, columns.swapaxes(1, 2))
    return total


# %% convolved
def _work_dtype(array):
    """BLAS knows no float16: that is computed as float32."""
    return np.dtype(np.float32) if array.dtype == np.float16 else array.dtype


def convolved(input, weight, how, bias=None):
    """The convolution of arrays: input (N, C, ...), weight (O, C / groups, ...), bias (O,)."""
    kernel = weight.shape[2:]
    size = output_size(input.shape[2:], kernel, how)
    result = np.empty((len(input), len(weight), *size), input.dtype)
    if bias is not None:
        bias = bias.reshape(-1, *[1] * (input.ndim - 1))
    if not weight[:1].size:
        result[...] = 0 if bias is None else bias.swapaxes(0, 1)
        return result
    work = _work_dtype(input)
    matrix = weight.astype(work, copy=False).reshape(how.groups, len(weight) // how.groups, -1)
    _slide(input.astype(work, copy=False), kernel, how, matrix, result, bias)
    return result


# %% weight-gradient-of-arrays
def _weight_gradient(grad, input, kernel, how):
    """What each place in the kernel has seen, times the gradient of what came of it."""
    shape = (grad.shape[1], input.shape[1] // how.groups, *kernel)
    work = _work_dtype(input)
    total = _slide(input.astype(work, copy=False), kernel, how, partner=grad)
    return np.broadcast_to(np.reshape(total, shape if np.ndim(total) else ()), shape).astype(
        input.dtype
    )


# %% convolved-with
def convolved_with(input, weight, partner, how):
    """A convolution of arrays, and its weight's gradient where `partner` is that of its result.

    Both need the same columns, so together they are cheaper. Transposed convolutions, whose
    gradient is a convolution, go back this way.
    """
    work, kernel = _work_dtype(input), weight.shape[2:]
    matrix = weight.astype(work, copy=False).reshape(how.groups, len(weight) // how.groups, -1)
    result = np.empty(partner.shape, input.dtype)
    columns = input.astype(work, copy=False)
    total = _slide(columns, kernel, how, matrix, result, None, partner)
    return result, np.reshape(total, weight.shape).astype(weight.dtype, copy=False)


# %% reach
def _reach(tap, out, size, stride, before, dilation):
    """Where windows put what their tap holds, in one dim: phase, shift, windows, places.

    Window i has this tap at i * stride + tap * dilation - before. Places that are a stride apart
    are a phase: in it, window i has place i + shift.
    """
    shift, phase = divmod(tap * dilation - before, stride)
    places = -(-(size - phase) // stride)
    first = max(0, -shift)
    last = max(first, min(out, places - shift))
    return phase, shift, slice(first, last), slice(first + shift, last + shift)


def _phases(kernel, out, size, how):
    """The taps of a kernel by phase: {phase: [(tap, shift, windows, places), ...]}."""
    before = [lo for lo, _ in how.padding]
    facts = zip(kernel, out, size, how.stride, before, how.dilation)
    dims = [[_reach(tap, *rest) for tap in range(k)] for k, *rest in facts]
    phases = {}
    for number, taps in enumerate(itertools.product(*dims)):
        phase, shift, windows, places = zip(*taps)
        phases.setdefault(phase, []).append((number, shift, (..., *windows), (..., *places)))
    return phases


# %% add-up
def _add_up(target, product, moves):
    """Write to the places of one phase what its taps brought there; uses up `product`.

    `product` is (images, groups, taps, channels, windows of each dim).
    """
    same = target.shape[3:] == product.shape[4:]  # as many places as windows
    whole = next((tap for tap, shift, *_ in moves if same and not any(shift)), None)
    if len(moves) == 1:
        ((tap, _, windows, places),) = moves
        target[places] = product[:, :, tap][windows]
    elif whole is None:
        target[...] = 0
        for tap, _, windows, places in moves:
            target[places] += product[:, :, tap][windows]
    else:
        for tap, shift, windows, _ in moves:
            if tap != whole:
                _add_shifted(product, whole, tap, shift, windows[1:])
        target[...] = product[:, :, whole]


def _add_shifted(product, whole, tap, shift, windows):
    """Add what one tap brought to what another did, some places further on.

    What falls off an edge is zeroed first. Then the shift is one offset in memory for all dims.
    """
    part, rows = product[:, :, tap], product.reshape(*product.shape[:3], -1)
    offset = 0
    for dim, (by, used) in enumerate(zip(shift, windows), start=3):
        offset = offset * part.shape[dim] + by
        if used.start > 0:
            part[(slice(None),) * dim + (slice(0, used.start),)] = 0
        if used.stop < part.shape[dim]:
            part[(slice(None),) * dim + (slice(used.stop, None),)] = 0
    length = max(0, rows.shape[3] - abs(offset))
    to, source = max(offset, 0), max(-offset, 0)
    rows[:, :, whole, to : to + length] += rows[:, :, tap, source : source + length]


# %% stamps
_STAMPS = 300_000  # numbers in a block of stamps, each of which is read only once


def _stamped(grad, weight, size, how):
    """The gradient of the input: every window hands its gradient, times the kernel, to its places.

    One matrix product gives all of these stamps; they are added up phase by phase.
    """
    groups, (inside, *kernel), out = how.groups, weight.shape[1:], grad.shape[2:]
    stamps = weight.reshape(groups, len(weight) // groups, inside, -1).transpose(0, 3, 2, 1)
    stamps = stamps.reshape(groups, -1, len(weight) // groups)
    length = math.prod(out)
    grad = np.ascontiguousarray(grad).reshape(len(grad), groups, -1, length)
    result = np.zeros((len(grad), groups, inside, *size), grad.dtype)
    phases = _phases(kernel, out, size, how)
    number = max(1, _STAMPS // max(1, groups * stamps.shape[1] * length))
    for first in range(0, len(grad), number):
        images = slice(first, min(first + number, len(grad)))
        product = _scratch("product", (images.stop - first, *stamps.shape[:2], length), grad.dtype)
        np.matmul(stamps, grad[images], out=product)
        product = product.reshape(len(product), groups, -1, inside, *out)
        for phase, moves in phases.items():
            places = [slice(start, None, s) for start, s in zip(phase, how.stride)]
            _add_up(result[(images, ..., *places)], product, moves)
    return result.reshape(len(grad), -1, *size)


# %% input-gradient-of-arrays
def _input_gradient(grad, weight, size, how, partner=None):
    """Every place of the input collects from all windows it was seen through.

    At stride 1 that is a convolution of the gradient with the kernel turned around. Returns the
    gradient, and for `partner`, the input, at stride 1 the gradient of the weight: it needs the
    same columns.
    """
    groups, kernel = how.groups, weight.shape[2:]
    work, dtype = _work_dtype(grad), grad.dtype
    grad, weight = grad.astype(work, copy=False), weight.astype(work, copy=False)
    if max(how.stride) > 1 or not weight.size:
        return _stamped(grad, weight, size, how).astype(dtype, copy=False), 0
    turned = weight[(..., *[slice(None, None, -1)] * len(kernel))]
    turned = turned.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    matrix = np.ascontiguousarray(turned).reshape(groups, weight.shape[1], -1)
    padding = []
    for n, wanted, k, (lo, _), d in zip(grad.shape[2:], size, kernel, how.padding, how.dilation):
        first = d * (k - 1) - lo
        padding.append((first, wanted - n + d * (k - 1) - first))
    result = np.empty((len(grad), groups * weight.shape[1], *size), dtype)
    moves = Geometry(how.stride, tuple(padding), how.dilation, groups)
    return result, _slide(grad, kernel, moves, matrix, result, None, partner)


# %% convolve
@two_way
def convolve(input, weight, *, how):
    """The convolution of input (N, C, ...) with weight (O, C / groups, ...)."""
    size, kernel = input.shape[2:], weight.shape[2:]
    return (
        convolved(input, weight, how),
        lambda grad: convolve_input_gradient(grad, weight, size=size, how=how),
        lambda grad: convolve_weight_gradient(grad, input, kernel=kernel, how=how),
    )


@two_way
def convolve_input_gradient(grad, weight, *, size, how):
    """The gradient of convolve's input, whose last dims are of `size`: a transposed convolution."""
    kernel = weight.shape[2:]
    return (
        _input_gradient(grad, weight, size, how)[0],
        lambda outer: convolve(outer, weight, how=how),
        lambda outer: convolve_weight_gradient(grad, outer, kernel=kernel, how=how),
    )


@two_way
def convolve_weight_gradient(grad, input, *, kernel, how):
    """The gradient of convolve's weight, whose last dims are of size `kernel`."""
    size = input.shape[2:]
    return (
        _weight_gradient(grad, input, kernel, how),
        lambda outer: convolve(input, outer, how=how),
        lambda outer: convolve_input_gradient(grad, outer, size=size, how=how),
    )


# %% gradients
def convolution_gradients(grad, input, weight, needs, how):
    """The gradients of input, weight and bias of a convolution, as far as somebody needs them."""
    size, kernel = input.shape[2:], weight.shape[2:]
    d_input = d_weight = d_bias = None
    if needs[0]:
        d_input = convolve_input_gradient(grad, weight, size=size, how=how)
    if needs[1]:
        d_weight = convolve_weight_gradient(grad, input, kernel=kernel, how=how)
    if needs[2:] == (True,):
        d_bias = grad.sum(axis=(0, *range(2, grad.ndim)))
    return d_input, d_weight, d_bias


# %% public names
__all__ = [
    "Geometry",
    "convolution_gradients",
    "convolve",
    "convolve_input_gradient",
    "convolve_weight_gradient",
    "convolved",
    "convolved_with",
    "output_size",
]
