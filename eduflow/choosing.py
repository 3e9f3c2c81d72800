# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% choose
"""One or the other, element by element: where, maximum, clamp."""

import numpy as np

from . import dtypes
from .arithmetic import _meeting
from .buffers import buffer_like
from .operations import (
    Kind,
    check_broadcast,
    finish,
    in_layout,
    must_be_tensor,
    pointwise,
    pointwise_fits,
    promoted,
)
from .tensors import Tensor, method, wrap


def _choose(condition, yes, no):
    """`where` inside a derivative, on arrays or on tensors."""
    if isinstance(condition, Tensor):
        return where(condition, yes, no)
    if type(no) is float and no == 0 and _is_plain(yes, condition):
        return _kept(yes, condition)
    if type(yes) is float and yes == 0 and _is_plain(no, condition):
        return _kept(no, ~condition)
    return np.where(condition, yes, no)


# %% choose-by-bits
_BITS = {"f4": np.int32, "f8": np.int64}


def _is_plain(values, condition):
    return (
        type(values) is np.ndarray
        and values.dtype.str[1:] in _BITS
        and values.ndim > 0
        and values.shape == condition.shape
    )


def _kept(values, condition):
    """`values` where the condition holds, else 0: by their bits, much faster than np.where."""
    bits = _BITS[values.dtype.str[1:]]
    ones = buffer_like(values).view(bits)
    ones = np.negative(condition.view(np.int8), dtype=bits, out=ones)  # -1 has all bits set
    return np.bitwise_and(ones, values.view(bits), out=ones).view(values.dtype)


_WHERE = Kind("WhereBackward0", ("condition", "input", "other"))


def _select(condition, input, other):
    return (
        np.where(condition, input, other),
        None,  # a condition gets no gradient
        lambda grad: _choose(condition, grad, 0.0),
        lambda grad: _choose(condition, 0.0, grad),
    )


# %% where
def where(condition, input=None, other=None, *, out=None):
    """`input` where the condition holds, else `other`: tensors or numbers. Mirrors torch.where.

    The condition is a bool tensor. With the condition alone: where it holds, as indices.
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype not in (dtypes.bool, dtypes.uint8):
        legacy = condition.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {legacy}"
        )
    inputs = (condition, input, other)
    must_be_tensor("where", _WHERE.parameters, inputs)
    arrays = (condition._array, *promoted((input, other)))
    check_broadcast(*arrays[1:], arrays[0])
    returned = _select(*arrays)
    if not all(array.flags.c_contiguous for array in arrays):
        returned = in_layout(returned, *arrays)
    return finish(_WHERE, returned, inputs, pointwise_fits(inputs, returned[0]), out)


@method("where")
def _where(tensor, condition, other):
    """This tensor where the condition holds, else `other`."""
    return where(condition, tensor, other)


# %% choose-by-array
def choose(condition, yes, no):
    """`yes` where the array `condition` holds, else `no`; one of them may be a number."""
    if isinstance(yes, Tensor) or isinstance(no, Tensor):
        return where(wrap(np.asarray(condition)), yes, no)
    return np.where(condition, yes, no)


# %% maximum
@pointwise(numbers=False)
def maximum(input, other):
    """The larger of two, elementwise; nan wins. Equals share the gradient.

    Mirrors torch.maximum.
    """
    _no_complex("maximum", input)
    return (
        np.maximum(input, other),
        lambda grad: _shared(grad, input == other, input < other),
        lambda grad: _shared(grad, input == other, other < input),
    )


@pointwise(numbers=False)
def minimum(input, other):
    """The smaller of two, elementwise; nan wins. Equals share the gradient.

    Mirrors torch.minimum.
    """
    _no_complex("minimum", input)
    return (
        np.minimum(input, other),
        lambda grad: _shared(grad, input == other, input > other),
        lambda grad: _shared(grad, input == other, other > input),
    )


# %% shared
def _shared(grad, tie, lost):
    """Half of the gradient where two were equal, none to the one that lost."""
    return _choose(lost, 0.0, _choose(tie, grad / 2, grad))


def _no_complex(name, array):
    if array.dtype.kind == "c":
        raise RuntimeError(f"{name} not implemented for complex tensors.")


# %% clamp-bodies
@pointwise(node="ClampBackward1")
def _clamp_numbers(input, *, min, max):
    result = input if min is None else np.maximum(input, np.array(min).astype(input.dtype))
    result = result.copy() if max is None else np.minimum(result, np.array(max).astype(input.dtype))
    low, high = -np.inf if min is None else min, np.inf if max is None else max
    return result, lambda grad: _choose((input >= low) & (input <= high), grad, 0.0)


@pointwise(node="ClampBackward0")
def _clamp_tensors(input, min, max):
    return (
        np.minimum(np.maximum(input, min), max),
        lambda grad: _choose((input >= min) & (input <= max), grad, 0.0),
        lambda grad: _choose((input < min) & (min < max), grad, 0.0),
        lambda grad: _choose((input > max) | (max < min), grad, 0.0),
    )


# %% range
def _range(dtype):
    """The smallest and the largest number of a dtype."""
    if dtype.is_floating_point:
        return -np.inf, np.inf
    return (
        (0, 1) if dtype is dtypes.bool else (np.iinfo(dtype.numpy).min, np.iinfo(dtype.numpy).max)
    )


# %% clamp
@method("clamp", "clip")
def clamp(input, min=None, max=None, *, out=None):
    """Cut to the range from `min` to `max`, two numbers or two tensors; one may be None.

    The gradient is 1 inside and at the borders, 0 outside. Raises RuntimeError where there is no
    border at all. Mirrors torch.clamp.
    """
    limits = [limit for limit in (min, max) if limit is not None]
    if not limits:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if input.is_complex():
        raise NotImplementedError("clamp is not supported for complex types")
    tensors = [isinstance(limit, Tensor) for limit in limits]
    if not any(tensors):
        return _clamp_numbers(_meeting(input, min, max), min=min, max=max, out=out)
    if not all(tensors):
        raise TypeError("clamp(): min and max must both be numbers or both be tensors")
    lowest, highest = _range(dtypes.result_dtype((input, *limits)))
    min, max = lowest if min is None else min, highest if max is None else max
    return _clamp_tensors(input, min, max, out=out)


clip = clamp


# %% public names
__all__ = ["choose", "clamp", "clip", "maximum", "minimum", "where"]
