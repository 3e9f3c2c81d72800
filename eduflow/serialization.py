"""Saving and loading: tensors, state dicts, modules, and plain data around them.

The files are PyTorch's: a zip archive with a pickle, `data.pkl`, and the memory of all tensors.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import pickletools
import secrets
import shutil
import sys
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from . import _utils
from ._core.device import device
from ._core.dtype import dtype as dtype_class
from ._core.size import Size
from ._core.storage import UntypedStorage, address, owner_of
from ._core.tensor import Tensor
from ._weights_only_unpickler import WeightsUnpickler
from ._words.serialization import check_file, home_of, must_be_cpu, unreadable
from .nn.parameter import Parameter

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


def _renamed(text: bytes) -> bytes:
    """A pickle of protocol 2 or 3 with PyTorch's names in place of ours.

    A name stands there once, behind the instruction `c`; if its bytes stand there more often, as
    they may in somebody's text, the instructions are gone through one by one.
    """
    wanted = {b"c" + old: b"c" + new for old, new in _RENAMED.items() if b"c" + old in text}
    if any(text.count(old) > 1 for old in wanted):
        return _renamed_one_by_one(text)
    for old, new in wanted.items():
        text = text.replace(old, new)
    return text


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


class _Storage:
    """Memory that tensors look at, for the pickler: its key in the file, and whose it is."""

    def __init__(self, key: int, owner: np.ndarray) -> None:
        self.key, self.owner = key, owner


class _Pickler(pickle.Pickler):
    """Pickles plain data; tensors become recipes in PyTorch's form."""

    def __init__(self, file: BinaryIO, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[int, _Storage] = {}
        self._kept: list[Tensor] = []  # addresses are only good while the memory is there

    def persistent_id(self, thing: Any) -> tuple | None:
        """The description of memory; None for what is pickled as usual."""
        if type(thing) is not _Storage:
            return None
        kind, owner = _utils.storage_type(thing.owner.dtype), thing.owner
        return "storage", kind, str(thing.key), "cpu", owner.nbytes // kind.dtype.itemsize

    def reducer_override(self, thing: Any) -> Any:
        """The recipe for a tensor, a size or a device; NotImplemented for what has its own."""
        if type(thing) is Parameter:
            return self._parameter(thing)
        if type(thing) is Tensor:
            return self._tensor(thing)
        if type(thing) is Size:
            return Size, (tuple(thing),)
        return (device, (str(thing),)) if isinstance(thing, device) else NotImplemented

    def _tensor(self, tensor: Tensor) -> tuple:
        hung_on = _hung_on(tensor)
        make, what = self._window(tensor, tensor.requires_grad)
        if hung_on:
            return _utils._rebuild_from_type_v2, (make, Tensor, what, hung_on)
        return make, what

    def _parameter(self, parameter: Parameter) -> tuple:
        data = parameter.detach()
        self._kept.append(data)
        hung_on, grad = _hung_on(parameter), parameter.requires_grad
        if hung_on:
            return _utils._rebuild_parameter_with_state, (data, grad, OrderedDict(), hung_on)
        return _utils._rebuild_parameter, (data, grad, OrderedDict())

    def _window(self, tensor: Tensor, requires_grad: bool) -> tuple[Callable, tuple]:
        """What makes the tensor, and of what: memory, offset, size, stride."""
        storage = self._storage(tensor)
        array = tensor._array
        offset = (address(array) - address(storage.owner)) // array.itemsize if array.size else 0
        what = storage, offset, tuple(array.shape), tensor.stride(), requires_grad, OrderedDict()
        if _utils.storage_type(array.dtype) is _utils.UntypedStorage:
            return _utils._rebuild_tensor_v3, (*what, tensor.dtype)
        return _utils._rebuild_tensor_v2, what

    def _storage(self, tensor: Tensor) -> _Storage:
        """The memory that a tensor looks at; RuntimeError if it was written as another dtype."""
        self._kept.append(tensor)
        owner = owner_of(tensor._array)
        place = address(owner) if owner.nbytes else id(tensor)
        found = self.storages.setdefault(place, _Storage(len(self.storages), owner))
        if found.owner.dtype != tensor._array.dtype:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different "
                "types"
            )
        return found


def _hung_on(tensor: Tensor) -> dict[str, Any]:
    """What users hung on a tensor, by name."""
    return {k: v for k, v in vars(tensor).items() if k[0] != "_" and k != "retains_grad"}


_ALIGNMENT = 64  # bytes: where memory begins in the file, so that it can be mapped


def _write_archive(obj: Any, file: BinaryIO, protocol: int, name: str) -> None:
    """Write the zip archive of `obj` into an open file. The same object gives the same bytes."""
    text = io.BytesIO()
    pickler = _Pickler(text, min(protocol, 3))  # 2 and 3 name things in a way that can be renamed
    pickler.dump(obj)
    with zipfile.ZipFile(file, "w") as archive:

        def add(member: str, content: Any) -> None:
            info = zipfile.ZipInfo(f"{name}/{member}")
            start = (archive.start_dir or 0) + 30 + len(info.filename.encode()) + 4
            pad = -start % _ALIGNMENT
            info.extra = b"FB" + pad.to_bytes(2, "little") + b"Z" * pad
            archive.writestr(info, content)

        add("data.pkl", _renamed(text.getvalue()))
        add(".format_version", b"1")
        add(".storage_alignment", str(_ALIGNMENT).encode())
        add("byteorder", sys.byteorder.encode())
        for storage in pickler.storages.values():
            add(f"data/{storage.key}", np.ascontiguousarray(storage.owner).tobytes())
        add("version", b"3\n")


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
    if hasattr(f, "write"):
        text = io.BytesIO()
        _write_archive(obj, text, pickle_protocol, "archive")
        f.write(text.getvalue())
        return
    if not isinstance(f, (str, os.PathLike)):
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
        )
    path = Path(os.path.realpath(f))
    _replace(path, lambda file: _write_archive(obj, file, pickle_protocol, path.stem or "archive"))


def _replace(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write(file)` write a file beside `path`, and put it in the place of `path`."""
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist.")
    if path.exists() and not path.is_file():  # such as /dev/null
        with open(path, "wb") as file:
            return write(file)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(beside, "xb") as file:
            write(file)
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


# Reading


class _Archive:
    """A file of weights: its recipe, and the memory of its tensors. Only what `save` writes.

    Everything in it is stored as it is, so that no file can grow in memory beyond its own size.
    """

    def __init__(self, file: Any, archive: zipfile.ZipFile, relocate: Callable) -> None:
        self._archive, self._relocate = archive, relocate
        self._home = home_of(archive, file)
        told = f"{self._home}byteorder" in archive.namelist()
        self.order = ">" if told and self._read("byteorder") == b"big" else "<"

    def _read(self, member: str) -> bytes:
        return self._archive.read(self._home + member)

    def recipe(self) -> io.BytesIO:
        """The pickle, as a file."""
        return io.BytesIO(self._read("data.pkl"))

    def storage(self, key: str, place: str) -> Any:
        """The bytes of `data/key`, wherever `map_location` puts them."""
        return self._relocate(self._read(f"data/{key}"), place)


class _AnyUnpickler(WeightsUnpickler):
    """Follows any recipe: what it names is imported, and what it calls is run."""

    dispatch = pickle._Unpickler.dispatch

    def find_class(self, module: str, name: str) -> Any:
        """The class or function of this name."""
        path = f"{module}.{name}"
        if path in self.allowed:
            return self.allowed[path]
        return pickle._Unpickler.find_class(self, module, name)


def _relocation(map_location: Any) -> Callable[[bytes, str], Any]:
    """What to do with each storage that is read, as a function of its bytes and its place."""
    if isinstance(map_location, (str, device)):
        must_be_cpu(map_location)
        return lambda content, place: content
    if map_location is None or isinstance(map_location, dict):

        def look_up(content: bytes, place: str) -> bytes:
            must_be_cpu((map_location or {}).get(place, place))
            return content

        return look_up

    def relocate(content: bytes, place: str) -> Any:
        moved = map_location(UntypedStorage(np.frombuffer(content, np.uint8).copy()), place)
        if moved is None:
            must_be_cpu(place)
            return content
        return np.ascontiguousarray(moved._owner).view(np.uint8)

    return relocate


# Whatever a damaged recipe or archive makes Python say.
_DAMAGE = (
    zipfile.BadZipFile,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
)


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
    with _opened(f) as file:
        relocate = _relocation(map_location)
        try:
            archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise unreadable(file, error) from error
        only = weights_only is None or bool(weights_only)
        return _followed(file, archive, relocate, only, pickle_load_args)


@contextlib.contextmanager
def _opened(f: Any) -> Iterator[Any]:
    if hasattr(f, "seek"):
        yield f
    else:
        with open(f, "rb") as file:
            yield file


def _followed(file: Any, archive: Any, relocate: Callable, only: bool, options: Any) -> Any:
    """What the recipe of an archive makes; RuntimeError where it cannot be followed."""
    refused: list[RuntimeError] = []

    def place(content: bytes, where: str) -> Any:
        try:
            return relocate(content, where)
        except RuntimeError as error:
            refused.append(error)
            raise

    unpickler = WeightsUnpickler if only else _AnyUnpickler
    try:
        return unpickler(_Archive(file, archive, place), _ALWAYS | _allowed, **options).load()
    except (RuntimeError, *_DAMAGE) as error:
        own = not isinstance(error, (RuntimeError, zipfile.BadZipFile)) and not only
        # What a file's own code says is its own affair; and in a lesson that comes before the one
        # on reading files, it is the framework that is not whole, and not the file.
        if own or error in refused or getattr(error, "unfinished", False):
            raise
        name = "" if isinstance(error, RuntimeError) else f"{type(error).__name__}: "
        raise RuntimeError(f"the file is damaged: {name}{error}") from error
