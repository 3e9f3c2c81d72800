"""What commands share that start another Python: where it finds this eduflow, how it ended."""

from __future__ import annotations

import os

from .source import package_folder


def python_path() -> str:
    """PYTHONPATH for another Python, which must find this very package before any other."""
    paths = str(package_folder().parent), os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, paths))


def last_lines(text: str, count: int) -> str:
    """The last lines of what a program said, indented to stand below a message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])
