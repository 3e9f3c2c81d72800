"""Each lesson runs from top to bottom in JupyterLab as a reader meets it: no errors, no network."""

from __future__ import annotations

import pytest

from .lab import ROOT

LESSONS = sorted(path.name for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_runs(server, browser, name):
    with server.open(browser, name) as notebook:
        notebook.run_all()
        assert notebook.failed_cells() == []
        assert notebook.unrun_cells() == []
        assert notebook.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.skipif(not LESSONS, reason="there are no lessons yet")
def test_both_themes_are_drawn(server, browser, theme, tmp_path):
    with server.open(browser, LESSONS[0]) as notebook:
        notebook.use_theme(theme)
        pictures = notebook.shoot(tmp_path, "page")
        assert pictures
        assert pictures[0].stat().st_size > 5_000  # an empty page compresses to less
