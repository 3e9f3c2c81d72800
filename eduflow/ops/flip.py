"""Copies in another order: flip, roll and rot90."""

import numpy as np

from .._core.arguments import check_dim, positional_or_named
from .._core.calls import answering
from .._core.dispatch import two_way
from .._core.layout import like_input
from .._core.tensor import method
from .._words.shape import distinct_dims, sizes_of


@two_way
def _flip(input, *, dims):
    dims = dims if input.ndim else ()
    return like_input(np.flip(input, dims).copy(), input), lambda grad: _flip(grad, dims=dims)


@answering
def flip(input, dims):
    """A copy with the order along the given dims reversed (PyTorch has no negative strides)."""
    if not isinstance(dims, (tuple, list)):
        raise TypeError(
            f"flip(): argument 'dims' (position 2) must be tuple of ints, not {type(dims).__name__}"
        )
    dims = sizes_of("flip", (dims,), "dims")
    return _flip(input, dims=tuple(distinct_dims(dims, input.ndim)))


@method("flip")
def _flip_method(tensor, *order, dims=None):
    """A copy with the order along the given dims reversed; see eduflow.flip."""
    return flip(tensor, sizes_of("flip", positional_or_named("flip", order, dims, "dims"), "dims"))


@method("fliplr")
def fliplr(input):
    """A copy with left and right exchanged: flipped along dim 1."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@method("flipud")
def flipud(input):
    """A copy turned upside down: flipped along dim 0."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


@method("__reversed__")
def _reversed(tensor):
    return flip(tensor, (0,)) if tensor.ndim else tensor


@two_way
def _roll(input, *, shifts, dims):
    back = -shifts if dims is None else tuple([-shift for shift in shifts])
    if dims and not input.size:
        return like_input(input.copy(), input), lambda grad: grad
    result = np.array(np.roll(input, shifts, dims), order="C")
    return result, lambda grad: _roll(grad, shifts=back, dims=dims)


@method("roll")
def roll(input, shifts, dims=None):
    """A copy with places moved on by `shifts` along `dims`; what falls out comes in at the front.

    Without dims the flat tensor is rolled. Mirrors torch.roll.
    """
    shifts = sizes_of("roll", (shifts,), "shifts")
    if not shifts:
        raise RuntimeError("`shifts` required")
    if dims is None or dims == ():
        if len(shifts) > 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:0")
        return _roll(input, shifts=shifts[0], dims=None)
    dims = sizes_of("roll", (dims,), "dims")
    if len(dims) != len(shifts):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    if not input._array.size:
        return _roll(input, shifts=shifts, dims=dims)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    dims = tuple([check_dim(dim, input.ndim) for dim in dims])
    return _roll(input, shifts=shifts, dims=dims)


@two_way
def _rot90(input, *, k, dims):
    turned = {1: dims[1:], 2: dims, 3: dims[:1]}.get(k % 4, ())
    result = np.flip(input, turned)
    result = like_input(result.copy(), input) if turned else np.array(result, order="C")
    result = result.swapaxes(*dims) if k % 2 else result
    return result, lambda grad: _rot90(grad, k=-k, dims=dims)


@method("rot90")
def rot90(input, k=1, dims=(0, 1)):
    """A copy turned by 90 degrees `k` times, from the first of two dims towards the second."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = [check_dim(dim, input.ndim) for dim in dims]
    if first == second:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    return _rot90(input, k=k, dims=(first, second))
