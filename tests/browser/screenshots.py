"""Photograph lessons in JupyterLab, and their pages in the built book.

python -m tests.browser.screenshots [LESSON ...] [--theme light|dark] [--out DIR] [--run] [--book]
python -m tests.browser.screenshots --explorers [--theme light|dark] [--out DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .lab import ROOT, VIEWPORT, chromium, jupyterlab


def shoot_lessons(browser: Any, names: list[str], theme: str, out: Path, run: bool) -> None:
    """Photograph lessons in JupyterLab with their stored outputs, or run them first."""
    with jupyterlab(ROOT / "lessons") as server:
        for name in names:
            with server.open(browser, f"{name}.ipynb") as notebook:
                notebook.use_theme(theme)
                if run:
                    notebook.run_all()
                print(*notebook.shoot(out, f"{name}-lab-{theme}"), sep="\n")
                print(*notebook.complaints, sep="\n")


def shoot_book(browser: Any, names: list[str], theme: str, out: Path) -> None:
    """Photograph the lessons' pages, and the front page, in the built book."""
    page = browser.new_page(viewport=VIEWPORT, color_scheme=theme)
    for name in ["index", *(f"lessons/{name}" for name in names)]:
        page.goto((ROOT / "book" / "_build" / "html" / f"{name}.html").as_uri())
        height = page.evaluate("() => document.documentElement.scrollHeight")
        for number, top in enumerate(range(0, height, VIEWPORT["height"] - 60), start=1):
            page.evaluate("top => window.scrollTo(0, top)", top)
            page.wait_for_timeout(200)
            path = out / f"{Path(name).name}-book-{theme}-{number:02}.png"
            page.screenshot(path=path)
            print(path)
    page.close()


def shoot_explorers(browser: Any, theme: str, out: Path) -> None:
    """Photograph each explorer by itself, moved, and below it its still picture."""
    from .test_explorers import MAKERS, MOVES

    page = browser.new_page(viewport=VIEWPORT, color_scheme=theme)
    paper = "#ffffff" if theme == "light" else "#111111"
    for name, make in MAKERS.items():
        explorer = make()
        page.set_content(
            f"<body style='background:{paper}'>{explorer.html()}{explorer.still}</body>"
        )
        MOVES[name](page.locator(".ef-explorer"))
        path = out / f"{name}-{theme}.png"
        page.screenshot(path=path, full_page=True)
        print(path)
    page.close()


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", nargs="*", help="names such as 02_autograd; default: all")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--run", action="store_true", help="run the lesson before taking pictures")
    parser.add_argument("--book", action="store_true", help="the book's pages instead")
    parser.add_argument("--explorers", action="store_true", help="the explorers by themselves")
    options = parser.parse_args()
    every = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
    names = [Path(name).stem for name in options.lessons] or every
    options.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        if options.explorers:
            shoot_explorers(browser, options.theme, options.out)
        elif options.book:
            shoot_book(browser, names, options.theme, options.out)
        else:
            shoot_lessons(browser, names, options.theme, options.out, options.run)


if __name__ == "__main__":
    main()
