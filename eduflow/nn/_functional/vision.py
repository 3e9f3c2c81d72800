"""Images read at any places: affine_grid says where, grid_sample reads between the pixels."""

import itertools
import math

import numpy as np

from ..._core import dtype as dtypes
from ..._core.calls import answering
from ..._core.keeping import relying
from ..._core.numpy_warnings import quiet
from ..._core.tensor import wrap
from ..._words import vision as words
from ...ops.choose import where
from ...ops.factories import zeros_like
from ...ops.gather import gather
from ...ops.unary import floor, round

GRID_SAMPLE_INTERPOLATION_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
GRID_SAMPLE_PADDING_MODES = {"zeros": 0, "border": 1, "reflection": 2}


@answering
def affine_grid(theta, size, align_corners=None):
    """Places for `grid_sample`: each place of the output times its sample's matrix.

    theta (N, 2, 3) for the size (N, C, H, W) gives (N, H, W, 2), and (N, 3, 4) for (N, C, D, H, W)
    gives (N, D, H, W, 3). -1 and 1 are the image's borders, or with `align_corners` the middles of
    its outermost pixels. Mirrors torch.nn.functional.affine_grid.
    """
    align_corners = words.aligned(align_corners)
    words.affine(theta, size, align_corners)
    dims = len(size) - 2
    ends = [_ticks(n, align_corners) for n in size[2:]]
    axes = np.meshgrid(*ends, indexing="ij")[::-1]
    places = np.stack([*axes, np.ones_like(axes[0])], -1).reshape(1, -1, dims + 1)
    places = wrap(places.astype(theta._array.dtype))
    return (places @ theta.transpose(1, 2)).view(theta.size(0), *size[2:], dims)


def _ticks(count, align_corners):
    """`count` numbers from -1 to 1: the middles of as many parts, or both ends and between."""
    if count == 1:
        return np.zeros(1)
    return np.linspace(-1, 1, count) * (1 if align_corners else (count - 1) / count)


def _pixels(x, size, align_corners):
    """Places from -1 to 1 as numbers of pixels along a dim of `size`."""
    return (x + 1) / 2 * (size - 1) if align_corners else ((x + 1) * size - 1) / 2


def _inside(x, size):
    """Numbers of pixels, those beyond the border moved onto it; they have no derivative there."""
    return where(x > 0, where(x < size - 1, x, float(size - 1)), 0.0)


def _reflected(x, size, align_corners):
    """Numbers of pixels, those beyond the border thrown back by it, as often as need be."""
    low, high = (0, size - 1) if align_corners else (-0.5, size - 0.5)
    span = high - low
    if not span:
        return x * 0
    away = where(x < low, low - x, x - low)
    turns = floor(away.detach() / span)
    rest = away - turns * span
    return where(turns % 2 == 0, rest, span - rest) + low


def _placed(x, size, padding_mode, align_corners):
    """Numbers of pixels as the padding mode has them: only "zeros" leaves some outside."""
    if padding_mode == "reflection":
        x = _reflected(x, size, align_corners)
    return x if padding_mode == "zeros" else _inside(x, size)


def _read(flat, places, sizes):
    """The pixels (N, C, P) at whole places, a tensor (N, P) for each dim; 0 outside the image."""
    good = math.prod(((x >= 0) & (x <= size - 1)) for x, size in zip(places, sizes))
    index = 0
    for x, size in zip(places, sizes):
        index = index * size + where(good.bool(), x, 0.0).long()
    shape = (*flat.shape[:2], index.shape[1])
    found = gather(flat, 2, index.unsqueeze(1).expand(shape))
    return where(good.bool().unsqueeze(1), found, 0.0)


def _linear(flat, places, sizes):
    """Between the pixels around each place, by how near it is to each."""
    low = [floor(x.detach()) for x in places]
    shares = [x - below for x, below in zip(places, low)]
    total = 0
    for corner in itertools.product((0, 1), repeat=len(sizes)):
        weight = math.prod(share if up else 1 - share for share, up in zip(shares, corner))
        value = _read(flat, [below + up for below, up in zip(low, corner)], sizes)
        total = total + value * weight.unsqueeze(1)
    return total


def _cubic_weights(t):
    """How much the pixels at -1, 0, 1 and 2 count for a place at `t`, from 0 to 1."""
    a = -0.75

    def near(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def _cubic(flat, places, sizes, placed):
    """From the sixteen pixels around each place; `placed` moves those that are outside."""
    low = [floor(x.detach()) for x in places]
    rows, columns = (_cubic_weights(x - below) for x, below in zip(places, low))
    total = 0
    for (i, row), (j, column) in itertools.product(enumerate(rows, -1), enumerate(columns, -1)):
        moved = [placed(below + by, size) for below, by, size in zip(low, (i, j), sizes)]
        total = total + _read(flat, moved, sizes) * (row * column).unsqueeze(1)
    return total


def _nothing_of(places):
    """0, whose derivative for each place is 0: steps are flat, but part of the graph."""
    never = zeros_like(places[0], dtype=dtypes.bool)
    return where(never, sum(places), 0.0).unsqueeze(1)


@answering
@quiet
def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """The images read at the places in `grid`: (N, C, H, W) by (N, h, w, 2) gives (N, C, h, w).

    Volumes (N, C, D, H, W) go with (N, d, h, w, 3). A place is x, y, and z, from -1 to 1: the
    image's borders, or with `align_corners` the middles of its outermost pixels. `mode` is
    "bilinear", "nearest" or, for images, "bicubic". What is outside counts as 0, or is read at the
    "border", or where "reflection" at it leads. Mirrors torch.nn.functional.grid_sample.
    """
    words.modes(mode, padding_mode)
    align_corners = words.aligned(align_corners)
    words.sampler(input, grid, mode)
    sizes, out = input.shape[2:], grid.shape[1:-1]
    points = grid.reshape(grid.size(0), math.prod(out), len(sizes))
    places = [
        _pixels(points.select(2, len(sizes) - 1 - dim), size, align_corners)
        for dim, size in enumerate(sizes)
    ]
    flat = input.reshape(*input.shape[:2], math.prod(sizes))

    def placed(x, size):
        return _placed(x, size, padding_mode, align_corners)

    if mode == "bicubic":
        found = _cubic(flat, places, sizes, placed)
    else:
        places = [placed(x, size) for x, size in zip(places, sizes)]
        if mode == "nearest":
            found = _read(flat, [round(x.detach()) for x in places], sizes)
            found = found + _nothing_of(places)
        else:
            found = _linear(flat, places, sizes)
    return relying(found.reshape(*input.shape[:2], *out), input, grid)
