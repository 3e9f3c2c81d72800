# Built by lessons/01_tensors_and_storage.ipynb. Change it there, or here and run `make scatter`.
# %% storage-class
"""The memory under tensors: one flat run of bytes, which knows nothing of shapes."""

import numpy as np


class UntypedStorage:
    """The bytes that one or more tensors look at through their sizes and strides.

    Made on demand from a tensor's window; two tensors share storage when `data_ptr()` agrees.
    Mirrors torch.UntypedStorage.
    """

    def __init__(self, array):
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        low, high = np.lib.array_utils.byte_bounds(owner)
        self._owner, self._start = owner, low
        self._bytes = high - low if owner.size else 0

    def data_ptr(self):
        """The address of the first byte."""
        return self._start if self._bytes else 0

    def nbytes(self):
        """The size in bytes."""
        return self._bytes

    size = __len__ = nbytes

    def tolist(self):
        """All bytes, as a list of ints from 0 to 255."""
        pointer = {"data": (self._start, True), "shape": (self._bytes,), "typestr": "|u1", "version": 3}
        window = type("Window", (), {"__array_interface__": pointer, "owner": self._owner})()
        return np.asarray(window).tolist() if self._bytes else []

    def __getitem__(self, index):
        return self.tolist()[index]

    def __repr__(self):
        rows = "\n".join(f" {byte}" for byte in self.tolist())
        return f"{rows}\n[{__package__}.storage.UntypedStorage(device=cpu) of size {self._bytes}]"
