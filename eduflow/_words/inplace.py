"""What stands in the way of writing into a tensor: dtype, shape, shared memory."""

import numpy as np

from .._core.arguments import NUMBERS, fitted, through_int64
from .._core.dispatch import check_broadcast, recording
from .._core.dtype import dtype, result_dtype
from .._core.explain import noted
from .._core.storage import address, owner_of
from .._core.tensor import Tensor, wrap

_RANKS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def check_cast(source, target):
    """RuntimeError if numbers of NumPy dtype `source` would lose their kind as `target`."""
    if _RANKS[source.kind] > _RANKS[target.kind]:
        names = [dtype.by_numpy[d].legacy_name.removesuffix("Tensor") for d in (source, target)]
        raise noted(
            RuntimeError(
                f"result type {names[0]} can't be cast to the desired output type {names[1]}"
            ),
            "cast",
            source,
            target,
        )


def no_graph_with_out(name, *tensors):
    """RuntimeError if what is written as `out=`, or read for it, has a history to be kept."""
    if recording.enabled and any(tensor.requires_grad for tensor in tensors):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )


def check_target(array, shape):
    """RuntimeError if a result of this shape cannot be written into `array`."""
    if repeats(array):
        raise RuntimeError(REPEATED)
    if array.shape != shape:
        raise RuntimeError(
            f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(shape)}"
        )


REPEATED = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)


def repeats(array):
    """Whether a stride of 0 shows an element several times."""
    if 0 not in array.strides:
        return False
    steps = zip(array.strides, array.shape)
    return array.size > 0 and any(step == 0 and size > 1 for step, size in steps)


def source_of(src):
    """What `copy_` is given to read from, a number as a tensor; TypeError for anything else."""
    if isinstance(src, NUMBERS):
        return wrap(np.asarray(src))
    if not isinstance(src, Tensor):
        raise TypeError(
            f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}"
        )
    return src


def check_fits(tensor, src):
    """RuntimeError if what `copy_` reads from `src` cannot be written into `tensor`."""
    check_broadcast(tensor._array, src._array)
    if src is not tensor:
        same = src._array.shape == tensor._array.shape
        shape = src._array.shape if same else np.broadcast_shapes(tensor.shape, src.shape)
        check_target(tensor._array, shape)


def number_to_fill(tensor, value):
    """What `fill_` is to write into `tensor`, a number or a tensor without dims, made to fit it."""
    if not isinstance(value, Tensor):
        return fitted(value, tensor._array.dtype).item() if isinstance(value, NUMBERS) else value
    if value._array.ndim:
        raise RuntimeError(
            "fill_ only supports 0-dimension value tensor but got tensor with "
            f"{value._array.ndim} dimensions."
        )
    check_target(tensor._array, tensor._array.shape)
    if value.requires_grad and not _is_integer_in_view(tensor):
        return value
    return wrap(through_int64(value._array, tensor._array.dtype))


def _is_integer_in_view(tensor):
    """Whether `x[i] = number` comes here: it copies, and integers have no history then."""
    return tensor._view is not None and not tensor._array.ndim and tensor._array.dtype.kind in "biu"


_OVERLAP = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
    "single memory location. Please clone() the tensor before performing the operation."
)


def check_overlap(target, source, same_is_fine=True):
    """RuntimeError if `source` would be changed while it is read: it shares part of the memory.

    The very same window is fine for elementwise operations. Only windows without gaps are looked
    at, as in PyTorch.
    """
    if target is source and not same_is_fine:
        raise RuntimeError(_OVERLAP)
    if target.base is None and source.base is None and target is not source:
        return  # each has memory of its own
    if not (target.size and source.size and np.may_share_memory(target, source)):
        return
    same = address(target) == address(source) and target.nbytes == source.nbytes
    if same and same_is_fine and target.strides == source.strides:
        return
    if address(owner_of(target)) != address(owner_of(source)):
        return
    if not (_gapless(target) and _gapless(source)):
        return
    first, second = sorted((target, source), key=address)
    if address(first) + first.nbytes > address(second):
        raise RuntimeError(_OVERLAP)


def _gapless(array):
    """Whether the elements lie side by side in memory, each once, in whatever order."""
    step = array.itemsize
    for stride, size in sorted((st, si) for st, si in zip(array.strides, array.shape) if si != 1):
        if stride != step:
            return False
        step *= size
    return True


def check_result(tensor, result):
    """RuntimeError if `tensor` has no room for `result`: its dtype, its shape."""
    check_target(tensor._array, result._array.shape)
    check_cast(result._array.dtype, tensor._array.dtype)


def check_room(tensor, others, compares=False):
    """RuntimeError if `tensor` has no room for an elementwise result of itself and `others`.

    What only `compares` them is of no dtype of theirs.
    """
    tensors = [tensor, *[x for x in others if isinstance(x, Tensor)]]
    arrays = [x._array for x in tensors]
    check_broadcast(*arrays)
    check_target(tensor._array, np.broadcast_shapes(*[array.shape for array in arrays]))
    if not compares:
        check_cast(result_dtype(tensors).numpy, tensor._array.dtype)
