"""Places in the order of numbers: median, mode, quantile."""

import math

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, must_be_tensor, raw, takes_out, two_way
from .._core.numpy_warnings import quiet
from .._core.reduction import contiguous_result
from .._core.tensor import Tensor, method
from .._words.operands import refuse_kinds
from .minmax import along, chosen, evenly, return_type


def _middle(array, axis, skip_nan):
    """The index of the lower median along `axis`, kept; of the first nan unless `skip_nan`."""
    if not array.ndim:
        return np.asarray(0)
    order = np.argsort(array, axis, kind="stable")  # nan comes last
    missing = np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    count = array.shape[axis] - missing.sum(axis, keepdims=True)
    rank = np.maximum(count - 1, 0) // 2
    index = np.take_along_axis(order, rank, axis)
    first = np.argmax(missing, axis, keepdims=True)
    index = index if skip_nan else np.where(missing.any(axis, keepdims=True), first, index)
    return contiguous_result(index)


_MEDIAN = return_type("median", "values", "indices")
_NANMEDIAN = return_type("nanmedian", "values", "indices")


@quiet
def _median(name, names, input, dim, keepdim):
    """What median and nanmedian have in common."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    if dim is not None:
        array, axis = along("median", input, dim)
        refuse_kinds("median_out", array, "cb")
        index = _middle(array, axis, name == "nanmedian")
        kind = Kind(f"{name.capitalize()}Backward1", ["input", "indices"])
        return chosen(kind, names, input, index, axis, keepdim)
    refuse_kinds("median_cpu", input._array, "cb")
    flat = input._array.reshape(-1)
    if not flat.size:
        value = np.asarray(math.nan, flat.dtype)
    else:
        value = flat[_middle(flat, 0, name == "nanmedian")[0]]
    kind = Kind(f"{name.capitalize()}Backward0", ["input"])
    return finish(kind, evenly(input._array, np.asarray(value)), (input,))


@takes_out
@method("median")
def median(input, dim=None, keepdim=False):
    """The middle element, the lower one of two: of all, or (values, indices) along `dim`.

    nan if there is one. Mirrors torch.median.
    """
    _told("median", dim, keepdim)
    return _median("median", _MEDIAN, input, dim, keepdim)


@takes_out
@method("nanmedian")
def nanmedian(input, dim=None, keepdim=False):
    """The median of all elements that are not nan. Mirrors torch.nanmedian; see median."""
    _told("nanmedian", dim, keepdim)
    return _median("nanmedian", _NANMEDIAN, input, dim, keepdim)


def _told(name, dim, keepdim):
    if dim is None and keepdim:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')


_MODE = return_type("mode", "values", "indices")
_MODE_KIND = Kind("ModeBackward0", ["input", "indices"], once=True)


@takes_out
@method("mode")
def mode(input, dim=-1, keepdim=False):
    """The most frequent element along `dim` (the smallest of those), and where it stands last.

    Mirrors torch.mode.
    """
    array, axis = along("mode", input, dim)
    refuse_kinds("mode_cpu", array)
    if not array.ndim:
        return chosen(_MODE_KIND, _MODE, input, np.asarray(0), axis)
    rows = np.moveaxis(array, axis, -1)
    index = np.empty((*rows.shape[:-1], 1), np.int64)
    for row in np.ndindex(rows.shape[:-1]):
        index[row] = _most_frequent(rows[row])
    index = np.moveaxis(index, -1, axis)
    return chosen(_MODE_KIND, _MODE, input, index, axis, keepdim)


def _most_frequent(row):
    values, counts = np.unique(row, return_counts=True, equal_nan=False)
    found = np.flatnonzero(row == values[np.argmax(counts)])
    return found[-1] if found.size else len(row) - 1  # nan equals nothing


@two_way
def _mix(input, *, index, weights, exact=True):
    """Between two elements of the flat input each, those at `index`, the last dim of which is 2.

    Unless `exact`, an infinite element spoils even what gives it no weight, as in PyTorch.
    """
    shape, weight, fixed_weights = input.shape, weights[..., 1], weights
    low, high = np.moveaxis(input.reshape(-1)[index], -1, 0)
    step = high - low
    between = np.where(weight < 0.5, low + weight * step, high - weights[..., 0] * step)
    mixed = np.where(weight == 0, low, np.where(weight == 1, high, between)) if exact else between

    def derivative(grad):
        return _unmix(grad, index=raw(index), weights=raw(fixed_weights), shape=shape)

    return contiguous_result(mixed.astype(input.dtype)), derivative


@two_way
def _unmix(grad, *, index, weights, shape):
    """The way back from `_mix`."""
    flat, fixed_weights = np.zeros(math.prod(shape), grad.dtype), weights
    np.add.at(flat, index, grad[..., None] * weights)
    return flat.reshape(shape), lambda g: _mix(g, index=raw(index), weights=raw(fixed_weights))


def _places(rows, q, skip_nan, interpolation):
    """For each row and each q: two positions in the sorted row, and the weight of the second."""
    missing = np.isnan(rows)
    last = rows.shape[-1] - 1 - (missing.sum(-1) if skip_nan else np.zeros(rows.shape[:-1], int))
    rank = q * np.maximum(last, 0)[..., None].astype(q.dtype)
    if not skip_nan:  # a nan stands last, and decides
        rank = np.where(missing.any(-1)[..., None], q.dtype.type(rows.shape[-1] - 1), rank)
    low, high = np.floor(rank).astype(int), np.ceil(rank).astype(int)
    weight = {
        "linear": rank - low, "midpoint": np.full_like(rank, 0.5),
        "lower": np.zeros_like(rank), "higher": np.ones_like(rank),
        "nearest": np.round(rank) - low,
    }[interpolation]  # fmt: skip
    return low, high, weight


def _quantile_body(array, q, dim, keepdim, skip_nan, interpolation):
    """The quantiles, and the derivative: each is a mix of two elements of the input."""
    axis = -1 if dim is None else dim
    where = np.arange(array.size).reshape(array.shape)  # places in the flat array
    rows = array.reshape(-1) if dim is None or not array.ndim else np.moveaxis(array, axis, -1)
    where = where.reshape(-1) if rows.ndim == 1 else np.moveaxis(where, axis, -1)
    where = np.take_along_axis(where, np.argsort(rows, -1, kind="stable"), -1)
    low, high, weight = _places(rows, q.reshape(-1), skip_nan, interpolation)
    index = np.stack([np.take_along_axis(where, at, -1) for at in (low, high)], -1)
    weights = np.stack([1 - weight, weight], -1).astype(array.dtype)
    index, weights = np.moveaxis(index, -2, 0), np.moveaxis(weights, -2, 0)  # q comes first
    if keepdim:
        at = tuple(range(1, 1 + array.ndim)) if dim is None else (1 + axis % max(array.ndim, 1),)
        at = at if array.ndim else ()
        index, weights = np.expand_dims(index, at), np.expand_dims(weights, at)
    if not q.ndim:
        index, weights = index[0], weights[0]
    exact = interpolation not in ("linear", "midpoint")
    return _mix.__wrapped__(array, index=index, weights=weights, exact=exact)


_WAYS = ("linear", "lower", "higher", "midpoint", "nearest")


@quiet
def _quantile(name, input, q, dim, keepdim, interpolation):
    """Check the arguments, and compute."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    array = input._array
    if interpolation not in _WAYS:
        raise RuntimeError(
            f"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {interpolation}"
        )
    if not array.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    number = not isinstance(q, Tensor)
    if not number and q._array.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if array.dtype not in (np.float32, np.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if not number and q._array.dtype != array.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    points = np.asarray(q, array.dtype) if number else q._array
    if not ((points >= 0) & (points <= 1)).all():
        values = f"must be in the range [0, 1] but got {q:g}" if number else ""
        raise RuntimeError(f"quantile() q {values or 'values must be in the range [0, 1]'}")
    dim = dim if dim is None else check_dim(dim, array.ndim)
    returned = _quantile_body(array, points, dim, keepdim, name[0] == "n", interpolation)
    return finish(_QUANTILE, returned, (input,))


_QUANTILE = Kind("SqueezeBackward4", ["input"])


@takes_out
@method("quantile")
def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """The value below which a fraction `q` lies: of all, or along `dim`; nan if there is one.

    `q` is a number or a 1-D tensor, whose dim comes first in the result. Between two elements the
    value is interpolated: "linear", "lower", "higher", "midpoint" or "nearest". Mirrors
    torch.quantile.
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@takes_out
@method("nanquantile")
def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """The quantile of all elements that are not nan. Mirrors torch.nanquantile; see quantile."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)
