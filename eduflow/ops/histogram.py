"""Counting how often values come: bincount, histc, histogram, histogramdd."""

import numpy as np

from .._core.calls import answering
from .._core.dispatch import Kind, finish, must_be_tensor, takes_out
from .._core.dtype import type_name
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap
from .minmax import return_type


@method("bincount")
def bincount(input, weights=None, minlength=0):
    """How often each of 0, 1, 2, ... comes in a vector of integers, or the sum of its weights.

    RuntimeError for negative numbers or more dims. Mirrors torch.bincount.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("bincount", ["input"], (input,))
    array, minlength = input._array, int(minlength)
    _check_bincount(array, weights, minlength)
    array = array.astype(np.intp, copy=False)
    if weights is None:
        return wrap(np.bincount(array, minlength=minlength).astype(np.int64))
    kind = np.float32 if weights._array.dtype == np.float32 else np.float64
    result = np.bincount(array, weights._array, minlength).astype(kind)
    return finish(_BINCOUNT, result, (input, weights))


_BINCOUNT = Kind("BincountBackward0", ("input", "weights"))


def _check_bincount(array, weights, minlength):
    if array.dtype.kind not in "iu":
        raise NotImplementedError(
            f"\"bincount_cpu\" not implemented for '{type_name(array.dtype)}'"
        )
    if array.ndim != 1 or (array < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if weights is not None and weights._array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")


@takes_out
@method("histc")
@quiet
def histc(input, bins=100, min=0, max=0):
    """How many elements fall into each of `bins` equal parts of [min, max], as floats.

    Where min equals max, the range is that of the data. Elements outside are not counted. Mirrors
    torch.histc.
    """
    array = input._array
    if array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"histogram_cpu\" not implemented for '{type_name(array.dtype)}'"
        )
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = _range(array, min, max)
    inside = array[(array >= low) & (array <= high)]
    place = ((inside - low) / (high - low) * bins).astype(np.intp)
    return wrap(np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(array.dtype))


def _range(array, low, high):
    if low == high and array.size:
        low, high = array.min().item(), array.max().item()
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{_text(low)}, {_text(high)}] is not finite")
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    return low, high


def _text(number):
    return "-nan" if number != number else f"{number:g}"


_HISTOGRAM = return_type("histogram", "hist", "bin_edges")
_HISTOGRAMDD = return_type("histogramdd", "hist", "bin_edges")


@takes_out
@method("histogram")
@quiet
def histogram(input, bins=100, *, range=None, weight=None, density=False):
    """How many elements fall between the edges of bins, and those edges.

    `bins` is a number of equal parts of `range` (that of the data unless given), or the edges as a
    tensor. `weight` says what each element counts; with `density` the area is 1. Mirrors
    torch.histogram.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("histogram", ["input"], (input,))
    if isinstance(bins, bool):
        raise TypeError("histogram(): argument 'bins' must be int, not bool")
    places, count = input.reshape(-1, 1), weight if weight is None else weight.reshape(-1)
    hist, edges = _counted(places._array, [bins], range, count, density)
    return _HISTOGRAM(wrap(hist), wrap(edges[0]))


@answering
@quiet
def histogramdd(input, bins, range=None, weight=None, density=False):
    """How many points fall into the boxes of a grid, and the edges along each of the last dim.

    (..., n) points, with `bins` a number, a list of numbers, or a list of edges. `range` lists the
    lower and upper ends, all in one. Mirrors torch.histogramdd.
    """
    must_be_tensor("histogramdd", ["input"], (input,))
    if isinstance(bins, bool):
        raise TypeError("histogramdd(): argument 'bins' must be tuple of ints, not bool")
    if input.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    width = input.shape[-1]
    bins = list(bins) if isinstance(bins, (tuple, list)) else [bins] * width
    if len(bins) != width:
        raise RuntimeError(
            "histogramdd: The size of bins must be equal to the innermost dimension of the input."
        )
    points, count = input.reshape(-1, width), weight if weight is None else weight.reshape(-1)
    hist, edges = _counted(points._array, bins, range, count, density)
    return _HISTOGRAMDD(wrap(hist), tuple(map(wrap, edges)))


def _counted(points, bins, limits, weight, density):
    """The histogram of points (n, d) as an array, and a list with the edges along each dim."""
    width, kind = points.shape[1], points.dtype
    if limits is not None and len(limits) != 2 * width:
        raise RuntimeError(
            f"torch.histogramdd: for a {width}-dimensional histogram range should have "
            f"{2 * width} elements, but got {len(limits)}"
        )
    _check_weight(points, weight)
    if kind.kind != "f" or kind == np.float16:
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{type_name(kind)}'")
    edges = [
        _given_edges(given._array, dim, kind)
        if isinstance(given, Tensor)
        else _equal_edges(points[:, dim], given, dim, limits)
        for dim, given in enumerate(bins)
    ]
    counts = None if weight is None else weight._array
    hist = np.zeros([len(known) - 1 for known in edges], kind)
    inside, at = np.ones(len(points), bool), []
    for values, known in zip(points.T, edges):
        place = np.searchsorted(known, values, "right") - 1
        inside &= (values >= known[0]) & (values <= known[-1])
        at.append(np.minimum(place, len(known) - 2))
    places = tuple([place[inside] for place in at])
    np.add.at(hist, places, 1 if counts is None else counts[inside])
    if density:
        hist = hist / hist.sum()
        for dim, known in enumerate(edges):
            hist = hist / np.diff(known).reshape([-1] + [1] * (width - 1 - dim))
    return hist, edges


def _check_weight(points, weight):
    if weight is None:
        return
    if weight._array.size != len(points):
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the "
            "input tensor excluding its innermost dimension, but got input with shape "
            f"{list(points.shape)} and weight with shape {list(weight.shape)}"
        )
    if weight._array.dtype != points.dtype:
        names = [_C_NAMES.get(x.dtype.name, x.dtype.name) for x in (points, weight._array)]
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor "
            "should have the same dtype, but got input({}), and weight({})".format(*names)
        )


_C_NAMES = {"float32": "float", "float64": "double", "int64": "long int", "int32": "int"}


def _given_edges(edges, dim, kind):
    """The edges in a tensor of one dim, of the dtype of the points."""
    if edges.ndim != 1:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have one dimension, but got {edges.ndim} "
            f"dimensions in the bins tensor for dimension {dim}"
        )
    if not edges.size:
        raise RuntimeError(
            "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in "
            f"the bins tensor for dimension {dim}"
        )
    if edges.dtype != kind:
        names = [_C_NAMES.get(x.name, x.name) for x in (kind, edges.dtype)]
        raise RuntimeError(
            "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got "
            f"input with dtype {names[0]} and bins for dimension {dim} with dtype {names[1]}"
        )
    return edges.copy()


def _equal_edges(values, bins, dim, limits):
    """The edges of equal parts of the range, or of all values."""
    if bins <= 0:
        raise RuntimeError(
            f"torch.histogram(): bins must be > 0, but got {bins} for dimension {dim}"
        )
    low, high = (0.0, 1.0) if not values.size else (values.min().item(), values.max().item())
    if limits is not None:
        low, high = limits[2 * dim : 2 * dim + 2]
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(
            f"torch.histogramdd: dimension {dim}'s range [{low:g}, {high:g}] is not finite"
        )
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for "
            f"dimension {dim}"
        )
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1).astype(values.dtype)
