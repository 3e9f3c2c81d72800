"""What README says of the course in numbers is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eduflow.course.edition import minutes, title
from eduflow.course.notebook import read_notebook
from tests.lessons.test_shape import exported_lines

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BOOKS = [read_notebook(path) for path in sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.slug)
def test_the_table_of_lessons(book):
    row = re.search(rf"^\| {book.number:02d} \| (.*) \| (.*) \| (.*) \|$", README, re.MULTILINE)
    assert row, "README has no row for this lesson"
    assert row[1] == f"**{title(book)}**".replace("`", "")
    assert row[2].strip()
    assert row[3] == minutes(book)


def test_there_are_no_other_rows():
    assert len(re.findall(r"^\| \d\d \| ", README, re.MULTILINE)) == len(BOOKS)


def test_files_and_pictures_that_it_names_exist():
    for name in re.findall(r'(?:\]\(|src="|srcset=")([^)":#]+)["#)]', README):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (range(1, 9), r"lessons 01 to 08 you write (\d+) of the ([\d,]+) lines"),
        (range(100), r"all lessons, the cellar included, you write (\d+) of ([\d,]+) lines"),
    ],
)
def test_how_many_lines_the_learner_writes(numbers, words):
    counts = [exported_lines(book.path) for book in BOOKS if book.number in numbers]
    exported, written = map(sum, zip(*counts, strict=True))
    said = re.search(words, README)
    assert (int(said[1]), int(said[2].replace(",", ""))) == (written, exported)
