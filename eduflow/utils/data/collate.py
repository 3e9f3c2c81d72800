"""Collating: from a list of samples to one batch."""

import copy
import re
from collections.abc import Mapping, MutableMapping, Sequence

import numpy as np

from ..._core.dtype import float64
from ..._core.tensor import Tensor
from ...ops.factories import as_tensor, tensor
from ...ops.join import stack

_TEXTS = re.compile(r"[SaUO]")
_WRONG = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)


def default_collate(batch):
    """A list of samples as one batch: tensors stacked, numbers as a tensor, strings as they are.

    Dicts and tuples are collated field by field. TypeError for anything else. Mirrors
    torch.utils.data.default_collate.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, (np.ndarray, np.generic)) and not isinstance(first, (str, bytes)):
        return _of_numpy(batch)
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([d[key] for d in batch]) for key in first})
    if isinstance(first, Sequence):
        return _of_sequences(batch)
    raise TypeError(_WRONG.format(type(first)))


def _of_numpy(batch):
    first = batch[0]
    if _TEXTS.search(first.dtype.str) is not None:
        raise TypeError(_WRONG.format(first.dtype))
    if first.shape == ():
        return as_tensor(np.array(batch))
    return stack([as_tensor(array) for array in batch], 0)


def _of_sequences(batch):
    first = batch[0]
    if any(len(sample) != len(first) for sample in batch):
        raise RuntimeError("each element in list of batch should be of equal size")
    fields = [default_collate(field) for field in zip(*batch)]
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*fields)
    return fields


def _like(mapping, fields):
    """The fields in a mapping of the same type, if that can be made."""
    if isinstance(mapping, MutableMapping):
        clone = copy.copy(mapping)
        clone.update(fields)
        return clone
    return fields


def default_convert(data):
    """NumPy arrays and numbers inside `data` as tensors, everything else as it is.

    It is what a loader does to samples that it does not batch. Mirrors
    torch.utils.data.default_convert.
    """
    if isinstance(data, (np.ndarray, np.generic)) and not isinstance(data, (str, bytes)):
        return data if _TEXTS.search(data.dtype.str) is not None else as_tensor(data)
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*[default_convert(field) for field in data])
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return [default_convert(item) for item in data]
    return data
