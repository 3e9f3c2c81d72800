# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% copy
"""Writing into tensors: `copy_`, `fill_`, `zero_`, `x[...] = value`, and `out=`."""

import warnings

import numpy as np

from .autograd.node import fit_to
from .autograd.rewrite import check_write, overwritten
from .indexing import index_parts, read, settled
from .inplace import modify, write
from .inplace_views import resize
from .operations import NUMBERS, check_broadcast, pointwise, recording
from .tensors import Tensor, element_strides, method, wrap
from .two_way import like, two_way
from .write_checks import check_overlap, check_target


@pointwise(node="CopyBackwards")
def _copied(input, other):
    shape = np.broadcast_shapes(input.shape, other.shape)
    return np.broadcast_to(other, shape), overwritten, lambda grad: grad


@method("copy_")
def _copy_(tensor, src, non_blocking=False):
    """Write the numbers of `src`, which may broadcast, into the tensor; any dtype will do."""
    if isinstance(src, NUMBERS):
        src = wrap(np.asarray(src))
    if not isinstance(src, Tensor):
        raise TypeError(
            f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}"
        )
    recorded = tensor._array.dtype.kind in "fc"  # else no history is looked at
    if recording.enabled and (tensor.requires_grad or src.requires_grad):
        check_write(tensor)
    check_broadcast(tensor._array, src._array)
    if src is not tensor:
        check_target(tensor._array, np.broadcast_shapes(tensor.shape, src.shape))
    src = src if recorded else wrap(src._array)
    return modify(tensor, _copied, src, checked=False, recorded=recorded)


# %% fill
def _filled(input, value):
    return np.broadcast_to(value, input.shape), overwritten, lambda grad: grad


_fill_number = pointwise(node="FillBackward2")(_filled)
_fill_tensor = pointwise(node="FillBackward3")(_filled)


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
    if not isinstance(value, Tensor):
        return modify(tensor, _fill_number, value, checked=False)
    check_target(tensor._array, tensor._array.shape)
    return modify(tensor, _fill_tensor, value, checked=False)


@method("zero_")
def _zero_(tensor):
    """Write zeros into every place."""
    return modify(tensor, _zeroed, checked=False)


# %% put
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
    if key is not None and recording.enabled and (view.requires_grad or value.requires_grad):
        check_write(view)
        key = settled(key)
    if key is not None and value.dtype is not tensor.dtype:
        if not view._array.size:
            read(view._array, key)  # an index into nothing is reported first
        names = [x.type().split(".")[-1].removesuffix("Tensor") for x in (tensor, value)]
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{names[0]} for the destination and {names[1]} for the source."
        )
    if key is not None:
        if value._array.size or value._array.shape[:1] != (1,):  # else it is another window
            check_overlap(view._array, value._array, same_is_fine=False)
        modify(view, _index_put, value, checked=False, key=key)
    elif value.ndim:
        value = _without_leading_ones(value, view.ndim)
        view.copy_(value if value.shape == view.shape else value.expand(view.shape))
    else:
        view.fill_(value)


# %% set-item-helpers
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
    _check_out(name, result.dtype, out.dtype)
    before, shape = list(out._array.shape), result._array.shape
    if tuple(before) != shape:
        if out._array.size:
            warnings.warn(_RESIZED.format(before, list(shape)), stacklevel=4)
        resize(out, shape, element_strides(result._array) if result._array.size else None)
    write(out, result._array)
    return out


_RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match "
    "the required output shape {}. This behavior is deprecated, and in a future PyTorch release "
    "outputs will not be resized unless they have zero elements. You can explicitly reuse an out "
    "tensor t by resizing it, inplace, to zero elements with t.resize_(0)."
)


# %% check-out
_EXACT = "Expected out tensor to have dtype {0}, but got {1} instead"
_SCALAR = "expected scalar_type {2} but found {3}"
_TRUTH = "{4} only supports bool tensor for result, got: {3}"
_MATCH = (
    "Expected the dtype for input and out to match, but got {2} for input's dtype and {3} for "
    "out's dtype."
)
_SAME = "{4}(): self and result must have the same scalar type"
_WORDS = {"amax": _MATCH, "amin": _MATCH, "all": _TRUTH, "any": _TRUTH}
_WORDS |= dict.fromkeys(("cummax", "cummin", "logcumsumexp"), _SCALAR)
_WORDS |= dict.fromkeys(("index_select", "masked_select"), _SAME)
_EXACTLY = """
addbmm addmm addmv aminmax argmax argmin baddbmm bmm cross diag gather index_add index_copy
index_reduce kthvalue log_softmax matmul max median min mm mode msort mv nanmedian norm scatter
scatter_add scatter_reduce softmax sort topk tril triu
"""
_WORDS |= dict.fromkeys(_EXACTLY.split(), _EXACT)
_WORDS |= {
    "quantile": "quantile() out tensor must be same dtype as the input tensor",
    "nonzero": "nonzero: Expected out tensor to have scalar type {2} but got scalar type{3}",
    "take": "take(): self and out expected to have the same dtype, but got self.dtype = {2} and "
    "out.dtype = {3}",
}
_IN_C = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "complex64":
    "c10::complex<float>", "complex128": "c10::complex<double>", "int8": "signed char",
    "int16": "short int", "int32": "int", "int64": "long int", "uint8": "unsigned char",
}  # fmt: skip


def _check_out(name, found, given):
    """RuntimeError where an operation takes no tensor of this dtype as `out`, in its own words."""
    if name in _WORDS and found is not given:
        names = [_IN_C.get(d.name, d.name) for d in (found, given)]
        names += [d.legacy_name.removesuffix("Tensor") for d in (found, given)]
        raise RuntimeError(_WORDS[name].format(*names, name))


# %% public names
__all__ = []
