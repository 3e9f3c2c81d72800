"""Saving and loading: tensors, state dicts, modules, and plain data around them."""

import contextlib
import io
import os
import pickle
import sys
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np

from ._core.device import device
from ._core.dtype import dtype as dtype_class
from ._core.package import PACKAGE
from ._core.size import Size
from ._core.storage import UntypedStorage, address, owner_of
from ._core.tensor import Tensor, wrap
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


_ALWAYS = {
    f"{kind.__module__}.{kind.__qualname__}": kind
    for kind in (OrderedDict, Counter, set, complex, bytearray)
}
_allowed: dict = {}  # what add_safe_globals was given, by name


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


class _Pickler(pickle.Pickler):
    """Pickles plain data; tensors, dtypes, sizes and devices become descriptions."""

    def __init__(self, file, protocol):
        super().__init__(file, protocol)
        self.numbers, self.storages = {}, {}
        self._kept = []  # ids and addresses are only good while the things they belong to live

    def persistent_id(self, thing):
        """The description of `thing`; None for what is pickled as usual."""
        if type(thing) in (Tensor, Parameter):
            return self._describe(thing)
        if isinstance(thing, dtype_class):
            return "dtype", thing.name
        if isinstance(thing, device):
            return "device", str(thing)
        return ("size", tuple(thing)) if isinstance(thing, Size) else None

    def _describe(self, tensor):
        if id(tensor) in self.numbers:  # described before
            return "tensor", self.numbers[id(tensor)]
        self._kept.append(tensor)
        number = self.numbers[id(tensor)] = len(self.numbers)
        array = tensor._array
        owner = owner_of(array)
        place = address(owner) if owner.size else id(tensor)
        storage = self.storages.setdefault(place, (len(self.storages), owner))[0]
        offset = address(array) - address(owner) if array.size else 0
        hung_on = {k: v for k, v in vars(tensor).items() if k[0] != "_" and k != "retains_grad"}
        window = (array.dtype.name, array.shape, array.strides, offset)
        is_parameter = isinstance(tensor, Parameter)
        return "tensor", number, storage, window, is_parameter, tensor.requires_grad, hung_on


_FORMAT = "tensors in a zip, version 1"


def _write_archive(obj, file, protocol):
    """Write the zip archive of `obj` into an open file. The same object gives the same bytes."""
    text = io.BytesIO()
    pickler = _Pickler(text, protocol)
    pickler.dump(obj)
    with zipfile.ZipFile(file, "w") as archive:
        members = {"format": _FORMAT, "byteorder": sys.byteorder, "data.pkl": text.getvalue()}
        for number, owner in pickler.storages.values():
            members[f"data/{number}"] = np.ascontiguousarray(owner).tobytes()
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def save(obj, f, pickle_module=pickle, pickle_protocol=4, _use_new_zipfile_serialization=True):
    """Write `obj` (a tensor, a state dict, a module, plain data with tensors in it) to a file.

    `f` is a path or a file object open for writing bytes. A path is replaced in one step, once all
    is written. Tensors that share memory will share it when loaded. Mirrors torch.save.
    """
    if hasattr(f, "write"):
        text = io.BytesIO()
        _write_archive(obj, text, pickle_protocol)
        f.write(text.getvalue())
        return
    if not isinstance(f, (str, os.PathLike)):
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
        )
    _replace(Path(os.path.realpath(f)), lambda file: _write_archive(obj, file, pickle_protocol))


def _replace(path, write):
    """Let `write(file)` write a file beside `path`, and put it in the place of `path`."""
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist.")
    if path.exists() and not path.is_file():  # such as /dev/null
        with open(path, "wb") as file:
            return write(file)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


class _Tensors:
    """How an unpickler makes tensors of their descriptions."""

    def _tensor(self, storage, window, is_parameter, requires_grad, hung_on):
        """A tensor from its description: a window over the memory of its storage."""
        name, shape, strides, offset = window
        dtype = np.dtype(name)
        if dtype not in dtype_class.by_numpy:
            raise pickle.UnpicklingError(f"a tensor cannot hold {name!r}")
        try:
            if storage not in self._storages:
                self._storages[storage] = self._memory(storage, dtype), [0]
            memory, counter = self._storages[storage]
            tensor = wrap(np.ndarray(shape, dtype, memory, offset, strides))
        except (KeyError, ValueError, TypeError) as error:
            raise RuntimeError(f"the file is damaged: {error}") from error
        tensor._counter = counter  # one for all that share the memory
        tensor.__class__ = Parameter if is_parameter else Tensor
        tensor.__dict__.update(hung_on)
        return tensor.requires_grad_(requires_grad)

    def _memory(self, storage, dtype):
        """The memory of a storage, read from the archive."""
        content = np.frombuffer(self._archive.read(f"data/{int(storage)}"), np.uint8)
        memory = np.empty(content.size // dtype.itemsize, dtype)
        memory.view(np.uint8)[...] = content
        if self._swap:
            memory.byteswap(inplace=True)
        return self._relocate(memory)


class _Unpickler(_Tensors, pickle.Unpickler):
    """Reads what `_Pickler` wrote; classes only as far as they are allowed."""

    def __init__(self, archive, weights_only, relocate, **options):
        super().__init__(io.BytesIO(archive.read("data.pkl")), **options)
        self._archive, self._weights_only, self._relocate = archive, weights_only, relocate
        self._swap = archive.read("byteorder").decode() != sys.byteorder
        self._tensors, self._storages = {}, {}

    def find_class(self, module, name):
        """The class or function of this name, if it may be used."""
        if not self._weights_only:
            return super().find_class(module, name)
        path = f"{module}.{name}"
        if path in _allowed:
            return _allowed[path]
        if path in _ALWAYS:
            return _ALWAYS[path]
        raise pickle.UnpicklingError(_refusal(path.removeprefix("builtins.")))

    def persistent_load(self, description):
        """What a description stands for."""
        kind, first, *rest = description
        if kind == "tensor":
            if rest:
                self._tensors[first] = self._tensor(*rest)
            return self._tensors[first]
        make = {"dtype": lambda name: dtype_class.by_numpy[np.dtype(name)]}
        return (make | {"device": device, "size": Size})[kind](first)


def _refusal(name):
    home = PACKAGE
    return (
        "Weights only load failed: the file asks for more than plain data and tensors.\n"
        f"Unsupported global: GLOBAL {name} was not an allowed global by default. Please use "
        f"`{home}.serialization.add_safe_globals([{name}])` or the "
        f"`{home}.serialization.safe_globals([{name}])` context manager to allowlist this global "
        "if you trust this class/function.\nIf you trust the whole file, load it with "
        "weights_only=False: then it may run any code."
    )


def _relocation(map_location):
    """What to do with each storage that is read, as a function of its memory."""
    if map_location is None:
        return lambda memory: memory
    if isinstance(map_location, dict):
        map_location = map_location.get("cpu", "cpu")
    if isinstance(map_location, (str, device)):
        _must_be_cpu(map_location)
        return lambda memory: memory

    def relocate(memory):
        moved = map_location(UntypedStorage(memory), "cpu")
        return memory if moved is None else moved._owner

    return relocate


def _must_be_cpu(location):
    """RuntimeError for another place: there is only the CPU."""
    kind = str(location).partition(":")[0]
    if kind == "cuda":
        raise RuntimeError(
            "Attempting to deserialize object on a CUDA device but "
            f"{PACKAGE}.cuda.is_available() is False. If you are running on a CPU-only "
            f"machine, please use {PACKAGE}.load with "
            f"map_location={PACKAGE}.device('cpu') to map your storages to the CPU."
        )
    if kind != "cpu":
        raise RuntimeError(
            f"don't know how to restore data location of {PACKAGE}.storage.UntypedStorage "
            f"(tagged with {location})"
        )


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **options):
    """Read what `save` wrote, from a path or a file object.

    Unless `weights_only` is False, only plain data and tensors are accepted, and what
    `add_safe_globals` allows: pickle.UnpicklingError for anything else. `map_location` may only
    name the CPU. RuntimeError for a damaged file. Mirrors torch.load.
    """
    if not isinstance(f, (str, os.PathLike)) and not hasattr(f, "seek"):
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute 'seek'. You can only {PACKAGE}.load "
            "from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO "
            "and try to load from it instead."
        )
    relocate = _relocation(map_location)
    weights_only = weights_only is None or bool(weights_only)
    try:
        with zipfile.ZipFile(f) as archive:
            names = archive.namelist()
            if "format" not in names or archive.read("format").decode() != _FORMAT:
                raise pickle.UnpicklingError(_NOT_OURS)
            return _Unpickler(archive, weights_only, relocate, **options).load()
    except zipfile.BadZipFile as error:
        raise _unreadable(f, error) from error


_NOT_OURS = f"this zip archive was not written by {PACKAGE}.save"


def _unreadable(f, error):
    """The error for what is no zip archive: empty, something else, or cut off."""
    if hasattr(f, "seek"):
        f.seek(0)
        start = f.read(4)
    else:
        with open(f, "rb") as file:
            start = file.read(4)
    if not start:
        return EOFError("the file is empty")
    if start[:2] != b"PK":
        return pickle.UnpicklingError(f"this file was not written by {PACKAGE}.save")
    return RuntimeError(f"the file is damaged, or was not written to its end: {error}")
