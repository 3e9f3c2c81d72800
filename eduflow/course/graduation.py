"""Lesson 15's script: run by eduflow, by PyTorch, and by two processes of PyTorch's.

Where PyTorch is not installed, or no other process can be started, its answers are those that
were recorded with PyTorch 2.13.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import CourseError
from .files import atomic_write, read_text
from .processes import last_lines

ROOT = __name__.split(".")[0]
HOME = Path(__file__).parent / "static" / "graduation"
SCRIPTS = "digits.py", "two.py"
LINE = f"import {ROOT} as torch", "import torch"
WAIT = 300  # seconds until a process counts as lost


def pack(folder: str | Path = "graduation") -> Path:
    """A folder to take along: both scripts and the digits as a NumPy file; where it is.

    A script that was edited there is kept as it is.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name in SCRIPTS:
        if not (place / name).exists():
            atomic_write(place / name, read_text(HOME / name))
    numpy: Any = importlib.import_module("numpy")
    images, labels = importlib.import_module(f"{ROOT}.datasets").load_digits()
    numpy.savez(
        place / "digits.npz", images=images.numpy().reshape(-1, 1, 8, 8), labels=labels.numpy()
    )
    return place


def by_eduflow(place: Path) -> list[float]:
    """The losses of digits.py as it stands, run in this very process: by what you built."""
    with contextlib.chdir(place):
        runpy.run_path("digits.py", run_name="__main__")
    return _losses(place)


def by_pytorch(place: Path) -> list[float]:
    """The losses of digits.py under PyTorch, with its one line changed; else as recorded."""
    return _live(lambda: _changed(place), "one")


def by_two(place: Path) -> list[float]:
    """The losses of two processes with PyTorch's DistributedDataParallel; else as recorded."""
    return _live(lambda: _torchrun(place), "two")


def can_run_pytorch() -> bool:
    """Whether PyTorch is installed, and processes can be started."""
    return importlib.util.find_spec("torch") is not None and sys.platform != "emscripten"


def from_pytorch() -> Path:
    """A file that PyTorch's digits.py wrote after 50 steps: weights, and the optimizer's state."""
    return HOME / "pytorch.pt"


def _live(run: Callable[[], list[float]], recorded: str) -> list[float]:
    if can_run_pytorch():
        return run()
    losses: list[float] = json.loads(read_text(HOME / "recorded.json"))[recorded]
    return losses


def _changed(place: Path) -> list[float]:
    """Run a copy of digits.py in which one line is another."""
    aside = place / "pytorch"
    aside.mkdir(exist_ok=True)
    old, new = LINE
    text = read_text(place / "digits.py")
    if text.count(old) != 1:
        raise CourseError(
            f"{place.name}/digits.py has the line `{old}` {text.count(old)} times, expected once.\n"
            "  Delete the file: `pack()` brings it back."
        )
    atomic_write(aside / "digits.py", text.replace(old, new))
    (aside / "digits.npz").write_bytes((place / "digits.npz").read_bytes())
    _start([sys.executable, "digits.py"], aside)
    return _losses(aside)


def _torchrun(place: Path) -> list[float]:
    """Run two.py in two processes on this machine; should one of them die, both start anew."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    _start([*torchrun, "--max-restarts", "2", "--nproc-per-node", "2", "two.py"], place)
    return _losses(place)


def _start(command: list[str], place: Path) -> None:
    """Run a command in a folder; CourseError with its last lines if it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=WAIT,
        )
    except subprocess.TimeoutExpired:
        raise CourseError(
            f"`{' '.join(command[1:])}` did not end within {WAIT} seconds and was stopped.\n"
            "  Run the cell again; a firewall may keep processes from talking to each other."
        ) from None
    if done.returncode:
        last = last_lines(done.stderr, 30)
        raise CourseError(f"`{' '.join(command[1:])}` stopped:\n{last}")


def _losses(place: Path) -> list[float]:
    losses: list[float] = json.loads(read_text(place / "losses.json"))
    return losses
