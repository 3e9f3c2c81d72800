"""What reductions have in common: which dims they go over, how they add, what they refuse."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._kernels import kernel, switch
from .arguments import NOT_GIVEN, cast, check_dim, must_differ, reduction_argument
from .dispatch import Kind, finish, finish_quickly, node_name, two_way
from .dtype import type_name
from .layout import in_reading_order, with_layout
from .numpy_warnings import quiet
from .signature import signature_of, takes, with_none, without
from .tensor import contiguous_strides


@kernel
def stretched(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """`array` seen as a larger shape; no memory is filled: it is one number seen many times."""
    return np.broadcast_to(array, shape)


# %% lesson 19 sums
def reduced_axes(dim, ndim):
    """The axes, a tuple, that `dim` names: an int, or several; None and () name all of them."""
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    if dim is None or not dims:
        return tuple(range(ndim))
    axes = [check_dim(d, ndim) for d in dims]
    must_differ(axes)
    return tuple(axes) if ndim else ()


@two_way
def spread_over(grad, *, shape, axes):
    """The way back from a sum over `axes`: every element of `shape` gets the gradient of its sum.

    `grad` has dims of size 1 in place of the axes (`keepdim`), or lacks them.
    """
    keepdims = grad.ndim == len(shape)
    kept = grad.reshape([1 if axis in axes else size for axis, size in enumerate(shape)])
    return stretched(kept, shape), lambda outer: outer.sum(axis=axes, keepdims=keepdims)


# %% end


# %% lesson 19 totals
@kernel
def total(array, axes, keepdims=False, dtype=None):
    """The sum over `axes`, in `array.dtype`, added up in a wider one. For ints, `dtype` decides."""
    wider = {"float16": np.float32, "float32": np.float64, "complex64": np.complex128}
    if dtype is not None or array.dtype.name not in wider:
        return array.sum(axes, dtype, keepdims=keepdims)
    return array.sum(axes, wider[array.dtype.name], keepdims=keepdims).astype(array.dtype)


def average(array, axes, keepdims=False):
    """The mean over `axes`, in `array.dtype`, and of how many numbers."""
    count = math.prod([array.shape[axis] for axis in axes])
    wide = array.astype(np.float32) if array.dtype == np.float16 else array  # sums can be large
    return (total(wide, axes, keepdims) / count).astype(array.dtype, copy=False), count


# %% end


def no_integers(array: np.ndarray, dim: Any) -> None:
    """RuntimeError for integers and bools, whose mean is not one of them."""
    if array.dtype.kind in "iub":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or "
            f"complex dtype. Got: {type_name(array.dtype)}"
        )


def contiguous_result(returned: Any) -> Any:
    """What a body returned, its result contiguous: NumPy would keep the order of the input.

    With its derivatives or without; a number is left as it is.
    """
    result = returned[0] if type(returned) is tuple else returned
    if not isinstance(result, np.ndarray) or in_reading_order(result):
        return returned
    result = with_layout(result, contiguous_strides(result.shape))
    return (result, *returned[1:]) if type(returned) is tuple else result


def must_have(name: str, array: np.ndarray, dim: Any) -> None:
    """An error where `name` is asked of nothing at all, because of `dim`."""
    if array.size:
        return
    if dim is None:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument."
        )
    for axis in dim if isinstance(dim, (tuple, list)) else (dim,):
        if -array.ndim <= axis < array.ndim and not array.shape[axis]:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


def asked_dim(name: str, dim: Any, axis: Any, keepdim: Any, out: Any = NOT_GIVEN) -> Any:
    """The dims that a reduction goes over, None for all; `axis` is NumPy's word for them.

    TypeError for both, and where a function wants to be told the dims as well.
    """
    if dim is NOT_GIVEN and axis is NOT_GIVEN:
        if (keepdim and name in _TOLD) or (out is not NOT_GIVEN and name == "sum"):
            raise TypeError(f"{name}() received an invalid combination of arguments: no dim")
        return None
    if dim is not NOT_GIVEN and axis is not NOT_GIVEN:
        raise TypeError(f"{name}() got multiple values for argument 'dim'")
    return axis if dim is NOT_GIVEN else dim


_TOLD = {"sum", "mean"}  # without a dim these have no `keepdim`


def reduction(
    node: str | None = None,
    refuse: Callable[[np.ndarray, Any], None] | None = None,
    converts: bool = True,
) -> Callable[..., Any]:
    """Decorator: make a function `(array, axes, keepdim)` a reduction of tensors.

    The function returns its result and its derivative. The operation takes `dim` (None, an int or
    several) and `keepdim`, or NumPy's words `axis` and `keepdims`; unless it never
    `converts`, it takes `dtype` and converts to that first. Nodes are called after the function,
    ...Backward0 over all dims and ...Backward1 over some. `refuse(array, dim)` may raise first.
    """

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        name, compute = body.__name__, quiet(body)
        whole = Kind(node or node_name(body), ["input"], operation=name)
        some = Kind(node or whole.name[:-1] + "1", ["input"], operation=name)

        def function(
            input: Any,
            dim: Any = NOT_GIVEN,
            keepdim: Any = False,
            *,
            dtype: Any = NOT_GIVEN,
            axis: Any = NOT_GIVEN,
            keepdims: bool = False,
            out: Any = NOT_GIVEN,
        ) -> Any:
            dim = asked_dim(name, dim, axis, keepdim or keepdims, out)
            out = None if out is NOT_GIVEN else out
            array, fits, dim, dtype = reduction_argument(
                name, input, dim, dtype, out, converts, refuse
            )
            axes = reduced_axes(dim, array.ndim)
            returned = contiguous_result(compute(array, axes, keepdim or keepdims))
            if dtype is not None and type(returned) is not tuple:
                returned = cast(np.asarray(returned), dtype.numpy)
            kind = whole if dim is None else some
            if fits is out is None and type(returned) is tuple and not switch.plain:
                return finish_quickly(kind, returned, (input,))
            return finish(kind, returned, (input,), fits, out)

        taken = with_none(signature_of(function), NOT_GIVEN)
        takes(function, taken if converts else without(taken, "dtype"))
        return functools.update_wrapper(function, body)

    return decorate
