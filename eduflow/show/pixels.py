"""`show.pixels`: small arrays as coloured pixels, at home on a white page and on a black one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from .drawing import MIDDLE

PLUS, MINUS = "#8a63d2", "#e08a1e"
LINE, GAP = 14, 22  # the height of a line of a title, and what lies between two pictures


class Picture:
    """Arrays as coloured pixels, for a notebook: an image with a caption and an alt text."""

    def __init__(self, svg: str, caption: str, alt: str) -> None:
        self.svg, self.caption, self.alt = svg, caption, alt

    def _repr_html_(self) -> str:
        # As <img>: a notebook that is not trusted loses an <svg>, but keeps this.
        return (
            f'<figure style="margin:0.5em 0"><img src="data:image/svg+xml,{quote(self.svg)}" '
            f'alt="{html.escape(self.alt)}" style="max-width:100%"><figcaption style="'
            f'max-width:44em;font-style:italic">{html.escape(self.caption)}</figcaption></figure>'
        )

    def __repr__(self) -> str:
        return f"[Picture: {self.alt}]"


def pixels(
    pictures: Mapping[str, Any],
    caption: str,
    alt: str,
    *,
    shared: bool = False,
    columns: int = 8,
    side: int = 144,
    faintest: float = 0.0,
) -> Picture:
    """Draw arrays of two dims beside each other: violet is positive, orange negative.

    `pictures` gives each its title, which may have several lines. The larger a number, the
    stronger its colour; where it is 0 the page shows through. Each picture has its own scale, or
    with `shared` all have one; `faintest`, from 0 to 1, is how strong the smallest numbers are at
    least. Up to `columns` stand in a row, the longer edge of each `side` units long. `caption`
    stands below, `alt` says what is to be seen to those who do not see it. Raises ValueError for
    an empty caption or alt text, for no pictures, and for arrays that have not two dims or are
    empty.
    """
    for name, text in (("caption", caption), ("alt", alt)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"show.pixels needs a text for `{name}`, and got {text!r}.")
    arrays = {title: _array(title, picture) for title, picture in pictures.items()}
    if not arrays:
        raise ValueError("show.pixels needs at least one picture, as {title: array}.")
    bounds = {title: _largest(array) for title, array in arrays.items()}
    if shared:
        bounds = dict.fromkeys(bounds, max(bounds.values()))
    columns = min(columns, len(arrays))
    head = 6 + LINE * max(len(_lines(title)) for title in arrays)
    shapes = []
    for number, (title, array) in enumerate(arrays.items()):
        row, column = divmod(number, columns)
        corner = 4 + column * (side + GAP), row * (side + head + 8)
        cell = side / max(array.shape)
        shapes += _title(title, corner[0] + array.shape[1] * cell / 2, corner[1])
        place = corner[0], corner[1] + head
        shapes += _pixels(array, place, cell, bounds[title], faintest)
    rows = -(-len(arrays) // columns)
    size = columns * (side + GAP) - GAP + 8, rows * (side + head + 8)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'font-family="sans-serif" shape-rendering="crispEdges">{"".join(shapes)}</svg>'
    )
    return Picture(svg, caption, alt)


def _array(title: str, picture: Any) -> np.ndarray:
    array = np.asarray(picture.detach() if hasattr(picture, "detach") else picture, float)
    if array.ndim != 2 or not array.size:
        raise ValueError(
            f"show.pixels draws arrays of two dims with something in them; {title!r} has the "
            f"shape {array.shape}."
        )
    return array


def _largest(array: np.ndarray) -> float:
    """The largest size of a number that is one; 1 where all are 0."""
    sizes = np.abs(array[np.isfinite(array)])
    return float(sizes.max(initial=0)) or 1.0


def _lines(title: str) -> list[str]:
    return title.split("\n") if title.strip() else []


def _title(title: str, middle: float, top: float) -> list[str]:
    return [
        f'<text x="{middle:g}" y="{top + 12 + LINE * n:g}" text-anchor="middle" font-size="12" '
        f'fill="{MIDDLE}">{html.escape(line)}</text>'
        for n, line in enumerate(_lines(title))
    ]


def _pixels(
    array: np.ndarray, place: tuple[float, float], cell: float, bound: float, faintest: float
) -> list[str]:
    """A rectangle for each number that is large enough to see, and a frame."""
    left, top = place
    shapes = []
    for (row, column), value in np.ndenumerate(array):
        strength = min(abs(value) / bound, 1.0)
        if strength > 0.005:  # not for nan
            shapes.append(
                f'<rect x="{left + column * cell:.1f}" y="{top + row * cell:.1f}" '
                f'width="{cell:.1f}" height="{cell:.1f}" fill="{PLUS if value > 0 else MINUS}" '
                f'fill-opacity="{faintest + (1 - faintest) * strength:.2f}"/>'
            )
    height, width = array.shape
    shapes.append(
        f'<rect x="{left:g}" y="{top:g}" width="{width * cell:.1f}" height="{height * cell:.1f}" '
        f'fill="none" stroke="{MIDDLE}"/>'
    )
    return shapes
