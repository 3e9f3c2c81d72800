"""DLPack: tensors and arrays of other libraries over the same memory, without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core.calls import answering
from .._core.device import device as torch_device
from .._core.nested import lent
from .._core.tensor import Tensor, method, wrap


@method("__dlpack__")
def _lend(tensor: Tensor, *, stream: Any = None, **wishes: Any) -> Any:
    """A capsule that lends the tensor's memory to another library, for its `from_dlpack`.

    `wishes` are what that library may ask for: max_version, dl_device, copy. BufferError for a
    tensor that needs a gradient: nothing outside would be recorded.
    """
    if tensor.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if stream is not None and stream != -1:
        raise AssertionError("stream should be None on cpu.")
    return tensor._array.__dlpack__(**wishes)


@method("__dlpack_device__")
def _device(tensor: Tensor) -> tuple[int, int]:
    """Where the memory is, in DLPack's numbers: (1, 0) is the CPU."""
    return tensor._array.__dlpack_device__()


@answering
def to_dlpack(tensor: Tensor) -> Any:
    """A capsule over the tensor's memory, for `from_dlpack`. Mirrors torch.to_dlpack."""
    return _lend(tensor)


@answering
def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor over the memory of anything that speaks DLPack: NumPy's arrays, PyTorch's tensors.

    Nothing is copied unless `copy` is True: a change of one shows in the other. TypeError for what
    does not speak it, BufferError for memory of another device. Mirrors torch.from_dlpack.
    """
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(
            "from_dlpack(): expected a tensor or the like, of a library that speaks DLPack, not "
            f"{type(ext_tensor).__name__}"
        )
    if device is not None:
        torch_device(device)
    array = ext_tensor if isinstance(ext_tensor, np.ndarray) else _borrowed(ext_tensor)
    return wrap(array.copy() if copy else lent(array))


class _Writable:
    """Memory that NumPy 2.0 marks as read-only, since DLPack told nothing of that in its time."""

    def __init__(self, array: np.ndarray) -> None:
        about = array.__array_interface__
        self.array, self.__array_interface__ = array, about | {"data": (about["data"][0], False)}


def _borrowed(ext_tensor: Any) -> np.ndarray:
    """An array over another library's memory."""
    array = np.from_dlpack(ext_tensor)
    old = np.lib.NumpyVersion(np.__version__) < "2.1.0"
    return np.asarray(_Writable(array)) if old and not array.flags.writeable else array
