# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% copy
"""Writing into tensors: `copy_`, `fill_`, `zero_`, `x[...] = value`, and `out=`."""

import numpy as np

from .autograd.node import fit_to
from .autograd.rewrite import overwritten
from .indexing import index_parts, read
from .inplace import modify, write
from .operations import NUMBERS, check_broadcast, pointwise, recording
from .tensors import Tensor, method, wrap
from .two_way import like, two_way
from .write_checks import check_overlap, check_target


@pointwise(node="CopyBackwards")
def _copied(input, other):
    shape = np.broadcast_shapes(input.shape, other.shape)
    return np.broadcast_to(other, shape), overwritten, lambda grad: grad


@method("copy_")
def _copy_(tensor, src, non_blocking=False):
    """Write the numbers of `src`, which may broadcast, into the tensor; any dtype will do."""
    if not isinstance(src, Tensor):
        raise TypeError(
            f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}"
        )
    check_broadcast(tensor._array, src._array)
    if src is not tensor:
        check_target(tensor._array, np.broadcast_shapes(tensor.shape, src.shape))
    return modify(tensor, _copied, src, checked=False, recorded=tensor._array.dtype.kind in "fc")


# %% fill
@pointwise(node="FillBackward0")
def _filled(input, value):
    return np.broadcast_to(value, input.shape), overwritten, lambda grad: grad


@pointwise(node="ZeroBackward0")
def _zeroed(input):
    return np.zeros_like(input), overwritten


@method("fill_")
def _fill_(tensor, value):
    """Write one number, or a tensor without dims, into every place."""
    if isinstance(value, Tensor) and value._array.ndim:
        raise RuntimeError(
            "fill_ only supports 0-dimension value tensor but got tensor with "
            f"{value._array.ndim} dimensions."
        )
    if isinstance(value, Tensor):
        check_target(tensor._array, tensor._array.shape)
    return modify(tensor, _filled, value, checked=False)


@method("zero_")
def _zero_(tensor):
    """Write zeros into every place."""
    return modify(tensor, _zeroed, checked=False)


# %% put
@two_way
def _index_put(input, value, *, key):
    """`input` with the elements that `key` picks replaced by `value`, which may broadcast."""
    result, shape, dtype = input.copy(), value.shape, value.dtype
    try:
        result[key] = value
    except IndexError:
        read(input, key)  # says it in PyTorch's words
        raise
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing "
            f"result of shape {list(result[key].shape)}"
        ) from None
    zero = np.zeros((), dtype)
    return (
        result,
        lambda grad: _index_put(grad, like(grad, zero), key=key),
        lambda grad: fit_to(grad[key], shape, dtype),
    )


# %% set-item
@method("__setitem__")
def _set_item(tensor, index, value):
    """`x[index] = value`: the part that numbers and slices choose is a view, written by copy_.

    Lists, masks and index tensors pick element by element. The value may broadcast.
    """
    view, key = (tensor, None) if _is_everything(index) else index_parts(tensor, index)
    if isinstance(value, NUMBERS):
        value = wrap(np.asarray(value).astype(tensor._array.dtype))
    elif not isinstance(value, Tensor):
        raise TypeError(f"can't assign a {_type_name(value)} to a {tensor.type()}")
    elif key is not None and value.dtype is not tensor.dtype:
        if not view._array.size:
            read(view._array, key)  # an index into nothing is reported first
        names = [x.type().split(".")[-1].removesuffix("Tensor") for x in (tensor, value)]
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{names[0]} for the destination and {names[1]} for the source."
        )
    if key is not None:
        check_overlap(view._array, value._array, same_is_fine=False)
        modify(view, _index_put, value, checked=False, key=key)
    elif value.ndim:
        value = _without_leading_ones(value, view.ndim)
        view.copy_(value if value.shape == view.shape else value.expand(view.shape))
    else:
        view.fill_(value)


def _without_leading_ones(value, ndim):
    """`value` without dims of size 1 in front that the place it goes to does not have."""
    extra = value.ndim - ndim
    fits = extra > 0 and value.shape[:extra] == (1,) * extra
    return value.reshape(value.shape[extra:]) if fits else value


def _is_everything(index):
    """Whether an index chooses all there is, as in `x[:] = 0`: then no view is made."""
    return index is Ellipsis or (isinstance(index, slice) and index == slice(None))


def _type_name(value):
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


# %% out
@method("_receive")
def _receive(out, result, name):
    """Write a result into the tensor given as `out=`, which takes on its shape."""
    if recording.enabled and (result.requires_grad or out.requires_grad):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    if out._array.shape != result._array.shape:
        out._array = np.empty(result._array.shape, out._array.dtype)
    write(out, result._array)
    return out


# %% public names
__all__ = []
