"""In which order the elements of a new result lie in memory: in that of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._kernels import kernel
from .package import PACKAGE
from .storage import restride
from .tensor import Tensor, attribute, contiguous_strides, element_strides, method


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


_RANKS = {contiguous_format: None, preserve_format: None, channels_last: 4, channels_last_3d: 5}


def rank_of(memory_format: Any) -> int | None:
    """The rank of tensors that can have this format, or None for any."""
    try:
        return _RANKS[memory_format]
    except (KeyError, TypeError):
        raise TypeError(
            "argument 'memory_format' must be eduflow.memory_format, such as "
            f"eduflow.channels_last, not {type(memory_format).__name__}"
        ) from None


# %% lesson 18 dense-strides
def dense_strides(shape, order):
    """Strides without gaps for dims in this order, from the one with the shortest steps on.

    Shape (2, 3) has strides (3, 1) in the order [1, 0], and (1, 2) in the order [0, 1].
    """
    if order == [*reversed(range(len(shape)))]:
        return contiguous_strides(shape)
    strides, step = [0] * len(shape), 1
    for dim in order:
        strides[dim] = step
        step *= shape[dim]
    return tuple(strides)


@kernel
def rearranged(array, strides):
    """A copy of `array` in new memory that has these strides, which leave no gaps."""
    copy = restride(np.empty(array.size, array.dtype), array.shape, strides)
    copy[...] = array
    return copy


def with_layout(array, strides):
    """`array` itself where its strides are these, else a copy that has them."""
    return array if element_strides(array) == strides else rearranged(array, strides)


# %% end


# %% lesson 18 is-contiguous
def order_of(memory_format, ndim):
    """The dims in this format from the shortest steps to the longest; None for another rank."""
    if rank_of(memory_format) is None:
        return [*reversed(range(ndim))]
    return [1, *reversed(range(2, ndim)), 0] if ndim == rank_of(memory_format) else None


@method("is_contiguous")
def is_contiguous(tensor, memory_format=contiguous_format):
    """Whether the elements lie in storage in reading order, or in another format, without gaps."""
    order = order_of(memory_format, tensor.ndim)
    return order is not None and is_dense(tensor._array, order)


# %% end


# %% lesson 18 is-dense
@kernel
def is_dense(array, order=None):
    """Whether the elements lie in memory without gaps and overlaps: in this order, or in any."""
    strides = element_strides(array)
    if order is None:
        order = sorted(range(array.ndim), key=lambda dim: strides[dim])
    step = 1
    for dim in order:
        if array.shape[dim] != 1 and strides[dim] != step:
            return array.size == 0
        step *= array.shape[dim]
    return True


# %% end


# %% lesson 18 memory-order
def shorter(a, b, shape, inputs):
    """Which of two dims should have shorter steps: -1 says dim `a`, 1 says dim `b`, 0 either.

    `inputs` are the strides of each input along the dims of `shape`, 0 where it is broadcast.
    """
    for strides in inputs:
        if strides[a] and strides[b]:
            if strides[a] < strides[b]:
                return -1
            if strides[a] > strides[b] or shape[a] > shape[b]:
                return 1
    return 0


def memory_order(shape, inputs):
    """The dims of a result, sorted by `shorter` from the shortest steps to the longest."""
    order = list(reversed(range(len(shape))))
    for end in range(1, len(order)):
        at = end
        for before in reversed(range(end)):
            verdict = shorter(order[before], order[at], shape, inputs)
            if verdict > 0:
                order[before], order[at] = order[at], order[before]
                at = before
            elif verdict < 0:
                break
    return order


def kept_strides(array):
    """The strides of a copy of `array`: its own, or without its gaps if it has any."""
    strides = element_strides(array)
    if is_dense(array):
        return strides
    return dense_strides(array.shape, memory_order(array.shape, [strides]))


# %% end


# %% lesson 18 like-inputs
def broadcast_strides(array, shape):
    """The strides of `array` along the dims of a larger shape: 0 where it is broadcast."""
    new = len(shape) - array.ndim
    own = zip(array.shape, shape[new:], element_strides(array))
    return (0,) * new + tuple([0 if size == 1 != whole else step for size, whole, step in own])


def like_inputs(shape, inputs):
    """The strides of a result of this shape, made of the arrays `inputs` element by element."""
    alike = all(array.shape == shape for array in inputs)
    for form in (contiguous_format, channels_last):
        order = order_of(form, len(shape))
        if alike and order and all(is_dense(array, order) for array in inputs):
            return dense_strides(shape, order)
    steps = [broadcast_strides(array, shape) for array in inputs]
    if alike and is_dense(inputs[0]) and all(step == steps[0] for step in steps):
        return steps[0]
    return dense_strides(shape, memory_order(shape, steps))


def is_channels_last(array):
    """Whether images (N, C, H, W), or volumes, look like channels last: a guess by strides."""
    if array.ndim not in (4, 5):
        return False
    order, strides = [1, *reversed(range(2, array.ndim)), 0], element_strides(array)
    steps, reaches = zip(*[(strides[dim], strides[dim] * array.shape[dim]) for dim in order])
    nested = all(step >= reach for step, reach in zip(steps[1:], reaches))
    return nested and array.size > 0 and steps[0] not in (0, reaches[-2])


@kernel
def laid_out(result, *inputs):
    """The `result` of an elementwise operation in memory as PyTorch has it, copied if need be."""
    return with_layout(result, like_inputs(result.shape, inputs))


# %% end


def like_input(result: np.ndarray, array: np.ndarray) -> np.ndarray:
    """`result` with its dims in memory in the order in which those of `array` are, without gaps."""
    return with_layout(result, kept_strides(array))


def in_reading_order(array: np.ndarray) -> bool:
    """Whether the strides are those of reading order, those of dims of size 1 among them."""
    return array.flags.c_contiguous and (
        1 not in array.shape or element_strides(array) == contiguous_strides(array.shape)
    )


def _image_order(ndim: int) -> list[int]:
    """The dims of images or volumes with channels last, from the shortest steps on."""
    return [1, *reversed(range(2, ndim)), 0]


def is_dense_with_channels_last(array: np.ndarray) -> bool:
    """Whether the elements of images or volumes lie without gaps with the channels last."""
    return array.ndim in (4, 5) and is_dense(array, _image_order(array.ndim))


def channels_last_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of images or volumes without gaps whose channels are last in memory."""
    return dense_strides(shape, _image_order(len(shape)))


def with_channels_last(array: np.ndarray) -> np.ndarray:
    """The elements of images or volumes with the channels last in memory, copied if need be."""
    return with_layout(array, channels_last_strides(array.shape))


def single(array: np.ndarray, order: Any = "K") -> np.ndarray:
    """Half precision as single precision, which PyTorch computes in, too; others as they are."""
    return np.asarray(array, np.float32 if array.dtype == np.float16 else None, order=order)


# %% lesson 22 like-images
def like_images(result, *inputs, volumes=False):
    """`result` with its channels last in memory if one of the images given has them there.

    Of operations on `volumes`, (N, C, D, H, W), only some do so.
    """
    found = any((x.ndim == 4 or volumes) and is_channels_last(x) for x in inputs)
    return with_channels_last(result) if found else result


# %% end


def keeps_order(memory_format: Any) -> bool:
    """Whether nothing is asked for: the order that is there stays."""
    return memory_format is None or memory_format is preserve_format


def format_strides(shape: Sequence[int], memory_format: Any) -> tuple[int, ...]:
    """The strides of a tensor in this format, without gaps; RuntimeError for another rank."""
    order = order_of(memory_format, len(shape))
    if order is None:
        rank = rank_of(memory_format)
        raise RuntimeError(f"required rank {rank} tensor to use {memory_format.name} format")
    return dense_strides(shape, order)


def in_format(array: np.ndarray, memory_format: Any) -> np.ndarray:
    """`array` in the format asked for, copied if need be; None and preserve_format leave it."""
    if keeps_order(memory_format):
        return array
    return with_layout(array, format_strides(array.shape, memory_format))


def suggests(array: np.ndarray, memory_format: Any) -> bool:
    """Whether nothing has to be done to have `array` in this format, by PyTorch's guess."""
    if keeps_order(memory_format):
        return True
    rank = rank_of(memory_format)
    return is_channels_last(array) == (rank is not None) and rank in (None, array.ndim)
