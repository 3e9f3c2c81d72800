"""Saving and loading: tensors, state dicts, modules, and plain data around them.

The files are PyTorch's: a zip archive with a pickle, `data.pkl`, and the memory of all tensors.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import shutil
import sys
import zipfile
from collections import Counter, OrderedDict, namedtuple
from collections.abc import Callable
from functools import partial, reduce
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from . import _utils
from ._core.device import device
from ._core.dtype import dtype as dtype_class
from ._core.later import Later
from ._core.size import Size
from ._core.storage import UntypedStorage, address, owner_of
from ._core.tensor import Tensor
from ._utils import storage_type
from ._weights_only_unpickler import WeightsUnpickler
from ._words.serialization import (
    check_file,
    check_one_dtype,
    damage_told,
    home_of,
    must_go_to_the_cpu,
    zip_of,
)
from .nn.parameter import Parameter

pickletools = Later("pickletools")

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "load",
    "safe_globals",
    "save",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here."""
    return __all__


_allowed: dict[str, Any] = {}  # what add_safe_globals was given, by name


def _named(items):
    pairs = [item if isinstance(item, tuple) else (item, None) for item in items]
    return {name or f"{x.__module__}.{x.__qualname__}": x for x, name in pairs}


def add_safe_globals(safe_globals):
    """Let `load` make objects of these classes, too. Mirrors torch.serialization's."""
    _allowed.update(_named(safe_globals))


def get_safe_globals():
    """What was allowed by add_safe_globals, as a list."""
    return list(_allowed.values())


def clear_safe_globals():
    """Allow nothing but plain data and tensors again."""
    _allowed.clear()


@contextlib.contextmanager
def safe_globals(safe_globals):
    """A `with` block in which `load` may make objects of these classes, too."""
    before = dict(_allowed)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        clear_safe_globals()
        _allowed.update(before)


# Names in files, in PyTorch's words


def _encoded(text: str, encoding: str) -> bytes:
    """Bytes, which protocol 2 writes as a text."""
    return text.encode(encoding)


def _filled(*content: Any) -> bytearray:
    """A bytearray of bytes or of a text; not of a size, which would take memory for nothing."""
    if content and isinstance(content[0], int):
        raise TypeError("a bytearray is made of bytes here")
    return bytearray(*content)


# Things of ours by the names that PyTorch has for them. Of two names for one, the last is written.
_OURS: dict[str, Any] = {
    "torch.Size": Size,
    "torch.Tensor": Tensor,
    "torch.device": device,
    "torch._tensor._rebuild_from_type_v2": _utils._rebuild_from_type_v2,
    "torch._utils._rebuild_tensor_v2": _utils._rebuild_tensor_v2,
    "torch._utils._rebuild_tensor_v3": _utils._rebuild_tensor_v3,
    "torch._utils._rebuild_parameter": _utils._rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _utils._rebuild_parameter_with_state,
    **{f"torch.{dtype.name}": dtype for dtype in dtype_class.by_numpy.values()},
}
_STORAGES: dict[str, _utils.StorageType] = {
    **{f"torch.{kind.name}": kind for kind in _utils.STORAGE_TYPES},
    "torch.storage.UntypedStorage": _utils.UntypedStorage,
}
# What a recipe may name, whoever wrote it.
_ALWAYS: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "_codecs.encode": _encoded,
    **_OURS,
    **{path: kind.dtype for path, kind in _STORAGES.items()},
}
for _home in ("builtins", "__builtin__"):
    _ALWAYS |= {f"{_home}.set": set, f"{_home}.complex": complex, f"{_home}.bytearray": _filled}


def _lines(module: str, name: str) -> bytes:
    """How a pickle of protocol 2 or 3 names a thing: its module and its name, each with its end."""
    return f"{module}\n{name}\n".encode()


def _name(thing: Any) -> str:
    """The name of a class, a function, a dtype or a storage type in its module."""
    named = isinstance(thing, (dtype_class, _utils.StorageType))
    name: str = thing.name if named else thing.__qualname__
    return name


# Names of ours as a pickle has them, and PyTorch's for them.
_RENAMED: dict[bytes, bytes] = {
    _lines(thing.__module__, _name(thing)): _lines(*path.rsplit(".", 1))
    for path, thing in (_OURS | _STORAGES).items()
}


def renamed(text: bytes) -> bytes:
    """A pickle of protocol 2 or 3 with PyTorch's names in place of ours.

    A name stands there once, behind the instruction `c`; if its bytes stand there more often, as
    they may in somebody's text, the instructions are gone through one by one.
    """
    wanted = {b"c" + old: b"c" + new for old, new in _RENAMED.items() if b"c" + old in text}
    if any(text.count(old) > 1 for old in wanted):
        return _renamed_one_by_one(text)
    return reduce(lambda text, names: text.replace(*names), wanted.items(), text)


def _renamed_one_by_one(text: bytes) -> bytes:
    parts: list[bytes] = []
    end = 0
    for code, argument, place in pickletools.genops(text):
        at = place or 0
        old = b"%s\n" % str(argument).replace(" ", "\n").encode() if code.code == "c" else b""
        if old in _RENAMED:
            parts += [text[end : at + 1], _RENAMED[old]]
            end = at + 1 + len(old)
    return b"".join([*parts, text[end:]])


# Writing


# %% lesson 16 memory
Memory = namedtuple("Memory", ["key", "owner"])  # its number in the file; the array that owns it


def memory_of(tensor, found):
    """The Memory under a tensor: one and the same for all tensors that share it.

    `found` is a dict of those met so far, by address (or id(owner), where there are no bytes); a
    new one gets the next number, from 0 on.
    """
    owner = owner_of(tensor._array)
    place = address(owner) if owner.nbytes else id(owner)
    if place not in found:
        found[place] = Memory(len(found), owner)
    return found[place]


def persistent_id(memory):
    """How a recipe speaks of memory: ("storage", kind, key, "cpu", count), its key as a text."""
    kind = storage_type(memory.owner.dtype)
    return "storage", kind, str(memory.key), "cpu", memory.owner.nbytes // kind.dtype.itemsize


# %% end


# %% lesson 16 recipe
def recipe_of(tensor, memory):
    """A function, and the arguments with which it makes the tensor again from its memory."""
    window = memory, tensor.storage_offset(), tuple(tensor.shape), tensor.stride()
    return _utils._rebuild_tensor_v2, (*window, tensor.requires_grad, OrderedDict())


def tensor_recipe(tensor, found):
    """The recipe for a tensor, with what users hung on it; its memory is looked up in `found`."""
    memory, hung_on = memory_of(tensor, found), hung_on_by_name(tensor)
    check_one_dtype(memory.owner, tensor._array)
    make, what = recipe_of(tensor, memory)
    whole = make, Tensor, what, hung_on
    return (_utils._rebuild_from_type_v2, whole) if hung_on else (make, what)


class Pickler(pickle.Pickler):
    """Writes plain data as Python does, and of a tensor its recipe; `found` is their memory."""

    def __init__(self, file, protocol):
        super().__init__(file, protocol)
        self.found = {}

    def persistent_id(self, thing):
        """How to speak of what lies outside the pickle; None for all else."""
        return persistent_id(thing) if isinstance(thing, Memory) else None

    def reducer_override(self, thing):
        """(function, arguments) that make `thing` again; NotImplemented where Python knows how."""
        recipe = RECIPES.get(type(thing))
        return recipe(thing, self.found) if recipe else NotImplemented


# %% end


def _parameter(parameter: Parameter, found: dict[int, Memory]) -> tuple:
    """The recipe for a parameter: one for its tensor, and whether it wants a gradient."""
    what = parameter.detach(), parameter.requires_grad, OrderedDict()
    hung_on = hung_on_by_name(parameter)
    if hung_on:
        return _utils._rebuild_parameter_with_state, (*what, hung_on)
    return _utils._rebuild_parameter, what


def hung_on_by_name(tensor: Tensor) -> dict[str, Any]:
    """What users hung on a tensor, by name."""
    return {k: v for k, v in vars(tensor).items() if k[0] != "_" and k != "retains_grad"}


RECIPES: dict[type, Callable[[Any, dict[int, Memory]], tuple]] = {
    Tensor: tensor_recipe,
    Parameter: _parameter,
    Size: lambda size, found: (Size, (tuple(size),)),
    device: lambda place, found: (device, (str(place),)),
}


# %% lesson 16 archive
def add_member(archive, name, content):
    """Write bytes as a member of an open zip archive, from a multiple of 64 on in the file."""
    info = zipfile.ZipInfo(name)
    start = archive.start_dir + 30 + len(name.encode()) + 4
    filler = b"Z" * (-start % 64)
    info.extra = b"FB" + len(filler).to_bytes(2, "little") + filler
    archive.writestr(info, content)


def write_archive(thing, file, protocol, name):
    """Write the zip archive of `thing` into an open file; all its members stand under `name`/."""
    recipe = io.BytesIO()
    pickler = Pickler(recipe, min(protocol, 3))
    pickler.dump(thing)
    with zipfile.ZipFile(file, "w") as archive:
        add_member(archive, f"{name}/data.pkl", renamed(recipe.getvalue()))
        add_member(archive, f"{name}/.format_version", b"1")
        add_member(archive, f"{name}/.storage_alignment", b"64")
        add_member(archive, f"{name}/byteorder", sys.byteorder.encode())
        for memory in pickler.found.values():
            numbers = np.ascontiguousarray(memory.owner)
            add_member(archive, f"{name}/data/{memory.key}", numbers.tobytes())
        add_member(archive, f"{name}/version", b"3\n")


# %% end


def save(
    obj: Any,
    f: Any,
    pickle_module: Any = pickle,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Write `obj` (a tensor, a state dict, a module, plain data with tensors in it) to a file.

    `f` is a path or a file object open for writing bytes. A path is replaced in one step, once all
    is written. Tensors that share memory will share it when loaded; PyTorch reads the file, too.
    Mirrors torch.save.
    """
    if not hasattr(f, "write"):
        return _save_to_path(obj, f, pickle_protocol)
    text = io.BytesIO()
    write_archive(obj, text, pickle_protocol, "archive")
    f.write(text.getvalue())


def _save_to_path(obj: Any, f: Any, protocol: int) -> None:
    """Write `obj` to a file of this path, which is replaced once all is written."""
    if not isinstance(f, (str, os.PathLike)):
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
        )
    path = Path(os.path.realpath(f))
    replace_file(path, lambda file: write_archive(obj, file, protocol, path.stem or "archive"))


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write(file)` write a file beside `path`, and put it in the place of `path`."""
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist.")
    if path.exists() and not path.is_file():  # such as /dev/null
        with open(path, "wb") as file:
            return write(file)
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            write(file)
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


# Reading


class Archive:
    """The zip archive of a file of weights, whose members stand in the folder `home`.

    `place(content, where)` is asked where the bytes of a storage go that was saved at `where`.
    """

    def __init__(self, archive: zipfile.ZipFile, home: str, place: Callable) -> None:
        self.archive, self.home, self.place = archive, home, place
        told = f"{home}byteorder" in archive.namelist()
        self.order = ">" if told and archive.read(f"{home}byteorder") == b"big" else "<"

    def recipe(self) -> io.BytesIO:
        """The pickle, as a file."""
        return io.BytesIO(self.archive.read(f"{self.home}data.pkl"))

    def storage(self, key: str, where: str) -> Any:
        """The bytes of `data/key`, or what `place` makes of them."""
        return self.place(self.archive.read(f"{self.home}data/{key}"), where)


def placed(map_location: Any, content: bytes, where: str) -> Any:
    """The bytes `content` that were saved at `where`, put where `map_location` says: on the CPU."""
    if callable(map_location):
        return placed_by(map_location, content, where)
    must_go_to_the_cpu(map_location, where)
    return content


class AnyUnpickler(WeightsUnpickler):
    """Follows any recipe: what it names is imported, and what it calls is run."""

    dispatch = pickle._Unpickler.dispatch

    def find_class(self, module: str, name: str) -> Any:
        """The class or function of this name."""
        path = f"{module}.{name}"
        if path in self.allowed:
            return self.allowed[path]
        return pickle._Unpickler.find_class(self, module, name)


def placed_by(function: Callable[[Any, str], Any], content: bytes, where: str) -> Any:
    """What `function(storage, where)` returns; None leaves the memory where it is: on the CPU."""
    moved = function(UntypedStorage(np.frombuffer(content, np.uint8).copy()), where)
    if moved is None:
        return placed(None, content, where)
    return np.ascontiguousarray(moved._owner).view(np.uint8)


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save` or PyTorch's `save` wrote, from a path or a file object.

    Unless `weights_only` is False, only plain data and tensors are accepted, and what
    `add_safe_globals` allows: pickle.UnpicklingError for anything else. `map_location` says where
    the tensors go, and may only name the CPU. RuntimeError for a damaged file. Mirrors torch.load.
    """
    check_file(f)
    reader = WeightsUnpickler if weights_only is None or weights_only else AnyUnpickler
    with contextlib.nullcontext(f) if hasattr(f, "seek") else open(f, "rb") as file:
        archive = zip_of(file)
        with damage_told(foreign=reader is AnyUnpickler) as spared:
            found = Archive(archive, home_of(archive, file), spared(partial(placed, map_location)))
            return reader(found, _ALWAYS | _allowed, **pickle_load_args).load()
