"""Texts that a notebook shows in a nice form and a terminal as they are."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from typing import Any


class Shown:
    """Something to show: plain text, and HTML that says the same."""

    def __init__(self, text: str, page: str) -> None:
        self.text = text
        self.page = page

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.page


def running_shell() -> Any:
    """The running IPython shell; None where there is none. Nothing is imported for it."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def show(thing: Any) -> None:
    """Show something in the running notebook, or print it."""
    if hasattr(running_shell(), "kernel"):
        sys.modules["IPython"].display.display(thing)
    else:
        print(repr(thing))


def side_by_side(columns: Sequence[tuple[str, str]]) -> Shown:
    """Pieces of code with headings: beside each other in a page, one below the other in text."""
    text = "\n\n".join(
        f"{heading}\n" + "\n".join(f"    {line}".rstrip() for line in code.split("\n"))
        for heading, code in columns
    )
    cells = "".join(
        f'<div style="flex: 1 1 20em; overflow-x: auto"><strong>{html.escape(heading)}</strong>'
        f"<pre>{html.escape(code)}</pre></div>"
        for heading, code in columns
    )
    return Shown(text, f'<div style="display: flex; flex-wrap: wrap; gap: 1.5em">{cells}</div>')
