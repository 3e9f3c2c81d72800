"""Order: sort, argsort, topk, kthvalue, and searching in what is sorted."""

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, must_be_tensor, takes_out
from .._core.layout import like_input
from .._core.tensor import Tensor, method, wrap
from .._kernels import kernel
from .._words.operands import refuse_kinds
from .minmax import along, as_int64, chosen, return_type


def _order_of(array, axis, descending, name="Sort"):
    """The indices that sort `array` along `axis`; equal elements stay in their order, nan is last.

    Descending, nan comes first: it counts as the largest. They lie in memory as `array` does.
    """
    order = _order(array, axis, descending, name)
    return like_input(order, array)


@kernel
def ascending(array, axis):
    """The indices that put `array` in order along `axis`; equal elements stay in their order."""
    return np.argsort(array, axis, kind="stable")


def _order(array, axis, descending, name):
    if array.dtype.kind == "c":
        raise RuntimeError(f" {name} does not support complex dtypes on CPU")
    if not array.ndim:
        return np.asarray(0)
    if not descending:
        return ascending(array, axis)
    turned = np.flip(array, axis)  # turned twice, equal elements keep their order
    order = ascending(turned, axis)
    return array.shape[axis] - 1 - np.flip(order, axis)


_SORT = (
    Kind("SortBackward0", ["input", "indices"], once=True),
    Kind("SortBackward1", ["input", "indices"], once=True),
)
_SORTED = return_type("sort", "values", "indices")


@takes_out
@method("sort")
def sort(input, dim=-1, descending=False, stable=None):
    """The elements in order along `dim`, and where each one came from: (values, indices).

    Equal elements keep their order; nan counts as the largest. Mirrors torch.sort.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("sort", ["input"], (input,))
    axis = check_dim(dim, input._array.ndim)
    order = _order_of(input._array, axis, descending)
    return chosen(_SORT[stable is not None], _SORTED, input, order, axis)


@method("argsort")
def argsort(input, dim=-1, descending=False, stable=False):
    """The indices that put the elements in order along `dim`. Mirrors torch.argsort; see sort."""
    if not isinstance(input, Tensor):
        must_be_tensor("argsort", ["input"], (input,))
    order = _order_of(input._array, check_dim(dim, input._array.ndim), descending)
    return wrap(as_int64(order))


@takes_out
@method("msort")
def msort(input):
    """The elements in order along the first dim. Mirrors torch.msort."""
    return sort(input, 0)[0]


_TOPK = Kind("TopkBackward0", ["input", "indices"], once=True)
_TOP = return_type("topk", "values", "indices")


@takes_out
@method("topk")
def topk(input, k, dim=-1, largest=True, sorted=True):
    """The `k` largest elements along `dim`, or smallest, in order, and their indices.

    RuntimeError if there are fewer than `k`. Mirrors torch.topk.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("topk", ["input"], (input,))
    array = input._array
    axis, k = check_dim(dim, array.ndim), int(k)
    if not 0 <= k <= (array.shape[axis] if array.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if array.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if array.ndim and 0 < k < array.shape[axis] // 8:
        index = _few(array, k, axis, largest)
    else:
        order = _order_of(array, axis, largest, "topk")
        index = order.take(range(k), axis) if array.ndim else order
    return chosen(_TOPK, _TOP, input, index, axis)


def _few(array, k, axis, largest):
    """The indices of a few extreme elements, without putting all others in order, too."""
    size = array.shape[axis]
    parted = np.argpartition(array, size - k if largest else k - 1, axis)
    index = parted.take(range(size - k, size) if largest else range(k), axis)
    order = _order_of(np.take_along_axis(array, index, axis), axis, largest, "topk")
    return np.take_along_axis(index, order, axis)


_KTH = Kind("KthvalueBackward0", ["input", "indices"], once=True)
_KTHVALUE = return_type("kthvalue", "values", "indices")


@takes_out
@method("kthvalue")
def kthvalue(input, k, dim=-1, keepdim=False):
    """The `k`-th smallest element along `dim`, from 1, and its index. Mirrors torch.kthvalue."""
    array, axis = along("kthvalue", input, dim)
    if not 1 <= k <= (array.shape[axis] if array.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    refuse_kinds("kthvalue_cpu", array, "cb")
    order = _order_of(array, axis, False)
    index = order.take([k - 1], axis) if array.ndim else order
    return chosen(_KTH, _KTHVALUE, input, index, axis, keepdim)


@takes_out
def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """Where each element of `input` would have to be put in to keep a sequence in order.

    The sequence is sorted along its last dim, or `sorter` sorts it; its other dims must be those of
    `input`, unless it has only one. With `right`, behind equal elements instead of before them.
    Mirrors torch.searchsorted.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(
            f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}"
        )
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left "
            "while right was True"
        )
    sequence, values = sorted_sequence._array, input._array if isinstance(input, Tensor) else input
    refuse_kinds("searchsorted_out_cpu", sequence)
    refuse_kinds("searchsorted_out_cpu", np.asarray(values))
    if sorter is not None:
        sequence = np.take_along_axis(sequence, sorter._array, -1)
    side = "right" if right else side or "left"
    found = _search(sequence, np.asarray(values), side)
    return wrap(found.astype(np.int32 if out_int32 else np.int64))


def _search(sequence, values, side):
    """np.searchsorted, row by row where the sequence has several."""
    if sequence.ndim == 1:
        return _places(sequence, values, side)
    if not values.ndim:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor "
            f"dimension is 1, but we got boundaries tensor dim({sequence.ndim}) and input value's "
            "dim(0) numel(1)"
        )
    if values.shape[:-1] != sequence.shape[:-1] or values.ndim != sequence.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
            "dimensions of boundaries tensor and input value tensor must match, but we got "
            f"boundaries tensor {list(sequence.shape)} and input value tensor {list(values.shape)}"
        )
    found = np.empty(values.shape, np.int64)
    for row in np.ndindex(sequence.shape[:-1]):
        found[row] = _places(sequence[row], values[row], side)
    return found


def _places(sequence, values, side):
    """np.searchsorted of one row; by PyTorch's halving whatever is sought lies behind nan."""
    kinds = sequence.dtype.kind + values.dtype.kind
    if "f" not in kinds or not (np.isnan(sequence).any() or np.isnan(values).any()):
        return np.asarray(np.searchsorted(sequence, values, side))
    first, last = np.zeros(values.shape, np.int64), np.full(values.shape, len(sequence))
    for _ in range(len(sequence).bit_length()):
        middle, searching = (first + last) // 2, first < last
        known = sequence[np.minimum(middle, len(sequence) - 1)]
        behind = ~(known > values) if side == "right" else ~(known >= values)
        first = np.where(searching & behind, middle + 1, first)
        last = np.where(searching & ~behind, middle, last)
    return first


@takes_out
def bucketize(input, boundaries, *, out_int32=False, right=False):
    """The number of the interval between `boundaries` in which each element lies.

    Mirrors torch.bucketize; see searchsorted.
    """
    if boundaries._array.ndim != 1:
        raise RuntimeError(
            f"boundaries tensor must be 1 dimension, but got dim({boundaries._array.ndim})"
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
