"""Collating: from a list of samples to one batch."""

import copy
import re
from collections.abc import Mapping, MutableMapping, Sequence

import numpy as np

from ..._core.dtype import float64
from ..._core.tensor import Tensor
from ..._words.data import WRONG_SAMPLE, same_fields
from ...ops.factories import as_tensor, tensor
from ...ops.join import stack

_TEXTS = re.compile(r"[SaUO]")


# %% lesson 11 collate
def default_collate(batch):
    """A list of samples as one batch: tensors stacked, numbers as a tensor, tuples field by field.

    Dicts are collated field by field, too, and texts stay as they are. TypeError for anything else.
    Mirrors torch.utils.data.default_collate.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if type(first) in (bool, int, float):
        return tensor(batch, dtype=float64 if type(first) is float else None)
    if type(first) in (tuple, list):
        same_fields(batch)
        return [default_collate(field) for field in zip(*batch)]
    return collate_others(batch)


# %% end


def collate_others(batch):
    """What `default_collate` gives for arrays, texts, dicts and subclasses of numbers and tuples.

    TypeError for anything else: plain numbers, tuples and lists are its own affair.
    """
    first = batch[0]
    if type(first) in (bool, int, float, tuple, list):
        raise TypeError(WRONG_SAMPLE.format(type(first)))
    if isinstance(first, (np.ndarray, np.generic)) and not isinstance(first, (str, bytes)):
        return _of_numpy(batch)
    if isinstance(first, (float, int)):
        return tensor(batch, dtype=float64 if isinstance(first, float) else None)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([d[key] for d in batch]) for key in first})
    if isinstance(first, Sequence):
        same_fields(batch)
        fields = [default_collate(field) for field in zip(*batch)]
        return type(first)(*fields) if hasattr(first, "_fields") else fields
    raise TypeError(WRONG_SAMPLE.format(type(first)))


def _of_numpy(batch):
    first = batch[0]
    if _TEXTS.search(first.dtype.str) is not None:
        raise TypeError(WRONG_SAMPLE.format(first.dtype))
    if first.shape == ():
        return as_tensor(np.array(batch))
    return stack([as_tensor(array) for array in batch], 0)


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
