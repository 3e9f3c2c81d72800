"""Tensors in files of the package safetensors: save_file, load_file, save, load.

The functions are called as in `safetensors.torch`, and need that package, which is not installed
with this one: `pip install safetensors`. Such a file holds numbers and names only; nothing in it is
ever run.
"""

import os
from pathlib import Path

import numpy as np

try:
    from safetensors import deserialize as _deserialize
    from safetensors.numpy import save as _save
except ModuleNotFoundError:

    def _deserialize(*_):
        raise ModuleNotFoundError("No module named 'safetensors': pip install safetensors")

    _save = _deserialize

from .._core.storage import address, owner_of
from .._core.tensor import Tensor, wrap
from ..serialization import replace_file

__all__ = ["load", "load_file", "save", "save_file"]

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
    "I8": "i1", "U8": "u1", "BOOL": "?", "C64": "<c8",
}  # fmt: skip


def _checked(tensors):
    """The arrays of a dict of tensors; an error for what safetensors does not keep."""
    if not isinstance(tensors, dict):
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors)}")
    owners = {}
    for name, x in tensors.items():
        if not isinstance(x, Tensor):
            raise ValueError(
                f"Key `{name}` is invalid, expected torch.Tensor but received {type(x)}"
            )
        if not x.is_contiguous():
            raise ValueError(
                f"You are trying to save a non contiguous tensor: `{name}` which is not allowed. "
                "Call `.contiguous()` on it; of several views of one tensor save the whole only."
            )
        if x.numel():
            owners.setdefault(address(owner_of(x._array)), []).append(name)
    shared = [names for names in owners.values() if len(names) > 1]
    if shared:
        raise RuntimeError(
            f"Some tensors share memory, this will lead to duplicate memory on disk: {shared}. "
            "Keep one name of each, or `.clone()` the others."
        )
    return {name: np.ascontiguousarray(x._array).reshape(x.shape) for name, x in tensors.items()}


def save(tensors, metadata=None):
    """A dict of tensors as the bytes of a file; `metadata` is a dict of texts."""
    return _save(_checked(tensors), metadata)


def save_file(tensors, filename, metadata=None):
    """Write a dict of tensors to a file, which appears once it is whole."""
    content = save(tensors, metadata)
    replace_file(Path(os.path.realpath(filename)), lambda file: file.write(content))


def load(data):
    """The tensors in the bytes of a file, by name; ValueError for a dtype that NumPy lacks."""
    found = {}
    for name, entry in _deserialize(bytes(data)):
        if entry["dtype"] not in _DTYPES:
            raise ValueError(
                f"tensor `{name}` has dtype {entry['dtype']}, which NumPy does not have; convert "
                "it to F32 with PyTorch first"
            )
        array = np.frombuffer(bytearray(entry["data"]), _DTYPES[entry["dtype"]])
        found[name] = wrap(array.reshape(entry["shape"]))
    return found


def load_file(filename, device="cpu"):
    """The tensors in a file, by name; there is no `device` but the CPU."""
    with open(filename, "rb") as file:
        content = file.read()
    return {name: x.to(device) for name, x in load(content).items()}
