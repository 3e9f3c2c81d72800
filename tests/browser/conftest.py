"""One JupyterLab and one Chromium for all browser tests, or a clear reason to skip them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from .lab import ROOT, chromium, find_chromium, jupyterlab

HERE = Path(__file__).parent
# The longest first, so that at the end no process waits for another's last minute.
ORDER = ("test_lite.py", "test_lessons.py", "test_book.py", "test_explorers.py", "test_cards.py")
REQUIRED = os.environ.get("EDUFLOW_BROWSER") == "required"


def pytest_collection_modifyitems(items):
    """Put the tests of this folder into their order; others stay in front of them."""
    items.sort(key=lambda item: ORDER.index(item.path.name) if item.path.parent == HERE else -1)


def missing() -> str:
    """Say what the browser tests lack, or return an empty string."""
    for module in ("playwright", "jupyterlab"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed; `make browser` installs it"
    if find_chromium() is None:
        return "no Chromium found: `apt-get install chromium`, or set EDUFLOW_CHROMIUM to its path"
    return ""


@pytest.fixture(scope="session")
def browser():
    """Playwright's Browser. Skips without one, unless EDUFLOW_BROWSER=required."""
    if reason := missing():
        pytest.fail(reason) if REQUIRED else pytest.skip(reason)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def server(browser):
    """A JupyterLab on a copy of the lessons."""
    with jupyterlab(ROOT / "lessons") as running:
        yield running
