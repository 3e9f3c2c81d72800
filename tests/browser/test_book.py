"""The built book in a browser: every page opens, shows its title, and has a dark mode."""

from __future__ import annotations

import pytest

from .lab import ROOT

BOOK = ROOT / "book" / "_build" / "html"
PAGES = [
    "index.html",
    *sorted(f"{d}/{p.name}" for d in ("lessons", "reference") for p in (BOOK / d).glob("*.html")),
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BOOK / "index.html").exists(), reason="`make book` builds the book"),
]


@pytest.mark.parametrize("page_name", PAGES)
def test_the_page_opens(browser, page_name):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # Mathematics and widgets come from elsewhere; without a network the page must stand as well.
    page.route("http*://**", lambda route: route.abort())
    try:
        page.goto((BOOK / page_name).as_uri(), wait_until="domcontentloaded")
        assert page.locator("h1").first.inner_text().strip()
        assert errors == []
    finally:
        page.close()


def background(browser, mode):
    page = browser.new_page(color_scheme=mode)
    try:
        page.goto((BOOK / "index.html").as_uri(), wait_until="domcontentloaded")
        assert page.locator("html").get_attribute("data-theme") == mode
        return page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    finally:
        page.close()


def test_dark_mode_is_dark(browser):
    assert background(browser, "dark") != background(browser, "light")
