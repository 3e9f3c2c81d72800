"""The galleries of the reference: small, public names only, every picture with its words."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import re

import numpy as np
import pytest
from matplotlib.image import imsave

from .notebooks import GALLERIES, ROOT, code_cells, read_cells
from .pictures import MEDIA

CELLS = range(12, 26)
# What PyTorch has no name for, or writes in another way: these cells can't be the same there.
OURS_ALONE = {"modules_and_hooks": {"summary-shown"}, "saving_and_data": {"saving-members"}}
PRIVATE = re.compile(r"\._(?!version\b)\w+|\bfrom\s+\S*\._|#\|\s*export|eduflow\.course")
LINK = re.compile(r"\]\((?P<target>[^)#:]+\.ipynb)\)")

every_gallery = pytest.mark.parametrize("path", GALLERIES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def pages():
    """The module that makes the book's pages; it lies beside the book, in no package."""
    spec = importlib.util.spec_from_file_location("book_pages", ROOT / "book" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draws(cell):
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in MEDIA)


@every_gallery
def test_a_gallery_is_small(path):
    count = len(read_cells(path))
    assert count in CELLS, f"{count} cells; a gallery has {CELLS[0]} to {CELLS[-1]}"


@every_gallery
def test_only_public_names_are_used(path):
    private = {
        cell.id: PRIVATE.findall(cell.source)
        for cell in code_cells(path)
        if PRIVATE.search(cell.source.replace("__", ""))
    }
    assert not private, f"not for readers: {private}"


@every_gallery
def test_what_is_printed_is_compared_with_pytorch(path):
    untagged = {
        cell.id
        for cell in code_cells(path)
        if not (draws(cell) or "same-in-pytorch" in cell.tags or "plt." in cell.source)
    }
    assert untagged == OURS_ALONE.get(path.stem, set()), "tag these cells `same-in-pytorch`"


@every_gallery
def test_pictures_say_what_they_show(path, pages):
    silent = [
        cell.id
        for cell in code_cells(path)
        if draws(cell) and len(pages.alt_text(cell.source)) < 60
    ]
    assert not silent, f"say behind `# alt:` what the picture shows: {', '.join(silent)}"


@every_gallery
def test_links_lead_somewhere(path):
    sources = [cell.source for cell in read_cells(path) if cell.kind == "markdown"]
    targets = [match["target"] for source in sources for match in LINK.finditer(source)]
    lost = [target for target in targets if not (path.parent / target).exists()]
    assert not lost, f"these links lead nowhere: {', '.join(lost)}"


@every_gallery
def test_the_book_shows_it_with_its_first_sentence(path, pages):
    listed = [slug for slugs in pages.GALLERIES.values() for slug in slugs]
    assert listed.count(path.stem) == 1, "name it once in GALLERIES of book/pages.py"
    assert pages.title_of(path) != path.stem
    assert pages.first_sentence(path)[-1] in ".?"


def black_square():
    """A small picture as notebooks store it."""
    file = io.BytesIO()
    imsave(file, np.zeros((2, 2, 3)), format="png")
    return base64.b64encode(file.getvalue()).decode()


BLACK = black_square()


def test_the_page_of_a_gallery(pages):
    picture = {"output_type": "display_data", "data": {"image/png": BLACK}, "metadata": {}}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["[01](../../lessons/01_a.ipynb)"]},
        {
            "cell_type": "code",
            "metadata": {"tags": ["hide-input"]},
            "source": ["# alt: A curve\n", "# that rises.\n", "draw()"],
            "outputs": [picture],
        },
    ]
    page = json.loads(pages.gallery_page(json.dumps({"cells": cells, "metadata": {}})))
    text, drawn = page["cells"]
    assert text["source"] == "[01](../lessons/01_a.ipynb)"
    assert drawn["source"] == "draw()"
    assert drawn["metadata"]["mystnb"]["image"] == {
        "alt": "A curve that rises.",
        "classes": "dark-light",
    }


def test_a_caption_is_the_text_of_a_picture_without_one(pages):
    below = {
        "cell_type": "markdown",
        "source": ["*Picture: the loss\n", "of `net` falls.*\n", "\n"],
    }
    drawn = {
        "cell_type": "code",
        "metadata": {},
        "source": ["draw()"],
        "outputs": [{"data": {"image/png": BLACK}}],
    }
    pages.describe_pictures({"cells": [drawn, below]})
    assert drawn["metadata"] == {"mystnb": {"image": {"alt": "the loss of net falls."}}}
    assert pages.caption({"cell_type": "markdown", "source": ["No picture."]}) == ""
    assert pages.alt_text("x = 1  # alt: not at the start") == ""
