"""Print the built book's lessons into one PDF, each with its bookmark.

Chromium prints the pages as they are, so formulas, code and drawings stay sharp; explorers and
questions print as the pictures that stand there without scripts.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book" / "_build" / "html"
sys.path.insert(0, str(ROOT))

from tests.browser.lab import chromium, find_chromium  # noqa: E402


def main(target: Path = ROOT / "book" / "_build" / "eduflow.pdf") -> None:
    """Print the lessons in order; the file appears when it is whole."""
    pages = [BOOK / "index.html", *sorted((BOOK / "lessons").glob("[0-9][0-9]_*.html"))]
    if len(pages) < 2:
        sys.exit("The book is not built yet: make book")
    if find_chromium() is None:
        sys.exit("No Chromium found: install it, or set EDUFLOW_CHROMIUM to its path")
    book = PdfWriter()
    book.add_metadata({"/Title": "eduflow: build PyTorch, lesson by lesson"})
    with chromium() as browser:
        for count, page in enumerate(pages, 1):
            title, printed = print_page(browser, page)
            first = len(book.pages)
            book.append(PdfReader(io.BytesIO(printed)), import_outline=False)
            book.add_outline_item(title=title, page_number=first)
            print(f"{count:2}/{len(pages)} {title}", flush=True)
    unfinished = target.with_suffix(".part")
    book.write(unfinished)
    os.replace(unfinished, target)
    print(f"The book is at {target}, {len(book.pages)} pages")


def print_page(browser, path: Path) -> tuple[str, bytes]:
    """A page's heading, and its PDF; without scripts, so that explorers are their stills.

    What paper leaves out, and unfolds, is said in book/static/book.css.
    """
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="load", timeout=120_000)
    page.emulate_media(media="print", color_scheme="light")
    title = page.locator("h1").first.inner_text().rstrip("#").strip()
    edge = dict.fromkeys(("top", "bottom", "left", "right"), "18mm")
    printed = page.pdf(format="A4", print_background=True, scale=0.8, margin=edge, tagged=True)
    context.close()
    return title, printed


if __name__ == "__main__":
    main()
