"""Where the lessons lie: beside the package in a checkout, among its data files if installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from .errors import CourseError
from .notebook import SLUG

SHARED = Path("share", "eduflow", "lessons")


def package_folder() -> Path:
    """The folder of the package that this course is part of."""
    return Path(__file__).resolve().parents[1]


def checkout() -> Path | None:
    """The folder of the checkout that the package lies in; None if it is installed."""
    root = package_folder().parent
    return root if (root / "pyproject.toml").is_file() and (root / "lessons").is_dir() else None


def framework() -> Any:
    """The whole framework, also where only the course was imported so far."""
    root = __name__.split(".")[0]
    if not getattr(sys.modules[root], "__file__", None):
        del sys.modules[root]
    return importlib.import_module(root)


def lesson_files() -> list[Path]:
    """The course's own notebooks in order, with solutions and outputs.

    Raises CourseError if they were not installed.
    """
    for folder in _places():
        found = sorted(path for path in folder.glob("*.ipynb") if SLUG.fullmatch(path.stem))
        if found:
            return found
    raise CourseError(
        "The lessons are not installed with this eduflow.\n"
        "  Install it anew (`pip install --force-reinstall eduflow`), or work in a checkout."
    )


def _places() -> Iterator[Path]:
    yield package_folder().parent / "lessons"
    try:
        files = distribution(__name__.split(".")[0]).files or []
    except PackageNotFoundError:
        files = []
    inside = [file for file in files if file.suffix == ".ipynb" and file.parent.name == "lessons"]
    yield from {Path(str(file.locate())).resolve().parent: None for file in inside}
    yield Path(sys.prefix) / SHARED
