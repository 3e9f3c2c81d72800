"""The old names: FloatTensor, LongTensor and their siblings, one for each dtype."""

from __future__ import annotations

from typing import Any

from . import dtype as dtypes
from .nested import old_style
from .package import PACKAGE
from .tensor import Tensor, alias, method, wrap


class tensortype(type):
    """The type of FloatTensor and its siblings: `isinstance` asks for a tensor of their dtype."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Any:
        return _legacy(cls.dtype, data)

    def __repr__(cls) -> str:
        return f"<class '{PACKAGE}.{cls.__name__}'>"


def _legacy(dtype: dtypes.dtype, data: Any) -> Tensor:
    """The tensor that `FloatTensor(*data)` makes; a tensor's memory is shared."""
    array = old_style(data, dtype.numpy)
    return alias(data[0], array) if data and isinstance(data[0], Tensor) else wrap(array)


def _tensor_type(dtype: dtypes.dtype) -> tensortype:
    doc = f"`{dtype.legacy_name}(2, 3)` has that shape, `{dtype.legacy_name}([1, 2])` that data."
    return tensortype(dtype.legacy_name, (), {"dtype": dtype, "__doc__": doc})


ByteTensor = _tensor_type(dtypes.uint8)
CharTensor = _tensor_type(dtypes.int8)
ShortTensor = _tensor_type(dtypes.int16)
IntTensor = _tensor_type(dtypes.int32)
LongTensor = _tensor_type(dtypes.int64)
HalfTensor = _tensor_type(dtypes.float16)
FloatTensor = _tensor_type(dtypes.float32)
DoubleTensor = _tensor_type(dtypes.float64)
BoolTensor = _tensor_type(dtypes.bool)


@method("new")
def _new(tensor: Tensor, *data: Any) -> Tensor:
    """A tensor of this one's dtype: `new(2, 3)` has that shape, `new([1, 2])` that data."""
    return _legacy(tensor.dtype, data)
