"""The lesson gate must itself be proven: a changed picture, text or unrun cell has to fail it."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import matplotlib
import matplotlib.image
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbval.plugin import get_sanitize_patterns

from .pictures import RMS_LIMIT, compare_pictures

matplotlib.use("agg")
ROOT = Path(__file__).parents[2]
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([0, 1, 4, 9])\nplt.show()"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A tiny lesson that was run once: one printed line, one figure."""
    cells = [nbformat.v4.new_code_cell(source) for source in ("print('six', 2 * 3)", FIGURE)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute(cwd=str(tmp_path_factory.mktemp("run")))
    return json.dumps(notebook)


def redraw(notebook, change):
    data = notebook["cells"][1]["outputs"][0]["data"]
    picture = matplotlib.image.imread(io.BytesIO(base64.b64decode(data["image/png"])), format="png")
    buffer = io.BytesIO()
    matplotlib.image.imsave(buffer, change(picture.copy()), format="png")
    data["image/png"] = base64.b64encode(buffer.getvalue()).decode()


def half_black(picture):
    picture[: len(picture) // 2, :, :3] = 0
    return picture


@pytest.fixture(scope="module")
def report(stored, tmp_path_factory):
    """What the gate says about the notebook as it was, and with three things changed in it."""
    picture, text = json.loads(stored), json.loads(stored)
    redraw(picture, half_black)
    text["cells"][0]["outputs"][0]["text"] = "six 7\n"
    text["cells"][1] |= {"execution_count": None, "outputs": []}
    folder = tmp_path_factory.mktemp("gate")
    for name, notebook in (("same", json.loads(stored)), ("picture", picture), ("text", text)):
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.lessons.nbval_plugin", "--nbval"]
    command += ["--nbval-current-env", "--nbval-sanitize-with", "tests/lessons/sanitize.cfg"]
    command += ["-v", "--color=no", "-p", "no:cacheprovider", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout


def test_an_unchanged_notebook_passes(report):
    assert "same.ipynb::Cell 0 PASSED" in report
    assert "same.ipynb::Cell 1 PASSED" in report


def test_a_changed_picture_fails(report):
    assert "picture.ipynb::Cell 0 PASSED" in report
    assert "picture.ipynb::Cell 1 FAILED" in report
    assert "picture 1 differs: RMS" in report


def test_changed_text_and_unrun_cells_fail(report):
    assert "text.ipynb::Cell 0 FAILED" in report
    assert "text.ipynb::Cell 1 FAILED" in report
    assert "This cell was never run" in report
    assert "3 failed, 3 passed" in report


def test_a_picture_among_the_text_is_cleaned_at_once():
    """Measured is the processor's time; a pattern that starts at every letter takes seconds."""
    config = ROOT / "tests" / "lessons" / "sanitize.cfg"
    text = f"{'a' * 50_000} File /tmp/ipykernel_12/34.py:1"
    start = time.process_time()
    for regex, replacement in get_sanitize_patterns(config.read_text(encoding="utf-8")):
        text = re.sub(regex, replacement, text)
    assert time.process_time() - start < 1
    assert text.endswith(" File CELL:1")


def outputs_with(*pictures):
    entries = []
    for picture in pictures:
        buffer = io.BytesIO()
        matplotlib.image.imsave(buffer, picture, format="png")
        entries.append({"data": {"image/png": base64.b64encode(buffer.getvalue()).decode()}})
    return entries


def test_pictures_are_compared_by_count_size_and_difference():
    grey = np.full((4, 6, 3), 0.5)
    nearly, far = grey + 1 / 255, grey + 5 / 255
    assert compare_pictures(outputs_with(grey), outputs_with(nearly), RMS_LIMIT) == ""
    assert "limit 0" in compare_pictures(outputs_with(grey), outputs_with(nearly), 0.0)
    assert "differs: RMS 4." in compare_pictures(outputs_with(grey), outputs_with(far))
    assert "was 6x4 and is now 6x3" in compare_pictures(outputs_with(grey), outputs_with(grey[:3]))
    assert "stored pictures: 1, new pictures: 0" in compare_pictures(outputs_with(grey), [])
