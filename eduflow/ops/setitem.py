"""Writing with brackets: `x[...] = value`, and index_put_."""

import numpy as np

from .._core.dispatch import like, recording, two_way
from .._core.dtype import bool as bool_
from .._core.dtype import uint8
from .._core.tensor import method
from .._words.index import is_whole, only_tensor, value_to_write
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


# %% lesson 19 setitem
@method("__setitem__")
def set_item(tensor, index, value):
    """`x[index] = value`: into a view, or place by place where lists and masks pick."""
    view, key = (tensor, None) if is_everything(index, tensor) else index_parts(tensor, index)
    value = value_to_write(value, tensor)
    if key is not None:
        write_places(view, key, value, only_tensor(index))
    elif value.ndim:
        view.copy_(filling_out(value, view.shape))
    else:
        view.fill_(value)


# %% end


def write_places(view, key, value, index):
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


def filling_out(value, shape):
    """`value` expanded to `shape`, without dims of size 1 in front that are too many."""
    extra = value.ndim - len(shape)
    if extra > 0 and value.shape[:extra] == (1,) * extra:
        value = value.reshape(value.shape[extra:])
    return value if value.shape == shape else value.expand(shape)


def is_everything(index, tensor):
    """Whether an index plainly chooses all of `tensor`, as in `x[:] = 0`: then no view is made."""
    items, shape = index if isinstance(index, tuple) else (index,), tensor._array.shape
    parts = [item for item in items if isinstance(item, slice)]
    dots = [place for place, item in enumerate(items) if item is Ellipsis]
    if len(parts) + len(dots) < len(items) or len(parts) > len(shape) or len(dots) > 1:
        return False
    front = dots[0] if dots else len(items)
    sizes = shape[:front] + shape[len(shape) - len(parts) + front :]
    return all(is_whole(part, size) for part, size in zip(parts, sizes, strict=True))
