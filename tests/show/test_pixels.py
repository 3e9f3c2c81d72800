"""`show.pixels`: what stands in the picture, and what is refused."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import numpy as np
import pytest

import eduflow
from eduflow import show
from eduflow.show.pixels import MINUS, PLUS

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"caption": "A caption.", "alt": "What is to be seen."}


def drawn(picture):
    """The shapes of a picture: (fill, opacity, x, y) for each coloured pixel, and the titles."""
    root = ElementTree.fromstring(picture.svg)
    rects = [r.attrib for r in root.iter(f"{SVG}rect") if r.get("fill") != "none"]
    found = [(r["fill"], float(r["fill-opacity"]), float(r["x"]), float(r["y"])) for r in rects]
    return found, [t.text for t in root.iter(f"{SVG}text")]


def test_signs_are_colours_sizes_are_strengths_and_zero_is_the_page():
    found, titles = drawn(show.pixels({"a\nb < c": [[2.0, -1.0], [0.0, 0.5]]}, **WORDS))
    assert [(fill, opacity) for fill, opacity, *_ in found] == [
        (PLUS, 1),
        (MINUS, 0.5),
        (PLUS, 0.25),
    ]
    assert titles == ["a", "b < c"]
    first, second, last = found
    assert second[2] > first[2]
    assert second[3] == first[3] < last[3]


def test_tensors_scales_and_what_is_not_a_number():
    parts = {
        "small": eduflow.ones(1, 2, requires_grad=True),
        "large": np.array([[4, np.nan, np.inf]]),
    }
    alone, _ = drawn(show.pixels(parts, **WORDS))
    together, _ = drawn(show.pixels(parts, shared=True, faintest=0.2, **WORDS))
    assert [opacity for _, opacity, *_ in alone] == [1, 1, 1, 1]
    assert [opacity for _, opacity, *_ in together] == [0.4, 0.4, 1, 1]


def test_pictures_stand_in_rows():
    found, _ = drawn(show.pixels({str(n): [[1]] for n in range(5)}, columns=2, side=50, **WORDS))
    assert len({x for *_, x, _ in found}) == 2
    assert len({y for *_, y in found}) == 3


def test_the_html_is_an_image_with_its_texts():
    picture = show.pixels({"": np.eye(2)}, caption="5 < 6", alt='He said "no".')
    text = picture._repr_html_()
    assert 'alt="He said &quot;no&quot;."' in text
    assert "5 &lt; 6</figcaption>" in text
    address = re.search(r'src="data:image/svg\+xml,([^"]*)"', text)[1]
    assert unquote(address) == picture.svg
    assert repr(picture) == '[Picture: He said "no".]'


@pytest.mark.parametrize(
    ("pictures", "words", "error"),
    [
        ({"a": [[1]]}, {"caption": " ", "alt": "x"}, "needs a text for `caption`, and got ' '"),
        ({"a": [[1]]}, {"caption": "x", "alt": None}, "needs a text for `alt`, and got None"),
        ({}, WORDS, "at least one picture"),
        ({"a": [1, 2]}, WORDS, r"'a' has the shape \(2,\)"),
        ({"a": np.ones((0, 2))}, WORDS, r"'a' has the shape \(0, 2\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pictures, words, error):
    with pytest.raises(ValueError, match=error):
        show.pixels(pictures, **words)
