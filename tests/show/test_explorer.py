"""What a notebook stores of an explorer: the same bytes every time, and few of them."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

import eduflow as torch
from eduflow import show
from eduflow.course.embed import compact, live_html

MAKERS = {
    "broadcast": lambda: show.broadcast((3, 1), (4,)),
    "memory": lambda: show.memory(torch.arange(12.0).view(3, 4)),
    "strides": lambda: show.strides(),
    "flatten": lambda: show.flatten(torch.arange(24).view(2, 3, 4).transpose(0, 1), 1),
    "graph": lambda: show.graph((torch.ones(2, requires_grad=True) * 3).sum()),
    "model": lambda: show.model(torch.nn.Linear(2, 3), torch.ones(1, 2)),
    "convolution": lambda: show.convolution(5, 3, 2, 1),
    "transposed_convolution": lambda: show.transposed_convolution(4, 3, 2, 1, 1),
    "pad": lambda: show.pad("..#\n.+#\n..#\n..#"),
}
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def stored(explorer):
    """What the notebook keeps."""
    bundle = explorer._repr_mimebundle_()
    return bundle[0] if isinstance(bundle, tuple) else bundle


@each
def test_stored_twice_is_the_same(make):
    first, second = stored(make()), stored(make())
    kinds = ("text/plain", "text/html", "image/svg+xml")
    assert [first[kind] for kind in kinds] == [second[kind] for kind in kinds]


@each
def test_stored_is_small(make):
    assert sum(len(text.encode()) for text in stored(make()).values() if type(text) is str) < 60_000


@each
def test_the_still_picture_says_what_it_shows(make):
    explorer = make()
    picture = ElementTree.fromstring(explorer.still)
    assert picture.find("{http://www.w3.org/2000/svg}title").text == explorer.alt
    assert len(explorer.alt) > 40
    assert 'alt="' in explorer.html()
    assert "http:" not in explorer.html().replace("http://www.w3.org/2000/svg", "")


@each
def test_a_terminal_shows_words(make):
    explorer = make()
    assert repr(explorer) == explorer.text
    assert "<" not in explorer.text


def test_state_cannot_end_the_script():
    page = live_html("export default { render };", "", {"text": "</script><!--"}, "")
    assert page.count("</script>") == 1
    assert "<!--" not in page


def test_sources_stand_being_joined():
    assert compact("  // why\n  a;\n\n    b;") == "a;\nb;"


def test_importing_brings_nothing_to_draw_with():
    code = (
        "import sys, eduflow.show; heavy = ('anywidget', 'ipywidgets', 'matplotlib', 'IPython'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
