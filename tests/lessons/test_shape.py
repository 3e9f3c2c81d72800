"""Lessons and galleries have the shape the course promises: small cells with prose, all run."""

from __future__ import annotations

import re
from itertools import groupby
from statistics import median

import pytest

from eduflow.course import pace
from eduflow.course.notebook import read_notebook

from .notebooks import GALLERIES, LESSONS, code_cells, floor_of, read_cells, text

CELLS = range(30, 46)
MOST_EXPORTED = 150
LEAST_WRITTEN = 0.3  # the learner's share of the exported lines
MEDIAN_LINES = 8
MOST_LINES = 40
CODE_IN_A_ROW = 2
MOST_BYTES = 500_000
MOST_MINUTES = 50
MOST_EXTRA = 45  # minutes for what is offered "if you like"
# By so many minutes a page may promise more than the measure says: readers' own estimates lie 8 to
# 23 above it.
SPARE = 16
MOST_WORDS = 120  # of a text cell, hints aside

MARKDOWN_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)
MARKED_SUMMARY = re.compile(r"<summary>[^<\n]*(?:`|\*\*)[^\n]*")
QUESTION, CODE = re.compile(r"(predict|quiz)\("), re.compile(r"`[^`]*`")
STARRED = re.compile(r"(?<![\w*])\*\w[\w ]*\*(?!\w)")
HTML_ALT = re.compile(r"\balt\s*=\s*([\"'])\s*\S", re.IGNORECASE)

every_lesson = pytest.mark.parametrize("path", LESSONS + GALLERIES, ids=lambda path: path.stem)
floor_lessons = pytest.mark.parametrize(
    "path",
    [path for path in LESSONS if floor_of(path)],
    ids=lambda path: path.stem,
)


def lines_of(source):
    """Count the lines of code a learner gets: none that are blank, markers, or to be written."""
    source = SOLUTION.sub("\\1raise NotImplementedError", source)
    lines = (line.strip() for line in source.splitlines())
    return sum(bool(line) and not line.startswith(("#|", "### ")) for line in lines)


def solution_trouble(source):
    """Say what is wrong with the solution markers of one cell, or return an empty string."""
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        word = line.strip()
        if word not in ("### BEGIN SOLUTION", "### END SOLUTION"):
            continue
        opens = word == "### BEGIN SOLUTION"
        if opens == inside:
            return f"line {number}: {word} {'inside another' if opens else 'without a BEGIN'}"
        inside = opens
    return "the last ### BEGIN SOLUTION is never closed" if inside else ""


def images_without_alt(source):
    """Return the images in markdown text that say nothing to those who cannot see them."""
    plain = [match[0] for match in MARKDOWN_IMAGE.finditer(source) if not match["alt"].strip()]
    return plain + [tag for tag in HTML_IMAGE.findall(source) if not HTML_ALT.search(tag)]


@every_lesson
def test_every_code_cell_was_run_in_order(path):
    counts = [cell.count for cell in code_cells(path)]
    unrun = [cell.id for cell in code_cells(path) if cell.count is None]
    assert not unrun, f"never run: {', '.join(unrun)}; `make lessons` runs them"
    assert counts == list(range(1, len(counts) + 1)), f"run out of order: {counts}; `make lessons`"


@every_lesson
def test_only_announced_exceptions_are_stored(path):
    failed = [
        cell.id
        for cell in code_cells(path)
        if "raises-exception" not in cell.tags
        and any(output["output_type"] == "error" for output in cell.outputs)
    ]
    assert not failed, f"an exception is stored, and no raises-exception tag: {', '.join(failed)}"


@every_lesson
def test_cell_names_mean_something(path):
    names = [cell.id for cell in read_cells(path)]
    twice = sorted({name for name in names if names.count(name) > 1})
    odd = [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)]
    random = [name for name in names if re.fullmatch(r"(?=.*\d)[0-9a-f]{8}", name)]
    assert not twice, f"used twice: {', '.join(twice)}"
    assert not odd, f"not lower-case words with hyphens: {', '.join(odd)}"
    assert not random, f"random names, give them meaningful ones: {', '.join(random)}"


@every_lesson
def test_images_have_a_text_for_those_who_cannot_see_them(path):
    sources = [(cell.id, cell.source) for cell in read_cells(path) if cell.kind == "markdown"]
    silent = [f"{name}: {image}" for name, src in sources for image in images_without_alt(src)]
    assert not silent, "images without alt text: " + "; ".join(silent)


@every_lesson
def test_headings_of_hints_are_html(path):
    """Between <summary> tags Markdown is not read: backticks would stand there as they are."""
    sources = [cell.source for cell in read_cells(path) if cell.kind == "markdown"]
    assert not [line for source in sources for line in MARKED_SUMMARY.findall(source)]


@every_lesson
def test_questions_have_no_marks_but_backticks(path):
    """A card shows what stands between backticks as code, and a star as a star."""
    sources = [cell.source for cell in code_cells(path) if QUESTION.match(cell.source)]
    assert not [mark for source in sources for mark in STARRED.findall(CODE.sub("", source))]


@every_lesson
def test_pictures_show_the_page_through(path):
    """No paper of one theme in JupyterLab's other one: see the tick labels' two greys."""
    stored = [(cell.id, str(cell.outputs)) for cell in code_cells(path)]
    assert not [name for name, outputs in stored if "needs_background" in outputs]


@every_lesson
def test_solution_markers_are_balanced(path):
    trouble = {cell.id: solution_trouble(cell.source) for cell in code_cells(path)}
    trouble = {name: complaint for name, complaint in trouble.items() if complaint}
    assert not trouble, trouble


@every_lesson
def test_nothing_of_the_author_s_machine_is_stored(path):
    stored = [(c.id, text(o.get("text", ""))) for c in code_cells(path) for o in c.outputs]
    leaks = [name for name, printed in stored if re.search(r"/(home|Users|root)/|/tmp/", printed)]
    assert not leaks, f"paths of this machine are printed by: {', '.join(leaks)}"


@every_lesson
def test_code_cells_are_short(path):
    lines = {cell.id: lines_of(cell.source) for cell in code_cells(path)}
    if not lines:
        return
    long = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert not long, f"more than {MOST_LINES} lines: {long}"
    middle = median(lines.values())
    assert middle <= MEDIAN_LINES, f"median code cell: {middle} lines, limit {MEDIAN_LINES}"


@every_lesson
def test_answers_do_not_stand_above_their_question(path):
    cells = [c for c in code_cells(path) if c.source.startswith(("predict(", "quiz("))]
    shown = [c.id for c in cells if "hide-input" not in c.tags]
    assert not shown, f"tag these `hide-input`, and hide their source in JupyterLab: {shown}"


@every_lesson
def test_the_file_is_small(path):
    size = path.stat().st_size
    assert size <= MOST_BYTES, f"{size:,} bytes, limit {MOST_BYTES:,}: fewer or smaller pictures?"


@floor_lessons
def test_a_lesson_is_neither_thin_nor_endless(path):
    count = len(read_cells(path))
    assert count in CELLS, f"{count} cells; a lesson has 30 to 45"


def exported_lines(path):
    """How many lines a lesson exports, and how many of these a learner writes."""
    cells = [cell.source for cell in code_cells(path) if cell.source.startswith("#| export")]
    lines = [line.strip() for source in cells for line in source.splitlines()]
    written, inside = 0, False
    for line in lines:
        if line.startswith("### "):
            inside = line == "### BEGIN SOLUTION"
        written += inside and bool(line) and not line.startswith("### ")
    return sum(bool(line) and not line.startswith(("#|", "### ")) for line in lines), written


@floor_lessons
def test_learners_write_a_third_of_what_a_lesson_builds(path):
    exported, written = exported_lines(path)
    assert exported <= MOST_EXPORTED, f"{exported} exported lines; at most {MOST_EXPORTED}"
    assert written >= LEAST_WRITTEN * exported, f"{written} of {exported} lines are the learner's"


@floor_lessons
def test_a_lesson_takes_the_time_that_it_promises(path):
    notebook = read_notebook(path)
    (core, extra), (said, more) = pace.needed(notebook), pace.promised(notebook)
    assert core <= MOST_MINUTES, f"{core} minutes: shorten it, or offer an exercise `if you like`"
    assert core <= said <= max(core + SPARE, 30), f"{said} minutes promised, {core} needed"
    assert extra <= MOST_EXTRA, f"{extra} minutes for what is offered if one likes"
    assert extra <= more <= extra + SPARE * bool(extra), f"{more} more promised, {extra} needed"


@floor_lessons
def test_a_text_cell_says_one_thing(path):
    words = {cell.id: pace.prose(cell.source) for cell in read_cells(path) if cell.kind != "code"}
    long = {name: count for name, count in words.items() if count > MOST_WORDS}
    assert not long, f"more than {MOST_WORDS} words: {long}"


@floor_lessons
def test_prose_stands_between_code(path):
    runs = [
        [cell.id for cell in cells]
        for kind, cells in groupby(read_cells(path), key=lambda cell: cell.kind)
        if kind == "code"
    ]
    crowded = [" > ".join(run) for run in runs if len(run) > CODE_IN_A_ROW]
    assert not crowded, f"more than {CODE_IN_A_ROW} code cells without prose: {crowded}"


def test_the_rules_see_what_they_should_see():
    assert lines_of("#| export a.py\n\nx = 1\n### BEGIN SOLUTION\ny = 2\n### END SOLUTION") == 2
    good = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    assert solution_trouble(good) == ""
    assert "never closed" in solution_trouble("### BEGIN SOLUTION")
    assert "without a BEGIN" in solution_trouble("### END SOLUTION")
    assert "inside another" in solution_trouble("### BEGIN SOLUTION\n### BEGIN SOLUTION")
    silent = '![ ](a.png) ![fine](b.png) <img src="c.png"> <img src="d.png" alt="a curve">'
    assert MARKED_SUMMARY.findall("<summary>Hint</summary>\n<summary>`f`</summary>") != []
    assert STARRED.findall(CODE.sub("", "the *first* of `2 * x * y`, or 2 * 3 * 4")) == ["*first*"]
    assert images_without_alt(silent) == ["![ ](", '<img src="c.png">']
