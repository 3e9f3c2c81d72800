# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% memory-formats
"""The order of a tensor's elements in memory, where somebody asks for a certain one."""

from .layouts import channels_last, channels_last_3d, contiguous_format, preserve_format
from .layouts import memory_format as format_class
from .memory_order import (
    channels_last_strides,
    is_channels_last,
    is_dense_with_channels_last,
    with_layout,
)
from .tensors import contiguous_strides, method

_RANKS = {channels_last: 4, channels_last_3d: 5}


def _rank(memory_format):
    """The rank of tensors that can have this format, or None for any."""
    if not isinstance(memory_format, format_class):
        raise TypeError(
            "argument 'memory_format' must be eduflow.memory_format, such as "
            f"eduflow.channels_last, not {type(memory_format).__name__}"
        )
    return _RANKS.get(memory_format)


def format_strides(shape, memory_format):
    """The strides of a tensor in this format, without gaps; RuntimeError for another rank."""
    rank = _rank(memory_format)
    if rank is None:
        return contiguous_strides(shape)
    if len(shape) != rank:
        raise RuntimeError(f"required rank {rank} tensor to use {memory_format.name} format")
    return channels_last_strides(shape)


# %% in-format
def in_format(array, memory_format):
    """`array` in the format asked for, copied if need be; None and preserve_format leave it."""
    if memory_format is None or memory_format is preserve_format:
        return array
    return with_layout(array, format_strides(array.shape, memory_format))


def suggests(array, memory_format):
    """Whether nothing has to be done to have `array` in this format, by PyTorch's guess."""
    if memory_format is None or memory_format is preserve_format:
        return True
    rank = _rank(memory_format)
    return is_channels_last(array) == (rank is not None) and rank in (None, array.ndim)


# %% is-contiguous-in-format
@method("is_contiguous")
def _is_contiguous(tensor, memory_format=contiguous_format):
    """Whether the elements lie in storage in reading order, or in another format, without gaps."""
    array, rank = tensor._array, _rank(memory_format)
    if rank is None:
        return array.flags.c_contiguous
    return array.ndim == rank and is_dense_with_channels_last(array)


# %% public names
__all__ = ["format_strides", "in_format", "suggests"]
