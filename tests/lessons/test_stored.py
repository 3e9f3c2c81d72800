"""A lesson that is run again from a clean copy of the package stores the very bytes it has stored.

Tried with three: one with explorers, one with pictures, and the one that has PyTorch beside it. All
the others run under nbval, with this and later lessons' regions cut out, and must show the same
text and pictures; this is about what only the stored file has. With other BLAS kernels or fonts the
last bits of a picture may differ, so that all bytes are asked for by EDUFLOW_SAME_BYTES=1 (.ci/run
does). Outputs of cells that say so themselves (nbval-ignore-output: times, counts of lines) are
left out of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from .notebooks import LESSONS, ROOT, read_cells
from .pictures import SAME_BYTES

PACKAGE = ROOT / "eduflow"
TRIED = ("00_start_here", "09_train_and_eval", "15_graduation")


def build_house(folder):
    """Copy the package and the lessons' folder, without notebooks."""
    shutil.copytree(PACKAGE, folder / "eduflow", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "lessons").mkdir()


def run(path, folder):
    """Run a notebook in this house, as `make lessons` does; return the file it stored."""
    shutil.copy(path, folder / "lessons")
    command = [sys.executable, "eduflow/course/__main__.py", "lessons", path.stem]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "lessons" / path.name


def fixed(path):
    """The text of a notebook without what its tags say may differ from run to run."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            cell["outputs"] = []
    return json.dumps(notebook)


@pytest.mark.parametrize("slug", TRIED)
def test_a_lesson_stores_the_same_again(slug, tmp_path):
    [path] = [path for path in LESSONS if path.stem == slug]
    build_house(tmp_path)
    again = run(path, tmp_path)
    if SAME_BYTES and fixed(again) != fixed(path):
        pairs = zip(read_cells(path), read_cells(again), strict=True)
        changed = [before.id for before, after in pairs if before != after]
        pytest.fail(f"stored anew, these cells differ: {', '.join(changed) or 'metadata only'}")
