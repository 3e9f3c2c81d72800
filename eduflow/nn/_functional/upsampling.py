"""Resizing one dim after the other: which inputs each output is made of, and in what shares."""

import warnings

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, two_way
from ..._core.layout import like_images
from ..._core.numpy_warnings import quiet
from ..._kernels import kernel
from ..._words.upsampling import (
    check_corners,
    check_dtype,
    check_mode,
    check_sizes,
    sizes_and_factors,
)
from .pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d


def _along(axis, ndim, weights):
    """`weights` in a shape that multiplies along `axis`."""
    return weights.reshape(weights.shape + (1,) * (ndim - 1 - axis))


def _picked(x, axis, taps):
    """Each output along `axis`: the sum over `taps` of one input times its weight (None is 1)."""
    total = None
    for indices, weights in taps:
        part = x.take(indices, axis)
        if weights is not None:
            part = part * _along(axis, x.ndim, weights)
        total = part if total is None else total + part
    return total


@kernel
def collected(grad, axis, taps, size):
    """The gradient of an input of `size` along `axis`, from that of the outputs."""
    result = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
    for indices, weights in taps:
        part = grad if weights is None else grad * _along(axis, grad.ndim, weights)
        np.add.at(result, (slice(None),) * axis + (indices,), part)
    return result


@two_way
def resampled(x, *, plan):
    """`x` resized along the dims in `plan`, a list of (axis, size before, taps)."""
    for axis, _, taps in reversed(plan):
        x = _picked(x, axis, taps)
    return x, lambda grad: resampled_back(grad, plan=plan)


@two_way
def resampled_back(grad, *, plan):
    """The gradient of `resampled`. Both are linear, so each is the derivative of the other."""
    for axis, size, taps in plan:
        grad = collected(grad, axis, taps, size)
    return grad, lambda outer: resampled(outer, plan=plan)


def nearest_taps(size, wanted, factor, shift=0.0):
    """One tap: the input that output i falls on; `shift` is 0.5 for nearest-exact."""
    outputs = np.arange(wanted, dtype="f4")
    scale = np.float32(1 / factor) if factor else np.float32(size) / np.float32(wanted)
    places = np.floor((outputs + np.float32(shift)) * scale)
    return [(np.minimum(places.astype(int), size - 1), None)]


def _places(size, wanted, factor, align_corners, dtype):
    """Where the outputs lie in the input, as numbers with a fraction."""
    outputs = np.arange(wanted, dtype=dtype)
    if align_corners:
        return outputs * (dtype.type(size - 1) / dtype.type(max(wanted - 1, 1)))
    scale = dtype.type(1 / factor) if factor else dtype.type(size) / dtype.type(wanted)
    return scale * (outputs + dtype.type(0.5)) - dtype.type(0.5)


def linear_taps(size, wanted, factor, align_corners, dtype):
    """Two taps, with shares that add up to 1."""
    if wanted == size:
        return [(np.arange(size), None)]
    places = np.maximum(_places(size, wanted, factor, align_corners, dtype), 0)
    low = np.minimum(places.astype(int), size - 1)
    share = np.clip(places - low, 0, 1).astype(dtype)
    return [(low, 1 - share), (np.minimum(low + 1, size - 1), share)]


def _near(x):
    """The weight of a point at distance x, up to 1."""
    return (1.25 * x - 2.25) * x * x + 1


def _far(x):
    """The weight of a point at distance x, from 1 to 2."""
    return ((-0.75 * x + 3.75) * x - 6) * x + 3


def cubic_taps(size, wanted, factor, align_corners, dtype):
    """Four taps, of which the outer two count negatively."""
    places = _places(size, wanted, factor, align_corners, dtype)
    low = np.minimum(np.floor(places), size - 1)
    share = np.clip(places - low, 0, 1)
    weights = [_far(share + 1), _near(share), _near(1 - share), _far(2 - share)]
    return [
        (np.clip(low + step, 0, size - 1).astype(int), weight.astype(dtype))
        for step, weight in zip((-1, 0, 1, 2), weights)
    ]


def _taps(mode, dims, size, wanted, factor, align_corners, dtype):
    """The taps of one of `dims` dims."""
    if mode == "nearest":
        if dims == 2 and wanted in (size, 2 * size):
            factor = None  # as in PyTorch: a factor such as 2.02 counts as 2, but only in 2 dims
        return nearest_taps(size, wanted, factor)
    if mode == "nearest-exact":
        return nearest_taps(size, wanted, factor, shift=0.5)
    make = cubic_taps if mode == "bicubic" else linear_taps
    return make(size, wanted, factor, align_corners, dtype)


@quiet
def _resized(input, sizes, factors, mode, align_corners):
    """`input` with its spatial dims brought to `sizes`, recorded under PyTorch's name."""
    shape, dims = input.shape, len(sizes)
    check_sizes(shape, sizes)
    check_dtype(input, mode)
    array = input._array
    dtype = np.dtype("f8" if array.dtype == np.float64 else "f4")
    plan = [
        (axis, size, _taps(mode, dims, size, wanted, factor, align_corners, dtype))
        for axis, size, wanted, factor in zip(range(2, dims + 2), shape[2:], sizes, factors)
    ]
    result, derivative = resampled.__wrapped__(array, plan=plan)
    name = "Upsample" + mode.title().replace("-", "") + f"{dims}DBackward0"
    fits = [(array.shape, array.dtype)]  # halves are computed in single precision
    result = like_images(result.astype(array.dtype, copy=False), array, volumes=True)
    return finish(Kind(name, ["input"]), (result, derivative), (input,), fits)


@answering
def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """Resize images: (N, C, d1, ...) of floats with 1 to 3 spatial dims, to `size` or by a factor.

    mode: nearest, nearest-exact, area; linear, bilinear, trilinear, bicubic for 1, 2, 3, 2 dims.
    With `align_corners` the middles of the corner pixels stay in place, else the outer edges.
    ValueError unless one of `size` and `scale_factor` is given. Mirrors
    torch.nn.functional.interpolate, without antialias.
    """
    check_corners(mode, align_corners)
    if mode == "area":
        recompute_scale_factor = recompute_scale_factor or size is None
    shape = tuple(input.shape[2:])
    sizes, factors = sizes_and_factors(shape, size, scale_factor, recompute_scale_factor)
    check_mode(input.dim(), mode, antialias)
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[len(sizes) - 1](
            input, sizes
        )
    return _resized(input, sizes, factors, mode, align_corners)


def _deprecated(name):
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.",
        stacklevel=3,
    )


@answering
def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """An old name of interpolate. Mirrors torch.nn.functional.upsample."""
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


@answering
def upsample_nearest(input, size=None, scale_factor=None):
    """interpolate with mode nearest. Mirrors torch.nn.functional.upsample_nearest."""
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


@answering
def upsample_bilinear(input, size=None, scale_factor=None):
    """interpolate with aligned corners. Mirrors torch.nn.functional.upsample_bilinear."""
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
