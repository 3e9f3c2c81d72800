"""Lesson 11's script: started in another Python, and killed there without a warning."""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .errors import CourseError
from .files import read_text
from .own import borrow_all
from .processes import imported, last_lines, python_path

ROOT, REFERENCE = __name__.split(".")[0], "reference"
LONGEST = 0.02  # seconds from the last line to the kill: about as long as a step and a save


class _Dropped(BaseException):
    """What stops a script in the browser, where there is no process to kill."""


def killed(script: str | Path, after: int | None = None) -> list[str]:
    """Run a script in another Python, kill it after so many lines; return the lines it printed.

    It is killed at a random moment shortly after that line, as `kill -9` does: nothing in it can
    answer. Without `after` it runs to its end. CourseError with its last words if it fails by
    itself. In the browser, which starts no other Python, the script is dropped at that line.
    """
    if sys.platform == "emscripten":
        return _here(Path(script), after)
    path, lines = Path(script).resolve(), []
    environment = os.environ | {"PYTHONPATH": python_path(), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-u", str(path)],
        cwd=path.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        output, errors = process.stdout, process.stderr
        for line in output or ():
            lines.append(line.rstrip("\n"))
            if len(lines) == after:
                time.sleep(random.uniform(0, LONGEST))  # anywhere in a step, or in a save
                process.kill()
                return lines
        said = errors.read() if errors else ""
    if process.returncode:
        raise CourseError(f"{path.name} stopped by itself:\n{last_lines(said, 6)}")
    return lines


def _here(script: Path, after: int | None) -> list[str]:
    """Run it in this very process, on a package with all borrowed: a lesson may lack floors."""
    lines: list[str] = []

    def heard(*words: Any, **options: Any) -> None:
        lines.append(" ".join(map(str, words)))
        if len(lines) == after:
            raise _Dropped

    text = re.sub(rf"\b{ROOT}\b", REFERENCE, read_text(script))
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(script.parent):
        borrow_all(Path(place) / REFERENCE)
        with imported(REFERENCE, Path(place)), contextlib.suppress(_Dropped):
            exec(compile(text, script.name, "exec"), {"__name__": "__main__", "print": heard})
    return lines
