"""Kernels for tests that play lessons: each in a process of its own that has the imports already.

A kernel runs its cells one by one, and says what each printed, which error it ended with and what
lies in the learner's package then. Where processes can be copied, they start in no time.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import multiprocessing
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAYS = multiprocessing.get_all_start_methods()
CONTEXT: Any = multiprocessing.get_context("forkserver" if "forkserver" in WAYS else "spawn")
if "forkserver" in WAYS:
    CONTEXT.set_forkserver_preload(["tests.course.preloaded"])


@dataclass(frozen=True)
class Said:
    """What one cell did: its output, its error if it has one, and the package's own regions."""

    text: str
    error: str
    own: dict[str, str]


def run_cells(place: Path, package: Path, cells: list[str]) -> list[Said]:
    """Run cells in a fresh kernel whose folder is `place`; `package` is the learner's."""
    return _started(_all, place, package, cells)


def run_alone(place: Path, package: Path, setup: list[str], cells: list[str]) -> list[Said]:
    """Run each cell in a kernel that has run nothing but the setup before."""
    if "fork" in WAYS:
        return _started(_each, place, package, setup, cells)
    return [run_cells(place, package, [*setup, cell])[-1] for cell in cells]


def own_files(package: Path) -> dict[str, str]:
    """The texts of the learner's files by their paths, without the list of them."""
    files = {file.relative_to(package).as_posix(): file for file in package.rglob("*.py")}
    return {path: file.read_text("utf-8") for path, file in files.items() if path != "__init__.py"}


def _started(run: Any, *words: Any, context: Any = CONTEXT) -> Any:
    """What a function of this file comes back with when it runs in another process."""
    mine, theirs = context.Pipe()
    process = context.Process(target=_send, args=(theirs, run, words))
    process.start()
    theirs.close()
    try:
        return mine.recv()
    finally:
        process.join()


def _send(pipe: Any, run: Any, words: tuple[Any, ...]) -> None:
    pipe.send(run(*words))


def _all(place: Path, package: Path, cells: list[str]) -> list[Said]:
    shell = _shell(place)
    return [_run(shell, source, package) for source in cells]


def _each(place: Path, package: Path, setup: list[str], cells: list[str]) -> list[Said]:
    shell = _shell(place)
    for source in setup:
        _run(shell, source, package)
    fork = multiprocessing.get_context("fork")
    return [_started(_run, shell, source, package, context=fork) for source in cells]


def _shell(place: Path) -> Any:
    os.chdir(place)
    os.environ |= {"MPLBACKEND": "agg", "EDUFLOW_PROGRESS": "", "IPYTHONDIR": tempfile.mkdtemp()}
    shell = importlib.import_module("IPython.core.interactiveshell").InteractiveShell.instance()
    shell.colors = "nocolor"
    return shell


def _run(shell: Any, source: str, package: Path) -> Said:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        result = shell.run_cell(source, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    said = "" if error is None else f"{type(error).__name__}: {error}"
    return Said(out.getvalue(), said, own_files(package))
