"""No back stairs: each lesson runs where nothing but the floors below it is installed.

For every notebook a package is gathered from the notebooks below it alone, in a folder of its
own, and the notebook runs there. A module above it is not hidden but absent.
"""

from __future__ import annotations

import os
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from .nbval_plugin import calm_environment
from .notebooks import LESSONS, ROOT, floor_of, is_annex

PACKAGE = ROOT / "eduflow"
WHERE = "import eduflow\nassert eduflow.__path__[0].startswith({!r}), eduflow.__path__"


def below(path):
    """Return the notebooks whose modules this one may import; an annex stands on its lesson."""
    if not floor_of(path):
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
    """Run a notebook with the package of this folder before all others."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(WHERE.format(str(folder)), id="where-am-i"))
    environment = os.environ | calm_environment(folder / "jupyter") | {"PYTHONPATH": str(folder)}
    client = NotebookClient(notebook, kernel_name="python3", timeout=300)
    client.execute(cwd=str(folder / "lessons"), env=environment)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_needs_only_the_floors_below(path, tmp_path):
    build_house(tmp_path, below(path))
    run(path, tmp_path)


def test_an_annex_stands_on_its_lesson():
    for path in filter(is_annex, LESSONS):
        own = [other for other in below(path) if floor_of(other) == floor_of(path)]
        assert len(own) == 1, f"{path.name} needs one lesson on its floor"
        assert path not in below(own[0])
