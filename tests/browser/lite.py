"""The course in the browser: its site, served from this machine, and a lesson's page in it."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .lab import ROOT, Notebook

SITE = ROOT / "book" / "_build" / "html" / "lite"
PYTHON_ARRIVED = "() => document.documentElement.dataset.python"
FILL = """(sources) => {
  for (const cell of jupyterapp.shell.currentWidget.content.widgets) {
    const source = sources[cell.model.id];
    if (source !== undefined && source !== cell.model.sharedModel.getSource()) {
      cell.model.sharedModel.setSource(source);
    }
  }
}"""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files with the types that browsers insist on, and says nothing."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
        ".js": "text/javascript",
    }

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; its address."""
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class LitePage(Notebook):
    """One lesson of the learner's, open in the browser edition."""

    def __init__(self, context: Any, address: str, name: str) -> None:
        self.book = address.removesuffix("/lite")
        super().__init__(context.new_page(), self.book)
        self.address, self.name = address, name

    def open(self) -> None:
        """Open the lesson and wait until Python is there."""
        self.load(f"{self.address}/notebooks/index.html?path=lessons/{self.name}")
        self.wait(PYTHON_ARRIVED, 60)

    def open_from_the_book(self) -> None:
        """Open the lesson by the button on its page in the book."""
        self.page.goto(f"{self.book}/lessons/{self.name.replace('.ipynb', '.html')}")
        self.complaints.clear()  # the book's pages have tests of their own
        self.page.get_by_role("link", name="Run this lesson in your browser").click()
        self.arrive()
        self.wait(PYTHON_ARRIVED, 60)

    def fill_in(self, sources: dict[str, str]) -> None:
        """Give cells other sources, by their ids."""
        self.page.evaluate(FILL, sources)

    def save(self) -> None:
        """Save the notebook into the browser's storage."""
        self.command("docmanager:save")

    def notices(self) -> list[str]:
        """What the page says of itself at the moment."""
        return self.page.locator(".ef-notice").evaluate_all("all => all.map(n => n.dataset.notice)")

    def close(self) -> None:
        """Close the page, and its Python with it."""
        self.page.close()
