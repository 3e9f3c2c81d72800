"""What commands share that start another Python, or do its work where none can be started."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from .source import package_folder


def python_path() -> str:
    """PYTHONPATH for another Python, which must find this very package before any other."""
    paths = str(package_folder().parent), os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, paths))


def last_lines(text: str, count: int) -> str:
    """The last lines of what a program said, indented to stand below a message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])


@contextlib.contextmanager
def imported(name: str, folder: Path) -> Iterator[None]:
    """In this block the package `name` of a folder can be imported; then it is forgotten."""
    before, finders = set(sys.modules), list(sys.meta_path)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.meta_path[:] = finders
        for module in set(sys.modules) - before:
            if module.split(".")[0] == name:
                del sys.modules[module]
