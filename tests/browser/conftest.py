"""One JupyterLab and one Chromium for all browser tests, or a clear reason to skip them."""

from __future__ import annotations

import importlib.util
import os

import pytest

from .lab import ROOT, chromium, find_chromium, jupyterlab

REQUIRED = os.environ.get("EDUFLOW_BROWSER") == "required"


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
