"""Many numbers become one: sum, mean, prod, var, std, all, any, over all dims or over some."""

import math

import numpy as np

from .._core.arguments import cast, check_dim, converted, named_once
from .._core.calls import answering
from .._core.dispatch import Kind, finish, must_be_tensor, raw, takes_out, two_way
from .._core.dtype import type_name
from .._core.keeping import keeping
from .._core.numpy_warnings import quiet
from .._core.reduction import (
    average,
    contiguous_result,
    no_integers,
    reduced_axes,
    reduction,
    spread_over,
    total,
)
from .._core.tensor import Tensor, method, wrap


@method("sum")
@reduction()
def sum(input, axes, keepdim):
    """The sum over all dims or over `dim`; of integers and bools, an int64. Mirrors torch.sum."""
    if input.dtype.kind in "iub":
        return total(input, axes, keepdim, np.int64)
    shape = input.shape
    return total(input, axes, keepdim), lambda grad: spread_over(grad, shape=shape, axes=axes)


@method("mean")
@reduction(refuse=no_integers)
def mean(input, axes, keepdim):
    """The mean over all dims or over `dim`; nan where there is nothing. Mirrors torch.mean.

    RuntimeError for integers and bools: their mean is not an integer. Convert, or say `dtype`.
    """
    shape, (result, count) = input.shape, average(input, axes, keepdim)
    return result, lambda grad: spread_over(grad / count, shape=shape, axes=axes)


def _truth(ufunc, input, axes, keepdim):
    """What all and any have in common: a bool, or a uint8 for those."""
    result = ufunc.reduce(input, axes, np.bool_, None, keepdim)
    return np.asarray(result).astype(np.uint8 if input.dtype == np.uint8 else np.bool_, copy=False)


@method("all")
@reduction(converts=False)
def all(input, axes, keepdim):
    """Whether every element is true, that is not 0; of nothing, True. Mirrors torch.all."""
    return _truth(np.logical_and, input, axes, keepdim)


@method("any")
@reduction(converts=False)
def any(input, axes, keepdim):
    """Whether some element is true, that is not 0; of nothing, False. Mirrors torch.any."""
    return _truth(np.logical_or, input, axes, keepdim)


def _variance(input, axes, keepdim, correction):
    """The mean squared distance from the mean, and the count it was divided by."""
    count = math.prod([input.shape[axis] for axis in axes])
    wide = input.astype(np.float32) if input.dtype == np.float16 else input
    away = wide - total(wide, axes, True) / count
    if input.dtype.kind == "c":
        squares = (away * away.conj()).real
    else:
        squares = np.multiply(away, away, out=away if away.ndim else None)
    divisor = count - correction
    mean = np.divide(total(squares, axes, keepdim), divisor if divisor > 0 else 0)
    return np.asarray(contiguous_result(mean)), divisor


def dim_or_axis(dim, axis):
    """What was given of the two, which mean the same; TypeError for both, and a bool as `axis`."""
    if isinstance(axis, bool):
        raise TypeError("argument 'axis' must be tuple of ints, not bool")
    return named_once(dim, axis)


def variance_options(name, input, dim, unbiased, correction):
    """The axes and the correction that the arguments of var and std mean."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    if input._array.dtype.kind not in "fc":
        names = name if "_" in name else "std and var"
        raise RuntimeError(f"{names} only support floating point and complex dtypes")
    if isinstance(dim, bool):  # std(False): the one positional argument may be `unbiased`
        if unbiased is not None:
            raise TypeError(f"{name}(): argument 'dim' must be int, not bool")
        dim, unbiased = None, dim
    unbiased = True if unbiased is None else unbiased
    return reduced_axes(dim, input._array.ndim), int(unbiased) if correction is None else correction


def var_body(input, axes, keepdim, correction):
    """The variance over `axes`, and its derivative."""
    result, divisor = _variance(input, axes, keepdim, correction)
    shape, doubled = input.shape, 2 / divisor if divisor else math.inf

    def derivative(grad):
        away = input - input.mean(axis=axes, keepdims=True)
        return spread_over(grad * doubled, shape=shape, axes=axes) * away

    return result.astype(input.real.dtype, copy=False), derivative


def std_body(input, axes, keepdim, correction):
    """The standard deviation over `axes`, and its derivative; 0 where all elements are equal."""
    variance, divisor = _variance(input, axes, keepdim, correction)
    result, shape = np.sqrt(variance).astype(input.real.dtype, copy=False), input.shape

    def derivative(grad):
        away = input - input.mean(axis=axes, keepdims=True)
        zero = result == 0
        scaled = grad * ~zero / ((result + zero) * divisor)
        return spread_over(scaled, shape=shape, axes=axes) * away

    return result, derivative


_VAR = Kind("VarBackward0", ["input"], holomorphic=False)
_STD = Kind("StdBackward0", ["input"], holomorphic=False)


@takes_out
@method("var")
@quiet
def var(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, axis=None, keepdims=False
):
    """The variance over all dims or over `dim`: the mean squared distance from the mean.

    The sum of squares is divided by the count less `correction`, 1 unless given (`unbiased=False`
    means 0). nan where that leaves nothing. RuntimeError for integers. Mirrors torch.var.
    """
    dim = dim_or_axis(dim, axis)
    axes, correction = variance_options("var", input, dim, unbiased, correction)
    return finish(_VAR, var_body(input._array, axes, keepdim or keepdims, correction), (input,))


@takes_out
@method("std")
@quiet
def std(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, axis=None, keepdims=False
):
    """The standard deviation: the square root of the variance. Mirrors torch.std; see var."""
    dim = dim_or_axis(dim, axis)
    axes, correction = variance_options("std", input, dim, unbiased, correction)
    return finish(_STD, std_body(input._array, axes, keepdim or keepdims, correction), (input,))


@quiet
def _with_mean(name, body, input, dim, unbiased, keepdim, correction):
    """A spread_over and the mean over the same dims; both nodes bear the name of the pair."""
    axes, correction = variance_options(name, input, dim, unbiased, correction)
    kind = Kind("".join(part.capitalize() for part in name.split("_")) + "Backward0", ["input"])
    found = finish(kind, body(input._array, axes, keepdim, correction), (input,))
    average = contiguous_result(mean.__wrapped__(input._array, axes, keepdim))
    return found, finish(kind, average, (input,))


@answering
def var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """The variance and the mean over all dims or over `dim`. Mirrors torch.var_mean; see var."""
    return _with_mean("var_mean", var_body, input, dim, unbiased, keepdim, correction)


@answering
def std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """The standard deviation and the mean. Mirrors torch.std_mean; see std."""
    return _with_mean("std_mean", std_body, input, dim, unbiased, keepdim, correction)


@method("nansum")
@reduction(node="NansumBackward0")
def nansum(input, axes, keepdim):
    """The sum of all elements that are not nan. Mirrors torch.nansum."""
    if input.dtype.kind in "iub":
        return total(input, axes, keepdim, np.int64)
    _no_complex(input)
    valid, shape = ~np.isnan(input), input.shape
    result = total(np.where(valid, input, input.dtype.type(0)), axes, keepdim)
    return result, keeping(lambda grad: spread_over(grad, shape=shape, axes=axes) * valid, input)


def _no_complex(array):
    if array.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")


@method("nanmean")
@reduction(node="DivBackward0")
def nanmean(input, axes, keepdim):
    """The mean of all elements but nan; RuntimeError for integers. Mirrors torch.nanmean."""
    if input.dtype.kind not in "fc":
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            + type_name(input.dtype)
        )
    _no_complex(input)
    valid, shape = ~np.isnan(input), input.shape
    sums = total(np.where(valid, input, input.dtype.type(0)), axes, keepdim)
    fixed_count = np.add.reduce(valid, axes, input.dtype, None, keepdim)

    def derivative(grad):
        return spread_over(grad / fixed_count, shape=shape, axes=axes) * valid

    return sums / fixed_count, keeping(derivative, input)


@method("count_nonzero")
def count_nonzero(input, dim=None):
    """How many elements are not 0, over all dims or over `dim`. Mirrors torch.count_nonzero."""
    if not isinstance(input, Tensor):
        must_be_tensor("count_nonzero", ["input"], (input,))
    axes = reduced_axes(dim, input._array.ndim)
    return wrap(np.asarray(contiguous_result(np.add.reduce(input._array != 0, axes, np.int64))))


@two_way
def without_each(input, *, axis):
    """n copies of `input` along a new axis, copy i with a 1 in place of element i."""
    shape = [1] * (input.ndim + 1)
    shape[axis] = shape[axis + 1] = input.shape[axis]
    one = np.eye(input.shape[axis], dtype=input.dtype).reshape(shape)
    fixed_others = 1 - one
    result = np.expand_dims(input, axis) * fixed_others + one
    return result, lambda g: (g * fixed_others).sum(axis=axis)


def _others(input, axis):
    """For each element, the product of all the others along `axis`.

    On arrays by running products from both ends; on tensors by leaving one out n times, which
    takes more memory but can be differentiated again.
    """
    if isinstance(input, Tensor):
        return without_each(input, axis=axis).prod(axis + 1)
    ones = np.ones_like(input.take([0], axis))
    before = np.cumprod(np.concatenate([ones, input], axis), axis)
    after = np.cumprod(np.concatenate([ones, np.flip(input, axis)], axis), axis)
    size = input.shape[axis]
    return before.take(range(size), axis) * np.flip(after.take(range(size), axis), axis)


def _product(input, axis, keepdim):
    """The product along one axis, or of all where it is None."""
    kind = np.int64 if input.dtype.kind in "iub" else None
    result = np.asarray(contiguous_result(np.multiply.reduce(input, axis, kind, None, keepdim)))
    axes = tuple(range(input.ndim)) if axis is None else (axis,)
    shape = input.shape

    def derivative(grad):
        if not shape:
            return grad.copy() if isinstance(grad, np.ndarray) else grad * 1
        if raw(input).all():
            return spread_over(grad * result, shape=shape, axes=axes) / input
        if axis is None:
            others = _others(input.reshape(-1), 0).reshape(shape)
        else:
            others = _others(input, axis)
        return spread_over(grad, shape=shape, axes=axes) * others

    return (result, keeping(derivative, input, result)) if kind is None else result


_PROD_KINDS = Kind("ProdBackward0", ["input"]), Kind("ProdBackward1", ["input"])


@takes_out
@method("prod")
@quiet
def prod(input, dim=None, keepdim=False, *, dtype=None, axis=None, keepdims=False):
    """The product of all elements or along `dim`, an int; integers and bools give int64.

    The gradient is the product of all others, right with zeros, too. Mirrors torch.prod.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("prod", ["input"], (input,))
    dim = dim_or_axis(dim, axis)
    if dim is None and (keepdim or keepdims):
        raise TypeError("prod() received an invalid combination of arguments: no dim")
    array, fits = converted(input, dtype)
    axis = None if dim is None else check_dim(dim, array.ndim)
    axis = axis if array.ndim else None
    returned = _product(array, axis, keepdim or keepdims)
    if dtype is not None and type(returned) is not tuple:
        returned = cast(np.asarray(returned), dtype.numpy)
    return finish(_PROD_KINDS[dim is not None], returned, (input,), fits)
