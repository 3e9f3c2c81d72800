"""No back stairs: each lesson runs where nothing but the floors below it is installed.

For every notebook a package is gathered from the notebooks below it alone, in a folder of its
own, and the notebook runs there. A module above it is not hidden but absent. Run like that, it
must also store the very bytes it has stored before; with other BLAS kernels or fonts the last bits
of a picture may differ, so that part is asked for by EDUFLOW_SAME_BYTES=1 (.ci/run does).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from .notebooks import LESSONS, ROOT, floor_of, is_annex, read_cells

PACKAGE = ROOT / "eduflow"
SAME_BYTES = os.environ.get("EDUFLOW_SAME_BYTES") == "1"


def below(path):
    """Return the notebooks whose modules this one may import; an annex stands on its lesson."""
    if not floor_of(path) and not is_annex(path):
        return LESSONS  # the tour through the finished house
    place = (floor_of(path), is_annex(path))
    return [other for other in LESSONS if (floor_of(other), is_annex(other)) < place]


def build_house(folder, notebooks):
    """Gather a package from these notebooks, with the course and the bundled data beside it."""
    from eduflow.course.gather import gather

    lessons, package = folder / "lessons", folder / "eduflow"
    lessons.mkdir()
    for notebook in notebooks:
        shutil.copy(notebook, lessons)
    for source in PACKAGE.rglob("*"):
        inside = source.relative_to(PACKAGE)
        by_hand = inside.parts[0] in ("course", "show") or source.suffix != ".py"
        if source.is_file() and by_hand and "__pycache__" not in inside.parts:
            (package / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, package / inside)
    gather(lessons, package)
    # The whole list of floors: messages about names not built yet say which lesson builds them.
    shutil.copy(PACKAGE / "_floors.py", package)


def run(path, folder):
    """Run a notebook in this house, as `make lessons` does; return the file it stored."""
    shutil.copy(path, folder / "lessons")
    command = [sys.executable, "eduflow/course/__main__.py", "lessons", path.stem]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "lessons" / path.name


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_needs_only_the_floors_below(path, tmp_path):
    build_house(tmp_path, below(path))
    again = run(path, tmp_path)
    if SAME_BYTES and again.read_bytes() != path.read_bytes():
        pairs = zip(read_cells(path), read_cells(again), strict=True)
        changed = [before.id for before, after in pairs if before != after]
        pytest.fail(f"stored anew, these cells differ: {', '.join(changed) or 'metadata only'}")


def test_an_annex_stands_on_its_lesson():
    for path in filter(is_annex, LESSONS):
        own = [other for other in below(path) if floor_of(other) == floor_of(path)]
        assert len(own) == 1, f"{path.name} needs one lesson on its floor"
        assert path not in below(own[0]) or not floor_of(path)
