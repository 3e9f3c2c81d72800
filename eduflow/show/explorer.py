"""What all explorers share: a picture that everyone sees, and a program that moves it.

An explorer is plain data (its `state`, computed in Python), a still picture of it with a text for
those who do not see it, and one ES module in `static/` that draws the same data and lets people
touch it. The picture and the program go into the notebook as HTML that needs no kernel and no
network. Only an explorer that asks Python something (`answer`) is a widget as well.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..course.embed import EXPORT, live_html

STATIC = Path(__file__).parent / "static"
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Explorer:
    """One explorer, shown by making it the last line of a cell.

    `name` is that of its module in `static/`, `still` an SVG, `alt` what the SVG shows, and `text`
    what a terminal prints. `answer` takes what the page sends and returns the new state.
    """

    def __init__(
        self,
        name: str,
        state: dict[str, Any],
        still: str,
        alt: str,
        text: str = "",
        answer: Answer | None = None,
    ) -> None:
        self.name, self.state, self.still, self.alt = name, state, still, alt
        self.text, self.answer = text or alt, answer

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        page = {
            "text/plain": self.text,
            "text/html": self.html(),
            "image/svg+xml": self.still,
        }
        live = _widget_class(self.name) if self.answer else None
        if live is None:
            return page
        bundle = live(self)._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data |= page
        return bundle

    def html(self) -> str:
        """The explorer as HTML that stands on its own."""
        picture = "data:image/svg+xml," + quote(self.still, safe=" =:/,;()+'<>#!?*@$&[]{}|^~-_.")
        image = f'<img src="{_attribute(picture)}" alt="{html.escape(self.alt)}">'
        return live_html(program(self.name), style(), {"state": self.state}, image)


def _attribute(address: str) -> str:
    """An SVG's text as an address: `#` would end it, and `<`, `>` and `&` upset some readers."""
    for sign in "#<>&":
        address = address.replace(sign, quote(sign))
    return address


@cache
def program(name: str) -> str:
    """The ES module of an explorer: what all share, and its own."""
    parts = [(STATIC / f"{part}.js").read_text(encoding="utf-8") for part in ("base", name)]
    return "\n".join([*parts, EXPORT])


@cache
def style() -> str:
    """The style sheet of all explorers."""
    return (STATIC / "explorer.css").read_text(encoding="utf-8")


@cache
def _widget_class(name: str) -> Any:
    """The widget through which an explorer's page asks Python, or None without anywidget."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class LiveExplorer(anywidget.AnyWidget):
        """An explorer whose page may send questions; the answer is a new state."""

        _esm, _css = program(name), style()
        state: Any = traitlets.Dict().tag(sync=True)
        live = traitlets.Bool(True).tag(sync=True)

        def __init__(self, explorer: Explorer) -> None:
            super().__init__(state=explorer.state)
            self._explorer = explorer
            self.on_msg(self._asked)

        def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
            assert self._explorer.answer is not None
            self._explorer.state = self._explorer.answer(content)
            self.state = self._explorer.state

    return LiveExplorer
