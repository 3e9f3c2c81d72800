"""The built book in a browser: every page stands by itself, wide and narrow, light and dark."""

from __future__ import annotations

import io
import re
import runpy

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from pypdf import PdfReader

from eduflow.course.frame import CELLAR

from .lab import ROOT

BOOK = ROOT / "book" / "_build" / "html"
PAGES = [
    *sorted(path.name for path in BOOK.glob("*.html")),
    *sorted(
        f"{d}/{p.name}" for d in ("lessons", "reference", "api") for p in (BOOK / d).glob("*.html")
    ),
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BOOK / "index.html").exists(), reason="`make book` builds the book"),
]


# What the theme itself does; an issue for it, not for the book.
THEME = {"region", "summary-name"}
AXE = """async (options) => {
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => [id, nodes[0].html]);
}"""
# Of the words of code that one sees, each colour in each kind of block once: axe looks behind every
# element, and thousands of them take it seconds. A single character is none that it judges.
EACH_COLOUR_ONCE = """() => {
  const seen = new Set();
  for (const pre of document.querySelectorAll('.highlight pre')) {
    const kind = pre.closest('.highlight').parentElement.className;
    for (const word of pre.querySelectorAll('span:not(:has(*))')) {
      if (!word.checkVisibility()) continue;
      const look = `${kind} ${word.className}`;
      if (seen.has(look)) word.replaceWith(word.textContent);
      else if (word.textContent.length > 1) seen.add(look);
    }
    pre.normalize();
  }
}"""
LARGEST = 1_500_000  # bytes, but for lessons, whose pictures stand in the page


@pytest.fixture
def page(browser):
    """A page that reaches nothing outside, and fails the test for an error in a script."""
    page = browser.new_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def refuse(route):
        asked.append(route.request.url)
        route.abort()

    page.route("http*://**", refuse)
    yield page
    page.close()
    assert errors == []
    assert asked == [], "the book asks nobody on the network"


def violations(page):
    """What axe finds, as (rule, place); of a dark page only what colours can change."""
    dark = page.locator("html").get_attribute("data-theme") == "dark"
    options = {"resultTypes": ["violations"]}  # what passes is not described, which takes longest
    if dark:
        options["runOnly"] = ["color-contrast"]
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(EACH_COLOUR_ONCE)
    return [tuple(entry) for entry in page.evaluate(AXE, options)]


def ours(found):
    """The violations that are not the theme's."""
    return [(rule, place) for rule, place in found if rule not in THEME]


def moves_sideways(page):
    """Whether something is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_stands_by_itself(page, name):
    page.goto((BOOK / name).as_uri(), wait_until="domcontentloaded")
    assert page.locator("h1").first.inner_text().strip()
    assert page.locator("article img:not([alt])").count() == 0
    assert not moves_sideways(page)
    assert ours(violations(page)) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert not moves_sideways(page), "where it is narrow"
    assert ours(violations(page)) == [], "where it is dark"
    assert name.startswith("lessons/") or (BOOK / name).stat().st_size < LARGEST


def test_the_front_page_has_an_explorer_and_every_lesson(page):
    page.goto((BOOK / "index.html").as_uri(), wait_until="domcontentloaded")
    explorer = page.locator(".ef-explorer")
    before = explorer.inner_text()
    explorer.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    assert explorer.inner_text() != before
    floors = page.locator(".ef-house a")
    lessons = sorted(path.stem for path in (ROOT / "lessons").glob("*.ipynb"))
    house = [slug for slug in lessons if int(slug[:2]) < CELLAR]
    below = [slug for slug in lessons if slug not in house]
    links = [floor.get_attribute("href") for floor in floors.all()]
    assert links == [f"lessons/{slug}.html" for slug in [*reversed(house), *below]]
    assert all((BOOK / link).exists() for link in links)


@pytest.mark.parametrize("name", ["lessons/01_tensors_and_storage", "reference/activations"])
def test_other_machines_are_led_to_what_is_there(name):
    text = (BOOK / f"{name}.html").read_text(encoding="utf-8")
    [binder] = re.findall(r'href="https://mybinder\.org/\S+?=lab/tree/(\S+?)"', text)
    [colab] = re.findall(r'href="https://colab\.\S+?/blob/\S+?/(colab/\S+?)"', text)
    assert (ROOT / binder.removeprefix("learn/")).is_file()  # `learn` is made there, by postBuild
    assert (BOOK / colab).is_file()


def test_formulas_are_drawn_by_the_browser_itself(page):
    page.goto((BOOK / "lessons" / "02_autograd.html").as_uri(), wait_until="domcontentloaded")
    assert page.locator("math").count() > 0
    box = page.locator("math mfrac").first.bounding_box()
    assert box["height"] > 0


def test_links_have_a_description_and_a_picture(page):
    page.goto((BOOK / "index.html").as_uri(), wait_until="domcontentloaded")
    said = {
        tag.get_attribute("property"): tag.get_attribute("content")
        for tag in page.locator("meta[property^='og:']").all()
    }
    assert "framework" in said["og:description"]
    assert (BOOK / said["og:image"].partition("/_images/")[2].join(["_images/", ""])).exists()


def test_a_lesson_prints_with_its_answers_and_without_the_screen(browser):
    pdf = runpy.run_path(str(ROOT / "tools" / "pdf.py"))
    title, printed = pdf["print_page"](browser, BOOK / "lessons" / "02_autograd.html")
    assert title.startswith("Autograd")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert "Exercise 1" in text
    assert "Hint 1" in text
    assert "Show code cell source" not in text
    assert "Run this lesson" not in text


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
