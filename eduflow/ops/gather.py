"""Reading by numbers: gather, index_select, take. Always a copy."""

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, like, place_into, raw, takes_out
from .._core.keeping import keeping, relying
from .._core.tensor import method
from .index import write_back


def _read_by(kind, input, index_tensor, make_key, out=None, kept=()):
    """The elements of `input` that `make_key(index)` picks, recorded with the index saved.

    The arrays `kept` count as saved, too.
    """
    index, shape = index_tensor._array, input._array.shape
    result = np.array(input._array[make_key(index)], order="C")

    def derivative(grad):
        return write_back(grad, key=make_key(raw(index)), shape=shape)

    returned = result, keeping(derivative, *kept) if kept else derivative
    made = finish(kind, returned, (input, index_tensor))
    return made if out is None else place_into(out, made, kind.operation, (input, index_tensor))


def grid(index, dim):
    """A key for NumPy: along `dim` what the index says, along the others each its own place."""
    if not index.ndim:
        return (index,)
    key = list(np.ogrid[tuple(slice(size) for size in index.shape)])
    key[dim] = index
    return tuple(key)


def _legacy(tensor):
    return tensor.dtype.legacy_name.removesuffix("Tensor")


def check_along(name, input, dim, index, called="input"):
    """The dim counted from the front, once the index of gather or scatter is known to be right."""
    dim = check_dim(dim, input.ndim)
    if index._array.dtype not in (np.int64, np.int32) and index.numel():
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    shape, own = index._array.shape or (1,), input._array.shape or (1,)
    if len(shape) != len(own) and index.numel():
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as {called} tensor"
        )
    return dim


def check_bounds(index, dim, shape):
    """RuntimeError, in PyTorch's words, for an index that points outside; negative ones do."""
    size = shape[dim] if shape else 1
    wrong = index[(index < 0) | (index >= size)]
    if wrong.size:
        raise RuntimeError(
            f"index {wrong.ravel()[0]} is out of bounds for dimension {dim} with size {size}"
        )


_GATHER = Kind("GatherBackward0", ("input", "index"), False)


@method("gather")
def gather(input, dim, index, *, sparse_grad=False, out=None):
    """For each place of `index`, the element whose place along `dim` the index says.

    The result has the shape of `index`, an int64 tensor that may be smaller than `input` along the
    other dims. Gradients of elements read several times add up. Mirrors torch.gather.
    """
    dim = check_along("gather", input, dim, index)
    input = input if input.ndim else input.view(1)
    shape, own = index._array.shape, input._array.shape
    for d, (size, limit) in enumerate(zip(shape, own)):
        if size > limit and d != dim and index.numel():
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(shape)} to be no "
                f"larger than self {list(own)} apart from dimension {dim}"
            )
    check_bounds(index._array, dim, own)
    if not index.numel():
        made = finish(_GATHER, _nothing(input._array, shape), (input, index), None, out)
        return relying(made, index)
    kept = (input._array,)
    return _read_by(_GATHER, input, index, lambda places: grid(places, dim), out, kept)


def _nothing(array, shape):
    """The result of reading no element at all: its gradient is zeros."""
    own, dtype = array.shape, array.dtype
    derivative = keeping(lambda grad: like(grad, np.zeros(own, dtype)), array)
    return np.zeros(shape, dtype), derivative


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
    if index.numel() and not size and input.ndim > 1:
        raise RuntimeError("index_select(): self indexing axis dim should be positive")
    outside = index._array[(index._array < 0) | (index._array >= size)]
    if outside.size and (dim == 1 or (not input.numel() and input.ndim > 1)):
        raise RuntimeError(
            f"INDICES element is out of DATA bounds, id={outside.ravel()[0]} axis_dim={size}"
        )
    if outside.size:
        raise IndexError("index out of range in self")
    if not input.ndim:
        return _read_by(_INDEX_SELECT, input, index, lambda places: ())
    before = (slice(None),) * dim
    return _read_by(_INDEX_SELECT, input, index, lambda at: (*before, at.reshape(-1)), out)


_TAKE = Kind("TakeBackward0", ("input", "index"), False)


@takes_out
@method("take")
def take(input, index):
    """The elements with these numbers, counted in reading order. Mirrors torch.take."""
    if index._array.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {_legacy(index)}")
    return _taken(input, index)


def _taken(input, index_tensor):
    array, index, count = input._array, index_tensor._array, input.numel()
    if index.size and not count:
        raise IndexError("take(): tried to take from an empty tensor")
    check_numbers(index, count)

    def derivative(grad):
        return write_back(grad, key=(raw(index),), shape=(count,)).reshape(array.shape)

    return finish(_TAKE, (array.reshape(-1)[index], derivative), (input, index_tensor))


def check_numbers(index, count):
    wrong = index[(index < -count) | (index >= count)]
    if wrong.size:
        raise IndexError(
            f"out of range: tried to access index {wrong.ravel()[0]} on a tensor of {count} "
            "elements."
        )


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
    indices = indices % max(sizes[0][dim], 1)  # PyTorch wraps every index around, and refuses none
    return gather(input.expand(sizes[0]), dim, indices.expand(sizes[1]), out=out)
