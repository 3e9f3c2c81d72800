"""The front page's own parts: an explorer to touch, and the house with its floors and cellar.

`book/index.md` names them in comments, `<!-- explorer -->` and `<!-- house -->`.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from pages import lesson_books

from eduflow import show
from eduflow.course.edition import minutes, promise, title
from eduflow.course.frame import CELLAR
from eduflow.course.notebook import Notebook

# What the house says of a room: `code` and stars at a word are marks of Markdown.
MARKS = re.compile(r"`|\*(?=\S)|(?<=\S)\*")
ROOF = (
    '<svg class="ef-roof" viewBox="0 0 400 40" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M4 38 L200 4 L396 38" fill="none" stroke="currentColor" stroke-width="3"/></svg>'
)

GROUND = "<p>Below the ground lies the cellar: what all floors stand on, to be opened at last.</p>"


def furnished(text: str, lessons: Path) -> str:
    """The front page's text with its parts put in."""
    text = text.replace("<!-- explorer -->", _raw(show.strides((3, 4), (4, 1)).html()))
    return text.replace("<!-- house -->", _raw(house(lessons)))


def house(lessons: Path) -> str:
    """The lessons as floors of a house, the highest on top, each with its promise and minutes.

    Those of the cellar lie below the ground, in the order in which one climbs down.
    """
    books = lesson_books(lessons)
    floors = "".join(floor(book) for book in reversed(books) if book.number < CELLAR)
    cellar = "".join(floor(book) for book in books if book.number >= CELLAR)
    below = f'{GROUND}<ul class="ef-house ef-cellar">{cellar}</ul>' if cellar else ""
    return f'{ROOF}<ul class="ef-house">{floors}</ul>{below}'


def floor(book: Notebook) -> str:
    """One lesson as an item of the list, with a link to its page."""
    name = re.sub(r"^\d+\W*", "", _plain(title(book)))
    time = f"<small>{html.escape(minutes(book))}</small>" if minutes(book) else ""
    return (
        f'<li><b>{book.number:02d}</b> <a href="lessons/{book.slug}.html">{name}</a> {time}'
        f"<p>{_plain(promise(book))}</p></li>"
    )


def _raw(page: str) -> str:
    """HTML that Markdown leaves alone, empty lines and all."""
    return f"````{{raw}} html\n{page}\n````"


def _plain(text: str) -> str:
    return html.escape(MARKS.sub("", text))
