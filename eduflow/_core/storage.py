"""The memory under tensors: one flat run of bytes, which knows nothing of shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._kernels import kernel
from .package import PACKAGE


# %% lesson 16 owner
def address(array):
    """The address in memory of the first element of `array`."""
    return array.__array_interface__["data"][0]


def owner_of(array):
    """The array that owns the memory `array` looks at, with its elements in storage order."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    if array.flags.c_contiguous:
        return array
    order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    return array.transpose(order)


# %% end


# %% lesson 01 element-place
def element_place(index, strides, offset):
    """The place in the storage of the element `index`: `element_place((1, 2), (3, 1), 5)` is 10.

    `index` and `strides` have one int for each dim; `offset` is the place of the first element.
    """
    place = offset
    for steps, stride in zip(index, strides):
        place += steps * stride
    return place


# %% end


# %% lesson 01 window
def window(array, shape, strides, offset):
    """The whole memory under `array`, seen with other sizes, strides and offset: nothing is copied.

    Strides and offset count elements; the offset starts where the storage starts.
    """
    size = array.itemsize
    strides = tuple([stride * size for stride in strides])
    return np.ndarray(shape, array.dtype, owner_of(array), offset * size, strides)


@kernel
def restride(array, shape, strides, offset=0):
    """`window`, but the offset counts from the first element of `array`, which may lie anywhere.

    A window without elements begins where the memory ends, at the latest.
    """
    owner = owner_of(array)
    end = owner.nbytes // array.itemsize
    before = (address(array) - address(owner)) // array.itemsize
    return window(array, shape, strides, min(before + offset, end))


# %% end


class UntypedStorage:
    """The bytes that one or more tensors look at through their sizes and strides.

    It is made on demand from a tensor's window; two tensors share their memory when the
    `data_ptr()` of their storages agree. Mirrors torch.UntypedStorage.
    """

    def __init__(self, array: np.ndarray) -> None:
        self._owner = owner_of(array)

    def data_ptr(self) -> int:
        """The address of the first byte; 0 where there are no bytes."""
        return address(self._owner) if self._owner.size else 0

    def nbytes(self) -> int:
        """The size in bytes."""
        return self._owner.nbytes

    size = __len__ = nbytes

    def tolist(self) -> Any:
        """All bytes, as a list of ints from 0 to 255."""
        return np.ndarray(self._owner.nbytes, np.uint8, self._owner).tolist()

    def __getitem__(self, index: Any) -> Any:
        return self.tolist()[index]

    def __repr__(self) -> str:
        rows = "".join(f" {byte}\n" for byte in self.tolist())
        return f"{rows}[{PACKAGE}.storage.UntypedStorage(device=cpu) of size {self.nbytes()}]"
