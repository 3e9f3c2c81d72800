"""Still pictures: cells, words and lines as SVG, the same bytes every time."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

INK, PAPER, LINE, FAINT = "#1b1b1f", "#ffffff", "#6b6b76", "#ececf0"
# Tints that differ for the colour-blind as well, light enough for dark ink.
TINTS = ("#8ec9ee", "#f5c46b", "#7fd1b4", "#dcaccb", "#f0e47a", "#e9a07f")
MIDDLE = "#7a7a82"  # ink that reads on white and on black
CELL = 32


class Drawing:
    """Collects shapes and makes one SVG of them. Everything is given in pixels.

    `ink` is the colour of letters, `paper` what lies below; "" where the page is to show through.
    """

    def __init__(self, ink: str = INK, paper: str = PAPER) -> None:
        self.ink, self.paper = ink, paper
        self.shapes: list[str] = []
        self.width = self.height = 0.0

    def box(
        self,
        x: float,
        y: float,
        words: str = "",
        tint: str = PAPER,
        width: float = CELL,
        height: float = CELL,
        dashed: bool = False,
    ) -> None:
        """A box with its words in the middle, one line each."""
        dash = ' stroke-dasharray="3 3"' if dashed else ""
        self.shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
            f'fill="{tint}" stroke="{LINE}"{dash}/>'
        )
        lines = words.split("\n") if words else []
        top = y + height / 2 - 6.5 * (len(lines) - 1)
        for number, line in enumerate(lines):
            self.words(x + width / 2, top + 13 * number, line, "middle", 11)
        self._reach(x + width, y + height)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        size: int = 12,
        bold: bool = False,
    ) -> None:
        """One line of text around the height `y`."""
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.shapes.append(
            f'<text x="{x:g}" y="{y:g}" dy=".35em" font-size="{size}"{place}{weight}>'
            f"{html.escape(text, quote=False)}</text>"
        )
        self._reach(x + 0.62 * size * len(text) * {"start": 1, "middle": 0.5}.get(anchor, 0), y + 9)

    def arrow(self, start: Sequence[float], end: Sequence[float], marked: bool = False) -> None:
        """A straight arrow."""
        colour = "#b3470a" if marked else LINE
        x, y = end
        dx, dy = x - start[0], y - start[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        dx, dy = 7 * dx / length, 7 * dy / length
        tip = f"{x:g},{y:g} {x - dx - dy / 2:.1f},{y - dy + dx / 2:.1f} "
        tip += f"{x - dx + dy / 2:.1f},{y - dy - dx / 2:.1f}"
        self.shapes.append(
            f'<path d="M{start[0]:g} {start[1]:g}L{x:g} {y:g}" stroke="{colour}" fill="none"/>'
            f'<polygon points="{tip}" fill="{colour}"/>'
        )

    def grid(
        self, x: float, y: float, shape: Sequence[int], words: Iterable[str], tints: Iterable[str]
    ) -> None:
        """The elements of a tensor, row by row; matrices of more dims stand side by side."""
        for (column, row), text, tint in zip(places(shape), words, tints, strict=True):
            self.box(x + CELL * column, y + CELL * row, text, tint)

    def svg(self, alt: str) -> str:
        """The whole picture on its paper, with `alt` for screen readers."""
        width, height = round(self.width + 12), round(self.height + 10)
        paper = f'<rect width="{width}" height="{height}" fill="{self.paper}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" '
            f'font-family="system-ui,Helvetica,Arial,sans-serif" fill="{self.ink}">'
            f"<title>{html.escape(alt, quote=False)}</title>"
            f"{paper if self.paper else ''}{''.join(self.shapes)}</svg>"
        )

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = max(self.width, x), max(self.height, y)


def places(shape: Sequence[int]) -> list[tuple[float, int]]:
    """Column and row of each element in row-major order, for pictures."""
    *outer, rows, columns = (1, 1, *shape)[-max(2, len(shape)) :]
    blocks = 1
    for size in outer:
        blocks *= size
    return [
        (block * (columns + 0.5) + column, row)
        for block in range(blocks)
        for row in range(rows)
        for column in range(columns)
    ]


def rows_of(shape: Sequence[int]) -> int:
    """How many rows `places` needs."""
    return shape[-2] if len(shape) > 1 else 1
