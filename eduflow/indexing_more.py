# Built by lessons/03_views_and_flatten_annex.ipynb. Change it there, or here and run `make scatter`.
# %% more-indexing
"""More indexing: reading and replacing by index tensors and masks. All of these make copies."""

import numpy as np

from .indexing import read, write_back
from .memory_order import like_input
from .operations import Kind, finish
from .sorting import nonzero
from .tensors import Tensor, check_dim, method, wrap
from .two_way import like, raw, two_way
from .windows import spread


# %% read-by
def _read_by(kind, input, index_tensor, make_key, out=None):
    """The elements of `input` that `make_key(index)` picks, recorded with the index saved."""
    index, shape = index_tensor._array, input._array.shape
    result = np.array(input._array[make_key(index)], order="C")

    def derivative(grad):
        return write_back(grad, key=make_key(raw(index)), shape=shape)

    return finish(kind, (result, derivative), (input, index_tensor), None, out)


def _grid(index, dim):
    """A key for NumPy: along `dim` what the index says, along the others each its own place."""
    if not index.ndim:
        return (index,)
    key = list(np.ogrid[tuple(slice(size) for size in index.shape)])
    key[dim] = index
    return tuple(key)


# %% index-checks
def _legacy(tensor):
    return tensor.dtype.legacy_name.removesuffix("Tensor")


def _check_along(name, input, dim, index, called="input"):
    """The dim counted from the front, once the index of gather or scatter is known to be right."""
    dim = check_dim(dim, input.ndim)
    if index._array.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    shape, own = index._array.shape or (1,), input._array.shape or (1,)
    if len(shape) != len(own) and index.numel():
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as {called} tensor"
        )
    return dim


# %% bounds
def _check_bounds(index, dim, shape):
    """RuntimeError, in PyTorch's words, for an index that points outside; negative ones do."""
    size = shape[dim] if shape else 1
    wrong = index[(index < 0) | (index >= size)]
    if wrong.size:
        raise RuntimeError(
            f"index {wrong.ravel()[0]} is out of bounds for dimension {dim} with size {size}"
        )


# %% gather
_GATHER = Kind("GatherBackward0", ("input", "index"), False)


@method("gather")
def gather(input, dim, index, *, sparse_grad=False, out=None):
    """For each place of `index`, the element whose place along `dim` the index says.

    The result has the shape of `index`, an int64 tensor that may be smaller than `input` along the
    other dims. Gradients of elements read several times add up. Mirrors torch.gather.
    """
    dim = _check_along("gather", input, dim, index)
    input = input if input.ndim else input.view(1)
    shape, own = index._array.shape, input._array.shape
    for d, (size, limit) in enumerate(zip(shape, own)):
        if size > limit and d != dim and index.numel():
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(shape)} to be no "
                f"larger than self {list(own)} apart from dimension {dim}"
            )
    _check_bounds(index._array, dim, own)
    if not index.numel():
        return finish(_GATHER, _nothing(input._array, shape), (input, index), None, out)
    return _read_by(_GATHER, input, index, lambda places: _grid(places, dim), out)


def _nothing(array, shape):
    """The result of reading no element at all: its gradient is zeros."""
    own, dtype = array.shape, array.dtype
    return np.zeros(shape, dtype), lambda grad: like(grad, np.zeros(own, dtype))


# %% index-select
_INDEX_SELECT = Kind("IndexSelectBackward0", ("input", "index"), False)


@method("index_select")
def index_select(input, dim, index, *, out=None):
    """The places along `dim` that a vector of indices says, in its order: a copy.

    Mirrors torch.index_select.
    """
    dim = check_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index._array.dtype not in (np.int64, np.int32):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    size = input._array.shape[dim] if input.ndim else 1
    if not input.ndim and index.numel() != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {index.numel()} value(s)"
        )
    if ((index._array < 0) | (index._array >= size)).any():
        raise IndexError("index out of range in self")
    if not input.ndim:
        return _read_by(_INDEX_SELECT, input, index, lambda places: ())
    before = (slice(None),) * dim
    return _read_by(_INDEX_SELECT, input, index, lambda at: (*before, at.reshape(-1)), out)


# %% take
_TAKE = Kind("TakeBackward0", ("input", "index"), False)


@method("take")
def take(input, index):
    """The elements with these numbers, counted in reading order. Mirrors torch.take."""
    if index._array.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {_legacy(index)}")
    return _taken(input, index)


# %% take-op
def _taken(input, index_tensor):
    index, shape, count = index_tensor._array, input._array.shape, input.numel()
    if index.size and not count:
        raise IndexError("take(): tried to take from an empty tensor")
    _check_numbers(index, count)

    def derivative(grad):
        return write_back(grad, key=(raw(index),), shape=(count,)).reshape(shape)

    return finish(_TAKE, (input._array.reshape(-1)[index], derivative), (input, index_tensor))


def _check_numbers(index, count):
    wrong = index[(index < -count) | (index >= count)]
    if wrong.size:
        raise IndexError(
            f"out of range: tried to access index {wrong.ravel()[0]} on a tensor of {count} "
            "elements."
        )


# %% take-along-dim
@method("take_along_dim")
def take_along_dim(input, indices, dim=None, *, out=None):
    """Like `gather`, but `input` and `indices` broadcast; without a dim, of the flat tensor."""
    if indices._array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {_legacy(indices)}"
        )
    if dim is None:
        return gather(input.reshape((-1,)), 0, indices.reshape((-1,)), out=out)
    if input.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, "
            f"but got {input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    dim = check_dim(dim, input.ndim)
    sizes = [list(x._array.shape) for x in (input, indices)]
    common = list(np.broadcast_shapes(*[(*s[:dim], 1, *s[dim + 1 :]) for s in sizes]))
    for size in sizes:
        size[:dim], size[dim + 1 :] = common[:dim], common[dim + 1 :]
    return gather(input.expand(sizes[0]), dim, indices.expand(sizes[1]), out=out)


# %% erased
@two_way
def _erased(grad, *, key):
    """The gradient with zeros at the places that were overwritten."""
    result = np.array(grad)
    result[key] = 0
    return result, lambda outer: _erased(outer, key=key)


# %% write-by
def _write_by(kind, input, index_tensor, source, key, add=False, dense=False):
    """A copy of `input` with `source`, a tensor or number, written (or added) at the places `key`.

    The copy is in reading order or, if `dense`, in memory as the input is.
    """
    array, values = input._array, raw(source)
    result = like_input(array.copy(), array) if dense else array.copy(order="C")
    if add:
        np.add.at(result, key, values)
    else:
        result[key] = values
    inputs = [input, index_tensor] if index_tensor is not None else [input]
    rest = (None,) if index_tensor is not None else ()
    returned = (
        result,
        (lambda grad: grad) if add else lambda grad: _erased(grad, key=key),
        *rest,
        lambda grad: grad[key],
    )
    fits = [None] * len(inputs) + [(np.shape(values), np.asarray(values).dtype)]
    return finish(kind, returned, (*inputs, source), fits)


# %% scatter
_SCATTER, _SCATTER_NUMBER, _SCATTER_ADD = [
    Kind(f"{name}", ("input", "index", "src"), False, "scatter")
    for name in ("ScatterBackward0", "ScatterBackward1", "ScatterAddBackward0")
]


@method("scatter")
def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """A copy of `input` with each element of `src`, a tensor or a number, written where `index`
    says along `dim`: the reverse of `gather`. Mirrors torch.scatter.
    """
    src = value if src is None else src
    if reduce is not None:
        names = {"add": "sum", "multiply": "prod"}
        if reduce not in names:
            raise RuntimeError("reduce argument must be either add or multiply.")
        src = src if isinstance(src, Tensor) else _filled(index, src, input)
        returned = _scatter_reduced("scatter", input, dim, index, src, names[reduce])
        return finish(_SCATTER, returned[0], (input, index, src))
    key = _scatter_key("scatter", input, dim, index, src)
    number = not isinstance(src, Tensor)
    src = np.asarray(src).astype(input._array.dtype).item() if number else src
    kind = _SCATTER_NUMBER if number else _SCATTER
    return _write_by(kind, input, index, _cut_to(src, index), key)


# %% scatter-add
@method("scatter_add")
def scatter_add(input, dim, index, src):
    """A copy of `input` with each element of `src` added where `index` says along `dim`.

    Mirrors torch.scatter_add.
    """
    key = _scatter_key("scatter", input, dim, index, src)
    return _write_by(_SCATTER_ADD, input, index, _cut_to(src, index), key, True)


# %% scatter-key
def _scatter_key(name, input, dim, index, src):
    """The places that `index` says; RuntimeError where index or source do not fit."""
    if isinstance(src, Tensor) and src._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    dim = _check_along(name, input, dim, index, "self")
    shape, own = index._array.shape, input._array.shape
    source = src._array.shape if isinstance(src, Tensor) else shape
    for d in range(len(shape)):
        check_dim(d, len(source))
    too_big = any(size > limit for d, (size, limit) in enumerate(zip(shape, own)) if d != dim)
    if index.numel() and (too_big or any(size > n for size, n in zip(shape, source))):
        end = f" and to be no larger size than src {list(source)}"
        end = end if isinstance(src, Tensor) else ""
        raise RuntimeError(
            f"Expected index {list(shape)} to be no larger than self {list(own)} apart from "
            f"dimension {dim}{end}"
        )
    _check_bounds(index._array, dim, own)
    return _grid(index._array, dim) if own else ()


# %% cut-to
def _cut_to(src, index):
    """The part of a source that an index smaller than it uses."""
    if not isinstance(src, Tensor) or src._array.shape == index._array.shape:
        return src
    return src[tuple([slice(size) for size in index._array.shape])]


def _filled(index, number, input):
    return wrap(np.full(index._array.shape, number, input._array.dtype))


# %% scatter-reduce
_SCATTER_REDUCE = Kind("ScatterReduceBackward0", ("input", "index", "src"), False)
_UFUNCS = {
    "sum": (np.add, 0), "mean": (np.add, 0), "prod": (np.multiply, 1),
    "amax": (np.maximum, -np.inf), "amin": (np.minimum, np.inf),
}  # fmt: skip


@method("scatter_reduce")
def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """A copy of `input` in which the elements of `src` that `index` sends to one place are reduced.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; the element that was there before counts,
    too, if `include_self`. Mirrors torch.scatter_reduce.
    """
    if reduce not in _UFUNCS:
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    returned = _scatter_reduced("scatter_reduce", input, dim, index, src, reduce, include_self)
    return finish(_SCATTER_REDUCE, returned, (input, index, src))


# %% scatter-reduced
def _scatter_reduced(name, input, dim, index, src, reduce, include_self=True):
    key = _scatter_key(name, input, dim, index, src)
    source, (ufunc, start) = _cut_to(src, index), _UFUNCS[reduce]
    before, values = input._array.copy(order="C"), source._array
    touched = np.zeros(before.shape, bool)
    touched[key] = True
    if not include_self:
        before[touched] = _identity(start, before.dtype)
    result = before.copy()
    ufunc.at(result, key, values)
    shares = _shares(reduce, before, values, result, key, touched, include_self)
    if reduce == "mean":
        result = (result / shares[2] if result.dtype.kind in "fc" else result // shares[2]).astype(
            result.dtype
        )
    fixed_own, fixed_source = shares[:2]
    back = _uncut(src, source)
    return (
        result,
        lambda grad: grad * fixed_own,
        None,
        lambda grad: back(grad[key] * fixed_source),
    )


def _uncut(src, source):
    """The gradient of all of a source, of which only a part was used."""
    shape, used = src._array.shape, tuple([slice(size) for size in source._array.shape])
    return lambda grad: spread(grad, look=lambda x: x[used], shape=shape)


# %% scatter-shares
def _identity(start, dtype):
    """The number that changes nothing in a maximum or minimum, for ints as well."""
    if dtype.kind in "iu" and start not in (0, 1):
        limits = np.iinfo(dtype)
        return limits.min if start < 0 else limits.max
    return start


def _shares(reduce, before, values, result, key, touched, include_self):
    """How much of the gradient of a place goes to the element before, and to each source element.

    The third is how many elements met at each place.
    """
    kept = (np.ones(before.shape) if include_self else ~touched).astype(before.dtype)
    count = kept.copy()
    np.add.at(count, key, 1)
    if reduce == "sum":
        return kept, np.ones(values.shape, before.dtype), count
    if reduce == "mean":
        return kept / count, 1 / count[key], count
    if reduce == "prod":
        return kept * result / before, result[key] / values, count
    own, theirs = (before == result) * kept, (values == result[key]).astype(before.dtype)
    winners = own.astype(before.dtype)
    np.add.at(winners, key, theirs)
    return own / winners, theirs / winners[key], count


# %% index-add
_INDEX_ADD = Kind("IndexAddBackward0", ("input", "index", "source"), False)
_INDEX_COPY = Kind("IndexCopyBackward0", ("input", "index", "source"), False)


@method("index_add")
def index_add(input, dim, index, source, *, alpha=1):
    """A copy of `input` with `alpha` times the places of `source` added where `index` says.

    Mirrors torch.index_add.
    """
    key = _rows("index_add_", RuntimeError, input, dim, index, source)
    if source.dtype is not input.dtype:
        names = [x.dtype.legacy_name.removesuffix("Tensor") for x in (input, source)]
        raise RuntimeError(
            f"index_add_(): self ({names[0]}) and source ({names[1]}) must have the same scalar "
            "type"
        )
    source = source if alpha == 1 else source * alpha
    return _write_by(_INDEX_ADD, input, index, source, key, add=True)


@method("index_copy")
def index_copy(input, dim, index, source):
    """A copy of `input` with the places of `source` written where `index` says along `dim`."""
    key = _rows("index_copy_", IndexError, input, dim, index, source)
    return _write_by(_INDEX_COPY, input, index, source, key)


# %% rows
def _rows(name, error, input, dim, index, source):
    """The key for the places that a vector of indices says along `dim`, all checked."""
    dim, places = check_dim(dim, input.ndim), index._array.reshape(-1)
    size = input._array.shape[dim] if input.ndim else 1
    given = source._array.shape[dim] if source.ndim else 1
    if places.size != given:
        colon = ":" if error is RuntimeError else ""
        end = f", for dim: {dim}" if error is RuntimeError else ""
        raise error(
            f"{name}(): Number of indices ({places.size}) should be equal to "
            f"source.size(dim){colon} ({given}){end}"
        )
    wrong = places[(places < 0) | (places >= size)]
    if wrong.size:
        start = f"{name}(): " if error is IndexError else ""
        raise error(
            f"{start}index {wrong[0]} is out of bounds for dimension {dim} with size {size}"
        )
    return (*(slice(None),) * dim, places) if input.ndim else ()


# %% index-fill
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
    for place in index._array.reshape(-1).tolist():
        if not -size[dim] <= place < size[dim]:
            raise IndexError(
                f"index {place} is out of bounds for dimension {dim} with size {size[dim]}"
            )
    key = (*(slice(None),) * dim, index._array.reshape(-1)) if input.ndim else ()
    kind = _INDEX_FILLS[isinstance(value, Tensor)]
    return _write_by(kind, input, index, value, key, dense=True)


# %% index-put
_INDEX_PUT = Kind("IndexPutBackward0", ("input", "values"), False)


@method("index_put")
def index_put(input, indices, values, accumulate=False):
    """A copy of `input` with `values` written (or added) at `input[indices]`; indices are tensors.

    Mirrors torch.index_put.
    """
    for position, index in enumerate(indices):
        if not isinstance(index, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got "
                f"{type(index).__name__}"
            )
    dims = sum(index.ndim if index._array.dtype == bool else 1 for index in indices)
    if max(dims, len(indices)) > input.ndim:
        raise IndexError(
            f"too many indices for tensor of dimension {input.ndim} (got {len(indices)})"
        )
    return put_at(input, tuple([index._array for index in indices]), values, accumulate)


# %% put-at
def put_at(input, key, values, accumulate=False):
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
    return _write_by(_INDEX_PUT, input, None, values, key, accumulate, dense=True)


# %% put
_PUT = Kind("PutBackward0", ("input", "index", "source"), False)


@method("put")
def put(input, index, source, accumulate=False):
    """A copy of `input` with `source` written (or added) at elements counted in reading order."""
    if index.numel() != source.numel():
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.numel()}, index.numel() = {index.numel()}"
        )
    if index.numel() and not input.numel():
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    _check_numbers(index._array, input.numel())
    if not input.ndim:
        return put(input.view(1), index, source, accumulate).view(())
    places = index._array.reshape(-1) % max(input.numel(), 1)
    key = np.unravel_index(places, input._array.shape)
    return _write_by(_PUT, input, index, source.reshape(-1), key, accumulate, dense=True)


# %% argwhere
@method("argwhere")
def argwhere(input):
    """The places of all elements that are not zero, one row for each. Mirrors torch.argwhere."""
    return nonzero(input)
