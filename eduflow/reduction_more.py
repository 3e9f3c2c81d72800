# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% var-mean
"""More reductions: pairs of them, reductions that skip nan, and counts."""

import numpy as np

from .extremes import amax, amin, return_type
from .operations import Kind, finish, must_be_tensor, takes_out
from .reducing import reduced_axes, reduction, total
from .reduction import _spread, mean
from .refusals import refuse_kinds, type_name
from .tensors import Tensor, method, wrap
from .variance import std_body, var_body, variance_options


def _with_mean(name, body, input, dim, unbiased, keepdim, correction):
    """A _spread and the mean over the same dims; both nodes bear the name of the pair."""
    axes, correction = variance_options(name, input, dim, unbiased, correction)
    kind = Kind("".join(part.capitalize() for part in name.split("_")) + "Backward0", ["input"])
    found = finish(kind, body(input._array, axes, keepdim, correction), (input,))
    return found, finish(kind, mean.__wrapped__(input._array, axes, keepdim), (input,))


def var_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None):
    """The variance and the mean over all dims or over `dim`. Mirrors torch.var_mean; see var."""
    return _with_mean("var_mean", var_body, input, dim, unbiased, keepdim, correction)


def std_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None):
    """The standard deviation and the mean. Mirrors torch.std_mean; see std."""
    return _with_mean("std_mean", std_body, input, dim, unbiased, keepdim, correction)


# %% nansum
@reduction(node="NansumBackward0")
def nansum(input, axes, keepdim):
    """The sum of all elements that are not nan. Mirrors torch.nansum."""
    if input.dtype.kind in "iub":
        return total(input, axes, keepdim, np.int64)
    _no_complex(input)
    valid, shape = ~np.isnan(input), input.shape
    result = total(np.where(valid, input, input.dtype.type(0)), axes, keepdim)
    return result, lambda grad: _spread(grad, shape=shape, axes=axes) * valid


def _no_complex(array):
    if array.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")


# %% nanmean
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
    return (
        sums / fixed_count,
        lambda grad: _spread(grad / fixed_count, shape=shape, axes=axes) * valid,
    )


# %% count-nonzero
@method("count_nonzero")
def count_nonzero(input, dim=None):
    """How many elements are not 0, over all dims or over `dim`. Mirrors torch.count_nonzero."""
    if not isinstance(input, Tensor):
        must_be_tensor("count_nonzero", ["input"], (input,))
    axes = reduced_axes(dim, input._array.ndim)
    return wrap(np.asarray(np.add.reduce(input._array != 0, axes, np.int64)))


# %% aminmax
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


# %% trace
_TRACE = Kind("TraceBackward0", ["input"])


@method("trace")
def trace(input):
    """The sum of a matrix's diagonal. Mirrors torch.trace."""
    if not isinstance(input, Tensor):
        must_be_tensor("trace", ["input"], (input,))
    array = input._array
    if array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {array.ndim}")
    refuse_kinds("trace", array, "b")
    diagonal = array.diagonal()
    fixed_eye, shape = np.eye(*array.shape, dtype=array.dtype), array.shape
    if array.dtype.kind in "iub":
        return wrap(np.asarray(diagonal.sum(dtype=np.int64)))
    returned = (
        np.asarray(total(diagonal, (0,))),
        lambda grad: _spread(grad, shape=shape, axes=(0, 1)) * fixed_eye,
    )
    return finish(_TRACE, returned, (input,))


# %% dist
@method("dist")
def dist(input, other, p=2):
    """The norm of order `p` of `input - other`, which may broadcast. Mirrors torch.dist."""
    difference = input - other
    if not (difference.is_floating_point() or difference.is_complex()):
        raise RuntimeError(
            "norm(): input dtype should be either floating point or complex. Got "
            f"{type_name(difference._array.dtype)} instead."
        )
    return difference.norm(p)


# %% public names
__all__ = ["aminmax", "count_nonzero", "dist", "nanmean", "nansum", "std_mean", "trace", "var_mean"]
