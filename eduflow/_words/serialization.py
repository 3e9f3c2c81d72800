"""Files and places that `load` refuses, and why."""

from __future__ import annotations

import contextlib
import os
import pickle
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._core.package import PACKAGE


def check_file(f: Any) -> None:
    """AttributeError unless `f` is a path, or a file in which one can go back and forth."""
    if not isinstance(f, (str, os.PathLike)) and not hasattr(f, "seek"):
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute 'seek'. You can only {PACKAGE}.load "
            "from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO "
            "and try to load from it instead."
        )


def home_of(archive: zipfile.ZipFile, file: Any) -> str:
    """The folder in which all members of an archive that `save` wrote stand, with its slash.

    UnpicklingError for other archives, for compressed members, and for more than `file` can hold.
    """
    members = {info.filename: info for info in archive.infolist()}
    homes = [name.removesuffix("data.pkl") for name in members if name.endswith("/data.pkl")]
    if len(homes) != 1:
        raise pickle.UnpicklingError(_not_ours(members))
    if f"{homes[0]}constants.pkl" in members:
        raise pickle.UnpicklingError(
            f"this is a program that TorchScript saved, which {PACKAGE} cannot run; "
            "save its state_dict() with PyTorch, and load that"
        )
    for info in members.values():
        if info.compress_type != zipfile.ZIP_STORED:
            raise pickle.UnpicklingError(
                f"{info.filename} is compressed, which torch.save never does; it is not read"
            )
    if sum(info.file_size for info in members.values()) > _length(file):
        raise pickle.UnpicklingError("the archive's members are longer than the file")
    return homes[0]


def _length(file: Any) -> int:
    """The length in bytes of an open file."""
    here = file.tell()
    end: int = file.seek(0, os.SEEK_END)
    file.seek(here)
    return end


def _not_ours(members: Any) -> str:
    if "format" in members:
        return (
            f"an early {PACKAGE} wrote this file, in a form of its own that is not read any more; "
            "make it anew with today's `save`"
        )
    return f"this zip archive was not written by {PACKAGE}.save or torch.save"


def must_go_to_the_cpu(map_location: Any, where: str) -> None:
    """RuntimeError if what was saved at `where` is to go to another place: there is only the CPU.

    `map_location` is the place for all, a dict of places by where it was, or None.
    """
    mapped = isinstance(map_location, dict) or map_location is None
    location = (map_location or {}).get(where, where) if mapped else map_location
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


def check_one_dtype(owner: np.ndarray, array: np.ndarray) -> None:
    """RuntimeError unless memory is looked at as it is written: as numbers of one dtype."""
    if owner.dtype != array.dtype:
        raise RuntimeError(
            "Cannot save multiple tensors or storages that view the same data as different types"
        )


def check_built(kind: type, allowed: dict[str, Any]) -> None:
    """UnpicklingError for an object whose state a file may not set."""
    if kind not in (OrderedDict, Counter) and kind not in allowed.values():
        raise pickle.UnpicklingError(
            "Can only build Tensor, Parameter, OrderedDict or types allowlisted via "
            f"`add_safe_globals`, but got {kind}"
        )


def zip_of(file: Any) -> zipfile.ZipFile:
    """The zip archive that an open file holds; the errors of what is none."""
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Any, error: Exception) -> Exception:
    """The error for what is no zip archive: empty, something else, or cut off."""
    file.seek(0)
    start = file.read(4)
    if not start:
        return EOFError("the file is empty")
    if start[:2] != b"PK":
        return pickle.UnpicklingError(
            f"this file was not written by {PACKAGE}.save, nor by PyTorch 1.6 or later"
        )
    return RuntimeError(
        "PytorchStreamReader failed reading zip archive: failed finding central directory. The "
        f"file is damaged, or was not written to its end: {error}"
    )


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


@contextlib.contextmanager
def damage_told(foreign: bool) -> Iterator[Callable[[Callable], Callable]]:
    """Within it, whatever Python says of a damaged file becomes a RuntimeError that says so.

    It gives a function that spares another: a RuntimeError of that one's passes as it is. With
    `foreign`, the file may run code of its own, and what that says is its own affair.
    """
    refused: list[RuntimeError] = []

    def spared(function: Callable) -> Callable:
        def call(*args: Any) -> Any:
            try:
                return function(*args)
            except RuntimeError as error:
                refused.append(error)
                raise

        return call

    try:
        yield spared
    except (RuntimeError, *_DAMAGE) as error:
        own = not isinstance(error, (RuntimeError, zipfile.BadZipFile)) and foreign
        # In a lesson that comes before the one on reading files, it is the framework that is not
        # whole, and not the file.
        if own or error in refused or getattr(error, "unfinished", False):
            raise
        name = "" if isinstance(error, RuntimeError) else f"{type(error).__name__}: "
        raise RuntimeError(f"the file is damaged: {name}{error}") from error
