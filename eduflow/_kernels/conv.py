"""Convolution of arrays in any number of dims, and both of its derivatives.

The windows of a few images are copied side by side into a block of columns (im2col) that fits the
processor's cache, and one matrix product does the rest. `convolve`, `weight_gradient` and
`input_gradient` do what their namesakes in nn/_functional/conv.py do, in the same numbers.
"""

import itertools
import math
import threading

import numpy as np

from .blas import matmul
from .buffers import buffer


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


def _places(size, kernel, how):
    """How many places a window finds along each dim."""
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


_BLOCK = 300_000  # numbers in a block of columns: about what the nearer caches can hold
_CROWD = 16  # so many images at least lie side by side, number by number
_CROWDED = 400_000  # numbers in a block of columns that a crowd may take
_GAIN = 1.5  # how many times more must be copied before it is better to add up results
_READY = 64  # so many places at least make it worth while to take an image as it lies in memory
_NARROW = 8  # rows of weights that are too few for BLAS


class _Plan:
    """How all windows are visited: what is copied, and how many images and rows at a time.

    A column holds all that a window sees; or, where that is less work, only one row of it: then
    one product serves all rows of the kernel (a `stack` of them), and their results are added up,
    each shifted by a row. Small images come in a crowd, with the images in the last dim: that
    makes long stretches to copy. Large ones come one by one. In a crowd with few channels columns
    are `tall`: one holds all that two windows see, one below the other.
    """

    def __init__(self, shape, kernel, how, outputs):
        self.how, self.size = how, shape[2:]
        self.out = _places(shape[2:], kernel, how)
        row, outside = shape[1] // how.groups * math.prod(kernel[1:]), outputs // how.groups
        stacks = how.stride[0] == 1 and row * (kernel[0] - 1) > _GAIN * kernel[0] * outside
        self.stack, self.copied = (kernel[0], kernel[1:]) if stacks else (1, kernel)
        self.more = how.dilation[0] * (self.stack - 1)  # rows beyond those that have windows
        self.inner = math.prod(self.out[1:])
        size = shape[1] * math.prod(self.copied) * self.inner * (self.out[0] + self.more)
        # A kernel of one number that sees every place has its columns as they lie in memory.
        ready = math.prod(kernel) == max(how.stride) == 1 and not any(map(any, how.padding))
        ready = ready and math.prod(self.out) >= _READY
        self.crowd = shape[0] >= _CROWD and _CROWD * size <= _CROWDED and not ready
        together = max(_CROWD if self.crowd else 1, _BLOCK // max(size, 1))
        pairs = self.crowd and self.stack == 1 and self.out[0] % 2 == 0 and how.dilation[0] == 1
        self.tall = 2 if pairs and outside <= _NARROW else 1
        if self.tall > 1:
            self.copied = (kernel[0] + how.stride[0], *kernel[1:])
        self.images = max(1, -(-shape[0] // max(1, -(-shape[0] // together))))
        self.rows = -(-self.out[0] // (1 if self.images > 1 else max(1, round(size / _BLOCK))))


def _windows(plan, source, number, top, height):
    """All windows in some rows of a few images, as (images, channels, kernel, rows, ...).

    In a crowd the images come last. Nothing is copied.
    """
    images, channels, *steps = source.strides
    if plan.crowd:
        channels, *steps, images = source.strides
    taps = [d * s for d, s in zip(plan.how.dilation, steps)][len(steps) - len(plan.copied) :]
    moves = [n * s for n, s in zip(plan.how.stride, steps)]
    strides = [channels, *taps, moves[0] * plan.tall, *moves[1:]]
    channels = source.shape[0 if plan.crowd else 1]
    shape = [channels, *plan.copied, height // plan.tall + plan.more, *plan.out[1:]]
    start = top * moves[0]
    if plan.crowd:
        return np.ndarray([*shape, number], source.dtype, source, start, [*strides, images])
    return np.ndarray([number, *shape], source.dtype, source, start, [images, *strides])


def _columns(plan, input):
    """Blocks of columns, one at a time: (images, rows, block)."""
    bordered = plan.crowd or any(map(any, plan.how.padding))
    if not bordered:
        input = np.ascontiguousarray(input)
    for first in range(0, len(input), plan.images):
        images = slice(first, min(first + plan.images, len(input)))
        source = _with_border(input[images], plan) if bordered else input[images]
        for top in range(0, plan.out[0], plan.rows):
            rows = slice(top, min(top + plan.rows, plan.out[0]))
            view = _windows(plan, source, images.stop - first, top, rows.stop - top)
            if not view.flags.c_contiguous:
                block = _scratch("columns", view.shape, view.dtype)
                np.copyto(block, view)
                view = block
            yield images, rows, view


def _with_border(images, plan):
    """A few images with zeros around them; for a crowd, with the images in the last dim."""
    padding = plan.how.padding
    images = images.transpose(*range(1, images.ndim), 0) if plan.crowd else images
    sizes = [n + lo + hi for n, (lo, hi) in zip(plan.size, padding)]
    shape = (len(images), *sizes, images.shape[-1]) if plan.crowd else (*images.shape[:2], *sizes)
    block = _scratch("bordered", shape, images.dtype)
    inside = (slice(None),) if plan.crowd else (slice(None), slice(None))
    if any(map(any, padding)):
        block.fill(0)
        inside += tuple([slice(lo, lo + n) for n, (lo, _) in zip(plan.size, padding)])
    block[inside] = images
    return block


def _matrix(plan, weight):
    """The weights as (groups, rows, what a column holds).

    The rows for a stack, or for the windows of a tall column, stand one below the other.
    """
    groups, (_, inside, *kernel) = plan.how.groups, weight.shape
    if plan.tall > 1:
        weight = weight.reshape(groups, -1, inside, *kernel)
        matrix = np.zeros((groups, plan.tall, weight.shape[1], inside, *plan.copied), weight.dtype)
        for i, rows in enumerate(_rows_seen(plan, kernel)):
            matrix[:, i, :, :, rows] = weight
    else:
        matrix = weight.reshape(groups, -1, inside, plan.stack, *plan.copied)
        matrix = np.ascontiguousarray(np.moveaxis(matrix, 3, 1))
    return matrix.reshape(groups, -1, inside * math.prod(plan.copied))


def _rows_seen(plan, kernel):
    """The rows of a tall column that each of its windows sees."""
    starts = [i * plan.how.stride[0] for i in range(plan.tall)]
    return [slice(start, start + kernel[0]) for start in starts]


def _weights(plan, total, shape):
    """The reverse: sums for (stack, groups, rows, what a column holds) as those for weights."""
    groups, (outputs, inside, *kernel) = plan.how.groups, shape
    if plan.tall > 1:
        total = total.reshape(groups, plan.tall, -1, inside, *plan.copied)
        seen = [total[:, i, :, :, rows] for i, rows in enumerate(_rows_seen(plan, kernel))]
        return sum(seen).reshape(shape)
    total = total.reshape(plan.stack, outputs, inside, *plan.copied)
    return np.moveaxis(total, 0, 2).reshape(shape)


def _multiply(plan, block, matrix, target):
    """One block of a convolution: the matrix of weights times the columns, written to `target`.

    `target` is (images, groups, channels, windows).
    """
    (groups, rows, width), windows = matrix.shape, target.shape[3] // plan.tall
    if plan.crowd:
        columns = block.reshape(groups, width, -1)
        product = _scratch("product", (groups, rows, columns.shape[2]), block.dtype)
        step, end = plan.how.dilation[0] * plan.inner * len(target), windows * len(target)
    else:
        columns = block.reshape(len(target), groups, width, -1)
        step, end = plan.how.dilation[0] * plan.inner, windows
        if plan.stack > 1:
            product = _scratch(
                "product", (len(target), groups, rows, columns.shape[3]), block.dtype
            )
        else:
            product = target
    matmul(matrix, columns, out=product)
    parts = product.reshape(*product.shape[:-2], plan.stack, -1, product.shape[-1])
    total = parts[..., 0, :, :end]
    for i in range(1, plan.stack):
        part = parts[..., i, :, i * step : i * step + end]
        last = i == plan.stack - 1 and not plan.crowd
        total = np.add(total, part, out=target if last else total)
    if plan.crowd:
        total = total.reshape(groups, plan.tall, -1, total.shape[-1])
        _beside(plan, target)[...] = total.reshape(*total.shape[:3], -1, plan.inner, len(target))


def _beside(plan, result):
    """A crowd's result (images, groups, channels, windows), seen as its product lies in memory.

    That is (groups, tall, channels, rows, inner, images).
    """
    rows = result.shape[3] // (plan.tall * plan.inner)
    shape = (*result.shape[:3], rows, plan.tall, plan.inner)
    return result.reshape(shape).transpose(1, 4, 2, 3, 5, 0)


def _collect(plan, block, part, total):
    """Add one block to a weight's gradient: what windows saw, times the gradient of their results.

    `part` is that gradient, (images, groups, channels, windows); `total` is (stack, groups,
    rows, what a column holds).
    """
    number, groups, outside, windows = part.shape
    if plan.crowd:
        columns = block.reshape(groups, -1, math.prod(block.shape[-len(plan.out) - 1 :]))
        step, end = plan.how.dilation[0] * plan.inner * number, windows // plan.tall * number
        part = _beside(plan, part)
        beside = _scratch("partner", part.shape, block.dtype)
        beside[...] = part
        part = beside.reshape(groups, plan.tall * outside, end)
    else:
        columns = block.reshape(number, groups, -1, math.prod(block.shape[-len(plan.out) :]))
        step, end = plan.how.dilation[0] * plan.inner, windows
    turned = columns.swapaxes(-1, -2)
    for i in range(plan.stack):
        found = matmul(part, turned[..., i * step : i * step + end, :])
        total[i] += found if plan.crowd else found.sum(0)


def _slide(input, weight, how, result=None, partner=None):
    """Go over all windows once; write the convolution to `result`, return sums with `partner`.

    `partner`, shaped like a result, is multiplied with what the windows see, in place of the
    weight: that is the gradient of the weight, which gives only its shape here.
    """
    groups, (outputs, inside, *kernel) = how.groups, weight.shape
    input, padding = _cropped(input, how.padding)
    plan = _Plan(input.shape, tuple(kernel), how._replace(padding=padding), outputs)
    rows = (len(input), groups, outputs // groups, math.prod(plan.out))
    if result is not None:
        matrix, result = _matrix(plan, weight), result.reshape(rows)
    if partner is not None:
        sums = plan.tall * outputs // groups, inside * math.prod(plan.copied)
        total = np.zeros((plan.stack, groups, *sums), input.dtype)
        partner = np.ascontiguousarray(partner).reshape(rows)
    for images, height, block in _columns(plan, input):
        windows = slice(height.start * plan.inner, height.stop * plan.inner)
        if result is not None:
            _multiply(plan, block, matrix, result[images, ..., windows])
        if partner is not None:
            _collect(plan, block, partner[images, ..., windows], total)
    return None if partner is None else _weights(plan, total, weight.shape)


def _work_dtype(array):
    """BLAS knows no float16: that is computed as float32."""
    return np.dtype(np.float32) if array.dtype == np.float16 else array.dtype


def convolve(input, weight, how):
    """The convolution of arrays: input (N, C, ...), weight (O, C / groups, ...)."""
    size, work = _places(input.shape[2:], weight.shape[2:], how), _work_dtype(input)
    result = buffer((len(input), len(weight), *size), work)
    if weight.size:
        _slide(input.astype(work, copy=False), weight.astype(work, copy=False), how, result)
    else:
        result[...] = 0
    return result.astype(input.dtype, copy=False)


def weight_gradient(grad, input, kernel, how):
    """What each place in the kernel has seen, times the gradient of what came of it."""
    shape, work = (grad.shape[1], input.shape[1] // how.groups, *kernel), _work_dtype(input)
    like = np.broadcast_to(np.zeros((), work), shape)
    grad, input, dtype = grad.astype(work, copy=False), input.astype(work, copy=False), input.dtype
    return _slide(input, like, how, partner=grad).astype(dtype, copy=False)


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
    """The taps of a kernel by phase: {phase: [(tap, shift, windows, places), ...]}.

    A phase that no tap reaches has an empty list.
    """
    before = [lo for lo, _ in how.padding]
    facts = zip(kernel, out, size, how.stride, before, how.dilation)
    dims = [[_reach(tap, *rest) for tap in range(k)] for k, *rest in facts]
    phases = {phase: [] for phase in itertools.product(*map(range, how.stride))}
    for number, taps in enumerate(itertools.product(*dims)):
        phase, shift, windows, places = zip(*taps)
        phases[phase].append((number, shift, (..., *windows), (..., *places)))
    return phases


def _add_up(target, product, moves):
    """Write to the places of one phase what its taps brought there; uses up `product`.

    `product` is (images, groups, taps, channels, windows of each dim).
    """
    same = target.shape[3:] == product.shape[4:]  # as many places as windows
    whole = next((tap for tap, shift, *_ in moves if same and not any(shift)), None)
    if whole is None:
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
    result = buffer((len(grad), groups, inside, *size), grad.dtype)
    phases = _phases(kernel, out, size, how)
    number = max(1, _STAMPS // max(1, groups * stamps.shape[1] * length))
    for first in range(0, len(grad), number):
        images = slice(first, min(first + number, len(grad)))
        product = _scratch("product", (images.stop - first, *stamps.shape[:2], length), grad.dtype)
        matmul(stamps, grad[images], out=product)
        product = product.reshape(len(product), groups, -1, inside, *out)
        for phase, moves in phases.items():
            places = [slice(start, None, s) for start, s in zip(phase, how.stride)]
            _add_up(result[(images, ..., *places)], product, moves)
    return result.reshape(len(grad), -1, *size)


_CROWD_OF_STAMPS = 1_000_000  # numbers in a block of stamps that a crowd may take


def _is_for_stamps(grad, weight, how):
    """Whether stamps are less work than columns: small images, and fewer channels inside."""
    out, taps = math.prod(grad.shape[2:]), math.prod(weight.shape[2:])
    fewer = len(weight) > _GAIN * how.groups * weight.shape[1]
    small = _CROWD * how.groups * weight.shape[1] * taps * out <= _CROWDED
    return fewer and small and len(grad) >= _CROWD and (taps > 1 or out < _READY)


def _crowd_of_stamps(grad, weight, size, how):
    """The stamps of small images at stride 1, with the images in the last dim.

    The longer that is, the fewer stretches there are to add up: all images that there is room for.
    """
    groups, (inside, *kernel), out = how.groups, weight.shape[1:], grad.shape[2:]
    stamps = np.moveaxis(weight.reshape(groups, -1, inside, math.prod(kernel)), 1, -1)
    stamps = np.ascontiguousarray(stamps.swapaxes(1, 2)).reshape(groups, -1, len(weight) // groups)
    result = buffer((len(grad), groups * inside, *size), grad.dtype)
    padded = [n + sum(ends) for n, ends in zip(size, how.padding)]
    within = tuple([slice(lo, lo + n) for n, (lo, _) in zip(size, how.padding)])
    last = (*range(1, grad.ndim), 0)
    crowd = max(_CROWD, _CROWD_OF_STAMPS // (groups * stamps.shape[1] * math.prod(out)))
    for first in range(0, len(grad), crowd):
        images = slice(first, min(first + crowd, len(grad)))
        number = images.stop - first
        beside = _scratch("partner", (grad.shape[1], *out, number), grad.dtype)
        beside[...] = grad[images].transpose(last)
        beside = beside.reshape(groups, -1, math.prod(out) * number)
        shape = (*stamps.shape[:2], beside.shape[2])
        product = matmul(stamps, beside, out=_scratch("product", shape, grad.dtype))
        product = product.reshape(groups, math.prod(kernel), inside, *out, number)
        total = _scratch("bordered", (groups, inside, *padded, number), grad.dtype)
        total.fill(0)
        for i, tap in enumerate(np.ndindex(*kernel)):
            moved = [slice(t * d, t * d + n) for t, d, n in zip(tap, how.dilation, out)]
            total[(slice(None), slice(None), *moved)] += product[:, i]
        total = total.reshape(-1, *padded, number)[(slice(None), *within)]
        result[images] = total.transpose(grad.ndim - 1, *range(grad.ndim - 1))
    return result


def input_gradient(grad, weight, size, how):
    """Every place of the input collects from all windows it was seen through.

    At stride 1 that is a convolution of the gradient with the kernel turned around.
    """
    groups, kernel = how.groups, weight.shape[2:]
    work, dtype = _work_dtype(grad), grad.dtype
    if not (len(grad) and weight.size):
        return np.zeros((len(grad), groups * weight.shape[1], *size), dtype)
    grad, weight = grad.astype(work, copy=False), weight.astype(work, copy=False)
    if max(how.stride) > 1:
        return _stamped(grad, weight, size, how).astype(dtype, copy=False)
    if _is_for_stamps(grad, weight, how):
        return _crowd_of_stamps(grad, weight, size, how).astype(dtype, copy=False)
    turned = weight[(..., *[slice(None, None, -1)] * len(kernel))]
    turned = turned.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    padding = []
    for n, wanted, k, (lo, _), d in zip(grad.shape[2:], size, kernel, how.padding, how.dilation):
        first = d * (k - 1) - lo
        padding.append((first, wanted - n + d * (k - 1) - first))
    result = buffer((len(grad), groups * weight.shape[1], *size), work)
    turned = turned.reshape(-1, *turned.shape[2:])
    _slide(grad, turned, how._replace(padding=tuple(padding)), result)
    return result.astype(dtype, copy=False)
