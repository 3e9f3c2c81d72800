# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% buffer
"""Buffers: tensors that belong to a module without being trained."""

import numpy as np

from ..dtypes import get_default_dtype
from ..tensors import Tensor, wrap


class _IsBuffer(type):
    def __instancecheck__(cls, x):
        return isinstance(x, Tensor) and getattr(x, "_is_buffer", False)


class Buffer(metaclass=_IsBuffer):
    """`Buffer(data)` is a tensor that registers itself when it becomes an attribute of a module.

    It shares the memory of `data`. Unless `persistent`, it is left out of `state_dict`.
    Mirrors torch.nn.Buffer.
    """

    def __new__(cls, data=None, *, persistent=True):
        data = wrap(np.empty(0, get_default_dtype().numpy)) if data is None else data
        buffer = data.detach().requires_grad_(data.requires_grad)
        buffer.persistent, buffer._is_buffer = persistent, True
        return buffer


# %% public names
__all__ = ["Buffer"]
