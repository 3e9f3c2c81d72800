"""What the book makes of a notebook's pictures."""

from __future__ import annotations

import base64
import importlib
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imsave

ROOT = Path(__file__).parents[2]
# A row of dark pixels among 100 rows without paper is a line; half of them dark, a photograph.
PICTURES = {"grey": (1, 0.5), "line": (1, 0.0), "photograph": (50, 0.0)}


@pytest.fixture
def pages(monkeypatch):
    """The book's module, found as Sphinx finds it."""
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    yield importlib.import_module("pages")
    sys.modules.pop("pages")


def cell(name):
    """A cell that drew one of PICTURES, with the words for it."""
    rows, shade = PICTURES[name]
    pixels = np.zeros((100, 100, 4))
    pixels[:rows] = [shade, shade, shade, 1.0]
    file = io.BytesIO()
    imsave(file, pixels)
    png = base64.b64encode(file.getvalue()).decode()
    source = "# alt: What it\n# shows.\ndraw()"
    return {"source": source, "metadata": {}, "outputs": [{"data": {"image/png": png}}]}


@pytest.mark.parametrize(
    ("name", "both_themes", "classes"),
    [
        ("grey", False, "dark-light"),
        ("line", False, "dark-light ef-lines"),
        ("photograph", False, None),
        ("photograph", True, "dark-light"),
    ],
)
def test_pictures_on_a_dark_page(pages, name, both_themes, classes):
    drawn = cell(name)
    pages.describe_pictures({"cells": [drawn]}, both_themes)
    image = drawn["metadata"]["mystnb"]["image"]
    assert image == {"alt": "What it shows."} | ({"classes": classes} if classes else {})
    assert drawn["source"] == "draw()"


def test_solutions_are_folded(pages):
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n"
    code = {"cell_type": "code", "metadata": {}, "outputs": []}
    notebook = {"cells": [{**code, "id": "f", "source": source}, {**code, "source": "f(1)"}]}
    pages.fold_solutions(notebook)
    exercise, solution, last = notebook["cells"]
    assert "return" not in exercise["source"]
    assert "NotImplementedError" in exercise["source"]
    assert solution["cell_type"] == "markdown"
    assert "<details>" in solution["source"]
    assert "def f(x):\n    return 2 * x\n" in solution["source"]
    assert last["source"] == "f(1)"


def test_what_follows_a_prediction_is_folded(pages):
    def shown(source):
        return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [{"data": {}}]}

    words = {"cell_type": "markdown", "source": "Then.", "metadata": {}}
    cells = [shown('predict("a")'), words, shown("print(1)"), shown("print(2)")]
    pages.fold_outcomes({"cells": cells})
    assert [cell["metadata"].get("tags", []) for cell in cells] == [[], [], ["hide-output"], []]


def test_what_is_moved_in_the_page_is_not_folded(pages):
    cells = [
        {"cell_type": "code", "source": 'predict("a")', "metadata": {}, "outputs": []},
        {
            "cell_type": "code",
            "source": "explore()",
            "metadata": {},
            "outputs": [{"data": {"text/html": ["<div></div>", "<script></script>"]}}],
        },
    ]
    pages.fold_outcomes({"cells": cells})
    assert cells[1]["metadata"] == {}
