"""Writing files so that a crash never leaves half a file behind.

A file is opened without asking first whether it is there: in a browser, where files lie in its
storage, each question takes some 15 ms.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from .errors import CourseError


def read_text(path: Path) -> str:
    """The text of a UTF-8 file with plain newlines and no byte order mark, whatever it holds.

    Raises CourseError if the file cannot be read or is not UTF-8.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{shown(path)}: the file is not UTF-8 text ({error.reason} at byte {error.start}).\n"
            "  Take the last good version back, for example with `git checkout`."
        ) from None
    except OSError as error:
        if path.is_dir():
            raise CourseError(
                f"{shown(path)}: this is a folder, not a file.\n  Rename or remove it."
            ) from None
        raise CourseError(f"{shown(path)}: the file cannot be read: {error.strerror}.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """What a file holds, in one question to where it lies: its size is not asked for."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return b"".join(iter(lambda: os.read(handle, 1 << 20), b""))
    finally:
        os.close(handle)


def shown(path: Path) -> str:
    """How messages call a file: its folder and its name."""
    return f"{path.resolve().parent.name}/{path.name}"


def conflict_line(text: str) -> int | None:
    """The number of the line where an unfinished merge begins; None if there is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            return number
    return None


def write_all(texts: dict[Path, str]) -> None:
    """Write several files: all are made ready first, so that a failure leaves every one as it was.

    Stopped between two renames, some files are new and some old, each of them whole.
    """
    staged: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            staged.append((_stage(path, text), path))
        for name, path in staged:
            os.replace(name, path)
    finally:
        for name, _ in staged:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


def atomic_write(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines: first beside `path`, then moved over it."""
    write_all({path: text})


def _stage(path: Path, text: str) -> str:
    """Put the text into a new file beside `path`; the new file's name."""
    prefix, suffix = f".{path.name}.", ".new"
    try:
        handle, name = tempfile.mkstemp(suffix, prefix, path.parent)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix, prefix, path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; the replaced file's own permissions are the ones to keep.
        os.chmod(name, _permissions(path))
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return name


def _permissions(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o644


def write_if_changed(path: Path, text: str) -> bool:
    """Write `text` unless the file holds exactly that already; say whether it was written."""
    with contextlib.suppress(FileNotFoundError):
        if read_bytes(path) == text.encode("utf-8"):
            return False
    atomic_write(path, text)
    return True
