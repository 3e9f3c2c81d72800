# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% variance
"""How far numbers lie from their mean: variance and standard deviation."""

import math

import numpy as np

from .operations import Kind, finish, must_be_tensor, takes_out
from .reducing import reduced_axes, total
from .reduction import _spread
from .tensors import Tensor, method


def _variance(input, axes, keepdim, correction):
    """The mean squared distance from the mean, and the count it was divided by."""
    count = math.prod([input.shape[axis] for axis in axes])
    wide = input.astype(np.float32) if input.dtype == np.float16 else input
    away = wide - total(wide, axes, True) / count
    squares = (away * away.conj()).real if input.dtype.kind == "c" else away * away
    divisor = count - correction
    return np.divide(total(squares, axes, keepdim), divisor if divisor > 0 else 0), divisor


def variance_options(name, input, dim, unbiased, correction):
    """The axes and the correction that the arguments of var and std mean."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    if input._array.dtype.kind not in "fc":
        names = name if "_" in name else "std and var"
        raise RuntimeError(f"{names} only support floating point and complex dtypes")
    if isinstance(dim, bool):  # std(False): the one positional argument may be `unbiased`
        dim, unbiased = None, dim
    return reduced_axes(dim, input._array.ndim), int(unbiased) if correction is None else correction


# %% var-body
def var_body(input, axes, keepdim, correction):
    """The variance over `axes`, and its derivative."""
    result, divisor = _variance(input, axes, keepdim, correction)
    shape, doubled = input.shape, 2 / divisor if divisor else math.inf

    def derivative(grad):
        away = input - input.mean(axis=axes, keepdims=True)
        return _spread(grad * doubled, shape=shape, axes=axes) * away

    return result.astype(input.real.dtype, copy=False), derivative


# %% std-body
def std_body(input, axes, keepdim, correction):
    """The standard deviation over `axes`, and its derivative; 0 where all elements are equal."""
    variance, divisor = _variance(input, axes, keepdim, correction)
    result, shape = np.sqrt(variance).astype(input.real.dtype, copy=False), input.shape

    def derivative(grad):
        away = input - input.mean(axis=axes, keepdims=True)
        zero = result == 0
        scaled = grad * ~zero / ((result + zero) * divisor)
        return _spread(scaled, shape=shape, axes=axes) * away

    return result, derivative


# %% var
_VAR = Kind("VarBackward0", ["input"], holomorphic=False)
_STD = Kind("StdBackward0", ["input"], holomorphic=False)


@takes_out
@method("var")
def var(
    input, dim=None, unbiased=True, keepdim=False, *, correction=None, axis=None, keepdims=False
):
    """The variance over all dims or over `dim`: the mean squared distance from the mean.

    The sum of squares is divided by the count less `correction`, 1 unless given (`unbiased=False`
    means 0). nan where that leaves nothing. RuntimeError for integers. Mirrors torch.var.
    """
    dim = axis if dim is None else dim
    axes, correction = variance_options("var", input, dim, unbiased, correction)
    return finish(_VAR, var_body(input._array, axes, keepdim or keepdims, correction), (input,))


# %% std
@takes_out
@method("std")
def std(
    input, dim=None, unbiased=True, keepdim=False, *, correction=None, axis=None, keepdims=False
):
    """The standard deviation: the square root of the variance. Mirrors torch.std; see var."""
    dim = axis if dim is None else dim
    axes, correction = variance_options("std", input, dim, unbiased, correction)
    return finish(_STD, std_body(input._array, axes, keepdim or keepdims, correction), (input,))


# %% public names
__all__ = ["std", "std_body", "var", "var_body", "variance_options"]
