"""Running totals along one dim: cumsum, cumprod, cummax, logcumsumexp; and their reverse, diff."""

import itertools

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, must_be_tensor, takes_out, two_way
from .._core.keeping import keeping
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method
from .._words.operands import refuse_kinds
from .choose import choose
from .minmax import chosen, return_type
from .reduce import without_each
from .softmax import along_dim


@two_way
def _sum_from_here(grad, *, axis):
    """The sum of each element and all after it: the way back from a running sum."""
    result = np.flip(np.cumsum(np.flip(grad, axis), axis, dtype=grad.dtype), axis)
    return result, lambda g: _sum_so_far(g, axis=axis)


@two_way
def _sum_so_far(grad, *, axis):
    """The sum of each element and all before it."""
    result = np.cumsum(grad, axis, dtype=grad.dtype)
    return result, lambda g: _sum_from_here(g, axis=axis)


def _running(total, input, axis):
    """A running sum or product in the dtype of `input`; half precision is rounded only once."""
    wide = np.float32 if input.dtype == np.float16 else input.dtype
    return total(np.ascontiguousarray(input), axis, dtype=wide).astype(input.dtype, copy=False)


@takes_out
@method("cumsum")
@along_dim("CumsumBackward0")
def cumsum(input, axis):
    """The running sum along `dim`; of integers and bools, an int64. Mirrors torch.cumsum."""
    if input.dtype.kind in "iub":
        return np.cumsum(np.ascontiguousarray(input), axis or 0, dtype=np.int64).reshape(
            input.shape
        )
    if not input.ndim:
        return input.copy(), lambda grad: grad
    result = _running(np.cumsum, input, axis)
    return result, lambda grad: _sum_from_here(grad, axis=axis)


@takes_out
@method("cumprod")
@along_dim("CumprodBackward0")
def cumprod(input, axis):
    """The running product along `dim`; of integers and bools, an int64. Mirrors torch.cumprod.

    The gradient of element i adds up, over all products that hold it, the product of the others.
    """
    if input.dtype.kind in "iub":
        return np.cumprod(np.ascontiguousarray(input), axis or 0, dtype=np.int64).reshape(
            input.shape
        )
    if input.size <= 1:
        result = input.copy(order="C")
        return result, keeping(lambda grad: grad, input, result)
    result = _running(np.cumprod, input, axis)

    def derivative(grad):
        if isinstance(grad, Tensor):  # P[i, k]: the product up to k without element i
            products = without_each(input, axis=axis).cumprod(axis + 1)
            return (products * _upper(grad, axis=axis)).sum(axis=axis + 1)
        if input.all():
            return _sum_from_here(grad * result, axis=axis) / input
        return _from_the_end(input, grad, axis)

    return result, derivative


@two_way
def _upper(grad, *, axis):
    """U[i, k] = grad[k] for k >= i, else 0: which gradients reach element i."""
    size = grad.shape[axis]
    shape = [1] * (grad.ndim + 1)
    shape[axis] = shape[axis + 1] = size
    reached = np.triu(np.ones((size, size), bool)).reshape(shape)
    return np.expand_dims(grad, axis) * reached, lambda g: (g * reached).sum(axis=axis)


def _from_the_end(input, grad, axis):
    """The gradient of a running product without a division, which zeros would forbid.

    Collected from the last element to the first: grad[k] + x[k + 1] * (what came after). What came
    before an element multiplies all of it.
    """
    x, g = np.moveaxis(input, axis, 0), np.moveaxis(grad, axis, 0).copy()
    for k in reversed(range(len(x) - 1)):
        g[k] += x[k + 1] * g[k + 1]
    g[1:] *= np.cumprod(x[:-1], 0)
    return np.moveaxis(g, 0, axis)


def _extreme_so_far(name, ufunc, input, dim):
    """The index of the extreme so far; of equal ones the last, and nan stays."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    refuse_kinds(f"{name}_cpu", input._array)
    array = input._array
    if not array.size and not -array.ndim <= dim < array.ndim:
        dim = 0  # where nothing lies, no dim is wrong
    axis = check_dim(dim, array.ndim)
    if not array.ndim:
        return np.asarray(0), axis
    best = ufunc.accumulate(array, axis)
    here = np.arange(array.shape[axis]).reshape([-1] + [1] * (array.ndim - 1 - axis))
    index = np.where((array == best) | (array != array), here, 0)
    return np.ascontiguousarray(np.maximum.accumulate(index, axis)), axis


_CUMMAX, _CUMMIN = (
    Kind("CummaxBackward0", ["input", "indices"], once=True),
    Kind("CumminBackward0", ["input", "indices"], once=True),
)
_MAX, _MIN = (return_type(name, "values", "indices") for name in ("cummax", "cummin"))


@takes_out
@method("cummax")
def cummax(input, dim):
    """The largest element so far along `dim`, and its index. Mirrors torch.cummax."""
    index, axis = _extreme_so_far("cummax", np.maximum, input, dim)
    return chosen(_CUMMAX, _MAX, input, index, axis, kept=(input._array,))


@takes_out
@method("cummin")
def cummin(input, dim):
    """The smallest element so far along `dim`, and its index. Mirrors torch.cummin."""
    index, axis = _extreme_so_far("cummin", np.minimum, input, dim)
    return chosen(_CUMMIN, _MIN, input, index, axis, kept=(input._array,))


@two_way
def _log_of_sums(input, *, axis, backwards):
    """log(exp(x[0]) + ... + exp(x[i])) for each i; `backwards` from i to the last."""
    turned = np.flip(input, axis) if backwards else input
    result = np.logaddexp.accumulate(turned, axis) if input.ndim else input.copy()
    result = np.asarray(np.flip(result, axis) if backwards else result, order="C")

    def derivative(grad):
        finite = choose(np.isinf(result), 0.0, result)
        sizes, parts = np.log(abs(grad)), []
        for which in (grad > 0, grad < 0):  # logarithms need positive numbers: each sign by itself
            logs = choose(which, sizes, -np.inf)
            sums = _log_of_sums(logs - finite, axis=axis, backwards=not backwards)
            parts.append(np.exp(sums + input))
        return parts[0] - parts[1]

    return result, derivative


@takes_out
@method("logcumsumexp")
@along_dim("LogcumsumexpBackward0", "logcumsumexp_out_cpu")
def logcumsumexp(input, axis):
    """The logarithm of the running sum of exp(input), without overflow. Mirrors
    torch.logcumsumexp."""
    if not (input.ndim and input.size):
        result = input.copy(order="C")
        return result, keeping(lambda grad: grad, input, result)
    return _log_of_sums.__wrapped__(input, axis=axis, backwards=False)


@two_way
def _differences(input, *, axis):
    """Each element less the one before it, along `axis`."""
    return np.diff(input, axis=axis), lambda grad: _undo(grad, axis=axis)


@two_way
def _undo(grad, *, axis):
    """The way back: each gradient for the later element, and against the earlier one."""
    edge = np.zeros((*grad.shape[:axis], 1, *grad.shape[axis + 1 :]), grad.dtype)
    both = np.concatenate([edge, grad, edge], axis)
    return -np.diff(both, axis=axis), lambda g: _differences(g, axis=axis)


@two_way
def _part(grad, *, axis, start, stop):
    """The elements from `start` to `stop` along `axis`."""
    after = grad.shape[axis] - stop
    part = grad[(slice(None),) * axis + (slice(start, stop),)]
    return part, lambda g: _padded(g, axis=axis, before=start, after=after)


@two_way
def _padded(grad, *, axis, before, after):
    """Zeros `before` and `after` along `axis`."""
    around = [(0, 0)] * grad.ndim
    around[axis] = (before, after)
    stop = before + grad.shape[axis]
    return np.pad(grad, around), lambda g: _part(g, axis=axis, start=before, stop=stop)


_DIFF = Kind("SubBackward0", ["input"])
_JOIN = Kind("CatBackward0", ["first", "second", "third"])


def _joined(arrays, axis):
    """Arrays one after the other, and the derivative for each."""
    ends = np.cumsum([0] + [array.shape[axis] for array in arrays]).tolist()
    parts = [
        lambda grad, start=start, stop=stop: _part(grad, axis=axis, start=start, stop=stop)
        for start, stop in itertools.pairwise(ends)
    ]
    return np.concatenate(arrays, axis), *parts


@takes_out
@method("diff")
@quiet
def diff(input, n=1, dim=-1, prepend=None, append=None):
    """The differences between neighbours along `dim`, taken `n` times. Mirrors torch.diff.

    `prepend` and `append` are put before and behind the input first. Of bools: where they change.
    """
    if not input._array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = check_dim(dim, input._array.ndim)
    ends = [x for x in (prepend, input, append) if x is not None]
    if len(ends) > 1:
        input = finish(_JOIN, _joined([x._array for x in ends], axis), tuple(ends))
    if not n:
        return input.clone()
    for _ in range(min(n, input._array.shape[axis])):
        array = input._array
        after, before = [(slice(None),) * axis + (part,) for part in (slice(1, None), slice(-1))]
        layout = [array[after], array[before]]
        returned = _differences.__wrapped__(array, axis=axis)
        input = finish(_DIFF, returned, (input,), layout=layout)
    return input
