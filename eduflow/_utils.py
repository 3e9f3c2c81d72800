"""What the recipes in a file call: PyTorch's functions that make a tensor of memory again.

A file names them as `torch._utils._rebuild_tensor_v2` and the like, so they have these names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._core.dtype import dtype as dtype_class
from ._core.tensor import Tensor
from ._weights_only_unpickler import rebuild_tensor
from .nn.parameter import Parameter


class StorageType:
    """What a file calls the memory of one dtype, such as FloatStorage."""

    def __init__(self, name: str, dtype: type) -> None:
        self.name, self.dtype = name, np.dtype(dtype)

    def __reduce__(self) -> str:
        return self.name  # pickle finds it in this module


BoolStorage = StorageType("BoolStorage", np.bool_)
ByteStorage = StorageType("ByteStorage", np.uint8)
CharStorage = StorageType("CharStorage", np.int8)
ShortStorage = StorageType("ShortStorage", np.int16)
IntStorage = StorageType("IntStorage", np.int32)
LongStorage = StorageType("LongStorage", np.int64)
HalfStorage = StorageType("HalfStorage", np.float16)
FloatStorage = StorageType("FloatStorage", np.float32)
DoubleStorage = StorageType("DoubleStorage", np.float64)
ComplexFloatStorage = StorageType("ComplexFloatStorage", np.complex64)
ComplexDoubleStorage = StorageType("ComplexDoubleStorage", np.complex128)
UntypedStorage = StorageType("UntypedStorage", np.uint8)  # its tensors say their dtype themselves
STORAGE_TYPES = [
    BoolStorage,
    ByteStorage,
    CharStorage,
    ShortStorage,
    IntStorage,
    LongStorage,
    HalfStorage,
    FloatStorage,
    DoubleStorage,
    ComplexFloatStorage,
    ComplexDoubleStorage,
    UntypedStorage,
]


def storage_type(dtype: np.dtype) -> StorageType:
    """What a file calls memory of this dtype; dtypes that came later have only bytes."""
    return next((kind for kind in STORAGE_TYPES if kind.dtype == dtype), UntypedStorage)


def _rebuild_tensor_v2(
    storage: np.ndarray,
    storage_offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    backward_hooks: Any,
    metadata: Any = None,
) -> Tensor:
    """A tensor that looks at `storage`; hooks and metadata of PyTorch's are left out."""
    return rebuild_tensor(storage, storage_offset, size, stride).requires_grad_(requires_grad)


def _rebuild_tensor_v3(
    storage: np.ndarray,
    storage_offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    backward_hooks: Any,
    dtype: dtype_class,
    metadata: Any = None,
) -> Tensor:
    """The same for memory that is only bytes."""
    memory = storage.view(dtype.numpy)
    return _rebuild_tensor_v2(memory, storage_offset, size, stride, requires_grad, None)


def _rebuild_parameter(data: Tensor, requires_grad: bool, backward_hooks: Any) -> Parameter:
    """A Parameter over a tensor's memory."""
    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(
    data: Tensor, requires_grad: bool, backward_hooks: Any, state: Any
) -> Parameter:
    """A Parameter with what users hung on it."""
    return _hang(Parameter(data, requires_grad), state)


def _rebuild_from_type_v2(func: Any, new_type: type, args: tuple, state: Any) -> Tensor:
    """A tensor made by `func`, with what users hung on it."""
    return _hang(func(*args), state)


def _hang(tensor: Any, state: Any) -> Any:
    """Give a tensor the attributes that a file has for it; TypeError for anything else."""
    if not isinstance(tensor, Tensor) or not isinstance(state, dict):
        raise TypeError("only a tensor can be given attributes, by name")
    tensor.__dict__.update({name: value for name, value in state.items() if name[:1] != "_"})
    return tensor
