"""In which order the elements of a new result lie in memory: in that of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .package import PACKAGE
from .tensor import Tensor, attribute, contiguous_strides, element_strides, method


def memory_order(shape: Sequence[int], inputs: Sequence[Sequence[int]]) -> list[int]:
    """The dims of a result from the one with the shortest steps in memory to the longest.

    `inputs` are the strides of each input along the dims of the result, 0 where it is broadcast.
    The first input that prefers one order of two dims over the other decides; without any
    preference they stay in reading order. This is the rule of PyTorch's TensorIterator.
    """
    order = list(reversed(range(len(shape))))
    for end in range(1, len(order)):
        at = end
        for before in reversed(range(end)):
            verdict = _compare(order[before], order[at], shape, inputs)
            if verdict > 0:
                order[before], order[at] = order[at], order[before]
                at = before
            elif verdict < 0:
                break
    return order


def _compare(a: int, b: int, shape: Sequence[int], inputs: Sequence[Sequence[int]]) -> int:
    """1 if dim `b` should have shorter steps than dim `a`, -1 if not, 0 if nobody minds."""
    for strides in inputs:
        if strides[a] and strides[b]:
            if strides[a] != strides[b]:
                return 1 if strides[a] > strides[b] else -1
            if shape[a] > shape[b]:
                return 1
    return 0


def dense_strides(shape: Sequence[int], order: list[int]) -> tuple[int, ...]:
    """Strides without gaps for dims in this order, from the shortest steps to the longest."""
    if order == list(reversed(range(len(shape)))):
        return contiguous_strides(shape)
    strides, step = [0] * len(shape), 1
    for dim in order:
        strides[dim] = step
        step *= shape[dim]
    return tuple(strides)


def with_layout(array: np.ndarray, strides: Sequence[int]) -> np.ndarray:
    """`array` where its strides are these, else its elements in new memory that has them."""
    if element_strides(array) == strides:
        return array
    fresh = np.empty(array.size, array.dtype)
    size = array.itemsize
    fresh = np.ndarray(array.shape, array.dtype, fresh, 0, tuple([s * size for s in strides]))
    fresh[...] = array
    return fresh


def in_reading_order(array: np.ndarray) -> bool:
    """Whether the strides are those of reading order, those of dims of size 1 among them."""
    if not array.flags.c_contiguous:
        return False
    return 1 not in array.shape or element_strides(array) == contiguous_strides(array.shape)


def broadcast_strides(array: np.ndarray, shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of `array` along the dims of a larger shape: 0 where it is broadcast."""
    new = len(shape) - array.ndim
    strides = [
        0 if size == 1 != whole else stride
        for size, whole, stride in zip(array.shape, shape[new:], element_strides(array))
    ]
    return (0,) * new + tuple(strides)


def like_input(result: np.ndarray, array: np.ndarray) -> np.ndarray:
    """`result` with its dims in memory in the order in which those of `array` are, without gaps."""
    strides = element_strides(array)
    if array.size and not is_dense(array):
        strides = dense_strides(array.shape, memory_order(array.shape, [strides]))
    return with_layout(result, strides)


def laid_out(result: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
    """The `result` of an elementwise operation in memory as PyTorch has it, copied if need be.

    NumPy decides in nearly the same way. It only comes to this where an input is not contiguous.
    """
    shape, own = result.shape, element_strides(inputs[0])
    if all(array.shape == shape for array in inputs):
        if all(array.flags.c_contiguous for array in inputs):
            return with_layout(result, contiguous_strides(shape))
        if len(shape) == 4 and all(map(is_dense_with_channels_last, inputs)):
            return with_channels_last(result)  # PyTorch looks for this order of images first
        if all(element_strides(array) == own for array in inputs) and is_dense(inputs[0]):
            return with_layout(result, own)
    plain = all(element_strides(array) == contiguous_strides(array.shape) for array in inputs)
    if plain and 0 not in shape:
        return with_layout(result, contiguous_strides(shape))
    strides = [broadcast_strides(array, shape) for array in inputs]
    return with_layout(result, dense_strides(shape, memory_order(shape, strides)))


def is_dense(array: np.ndarray, order: Sequence[int] | None = None) -> bool:
    """Whether the elements lie in memory without gaps and overlaps: in this order, or in any."""
    if order is None:
        order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    return array.ndim == len(order) and array.transpose(order).flags.c_contiguous


def is_channels_last(array: np.ndarray) -> bool:
    """Whether images (N, C, H, W), or volumes, have their channels last in memory.

    Where sizes of 1 leave it open they have not. This is the rule by which PyTorch guesses the
    memory format from the strides.
    """
    if array.ndim not in (4, 5):
        return False
    strides, least = element_strides(array), 0
    if not strides[1]:
        return False
    for dim in (1, *range(array.ndim - 1, 1, -1), 0):
        if not array.shape[dim] or strides[dim] < least or (dim == 0 and least == strides[1]):
            return False
        least = strides[dim] * array.shape[dim]
    return True


def is_dense_with_channels_last(array: np.ndarray) -> bool:
    """Whether the elements of images or volumes lie without gaps with the channels last."""
    return array.ndim in (4, 5) and is_dense(array, [0, *range(2, array.ndim), 1])


def channels_last_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of images or volumes without gaps whose channels are last in memory."""
    return dense_strides(shape, [1, *range(len(shape) - 1, 1, -1), 0])


def with_channels_last(array: np.ndarray) -> np.ndarray:
    """The elements of images or volumes with the channels last in memory, copied if need be."""
    return with_layout(array, channels_last_strides(array.shape))


def single(array: np.ndarray, order: Any = "K") -> np.ndarray:
    """Half precision as single precision, which PyTorch computes in, too; others as they are."""
    return np.asarray(array, np.float32 if array.dtype == np.float16 else None, order=order)


def like_images(result: np.ndarray, *inputs: np.ndarray, volumes: bool = False) -> np.ndarray:
    """`result` with its channels last in memory if one of the images given has them there.

    Of operations on `volumes` only some do so.
    """
    found = any((x.ndim == 4 or volumes) and is_channels_last(x) for x in inputs)
    return with_channels_last(result) if found else result


class layout:
    """The way a tensor is stored: `strided`, the only one here. Mirrors torch.layout."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"{PACKAGE}.{self.name}"


class memory_format(layout):
    """The order of a tensor's elements in memory. Mirrors torch.memory_format."""


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


@attribute("layout")
def _layout(tensor: Tensor) -> layout:
    """How the tensor is stored: always strided."""
    return strided


format_class = memory_format


_RANKS = {channels_last: 4, channels_last_3d: 5}


def _rank(memory_format: Any) -> int | None:
    """The rank of tensors that can have this format, or None for any."""
    if not isinstance(memory_format, format_class):
        raise TypeError(
            "argument 'memory_format' must be eduflow.memory_format, such as "
            f"eduflow.channels_last, not {type(memory_format).__name__}"
        )
    return _RANKS.get(memory_format)


def format_strides(shape: Sequence[int], memory_format: Any) -> tuple[int, ...]:
    """The strides of a tensor in this format, without gaps; RuntimeError for another rank."""
    rank = _rank(memory_format)
    if rank is None:
        return contiguous_strides(shape)
    if len(shape) != rank:
        raise RuntimeError(f"required rank {rank} tensor to use {memory_format.name} format")
    return channels_last_strides(shape)


def in_format(array: np.ndarray, memory_format: Any) -> np.ndarray:
    """`array` in the format asked for, copied if need be; None and preserve_format leave it."""
    if memory_format is None or memory_format is preserve_format:
        return array
    return with_layout(array, format_strides(array.shape, memory_format))


def suggests(array: np.ndarray, memory_format: Any) -> bool:
    """Whether nothing has to be done to have `array` in this format, by PyTorch's guess."""
    if memory_format is None or memory_format is preserve_format:
        return True
    rank = _rank(memory_format)
    return is_channels_last(array) == (rank is not None) and rank in (None, array.ndim)


@method("is_contiguous")
def _is_contiguous(tensor: Tensor, memory_format: Any = contiguous_format) -> bool:
    """Whether the elements lie in storage in reading order, or in another format, without gaps."""
    array, rank = tensor._array, _rank(memory_format)
    if rank is None:
        return array.flags.c_contiguous
    return array.ndim == rank and is_dense_with_channels_last(array)
