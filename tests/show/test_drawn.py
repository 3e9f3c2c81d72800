"""Drawn digits are read: strokes in several styles, pens and places, as text and as arrays."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from eduflow import show
from eduflow.show import drawn


def arc(x, y, a, b, start, end, steps=24):
    """Points on an ellipse around (x, y), from one angle to another; 0 is right, 90 is down."""
    angles = [math.radians(start + (end - start) * n / steps) for n in range(steps + 1)]
    return [(x + a * math.cos(t), y + b * math.sin(t)) for t in angles]


# Strokes in a box of 0 to 1 (right, down), in up to three styles for each digit.
STYLES = {
    0: [
        [arc(0.5, 0.5, 0.34, 0.5, -90, 270)],
        [arc(0.5, 0.5, 0.25, 0.5, -60, 300)],
        [arc(0.5, 0.5, 0.45, 0.5, -90, 270)],
    ],
    1: [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.3, 0.25), (0.52, 0), (0.52, 1)]],
        [[(0.6, 0), (0.4, 1)]],
    ],
    2: [
        [[*arc(0.5, 0.28, 0.32, 0.28, 180, 380), (0.15, 1), (0.85, 1)]],
        [[(0.2, 0.15), (0.5, 0), (0.8, 0.2), (0.7, 0.5), (0.15, 1), (0.88, 1)]],
    ],
    3: [
        [arc(0.45, 0.26, 0.32, 0.26, -150, 90) + arc(0.45, 0.75, 0.36, 0.25, -90, 150)],
        [[(0.2, 0.02), (0.8, 0.02), (0.45, 0.4), *arc(0.45, 0.7, 0.36, 0.3, -90, 150)]],
    ],
    4: [
        [[(0.6, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
        [[(0.2, 0), (0.15, 0.5), (0.8, 0.5)], [(0.75, 0), (0.7, 1)]],
        [[(0.7, 1), (0.7, 0), (0.1, 0.65), (0.95, 0.65)]],
    ],
    5: [
        [[(0.8, 0), (0.25, 0), (0.2, 0.45), *arc(0.45, 0.7, 0.36, 0.3, -110, 140)]],
        [
            [
                (0.85, 0.02),
                (0.3, 0),
                (0.22, 0.42),
                (0.7, 0.45),
                (0.8, 0.7),
                (0.6, 0.95),
                (0.15, 0.95),
            ]
        ],
    ],
    6: [
        [[(0.7, 0), (0.35, 0.3), *arc(0.5, 0.72, 0.3, 0.27, 190, 550)]],
        [[(0.45, 0), (0.25, 0.45), *arc(0.5, 0.72, 0.27, 0.27, 180, 540)]],
    ],
    7: [
        [[(0.15, 0), (0.85, 0), (0.4, 1)]],
        [[(0.15, 0.02), (0.85, 0), (0.4, 1)], [(0.3, 0.5), (0.8, 0.5)]],
    ],
    8: [
        [arc(0.5, 0.25, 0.26, 0.25, 90, 450), arc(0.5, 0.75, 0.32, 0.25, -90, 270)],
        [arc(0.5, 0.26, 0.22, 0.26, 90, 450), arc(0.5, 0.75, 0.25, 0.25, -90, 270)],
    ],
    9: [
        [arc(0.48, 0.28, 0.3, 0.27, 0, 360), [(0.78, 0.28), (0.7, 1)]],
        [arc(0.48, 0.28, 0.28, 0.27, 0, 360), [(0.76, 0.28), (0.74, 0.7), (0.55, 1), (0.25, 0.95)]],
    ],
}
# The edges of page and digit, its corner (right, down), and half of the pen's width.
PLACES = {
    "middle": (16, 11, (2.5, 2.5), 0.9),
    "corner": (20, 10, (1, 1), 0.8),
    "low": (20, 12, (6, 6.5), 1.0),
    "large page": (64, 40, (20, 8), 2.5),
}


def ink(strokes, place):
    """A page on which a round pen has drawn these strokes, (height, width), from 0 to 1."""
    side, size, corner, radius = PLACES[place]
    rows, columns = np.mgrid[:side, :side] + 0.5
    nearest = np.full((side, side), np.inf)
    for stroke in strokes:
        points = [np.array(point) * size + corner for point in stroke]
        for (x1, y1), (x2, y2) in pairwise(points):
            length = max((x2 - x1) ** 2 + (y2 - y1) ** 2, 1e-12)
            along = ((columns - x1) * (x2 - x1) + (rows - y1) * (y2 - y1)) / length
            along = along.clip(0, 1)
            away = np.hypot(columns - x1 - along * (x2 - x1), rows - y1 - along * (y2 - y1))
            nearest = np.minimum(nearest, away)
    return (radius + 0.5 - nearest).clip(0, 1)


def as_text(page):
    """The page as lesson 00's card has it."""
    return "\n".join("".join(".+#"[int(x > 0.3) + int(x > 0.7)] for x in row) for row in page)


@pytest.mark.parametrize("place", PLACES)
def test_nineteen_of_twenty_drawings_are_read(place):
    drawings = [(digit, strokes) for digit, styles in STYLES.items() for strokes in styles]
    assert len(drawings) >= 20
    wrong = []
    for digit, strokes in drawings:
        guess = show.read(as_text(ink(strokes, place))).argmax().item()
        if guess != digit:
            wrong.append(f"{digit} as {guess}")
    assert len(wrong) <= len(drawings) // 20, wrong


# What people typed into the eight by eight signs of the card.
TYPED = {
    0: "..####.. .##..##. .#....#. .#....#. .#....#. .#....#. .##..##. ..####..",
    1: "...##... ..###... ...##... ...##... ...##... ...##... ...##... ..####..",
    2: "..####.. .#...##. .....##. ....##.. ...##... ..##.... .##..... .######.",
    3: "..###... .+..#+.. ....#+.. ..+##... ....##.. .....#+. .+..+#.. ..###+..",
    4: ".#...#.. .#...#.. .#...#.. .#####.. .....#.. .....#.. .....#.. ........",
    5: ".######. .#...... .#...... .#####.. .....##. ......#. .#...##. ..####..",
    6: "...##... ..##.... .##..... .#.###.. .##..##. .#....#. .##..##. ..####..",
    7: ".######. .....##. ....##.. ....##.. ...##... ...##... ..##.... ..##....",
    8: "..####.. .##..##. .##..##. ..####.. .##..##. .#....#. .##..##. ..####..",
    9: "..####.. .##..##. .#....#. .##..##. ..###.#. ....##.. ...##... ..##....",
}


def test_typed_digits_are_read():
    wrong = [digit for digit in TYPED if show.read(TYPED[digit]).argmax().item() != digit]
    assert wrong == []


def test_a_drawing_may_stand_anywhere_and_have_any_size():
    page = ink(STYLES[3][0], "middle")
    wide = np.pad(page, [(3, 9), (17, 0)])
    assert np.array_equal(drawn.as_seen(page), drawn.as_seen(wide))
    assert np.allclose(
        drawn.as_seen(page), drawn.as_seen(np.kron(page, np.ones((3, 3)))), atol=1e-5
    )
    chances = show.read(page)
    assert tuple(chances.shape) == (10,)
    assert abs(chances.sum().item() - 1) < 1e-5


@pytest.mark.parametrize(
    ("drawing", "text"),
    [
        ("..#\n.#", "rows of 3, 2"),
        (".x.\n.#.", "signs x"),
        ("...\n...", "no ink"),
        ("", "two dims"),
        (np.zeros((1, 8, 8)), "two dims"),
    ],
)
def test_what_is_no_drawing_is_refused(drawing, text):
    with pytest.raises(ValueError, match=text):
        show.read(drawing)


def test_the_stored_network_is_small():
    assert drawn.WEIGHTS.stat().st_size < 150_000


def test_a_pad_shows_a_drawing_and_reads_what_is_drawn():
    pad = show.pad(".##.\n...#\n..#.\n...#\n.##.")
    ink = np.array(pad.state["ink"])
    assert ink.shape == (16, 16)
    assert ink.sum() == 7
    assert pad.state["said"].startswith("I read a 3")
    assert show.read(pad).argmax() == 3
    board = np.zeros((16, 16))
    board[2:14, 8] = 1
    pad.state = pad.answer({"ink": board.tolist()})
    assert pad.state["said"].startswith("I read a 1")
    assert show.read(pad).argmax() == 1


def test_an_empty_pad_asks_for_a_digit():
    pad = show.pad()
    assert pad.state["said"].startswith("Draw a digit")
    assert pad.state == pad.answer({"ink": [[0.0] * 16] * 16})
    with pytest.raises(ValueError, match="no ink"):
        show.read(pad)


def test_a_pad_that_is_not_sure_says_what_else_it_may_be():
    pad = show.pad(np.eye(16))
    assert pad.state["said"].startswith(("I am not sure: a ", "I read a "))
    assert sum(pad.state["chances"]) == pytest.approx(1, abs=0.06)


def test_a_pad_is_too_small_for_large_drawings():
    with pytest.raises(ValueError, match="16 rows of 16 cells, and this drawing 17 of 3"):
        show.pad(np.ones((17, 3)))
