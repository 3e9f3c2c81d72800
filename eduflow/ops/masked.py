"""Masks: filling and picking where a tensor of bools says True; and where that is: nonzero."""

import numpy as np

from .._core.arguments import fitted
from .._core.dispatch import Kind, check_broadcast, finish, place_into, raw, takes_out, two_way
from .._core.dtype import type_name
from .._core.keeping import keeping
from .._core.tensor import Tensor, method, wrap
from .index import write_back

_MASKED_FILLS = [Kind(f"MaskedFillBackward{n}", ("input", "mask", "value"), False) for n in (0, 1)]


@two_way
def _where(grad, *, mask):
    """The gradient where the mask holds, zeros elsewhere."""
    result = np.where(mask, grad, grad.dtype.type(0))
    return result, lambda outer: _where(outer, mask=mask)


@method("masked_fill")
def masked_fill(input, mask, value):
    """A copy of `input` with `value`, a number or a tensor without dims, where the mask holds.

    Input and mask broadcast. Mirrors torch.masked_fill.
    """
    tensor = isinstance(value, Tensor)
    if tensor and value.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    _must_be_mask("masked_fill_ only supports boolean masks, but got mask with dtype", mask)
    check_broadcast(mask._array, input._array)
    return _masked_fill(input, mask, value, _MASKED_FILLS[tensor])


def _must_be_mask(text, tensor, legacy=False):
    if tensor._array.dtype.kind != "b":
        dtype = tensor.dtype
        name = dtype.legacy_name.removesuffix("Tensor") if legacy else dtype.ctype_name
        raise RuntimeError(f"{text} {name}")


def _masked_fill(input, mask_tensor, value, kind):
    array, mask = input._array, mask_tensor._array
    number = fitted(value.item() if isinstance(value, Tensor) else value, array.dtype)
    result = np.where(mask, number, array)
    returned = (
        np.array(result, order="C"),
        lambda grad: _where(grad, mask=~raw(mask)),
        None,
        lambda grad: _where(grad, mask=raw(mask)),
    )
    fits = [(array.shape, array.dtype), None, ((), np.asarray(raw(value)).dtype)]
    return finish(kind, returned, (input, mask_tensor, value), fits)


_MASKED_SELECT = Kind("MaskedSelectBackward0", ("input", "mask"), False)


@method("masked_select")
def masked_select(input, mask, *, out=None):
    """The elements where the mask holds, in one dim; input and mask broadcast.

    Mirrors torch.masked_select.
    """
    if mask._array.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    return _masked_select(input, mask, out)


def _masked_select(input, mask_tensor, out):
    mask, form = mask_tensor._array, (input._array.shape, input._array.dtype)
    check_broadcast(mask, input._array)
    shape = np.broadcast_shapes(form[0], mask.shape)

    def derivative(grad):
        return write_back(grad, key=(np.broadcast_to(raw(mask), shape),), shape=shape)

    result = np.broadcast_to(input._array, shape)[np.broadcast_to(mask, shape)]
    returned = result, keeping(derivative, input._array)
    fits = [form if shape != form[0] else None, None]
    made = finish(_MASKED_SELECT, returned, (input, mask_tensor), fits)
    return made if out is None else place_into(out, made, "masked_select", (input, mask_tensor))


_MASKED_SCATTER = Kind("MaskedScatterBackward0", ("input", "mask", "source"), False)


@method("masked_scatter")
def masked_scatter(input, mask, source):
    """A copy of `input` with the first elements of `source`, in order, where the mask holds."""
    _must_be_mask(
        "masked_scatter_ only supports boolean masks, but got mask with dtype", mask, True
    )
    check_broadcast(input._array, mask._array)
    if input._array.dtype != source._array.dtype:
        names = [type_name(x._array.dtype) for x in (input, source)]
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{names[0]} and {names[1]}"
        )
    return _masked_scatter(input, mask, source)


def _masked_scatter(input, mask_tensor, source):
    array, mask, values = input._array, mask_tensor._array, source._array
    shape = np.broadcast_shapes(array.shape, mask.shape)
    where, form, size = np.broadcast_to(mask, shape), values.shape, values.size
    count = int(where.sum())
    if values.size < count:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    result = np.array(np.broadcast_to(array, shape), order="C")
    result[where] = values.reshape(-1)[:count]
    places = np.arange(count)

    def to_source(grad):
        used = grad[np.broadcast_to(raw(mask), shape)]
        return write_back(used, key=(places,), shape=(size,)).reshape(form)

    returned = (result, lambda grad: _where(grad, mask=~raw(mask)), None, to_source)
    fits = [(array.shape, array.dtype), None, None]
    return finish(_MASKED_SCATTER, returned, (input, mask_tensor, source), fits)


@takes_out
@method("nonzero")
def nonzero(input, *, as_tuple=False):
    """Where the elements are not 0: a row of indices for each, or with `as_tuple` a tensor per dim.

    Mirrors torch.nonzero.
    """
    array = input._array
    if as_tuple:
        return tuple([wrap(np.asarray(at, np.int64)) for at in np.nonzero(np.atleast_1d(array))])
    return wrap(np.asarray(np.argwhere(array), np.int64))


@method("argwhere")
def argwhere(input):
    """The places of all elements that are not zero, one row for each. Mirrors torch.argwhere."""
    return nonzero(input)
