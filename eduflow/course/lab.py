"""`eduflow lab`: open a learner's folder in JupyterLab, and make it first if it is not there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from .errors import CourseError
from .folder import RECORD, find
from .start import DEFAULT_FOLDER, start, told
from .version import version

FIRST = "00_start_here"
# JupyterLab reads `labconfig/` below these folders. Ours turns off the question about news, which
# would lie over the first page and wants the network.
SETTINGS = Path(__file__).parent / "static" / "jupyter"


def lab(place: Path | None, more: list[str]) -> int:
    """Open a folder at its first lesson; what JupyterLab returns. CourseError without it."""
    root = _folder(place)
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError(
            "JupyterLab is not installed here.\n"
            '  `pip install "eduflow[lab]"` brings it. Or open the notebooks of '
            f"{root}{os.sep}lessons in an editor that knows notebooks."
        )
    return subprocess.call(command(root, more), env=environment())


def _folder(place: Path | None) -> Path:
    """The learner's folder, made if need be."""
    inside = find(place or Path.cwd())
    root = inside.root if inside else place or Path(DEFAULT_FOLDER)
    if not (root / RECORD).is_file():
        print(told(start(root, None, version())), flush=True)
    return root


def command(root: Path, more: list[str]) -> list[str]:
    """The words that start JupyterLab at the first lesson of a folder."""
    lessons = sorted((root / "lessons").glob("*.ipynb"))
    first = next((path for path in lessons if path.stem == FIRST), None)
    words = [sys.executable, "-m", "jupyterlab", *([str(first.resolve())] if first else [])]
    words.append(f"--ServerApp.root_dir={root.resolve()}")
    if getattr(os, "geteuid", lambda: 1)() == 0:
        words.append("--allow-root")  # as in a container
    return [*words, *(word for word in more if word != "--")]


def environment() -> dict[str, str]:
    """The environment with our settings behind those of the learner's own.

    Our commands come first, so that JupyterLab's terminals and cells find `eduflow`.
    """
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), str(SETTINGS)]
    commands = [sysconfig.get_path("scripts"), os.environ.get("PATH", "")]
    return os.environ | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        "PATH": os.pathsep.join(filter(None, commands)),
    }
