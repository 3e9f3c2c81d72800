"""`show.training`: watch the numbers of a training while it runs."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any
from urllib.parse import quote

from .drawing import MIDDLE, Drawing

# A picture is drawn after this many seconds, and never for more than this part of the time.
SECONDS, SHARE = 0.25, 0.02
WIDTH, HEIGHT, MOST_POINTS = 260, 110, 130
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


class training:
    """Go through `steps` with a progress bar and a curve for each number that is logged.

        for step in (live := show.training(range(300))):
            ...
            live(loss=loss, accuracy=accuracy)

    Numbers may be tensors of one element. Drawing takes at most a fiftieth of the time. Outside a
    notebook the last line is printed.
    """

    def __init__(self, steps: Iterable[Any], total: int | None = None) -> None:
        self.steps = steps
        self.total = len(steps) if total is None and isinstance(steps, Sized) else total
        self.done = 0
        self.logged: dict[str, list[tuple[int, Any]]] = {}
        self._next, self._handle = 0.0, None

    def __call__(self, **numbers: Any) -> None:
        """Log the numbers of this step."""
        for name, number in numbers.items():
            value = number.item() if hasattr(number, "item") else number
            self.logged.setdefault(name, []).append((self.done, value))

    def __iter__(self) -> Iterator[Any]:
        self.done = 0
        self.logged.clear()
        self._next, self._handle = time.perf_counter() + SECONDS, None
        try:
            for step in self.steps:
                yield step
                self.done += 1
                if time.perf_counter() >= self._next:
                    self._draw()
        finally:
            self._draw(last=True)

    def _draw(self, last: bool = False) -> None:
        start = time.perf_counter()
        if _in_a_notebook():
            self._display()
        elif last:
            print(self)
        end = time.perf_counter()
        self._next = end + max(SECONDS, (end - start) / SHARE)

    def _display(self) -> None:
        from IPython.display import display

        bundle = {"text/plain": str(self), "text/html": self.html()}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def __str__(self) -> str:
        of = "" if self.total is None else f" of {self.total}"
        last = ", ".join(f"{name} {line[-1][1]:.3g}" for name, line in self.logged.items())
        return f"{self.done}{of} steps" + (f": {last}" if last else "")

    def html(self) -> str:
        """The bar, the last numbers, and the curves."""
        bar = ""
        if self.total:
            bar = f'<progress value="{self.done}" max="{self.total}"></progress> '
        alt = "Curves over the steps. " + " ".join(
            f"{name} goes from {line[0][1]:.3g} to {line[-1][1]:.3g}."
            for name, line in self.logged.items()
        )
        picture = quote(self.svg(alt), safe=" =:/,;()'!?*@$[]{}|^~-_.")
        image = f'<br><img src="data:image/svg+xml,{picture}" alt="{html.escape(alt)}">'
        return f"<div>{bar}{html.escape(str(self))}{image if self.logged else ''}</div>"

    def svg(self, alt: str) -> str:
        """One small chart for each name."""
        drawing = Drawing(ink=MIDDLE, paper="")
        for number, (name, line) in enumerate(self.logged.items()):
            left, top = 60 + number * (WIDTH + 80), 30
            low, high = _ends([value for _, value in line])
            last = max(self.total or 0, line[-1][0] + 1) - 1 or 1
            points = " ".join(
                f"{left + WIDTH * step / last:.1f},"
                f"{top + HEIGHT * (high - value) / (high - low):.1f}"
                for step, value in thinned(line)
                if abs(value) < float("inf")
            )
            drawing.words(left, 14, name, bold=True)
            drawing.words(left - 6, top, f"{high:.3g}", "end", 10)
            drawing.words(left - 6, top + HEIGHT, f"{low:.3g}", "end", 10)
            drawing.words(left + WIDTH, top + HEIGHT + 14, f"step {last}", "end", 10)
            colour = COLOURS[number % len(COLOURS)]
            drawing.shapes.append(
                f'<path d="M{left} {top}v{HEIGHT}h{WIDTH}" fill="none" stroke="{MIDDLE}"/>'
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
                f'<text x="{left + WIDTH}" y="14" dy=".35em" text-anchor="end" font-size="12" '
                f'fill="{MIDDLE}">{line[-1][1]:.3g}</text>'
            )
            drawing.width, drawing.height = left + WIDTH, top + HEIGHT + 18
        return drawing.svg(alt)


def _in_a_notebook() -> bool:
    """Whether a kernel runs this: there outputs can be changed afterwards."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


def thinned(line: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """At most some 130 points of a curve, with the lowest and highest of every stretch."""
    if len(line) <= MOST_POINTS:
        return line
    width = -(-2 * len(line) // MOST_POINTS)
    kept = []
    for start in range(0, len(line), width):
        part = line[start : start + width]
        ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
        kept += sorted(ends)
    return kept


def _ends(values: list[Any]) -> tuple[float, float]:
    """The lowest and the highest finite number, at least a little apart."""
    finite = [value for value in values if abs(value) < float("inf")] or [0.0]
    low, high = min(finite), max(finite)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
