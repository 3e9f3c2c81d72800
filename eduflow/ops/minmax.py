"""The largest and the smallest: max, min, amax, argmax, aminmax, and where they stand."""

import collections
from functools import partial

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, like, must_be_tensor, raw, takes_out, two_way
from .._core.keeping import keeping
from .._core.layout import like_input, with_layout
from .._core.package import PACKAGE
from .._core.reduction import contiguous_result, must_have, reduced_axes, reduction, spread_over
from .._core.tensor import Tensor, element_strides, method, wrap
from .._kernels import kernel
from .._words.operands import refuse_kinds
from .choose import maximum, minimum
from .gather import check_bounds


@two_way
def _pick(input, index, *, axis, keepdim=True):
    """The elements of `input` at `index` along `axis`: one index for each place along the others.

    Without `keepdim` the index has one element along `axis`, and the dim is dropped.
    """
    size = input.shape[axis] if input.ndim else 1
    result = np.take_along_axis(input, index, axis) if input.ndim else input.copy()
    if not keepdim and input.ndim:
        result = result.squeeze(axis)
    return result, lambda grad: place(grad, index, axis=axis, size=size, keepdim=keepdim)


@two_way
def place(grad, index, *, axis, size, keepdim=True):
    """The way back from `_pick`: zeros, and each gradient added where its element was picked."""
    if not index.ndim:
        return grad, lambda g: g
    wide = np.zeros((*index.shape[:axis], size, *index.shape[axis + 1 :]), grad.dtype)
    check_bounds(index, axis, wide.shape)  # it may have been changed since, unseen
    values = grad if keepdim else np.expand_dims(grad, axis)
    if index.shape[axis] == 1:
        np.put_along_axis(wide, index, values, axis)
    else:
        where = list(np.ix_(*[np.arange(n) for n in index.shape]))
        where[axis] = index
        np.add.at(wide, tuple(where), values)
    return wide, lambda g: _pick(g, index, axis=axis, keepdim=keepdim)


def shares(which, axes, dtype):
    """Shares of a gradient for the elements where `which` holds: along `axes` they add up to 1."""
    return which / np.add.reduce(which, axes, dtype, None, True)


def equal_to(input, result, axes):
    """Where `input` equals its reduction over `axes`."""
    return input == result.reshape([1 if i in axes else n for i, n in enumerate(input.shape)])


def _extreme(name, ufunc, input, axes, keepdim):
    """What amax and amin have in common: the result and its derivative."""
    refuse_kinds(f"{name[1:]}_values_cpu", input)
    extreme = contiguous_result(ufunc.reduce(input, axes, None, None, keepdim))
    shape, result = input.shape, np.asarray(extreme)

    def derivative(grad):
        parts = shares(equal_to(raw(input), raw(result), axes), axes, raw(grad).dtype)
        return spread_over(grad, shape=shape, axes=axes) * like(grad, parts)

    return result, derivative


@method("amax")
@reduction(node="AmaxBackward0", refuse=partial(must_have, "amax"), converts=False)
def amax(input, axes, keepdim):
    """The largest element over all dims or over `dim`, an int or several.

    Where several are the largest, they share the gradient evenly. Mirrors torch.amax.
    """
    return _extreme("amax", np.maximum, input, axes, keepdim)


@method("amin")
@reduction(node="AminBackward0", refuse=partial(must_have, "amin"), converts=False)
def amin(input, axes, keepdim):
    """The smallest element over all dims or over `dim`. Mirrors torch.amin; see amax."""
    return _extreme("amin", np.minimum, input, axes, keepdim)


def return_type(name, *fields):
    """A tuple with named fields that prints as PyTorch's return_types do."""
    kind = collections.namedtuple(name, fields)
    prefix = f"{PACKAGE}.return_types.{name}(\n"

    def text(self):
        fields = [f"{field}={value!r}" for field, value in self._asdict().items()]
        return prefix + ",\n".join(fields) + ")"

    kind.__repr__ = text
    return kind


def as_int64(index):
    """NumPy's indices as PyTorch has them; with 32 bits they are converted, in the same order."""
    wide = np.asarray(index, np.int64)
    # A conversion forgets the strides of nothing, and of dims of size 1.
    return wide if wide is index else like_input(wide, np.asarray(index))


def chosen(kind, names, input, index, axis, keepdim=True, kept=()):
    """The pair (values, indices) for elements chosen from `input`; the values get gradients.

    Values lie in memory as indices do. The indices, and the arrays `kept`, count as saved:
    backward notices where one was changed.
    """
    index = as_int64(index)
    flat = index if keepdim or not index.ndim else index.squeeze(axis)
    indices = wrap(flat)
    result, derivative = _pick.__wrapped__(input._array, index, axis=axis, keepdim=keepdim)
    derivative = keeping(derivative, *kept) if kept else derivative
    result = with_layout(result, element_strides(flat))
    return names(finish(kind, (result, derivative, None), (input, indices)), indices)


def along(name, input, dim):
    """The array of `input` and the axis that `dim` names; `name` needs elements there."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    axis = check_dim(dim, input._array.ndim)
    must_have(name, input._array, axis)
    return input._array, axis


def _index_of(arg, array, axis):
    """Where the largest or smallest element stands along `axis`, a dim that is kept."""
    if array.dtype.kind == "c":
        raise RuntimeError(f"{arg.__name__[3:]}(): does not support complex input")
    return np.asarray(index_along(arg, array, axis) if array.ndim else 0)


@kernel
def index_along(arg, array, axis):
    """Where `arg`, which is np.argmax or np.argmin, finds an element along `axis`, a dim kept."""
    return arg(array, axis, keepdims=True)


def evenly(input, result):
    """`result`, one of the elements of `input`, and a derivative that equal elements share."""
    shape, axes = input.shape, tuple(range(input.ndim))

    def derivative(grad):
        which = raw(input) == raw(result)
        if not which.any():  # the result is nan: then all nans share
            which = np.isnan(raw(input))
        parts = shares(which, axes, raw(grad).dtype)
        return spread_over(grad, shape=shape, axes=axes) * like(grad, parts)

    return result, derivative


def _of_all(name, kind, ufunc, input):
    """The largest or smallest of all elements; nan wins, equal ones share the gradient."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    array = input._array
    must_have(name, array, None)
    refuse_kinds(f"{name}_all", array)
    return finish(kind, evenly(array, np.asarray(ufunc.reduce(array, None))), (input,))


_MAX_KINDS = Kind("MaxBackward0", ["input", "indices"], once=True), Kind("MaxBackward1", ["input"])
_MAX = return_type("max", "values", "indices")


def _one_of(name, keepdim, *given):
    """The one argument that was given; None if none was.

    TypeError if there were several, and for `keepdim` without a dim.
    """
    found = [x for x in given if x is not None]
    if len(found) > 1:
        raise TypeError(f"{name}() received an invalid combination of arguments: dim and another")
    if keepdim and (not found or isinstance(found[0], Tensor)):
        raise TypeError(f"{name}() received an invalid combination of arguments: no dim")
    return found[0] if found else None


@takes_out
@method("max")
def max(input, dim=None, keepdim=False, *, other=None, axis=None, keepdims=False):
    """The largest element; with `dim`, (values, indices) along it; of two tensors, elementwise.

    nan counts as the largest. Of equal elements the index is that of the first. Over all dims,
    equal elements share the gradient. Mirrors torch.max.
    """
    keepdim = keepdim or keepdims
    dim = _one_of("max", keepdim, dim, axis, other)
    if isinstance(dim, Tensor):
        return maximum(input, dim)
    if dim is None:
        return _of_all("max", _MAX_KINDS[1], np.maximum, input)
    array, axis = along("max", input, dim)
    index = _index_of(np.argmax, array, axis)
    return chosen(_MAX_KINDS[0], _MAX, input, index, axis, keepdim)


_MIN_KINDS = Kind("MinBackward0", ["input", "indices"], once=True), Kind("MinBackward1", ["input"])
_MIN = return_type("min", "values", "indices")


@takes_out
@method("min")
def min(input, dim=None, keepdim=False, *, other=None, axis=None, keepdims=False):
    """The smallest element; with `dim`, (values, indices) along it; of two tensors, elementwise.

    See max. Mirrors torch.min.
    """
    keepdim = keepdim or keepdims
    dim = _one_of("min", keepdim, dim, axis, other)
    if isinstance(dim, Tensor):
        return minimum(input, dim)
    if dim is None:
        return _of_all("min", _MIN_KINDS[1], np.minimum, input)
    array, axis = along("min", input, dim)
    index = _index_of(np.argmin, array, axis)
    return chosen(_MIN_KINDS[0], _MIN, input, index, axis, keepdim)


def _arg(name, function, input, dim, keepdim):
    """What argmax and argmin have in common."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    array = input._array
    if array.dtype.kind in "bc":
        kind = "bool" if array.dtype.kind == "b" else "complex"
        raise RuntimeError(f"{name}(): does not support {kind} input")
    if dim is None:
        if not array.size:
            raise IndexError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
            )
        index = np.asarray(function(array), np.int64)
        return wrap(index.reshape((1,) * array.ndim) if keepdim else index)
    array, axis = along(name, input, dim)
    index = np.asarray(index_along(function, array, axis) if array.ndim else 0, np.int64)
    return wrap(index if keepdim or not array.ndim else index.squeeze(axis))


@takes_out
@method("argmax")
def argmax(input, dim=None, keepdim=False):
    """The index of the largest element, the first of equal ones: of all in reading order, or along
    `dim`. nan counts as the largest. Mirrors torch.argmax."""
    return _arg("argmax", np.argmax, input, dim, keepdim)


@takes_out
@method("argmin")
def argmin(input, dim=None, keepdim=False):
    """The index of the smallest element; see argmax. Mirrors torch.argmin."""
    return _arg("argmin", np.argmin, input, dim, keepdim)


_AMINMAX = Kind("AminmaxBackward0", ["input"])
_PAIR = return_type("aminmax", "min", "max")


@takes_out
@method("aminmax")
def aminmax(input, *, dim=None, keepdim=False):
    """The smallest and the largest element, over all dims or over one. Mirrors torch.aminmax."""
    if not isinstance(input, Tensor):
        must_be_tensor("aminmax", ["input"], (input,))
    refuse_kinds("aminmax_cpu", input._array)
    axes = reduced_axes(dim, input._array.ndim)
    if 0 in [input._array.shape[axis] for axis in axes]:
        if dim is not None:
            raise IndexError(f"aminmax: Expected reduction dim {dim} to have non-zero size.")
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
            "identity."
        )
    bodies = (amin.__wrapped__, amax.__wrapped__)
    return _PAIR(*[finish(_AMINMAX, f(input._array, axes, keepdim), (input,)) for f in bodies])
