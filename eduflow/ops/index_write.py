"""Writing by index into a copy: index_add, index_copy, index_fill, index_put, index_reduce."""

import numpy as np

from .._core.arguments import check_dim, fitted
from .._core.dispatch import Kind, finish, like, must_be_tensor, no_slope, raw, takes_out
from .._core.keeping import keeping
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, contiguous_strides, method
from .._words.index import index_array
from .gather import check_numbers
from .index import filling, read, settled
from .scatter import scatter_reduced, write_by

_INDEX_ADD = Kind("IndexAddBackward0", ("input", "index", "source"), False)
_INDEX_COPY = Kind("IndexCopyBackward0", ("input", "index", "source"), False)


@takes_out
@method("index_add")
def index_add(input, dim, index, source, *, alpha=1):
    """A copy of `input` with `alpha` times the places of `source` added where `index` says.

    Mirrors torch.index_add.
    """
    dim = check_dim(dim, input.ndim)
    _check_added(input, dim, index, source)
    by_slices = alpha != 1 or input.ndim < 2 or (dim and input.ndim > 2)
    key = _rows("index_add_", RuntimeError, input, dim, index, by_slices)
    alpha = fitted(alpha, input._array.dtype).item()
    used = _used(input, source, dim)
    return write_by(_INDEX_ADD, input, index, source, key, True, alpha=alpha, keeps=True, used=used)


@takes_out
@method("index_copy")
def index_copy(input, dim, index, source):
    """A copy of `input` with the places of `source` written where `index` says along `dim`."""
    dim = check_dim(dim, input.ndim)
    _check_copied(input, dim, index, source)
    if input.ndim and not input.numel():
        _check_room(index.numel(), input._array, dim)
    key = _rows("index_copy_", IndexError, input, dim, index)
    source = source if input.ndim or not source.ndim else source.reshape(())
    used = _used(input, source, dim)
    return write_by(_INDEX_COPY, input, index, source, key, keeps=True, used=used)


def _used(input, source, dim):
    """The part of a source that there is room for: nothing, if the input has no places at all."""
    if not input.ndim or input._array.shape[dim]:
        return source._array
    return source._array[(slice(None),) * dim + (slice(0),)]


def _check_added(input, dim, index, source):
    """Errors for an index that is no vector of ints, or a source of another dtype or shape."""
    kind, shape, own = _legacy(index), list(source._array.shape), list(input._array.shape)
    if kind not in ("Long", "Int"):
        raise RuntimeError(f"index_add_(): Expected dtype int32/int64 for index but got: {kind}")
    if index.ndim > 1:
        raise IndexError(
            f"index_add_(): Index is supposed to be a vector, but got dim: {index.ndim} with "
            f"type: {kind} and size: {list(index._array.shape)}"
        )
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_add_(): self ({_legacy(input)}) and source ({_legacy(source)}) must have the "
            "same scalar type"
        )
    _check_counted("index_add_()", index, source, dim)
    _check_alike(own, shape, dim)


def _check_counted(name, index, source, dim):
    """RuntimeError unless the source has as many places along `dim` as there are indices."""
    count, shape = index.numel(), source._array.shape
    if dim >= max(len(shape), 1):
        raise RuntimeError(
            f"{name}: Indexing dim {dim} is out of bounds of the source tensor with dim "
            f"{len(shape)}"
        )
    if count == (shape[dim] if shape else 1):
        return
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    raise RuntimeError(
        f"{name}: Number of indices ({count}) should be equal to source.size(dim): "
        f"({shape[dim]}), for dim: {dim}"
    )


def _check_alike(own, shape, dim):
    """RuntimeError unless source and input have one shape, but for `dim`."""
    if len(shape) != len(own) or _without(shape, dim) != _without(own, dim):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {own} source.shape = {shape}"
        )


def _check_copied(input, dim, index, source):
    """Errors for an index that is no vector of int64, or a source of another shape or dtype."""
    kinds, name = [_legacy(x) for x in (index, input, source)], "index_copy_()"
    if index.ndim > 1:
        raise IndexError(f"{name}: Index should have dimension 1 or 0 (got {index.ndim})")
    count = index.numel()
    if not source.ndim and count != 1:
        raise IndexError(
            f"{name}: When source is scalar, index should have one element (got {count})"
        )
    if input.ndim and source.ndim and input.ndim != source.ndim:
        raise IndexError(
            f"{name}: When source and destination are not scalars, their dimensionality must "
            f"match. Source dimensionality ({source.ndim}), destination dimensionality "
            f"({input.ndim})"
        )
    if kinds[0] != "Long":
        raise RuntimeError(f"{name}: Expected a long tensor for index, but got {kinds[0]}")
    if kinds[1] != kinds[2]:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got (self) {kinds[1]} "
            f"and (source) {kinds[2]}"
        )
    slices = [" ".join(map(str, _without(x._array.shape, dim))) for x in (input, source)]
    if slices[0] != slices[1]:
        raise RuntimeError(
            f"{name}: Source/destination tensor must have same slice shapes. Destination slice "
            f"shape: {slices[0]} at dimension {dim} and source slice shape: {slices[1]} at "
            "dimension 0."
        )
    if source.ndim and count != source._array.shape[dim]:
        raise IndexError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim) "
            f"({source._array.shape[dim]})"
        )


def _without(shape, dim):
    return (*shape[:dim], *shape[dim + 1 :])


def _legacy(tensor):
    return tensor.dtype.legacy_name.removesuffix("Tensor")


def _rows(name, error, input, dim, index, by_slices=False):
    """The key for the places that a vector of indices says along `dim`, all checked.

    Where nothing lies, no index is wrong, unless there is one dim. Where PyTorch goes `by_slices`
    it words another error.
    """
    places = index._array.reshape(-1)
    size = input._array.shape[dim] if input.ndim else 1
    if not input.numel() and (input.ndim > 1 or name == "index_copy_"):
        return (*(slice(None),) * dim, places % max(size, 1) if size else places[:0])
    wrong = places[(places < 0) | (places >= size)]
    if wrong.size and by_slices:
        raise IndexError("index out of range in self")
    if wrong.size:
        start = f"{name}(): " if error is IndexError else ""
        raise error(
            f"{start}index {wrong[0]} is out of bounds for dimension {dim} with size {size}"
        )
    return (*(slice(None),) * dim, places) if input.ndim else ()


_INDEX_FILLS = [
    Kind("IndexFillBackward0", ("input", "index", "value"), False),
    Kind("IndexFillBackward1", ("input", "index", "value"), False),
]


@method("index_fill")
def index_fill(input, dim, index, value):
    """A copy of `input` with `value`, one number, at the indexed places of `dim`."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    dim, size = check_dim(dim, input.ndim), input._array.shape or (1,)
    if index._array.dtype != np.int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    if isinstance(value, complex) and not input.is_complex():
        raise RuntimeError(
            "index_fill_(): Converting complex Scalar to non-complex type is not supported"
        )
    places = index._array.reshape(-1)
    if 0 not in _without(size, dim):
        _check_filled(places, input._array, dim)
    places = np.unique(places % max(size[dim], 1))  # each is filled once
    places = places if size[dim] else places[:0]
    key = (*(slice(None),) * dim, places) if input.ndim else (np.array(index.numel() > 0),)
    kind = _INDEX_FILLS[isinstance(value, Tensor)]
    number = value.item() if isinstance(value, Tensor) else value
    number = fitted(number, input._array.dtype).item()
    value = value if isinstance(value, Tensor) else number
    return write_by(kind, input, index, value, key, dense=True)


def _check_room(count, array, dim):
    """RuntimeError for `count` places of a dim that has none, though the others have some."""
    shape, itemsize = array.shape, array.itemsize
    if not count or shape[dim] or 0 in _without(shape, dim):
        return
    strides = list(contiguous_strides(shape))
    sizes, strides[dim] = [*shape[:dim], count, *shape[dim + 1 :]], 0
    needed = itemsize * (1 + sum((n - 1) * step for n, step in zip(sizes, strides)))
    raise RuntimeError(
        f"setStorage: sizes {sizes}, strides {strides}, storage offset 0, and itemsize "
        f"{itemsize} requiring a storage size of {needed} are out of bounds for storage of "
        "size 0"
    )


def _check_filled(places, array, dim):
    """Errors for places outside of a dim, and for any place of a dim without elements."""
    shape = array.shape or (1,)
    if array.ndim:
        _check_room(places.size, array, dim)
    for place in places.tolist():
        if not -shape[dim] <= place < shape[dim]:
            raise IndexError(
                f"index {place} is out of bounds for dimension {dim} with size {shape[dim]}"
            )


_INDEX_PUT = Kind("IndexPutBackward0", ("input", "index", "values"), False, once=True)


@method("index_put")
def index_put(input, indices, values, accumulate=False):
    """A copy of `input` with `values` written (or added) at `input[indices]`; indices are tensors.

    Mirrors torch.index_put.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("index_put", ["input"], (input,))
    for position, index in enumerate(indices):
        if not isinstance(index, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got "
                f"{type(index).__name__}"
            )
    found = [index_array(index._array) for index in indices]
    dims = sum(array.ndim if array.dtype == bool else 1 for array in found)
    if max(dims, len(indices)) > input.ndim:
        raise IndexError(
            f"too many indices for tensor of dimension {input.ndim} (got {len(indices)})"
        )
    key = tuple(found)
    if not accumulate:
        is_byte = indices[0]._array.dtype == np.uint8
        values = filling(key, values, input.dtype, is_byte)
    if len(indices) == 1:
        return _put_at(input, key, values, accumulate, indices[0])
    return _put_at(input, settled(key), values, accumulate)


def _put_at(input, key, values, accumulate=False, index_tensor=None):
    """`index_put` for a key as `index_parts` makes it: of slices, index arrays and masks."""
    if values._array.dtype != input._array.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (input, values)]
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{names[0]} for the destination and {names[1]} for the source."
        )
    found = read(input._array, key).shape
    try:
        fits = np.broadcast_shapes(values._array.shape, found) == found
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values._array.shape)} cannot be "
            f"broadcast to indexing result of shape {list(found)}"
        )
    return write_by(_INDEX_PUT, input, index_tensor, values, key, accumulate, dense=True)


def _check_put(input, index, source):
    """Errors for a put of something else than numbered elements of the same dtype."""
    for position, (name, x) in enumerate((("index", index), ("source", source)), 1):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"put_(): argument '{name}' (position {position}) must be Tensor, not "
                f"{type(x).__name__}"
            )
    names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (index, input, source)]
    if names[0] != "Long":
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {names[0]}")
    if names[1] != names[2]:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{names[1]} and source.dtype = {names[2]}"
        )


_PUT = Kind("PutBackward0", ("input", "index", "source"), False)


@method("put")
def put(input, index, source, accumulate=False):
    """A copy of `input` with `source` written (or added) at elements counted in reading order."""
    _check_put(input, index, source)
    if index.numel() != source.numel():
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.numel()}, index.numel() = {index.numel()}"
        )
    if index.numel() and not input.numel():
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    check_numbers(index._array, input.numel())
    if not input.ndim:
        return _put_into_number(input, index, source, accumulate)
    places = index._array.reshape(-1) % max(input.numel(), 1)
    key = np.unravel_index(places, input._array.shape)
    source = source if source.ndim == 1 else source.reshape(-1)
    return write_by(_PUT, input, index, source, key, accumulate, dense=True, keeps=True)


def _put_into_number(input, index, source, accumulate):
    """`put` into a tensor without dims, which has one place: the last number stays."""
    array, places, values = input._array, index._array, source._array
    result = array.copy()
    if accumulate:
        result += values.sum(dtype=array.dtype)
    elif values.size:
        result[...] = values.reshape(-1)[-1]
    kept, shape = accumulate or not values.size, values.shape

    def to_input(grad):
        return grad if kept else no_slope(grad)

    def to_source(grad):
        return grad * like(grad, np.ones(shape, raw(grad).dtype))

    returned = result, to_input, None, keeping(to_source, places, values)
    return finish(_PUT, returned, (input, index, source))


_INDEX_REDUCE = Kind("IndexReduceBackward0", ("input", "index", "src"), False)


@takes_out
@method("index_reduce")
@quiet
def index_reduce(input, dim, index, source, reduce, *, include_self=True):
    """A copy of `input` in which the places of `source` that `index` sends to one place of `dim`
    are reduced: by "prod", "mean", "amax" or "amin". See scatter_reduce. Mirrors
    torch.index_reduce.
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got "
            f"{reduce}."
        )
    dim = check_dim(dim, input.ndim)
    _check_reduced(input, dim, index, source)
    wide = index.reshape([-1 if d == dim else 1 for d in range(source.ndim)])
    wide = wide.expand(source._array.shape) if source.ndim else wide
    returned = scatter_reduced("index_reduce", input, dim, wide, source, reduce, include_self)
    return finish(_INDEX_REDUCE, returned, (input, index, source))


def _check_reduced(input, dim, index, source):
    """Errors, in PyTorch's words, where index and source of an index_reduce do not fit."""
    kinds = [x.dtype.legacy_name.removesuffix("Tensor") for x in (index, input, source)]
    shape, own = list(source._array.shape), list(input._array.shape)
    if index._array.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            f"index_reduce_(): Expected dtype int32/int64 for index but got: {kinds[0]}"
        )
    if index.ndim > 1:
        raise IndexError(
            f"index_reduce_(): Index is supposed to be a vector, but got dim: {index.ndim} with "
            f"type: {kinds[0]} and size: {list(index._array.shape)}"
        )
    if kinds[1] != kinds[2]:
        raise RuntimeError(
            f"index_reduce_(): self ({kinds[1]}) and source ({kinds[2]}) must have the same "
            "scalar type"
        )
    _check_counted("index_reduce_()", index, source, dim)
    _check_alike(own, shape, dim)
    if index.numel() and own and not own[dim]:
        raise IndexError(
            f"select(): index 0 out of range for tensor of size {own} at dimension {dim}"
        )
    if ((index._array < 0) | (index._array >= (own[dim] if own else 1))).any():
        raise IndexError("index out of range in self")
