"""Reading a file of weights: numbers from memory, and a recipe that may name only what is allowed.

Both PyTorch's files and ours are zip archives. `data.pkl` is the recipe, a pickle; `data/0`,
`data/1` and so on are the memory of its tensors.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from ._core.package import PACKAGE
from ._core.tensor import wrap
from ._words.serialization import check_built


# %% lesson 15 memory-and-window
def read_storage(content, dtype, count, order="<"):
    """The first `count` numbers of a member of the archive, as a new array: (count,).

    `content` are its bytes, `dtype` says how to read them, `order` whether the low byte comes first
    ("<") or last (">"). The bytes 1, 0, 2, 0 hold two int16, 1 and 2; ValueError for three of them.
    """
    stored = np.dtype(dtype).newbyteorder(order)
    return np.frombuffer(content, stored, count).astype(dtype)


def rebuild_tensor(storage, offset, size, stride):
    """A tensor of this size and stride that begins at the element `offset` of an array, (count,).

    It is a window: nothing is copied. ValueError where it leads out of the storage.
    """
    step = storage.itemsize
    strides = [step * elements for elements in stride]
    return wrap(np.ndarray(tuple(size), storage.dtype, storage, offset * step, strides))


# %% end


_ADDED = (pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID)


class Recipe(pickle._Unpickler):  # Python's own, in Python
    """An unpickler for `data.pkl`; `archive.storage(key)` gives the bytes of `data/key`.

    `allowed` is what the recipe may name: texts such as "torch.FloatStorage" and what they stand
    for. `storages` are the arrays that were read so far, by key.
    """

    def __init__(self, archive: Any, allowed: dict[str, Any], **options: Any) -> None:
        super().__init__(archive.recipe(), **options)
        self.archive, self.allowed, self.storages = archive, allowed, {}

    # Only the instructions of protocols 2 and 3, without those that other programs may have added.
    dispatch = {
        code: follow
        for code, follow in pickle._Unpickler.dispatch.items()
        if code < pickle.SHORT_BINUNICODE[0] and bytes([code]) not in _ADDED
    }

    def load_build(self) -> None:
        """Set the state of an object: only of a dict, a tensor, or a class that is allowed."""
        check_built(type(self.stack[-2]), self.allowed)
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build  # type: ignore[assignment]


# %% lesson 15 weights-only
class WeightsUnpickler(Recipe):
    """Follows a recipe, and makes nothing but what `self.allowed` lists."""

    def find_class(self, module, name):
        """What the recipe calls `module.name`; UnpicklingError unless it is allowed."""
        path = f"{module}.{name}"
        if path not in self.allowed:
            raise pickle.UnpicklingError(refusal(path))
        return self.allowed[path]

    def persistent_load(self, description):
        """The array that ("storage", dtype, key, place, count) speaks of; each key is read once."""
        _, dtype, key, place, count = description
        if key not in self.storages:
            content = self.archive.storage(key, place)
            self.storages[key] = read_storage(content, dtype, count, self.archive.order)
        return self.storages[key]


# %% end


def refusal(path: str) -> str:
    """What to say of a name that is not allowed."""
    name = path.removeprefix("builtins.").removeprefix("__builtin__.")
    if name.removesuffix("Storage") in _OTHER_KINDS or name in _OTHER_KINDS:
        return f"The file holds {name}, a kind of tensor that {PACKAGE} does not have."
    home = PACKAGE
    return (
        "Weights only load failed: the file asks for more than plain data and tensors.\n"
        f"Unsupported global: GLOBAL {name} was not an allowed global by default. Please use "
        f"`{home}.serialization.add_safe_globals([{name}])` or the "
        f"`{home}.serialization.safe_globals([{name}])` context manager to allowlist this global "
        "if you trust this class/function.\nIf you trust the whole file, load it with "
        "weights_only=False: then it may run any code."
    )


# Kinds of tensors that PyTorch has and this framework has not, by how a file names them.
_OTHER_KINDS = {
    "torch.BFloat16",
    "torch.QInt32",
    "torch.QInt8",
    "torch.QUInt8",
    "torch._utils._rebuild_nested_tensor",
    "torch._utils._rebuild_qtensor",
    "torch._utils._rebuild_sparse_tensor",
    "torch.bfloat16",
    "torch.complex32",
    "torch.float8_e4m3fn",
    "torch.float8_e5m2",
}
