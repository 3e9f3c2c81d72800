"""Each lesson runs from a clean copy of the package, and builds what it uses.

`lesson(...)` cuts the regions of this and later lessons out of the framework (tests/course holds
that they are gone), so that a lesson which needs a floor above fails here. Run like that, it must
also store the very bytes it has stored before; with other BLAS kernels or fonts the last bits of a
picture may differ, so that part is asked for by EDUFLOW_SAME_BYTES=1 (.ci/run does). Outputs of
cells that say so themselves (nbval-ignore-output: times, counts of lines) are left out of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from .notebooks import LESSONS, ROOT, read_cells

PACKAGE = ROOT / "eduflow"
SAME_BYTES = os.environ.get("EDUFLOW_SAME_BYTES") == "1"


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


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_needs_only_the_floors_below(path, tmp_path):
    build_house(tmp_path)
    again = run(path, tmp_path)
    if SAME_BYTES and fixed(again) != fixed(path):
        pairs = zip(read_cells(path), read_cells(again), strict=True)
        changed = [before.id for before, after in pairs if before != after]
        pytest.fail(f"stored anew, these cells differ: {', '.join(changed) or 'metadata only'}")
