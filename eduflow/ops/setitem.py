"""Writing with brackets: `x[...] = value`, and index_put_."""

import numpy as np

from .._core.arguments import computed
from .._core.dispatch import NUMBERS, like, recording, two_way
from .._core.dtype import bool as bool_
from .._core.dtype import uint8
from .._core.tensor import Tensor, method, wrap
from .._words.index import only_tensor
from .._words.inplace import check_overlap, repeats
from ..autograd.graph import fit_to
from ..autograd.inplace import check_write
from .index import filling, index_parts, read, settled
from .inplace import modify_apart


@two_way(once=True)
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
    fixed_zero = np.zeros((), dtype)
    return (
        result,
        lambda grad: _index_put(grad, like(grad, fixed_zero), key=key),
        lambda grad: fit_to(grad[key], shape, dtype),
    )


@method("__setitem__")
def _set_item(tensor, index, value):
    """`x[index] = value`: the part that numbers and slices choose is a view, written by copy_.

    Lists, masks and index tensors pick element by element. The value may broadcast.
    """
    view, key = (tensor, None) if _is_everything(index) else index_parts(tensor, index)
    if isinstance(value, NUMBERS):
        value = wrap(_number_in(value, tensor._array.dtype))
    elif not isinstance(value, Tensor):
        raise TypeError(f"can't assign a {_type_name(value)} to a {tensor.type()}")
    if key is not None:
        _write_places(view, key, value, only_tensor(index))
    elif value.ndim:
        value = _without_leading_ones(value, view.ndim)
        view.copy_(value if value.shape == view.shape else value.expand(view.shape))
    else:
        view.fill_(value)


def _write_places(view, key, value, index):
    """Write into the places that `key` picks; `index` is the one tensor it was made of, or None."""
    if recording.enabled and (view.requires_grad or value.requires_grad):
        check_write(view)
        key = settled(key)
    value = filling(key, value, view.dtype, index is not None and index.dtype is uint8)
    if value.dtype is not view.dtype:
        if not view._array.size:
            read(view._array, key)  # an index into nothing is reported first
        names = [x.type().split(".")[-1].removesuffix("Tensor") for x in (view, value)]
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{names[0]} for the destination and {names[1]} for the source."
        )
    if _masks_repeated(view, value, index):
        view.masked_fill_(index, value)
        return
    if value._array.size or value._array.shape[:1] != (1,):  # else it is another window
        check_overlap(view._array, value._array, same_is_fine=False)
    modify_apart(view, "index_put_", _index_put, value, checked=False, key=key)


def _masks_repeated(view, value, index):
    """Whether one number goes under a mask into elements that share memory: that may be done."""
    masked = index is not None and index.dtype is bool_ and index.shape == view.shape
    return masked and not value.ndim and repeats(view._array)


def _number_in(number, dtype):
    """The number to write as an array of NumPy's `dtype`; an error if it does not fit."""
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        raise ValueError("Overflow when unpacking long long")
    return computed(number, dtype)


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
