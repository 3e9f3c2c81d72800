"""`show.pad`: a board to draw a digit on, and what `show.read` reads there."""

from __future__ import annotations

from typing import Any

import numpy as np

from .drawing import PAPER, TINTS, Drawing
from .drawn import ink_of, read
from .explorer import Explorer

SIDE = 16  # cells of the board, each way
SQUARE, BAR = 12, 150  # pixels of a cell and of a sure answer, in the still picture
INK, HALF = "#1f2a44", "#8a93a8"
NOTHING = "Draw a digit: press and drag. Where there is ink, it is taken away."


def pad(drawing: Any = None) -> Explorer:
    """A board to draw a digit on, with mouse, finger or keyboard, beside what is read there.

    `drawing`, if one is given, is drawn already: text or an array as `show.read` takes them, of up
    to 16 by 16. With a kernel each stroke is read at once, and `show.read(pad)` gives the chances
    of what the board shows. Raises ValueError for a drawing that is no such thing, or too large.
    """
    state = _state(_placed(drawing))

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        return _state(np.asarray(message["ink"], np.float32).reshape(SIDE, SIDE))

    alt = _alt(state)
    return Explorer("pad", state, _picture(state, alt), alt, answer=answer)


def _placed(drawing: Any) -> np.ndarray:
    """The drawing in the middle of an empty board."""
    board = np.zeros((SIDE, SIDE), np.float32)
    if drawing is None:
        return board
    ink = ink_of(drawing)
    height, width = ink.shape
    if max(height, width) > SIDE:
        raise ValueError(
            f"The board has {SIDE} rows of {SIDE} cells, and this drawing {height} of {width}. "
            "`show.read` takes any size."
        )
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    board[top : top + height, left : left + width] = ink
    return board


def _state(ink: np.ndarray) -> dict[str, Any]:
    """The board, the chance of each digit in hundredths, and both in a sentence."""
    state = {"side": SIDE, "ink": ink.tolist(), "chances": [0.0] * 10, "said": NOTHING}
    if not (ink > 0).any():
        return state
    chances = [round(chance, 2) for chance in read(ink).tolist()]
    first, second = sorted(range(10), key=lambda digit: -chances[digit])[:2]
    said = f"I read a {first} ({chances[first]:.0%})."
    if chances[first] <= 0.5:
        said = (
            f"I am not sure: a {first} ({chances[first]:.0%}), "
            f"or a {second} ({chances[second]:.0%})?"
        )
    return state | {"chances": chances, "said": said}


def _alt(state: dict[str, Any]) -> str:
    count = sum(ink > 0 for row in state["ink"] for ink in row)
    board = f"A board of {SIDE} by {SIDE} cells, {count or 'none'} of them with ink"
    return f"{board}, beside ten bars, one a digit. {state['said']}"


def _picture(state: dict[str, Any], alt: str) -> str:
    drawing = Drawing()
    drawing.box(8, 8, "", PAPER, SQUARE * SIDE, SQUARE * SIDE)
    for y, row in enumerate(state["ink"]):
        for x, ink in enumerate(row):
            if ink:
                tint = INK if ink > 0.75 else HALF
                drawing.box(8 + SQUARE * x, 8 + SQUARE * y, "", tint, SQUARE, SQUARE)
    left = 8 + SQUARE * SIDE + 24
    for digit, chance in enumerate(state["chances"]):
        top = 8 + SQUARE * SIDE / 10 * digit
        drawing.words(left, top + 9, str(digit))
        drawing.box(left + 16, top + 2, "", TINTS[0], max(BAR * chance, 1), 14)
        drawing.words(left + 22 + BAR * chance, top + 9, f"{chance:.0%}", size=11)
    drawing.words(8, 8 + SQUARE * SIDE + 16, state["said"])
    return drawing.svg(alt)
