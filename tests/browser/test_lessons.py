"""Each lesson opens in JupyterLab as a reader meets it: no errors, no network.

That its cells run there is shown by two of them. nbval runs every lesson in the same kernel, and
tests/browser/test_lite.py in the same interface.
"""

from __future__ import annotations

import pytest

from .lab import ROOT
from .test_explorers import memory, move_all, pad, with_explorers

WHOLE = ("00_start_here.ipynb", "07_convolution.ipynb")
LESSONS = sorted(path.name for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_opens(server, browser, name):
    with server.open(browser, name) as notebook:
        assert notebook.page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        explorers_move(notebook, with_explorers().get(name.removesuffix(".ipynb"), 0))
        if name in WHOLE:
            notebook.run_all()
            assert notebook.failed_cells() == []
            assert notebook.unrun_cells() == []
        if name == WHOLE[0]:
            explorer_writes_into_the_tensor(notebook)
            what_is_drawn_is_read(notebook)
        assert notebook.complaints == []


def explorers_move(notebook, count):
    """What is stored shows still pictures until somebody trusts it, and then it moves."""
    if count:
        assert notebook.page.locator(".jp-OutputArea div > img[alt]").count() >= count
        notebook.trust()
        notebook.page.locator(".ef-explorer").nth(count - 1).wait_for()
    assert len(move_all(notebook.page)) == count


def explorer_writes_into_the_tensor(notebook):
    memory(notebook.page.locator('.ef-explorer[aria-label^="Memory"]:visible').first)
    assert notebook.ask("table[0, 0].item()") == "77"


def what_is_drawn_is_read(notebook):
    pad(notebook.page.locator('.ef-explorer[aria-label^="A pad"]:visible').first)
    assert notebook.ask("show.read(pad).argmax().item()") == "1"


@pytest.mark.skipif(not LESSONS, reason="there are no lessons yet")
def test_both_themes_are_drawn(server, browser, tmp_path):
    with server.open(browser, LESSONS[0]) as notebook:
        for theme in ("light", "dark"):
            notebook.use_theme(theme)
            pictures = notebook.shoot(tmp_path, theme)
            assert pictures
            assert pictures[0].stat().st_size > 5_000  # an empty page compresses to less
