"""`Tensor.storage()`, the older view of memory: numbers of a dtype, one after another."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .device import CPU
from .dtype import dtype as dtype_class
from .package import PACKAGE
from .storage import UntypedStorage, address, owner_of
from .tensor import Tensor, method

_OLD = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the "
    "only storage class. This should only matter to you if you are using storages directly.  To "
    "access UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()"
)


class TypedStorage:
    """All numbers of the memory that a tensor looks at. Mirrors torch.TypedStorage."""

    def __init__(self, array: np.ndarray) -> None:
        owner = owner_of(array)
        count = owner.nbytes // array.itemsize
        self._numbers = np.ndarray((count,), array.dtype, owner)
        self.dtype, self.device = dtype_class.by_numpy[array.dtype], CPU

    def data_ptr(self) -> int:
        """The address of the first number; 0 where there are none."""
        return address(self._numbers) if self._numbers.size else 0

    def size(self) -> int:
        """How many numbers there are."""
        return self._numbers.size

    __len__ = size

    def nbytes(self) -> int:
        """The size in bytes."""
        return self._numbers.nbytes

    def element_size(self) -> int:
        """Bytes per number."""
        return self._numbers.itemsize

    def tolist(self) -> list:
        """All numbers."""
        return self._numbers.tolist()

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage(self._numbers)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self._numbers[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._numbers[index] = value

    def __repr__(self) -> str:
        rows = "".join(f" {number}\n" for number in self.tolist())
        kind = f"dtype={self.dtype}, device=cpu"
        return f"{rows}[{PACKAGE}.storage.TypedStorage({kind}) of size {self.size()}]"


@method("storage")
def _storage(tensor: Tensor) -> TypedStorage:
    """The numbers of the memory under the tensor; `untyped_storage()` is the newer way."""
    warnings.warn(_OLD, UserWarning, stacklevel=3)
    return TypedStorage(tensor._array)
