"""The chapter of claims: every lesson's, each with the cell that tests it, output and verdict."""

from __future__ import annotations

import importlib
import sys

import pytest

from eduflow.course.notebook import read_notebook

from .test_names import ROOT

LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module")
def claims():
    """The book's module, found as Sphinx finds it."""
    sys.path.insert(0, str(ROOT / "book"))
    yield importlib.import_module("claims")
    sys.path.remove(str(ROOT / "book"))


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_a_lesson_puts_its_claims_to_the_test(claims, path):
    found = claims.claims_of(read_notebook(path))
    assert len(found.sentences) > 1
    assert all(len(sentence) > 15 for sentence in found.sentences)
    assert found.code
    assert found.printed
    assert found.verdict
    assert not found.verdict.startswith("#")


def test_no_claim_is_told_twice(claims):
    told = [
        said for path in LESSONS[1:] for said in claims.claims_of(read_notebook(path)).sentences
    ]
    assert len(told) == len(set(told))
    page = claims.claims_page(ROOT / "lessons")
    assert page.startswith("# What people say\n\n" + str(len(told)))
