"""One or the other, element by element: where, maximum, minimum, clamp; and `choose`."""

import numpy as np

from .._core import dtype as dtypes
from .._core.arguments import NOT_GIVEN, fitted, number_argument
from .._core.calls import answering
from .._core.dispatch import (
    Kind,
    check_broadcast,
    finish,
    meeting,
    must_be_tensor,
    place_into,
    pointwise,
    pointwise_fits,
    unusual_layout,
)
from .._core.dtype import promoted
from .._core.signature import signature_of, takes, with_none
from .._core.tensor import Tensor, method, wrap
from .._kernels import kernel
from .._words.operands import refuse_dtype, refuse_kinds


@kernel(tensors=True)
def choose(condition, yes, no):
    """`where` inside a derivative: of arrays and numbers, or of tensors if one of them is one."""
    if not any(isinstance(x, Tensor) for x in (condition, yes, no)):
        return np.where(condition, yes, no)
    known = condition if isinstance(condition, Tensor) else wrap(np.asarray(condition))
    return where(known, yes, no)


_WHERE = Kind("WhereBackward0", ("condition", "input", "other"))


def _select(condition, input, other):
    return (
        np.where(condition, input, other),
        None,  # a condition gets no gradient
        lambda grad: choose(condition, grad, 0.0),
        lambda grad: choose(condition, 0.0, grad),
    )


@answering
def where(condition, input=None, other=None, *, out=NOT_GIVEN):
    """`input` where the condition holds, else `other`: tensors or numbers. Mirrors torch.where.

    The condition is a bool tensor. With the condition alone: where it holds, as indices.
    """
    if input is None and other is None:
        if out is not NOT_GIVEN:
            raise TypeError("where() received an invalid combination of arguments: only `out`")
        return condition.nonzero(as_tuple=True)
    if input is None or other is None:
        raise TypeError("where() received an invalid combination of arguments: one of two is None")
    if condition.dtype not in (dtypes.bool, dtypes.uint8):
        legacy = condition.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {legacy}"
        )
    out = None if out is NOT_GIVEN else out
    inputs = (condition, input, other)
    must_be_tensor("where", _WHERE.parameters, inputs)
    arrays = (condition._array, *promoted((input, other)))
    for number in (input, other):
        if not isinstance(number, Tensor):
            fitted(number, arrays[1].dtype)
    check_broadcast(*arrays[1:], arrays[0])
    returned = _select(*arrays)
    layout = unusual_layout(inputs, arrays)
    fits = pointwise_fits(inputs, returned[0])
    made = finish(_WHERE, returned, inputs, fits, None, arrays, layout)
    return made if out is None else place_into(out, made, "where", inputs)


takes(where, with_none(signature_of(where), NOT_GIVEN))


@method("where")
def _where(tensor, condition, other):
    """This tensor where the condition holds, else `other`."""
    return where(condition, tensor, other)


@method("maximum")
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


@method("minimum")
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


@method("fmax")
@pointwise(numbers=False)
def fmax(input, other):
    """The larger of two, elementwise; of nan and a number, the number. Mirrors torch.fmax."""
    _no_complex("fmax", input)
    return (
        np.fmax(input, other),
        lambda grad: choose((input >= other) | (other != other), grad, 0.0),
        lambda grad: choose((input >= other) | (other != other), 0.0, grad),
    )


@method("fmin")
@pointwise(numbers=False)
def fmin(input, other):
    """The smaller of two, elementwise; of nan and a number, the number. Mirrors torch.fmin."""
    _no_complex("fmin", input)
    return (
        np.fmin(input, other),
        lambda grad: choose((input <= other) | (other != other), grad, 0.0),
        lambda grad: choose((input <= other) | (other != other), 0.0, grad),
    )


def _shared(grad, tie, lost):
    """Half of the gradient where two were equal, none to the one that lost."""
    return choose(lost, 0.0, choose(tie, grad / 2, grad))


def _no_complex(name, array):
    if array.dtype.kind == "c":
        raise RuntimeError(f"{name} not implemented for complex tensors.")


@pointwise(node="ClampBackward1")
def _clamp_numbers(input, *, min, max):
    refuse_kinds(f"clamp{'_max' * (min is None)}{'_min' * (max is None)}_scalar_cpu", input, "b")
    result = input if min is None else np.maximum(input, fitted(min, input.dtype))
    result = result.copy() if max is None else np.minimum(result, fitted(max, input.dtype))
    low, high = -np.inf if min is None else min, np.inf if max is None else max
    return result, lambda grad: choose((input >= low) & (input <= high), grad, 0.0)


@pointwise(node="ClampBackward0")
def _clamp_tensors(input, min, max):
    return (
        np.minimum(np.maximum(input, min), max),
        lambda grad: choose((input >= min) & (input <= max), grad, 0.0),
        lambda grad: choose((input < min) & (min < max), grad, 0.0),
        lambda grad: choose((input > max) | (max < min), grad, 0.0),
    )


def _range(dtype):
    """The smallest and the largest number of a dtype."""
    if dtype.is_floating_point:
        return -np.inf, np.inf
    return (
        (False, True)
        if dtype is dtypes.bool
        else (np.iinfo(dtype.numpy).min, np.iinfo(dtype.numpy).max)
    )


@method("clamp", "clip")
def clamp(input, min=None, max=None, *, out=None):
    """Cut to the range from `min` to `max`, two numbers or two tensors; one may be None.

    The gradient is 1 inside and at the borders, 0 outside. Raises RuntimeError where there is no
    border at all. Mirrors torch.clamp.
    """
    limits = [limit for limit in (min, max) if limit is not None]
    if not limits:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if any(isinstance(limit, complex) for limit in limits) and input.is_floating_point():
        raise RuntimeError("value cannot be converted to type double without overflow")
    if input.is_complex() or any(isinstance(limit, complex) for limit in limits):
        raise NotImplementedError("clamp is not supported for complex types")
    if not all(isinstance(limit, Tensor) for limit in limits):
        # a tensor without dims is a number beside a number
        return _clamp_numbers(
            meeting(input, min, max),
            min=None if min is None else number_argument("clamp", "min", 1, min),
            max=None if max is None else number_argument("clamp", "max", 2, max),
            out=out,
        )
    found = dtypes.result_dtype((input, *limits))
    kernel = "maximum_cpu" if max is None else "minimum_cpu" if min is None else "clamp_cpu"
    refuse_dtype(kernel, found.numpy, "c" if len(limits) == 1 else "bc")
    lowest, highest = _range(found)
    min, max = lowest if min is None else min, highest if max is None else max
    return _clamp_tensors(input, min, max, out=out)


clip = clamp


@method("clamp_min")
def clamp_min(input, min, *, out=None):
    """The larger of `input` and `min`, a number or a tensor. Mirrors torch.clamp_min."""
    if isinstance(min, Tensor):
        return _clamp_min_tensor(input, min, out=out)
    if isinstance(min, complex) or input.is_complex():
        raise NotImplementedError("clamp is not supported for complex types")
    return _clamp_min_number(meeting(input, min), min=min, out=out)


@pointwise(node="ClampMinBackward0")
def _clamp_min_number(input, *, min):
    refuse_kinds("clamp_min_scalar_cpu", input, "b")
    limit = fitted(min, input.dtype)
    return np.maximum(input, limit), lambda grad: choose(input >= min, grad, 0.0)


@pointwise(node="ClampMinBackward1")
def _clamp_min_tensor(input, min):
    refuse_kinds("maximum_cpu", input)
    return (
        np.maximum(input, min),
        lambda grad: choose(input >= min, grad, 0.0),
        lambda grad: choose(input < min, grad, 0.0),
    )


@method("clamp_max")
def clamp_max(input, max, *, out=None):
    """The smaller of `input` and `max`, a number or a tensor. Mirrors torch.clamp_max."""
    if isinstance(max, Tensor):
        return _clamp_max_tensor(input, max, out=out)
    if isinstance(max, complex) or input.is_complex():
        raise NotImplementedError("clamp is not supported for complex types")
    return _clamp_max_number(meeting(input, max), max=max, out=out)


@pointwise(node="ClampMaxBackward0")
def _clamp_max_number(input, *, max):
    refuse_kinds("clamp_max_scalar_cpu", input, "b")
    limit = fitted(max, input.dtype)
    return np.minimum(input, limit), lambda grad: choose(input <= max, grad, 0.0)


@pointwise(node="ClampMaxBackward1")
def _clamp_max_tensor(input, max):
    refuse_kinds("minimum_cpu", input)
    return (
        np.minimum(input, max),
        lambda grad: choose(input <= max, grad, 0.0),
        lambda grad: choose(input > max, grad, 0.0),
    )
