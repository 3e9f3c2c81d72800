"""The pages of the library by PyTorch's names, and the page that says how much of it there is."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.oracle import RECORDED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book():
    """The book's own modules by name; they are found as Sphinx finds them."""
    sys.path.insert(0, str(ROOT / "book"))
    yield importlib.import_module
    sys.path.remove(str(ROOT / "book"))


def test_every_public_name_stands_on_one_page(book):
    names = book("names")
    places = {place for _, _, places in names.FAMILIES.values() for place in places}
    wanted = Counter(entry.path for place in places for entry in names.entries(place))
    pages = names.families()
    assert Counter(entry.path for found in pages.values() for entry in found) == wanted
    assert all(pages.values())


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("convolution", "torch.nn.functional.conv2d"),
        ("reductions", "torch.sum"),
        ("tensor", "torch.Tensor.backward"),
        ("optimizers", "torch.optim.lr_scheduler.OneCycleLR"),
        ("modules", "torch.nn.Sequential"),
        ("elementwise", "torch.abs_"),
        ("losses", "torch.kl_div"),
        ("normalization", "torch.batch_norm"),
        ("linalg", "torch.det"),
        ("autograd", "torch.no_grad"),
    ],
)
def test_names_are_where_one_looks_for_them(book, slug, says):
    assert says in {entry.path for entry in book("names").families()[slug]}


def test_every_place_that_is_counted_has_its_names_on_a_page(book):
    places = {place for _, _, places in book("names").FAMILIES.values() for place in places}
    assert set(book("coverage_page").AREAS.values()) <= places


def test_a_signature_has_no_types_in_quotation_marks(book):
    names = book("names")
    (entry,) = [e for e in names.entries("torch") if e.name == "LongTensor"]
    assert names.signature(entry) == "torch.LongTensor(*data)"


def test_an_entry_says_how_it_is_called_and_where_it_is_shown(book):
    names = book("names")
    shown = names.Shown(ROOT / "lessons", ROOT / "book" / "reference")
    entry = next(e for e in names.entries("torch.nn.functional") if e.name == "conv_transpose2d")
    text = names.page("A family", "Its sentence.", [entry], shown)
    assert "## torch.nn.functional.conv_transpose2d" in text
    assert "output_padding=0" in text
    assert "(../lessons/08_transposed_convolution.ipynb)" in text


def test_docstrings_are_markdown_only_where_they_mean_it(book):
    marked = book("names")._marked("a `b_c` and d_e *f\n\n    x_y = 1")
    assert marked == "a `b_c` and d\\_e \\*f\n\n    x_y = 1"


def test_every_name_of_pytorch_is_counted_once(book):
    page = book("coverage_page")
    theirs = json.loads((RECORDED / "face.json").read_text(encoding="utf-8"))
    for place in page.AREAS:
        here, out, missing = page.sorted_out(place, theirs[place])
        left_out = [name for names in out.values() for name in names]
        assert sorted([*here, *left_out, *missing]) == sorted(theirs[place])


def test_what_programs_use_is_not_called_left_out(book):
    page = book("coverage_page")
    theirs = json.loads((RECORDED / "face.json").read_text(encoding="utf-8"))
    wanted = {"": {"cov", "lgamma", "isin"}, "nn": {"MultiheadAttention", "Transformer"}}
    for place, names in wanted.items():
        here, _, missing = page.sorted_out(place, theirs[place])
        assert names <= {*here, *missing}
