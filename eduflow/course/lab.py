"""`eduflow lab`: open a learner's folder in JupyterLab, where they are; made if it is not there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from .errors import CourseError
from .folder import RECORD, find, read
from .standing import Standing, standing
from .start import DEFAULT_FOLDER, start, told
from .version import version

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
    found = standing(read(root))
    print(found.next, flush=True)
    return subprocess.call(command(found, more), env=environment())


def _folder(place: Path | None) -> Path:
    """The learner's folder, made if need be."""
    inside = find(place or Path.cwd())
    root = inside.root if inside else place or Path(DEFAULT_FOLDER)
    if not (root / RECORD).is_file():
        print(told(start(root, None, version())), flush=True)
    return root


def command(found: Standing, more: list[str]) -> list[str]:
    """The words that start JupyterLab at the lesson where the learner is."""
    root = found.folder.root
    lesson = root / "lessons" / f"{found.here.slug}.ipynb" if found.here else root
    words = [sys.executable, "-m", "jupyterlab", *([str(lesson.resolve())] * lesson.is_file())]
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
