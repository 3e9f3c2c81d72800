"""Of the lines that ran: how many were written, read, or shown by no lesson."""

import json
import linecache
import sys

import pytest

import eduflow
from eduflow._kernels import switch
from eduflow.course import trace
from eduflow.course.cli import main
from eduflow.course.explained import PROGRAMS
from eduflow.course.regions import SourceFile
from eduflow.course.trace import (
    Line,
    Shares,
    Tally,
    _own_lines,
    calls_aside,
    statements,
    tally,
)

CELL = '''#| export ops/binary.py
@pointwise("__mul__", "__rmul__")
def mul(input, other):
    """The elementwise product. Shapes broadcast, dtypes are promoted. Mirrors torch.mul."""
    result = input * other
    ### BEGIN SOLUTION
    return result, lambda grad: grad * other, lambda grad: grad * input
    ### END SOLUTION
'''


@pytest.fixture
def lessons(tmp_path):
    """A folder with one lesson, in which learners write the last line of `mul`."""
    cell = {"cell_type": "code", "id": "mul", "source": CELL, "metadata": {}, "outputs": []}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (tmp_path / "02_autograd.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return tmp_path


HANDS_OVER = """
from .._core.arguments import must_be
from .._words import shape as given
from ..ops import other


def f(x):
    x = given.shape_of(x, other(1))
    must_be(x)
    other(given.shape_of(x))
    return given.shape_of(x)
"""


def test_statements_that_only_call_what_is_left_aside(tmp_path):
    file = SourceFile(tmp_path / "f.py", "ops/f.py", HANDS_OVER)
    lines = [file.lines[number - 1].strip() for number in sorted(calls_aside(file))]
    assert lines == ["x = given.shape_of(x, other(1))", "must_be(x)"]


def product():
    return eduflow.ones(3) * eduflow.ones(3)


def lines_of(found, file):
    return [line for line in found.lines if line.file == file]


def test_lines_are_sorted_by_who_brought_them(lessons):
    lines = sorted(lines_of(tally(product, lessons), "ops/binary.py"), key=lambda x: x.number)
    assert [(line.lesson, line.written) for line in lines] == [(2, False), (2, True)]


def test_without_notebooks_all_regions_were_read(tmp_path):
    lines = lines_of(tally(product, tmp_path), "ops/binary.py")
    assert [(line.lesson, line.written) for line in lines] == [(2, False)] * 2


def test_a_broken_notebook_is_passed_over(lessons):
    (lessons / "03_broken.ipynb").write_text("{", encoding="utf-8")
    assert tally(product, lessons).shares.written == 1


def test_plain_lines_belong_to_no_lesson(lessons):
    found = tally(product, lessons)
    assert any(line.lesson is None for line in lines_of(found, "_core/dispatch.py"))
    assert found.shares.all == sum(shares.all for shares in found.by_file().values())
    assert found.shares.all == sum(shares.all for shares in found.by_lesson().values())
    assert list(found.by_lesson())[-1] is None


def test_words_arguments_course_and_pictures_are_left_aside(lessons):
    def refused():
        with pytest.raises(RuntimeError):
            eduflow.ones(2, 3) @ eduflow.ones(2, 3)
        tally(product, lessons)

    files = tally(refused, lessons).by_file()
    assert "ops/linalg.py" in files
    assert not any(name.startswith(("_words/", "course/", "show/")) for name in files)


def test_plain_forms_run_and_everything_is_as_before(lessons):
    assert not switch.plain
    before, seen = sys.gettrace(), []

    def step():
        seen.append(switch.plain)
        x = eduflow.ones(2, requires_grad=True)
        (x * 2).sum().backward()
        raise KeyError("on purpose")

    with pytest.raises(KeyError, match="on purpose"):
        tally(step, lessons)
    assert seen == [True]
    assert not switch.plain
    assert sys.gettrace() is before


def test_the_walk_that_is_counted_is_the_plain_one(lessons):
    x = eduflow.ones(2, requires_grad=True)
    files = tally(lambda: (x * 2).sum().backward(), lessons).by_file()
    assert files["autograd/engine.py"].read > 10
    assert "_kernels/engine.py" not in files


def test_export_cells_count_as_a_lesson_each_with_its_own_lines(lessons):
    names = ["<cell of this test>", "<another cell>"]
    source = CELL.replace("@pointwise", "#")
    spaces = {name: {} for name in names}
    try:
        for name, space in spaces.items():
            linecache.cache[name] = (len(source), None, source.splitlines(True), name)
            exec(compile(source, name, "exec"), space)
        found = tally(lambda: [space["mul"](2.0, 3.0) for space in spaces.values()], lessons)
    finally:
        for name in names:
            linecache.cache.pop(name, None)
    assert found.shares == Shares(written=2, read=2)
    assert {line.file for line in found.lines} == {"ops/binary.py"}


def test_lines_of_a_learner_who_wrote_something_else():
    theirs = CELL.split("\n", 1)[1].replace(
        "    ### BEGIN SOLUTION\n"
        "    return result, lambda grad: grad * other, lambda grad: grad * input",
        "    def left(g):\n        return g * other\n    return result, left, lambda g: g * input",
    )
    text = theirs.replace("    ### END SOLUTION\n", "").rstrip("\n").split("\n")
    assert [text[i].strip() for i in _own_lines(CELL, text)] == [
        "def left(g):",
        "return g * other",
        "return result, left, lambda g: g * input",
    ]
    assert list(_own_lines("", text)) == []


def test_a_statement_over_several_lines_is_one():
    text = "x = [\n    1,\n    2,\n]\nif x:\n    y = (\n        3\n    )\n"
    assert statements(text) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 5, 6: 6, 7: 6, 8: 6}


def test_the_sentence(capsys):
    lines = [Line("a.py", 1, 2, True), Line("a.py", 2, 2), Line("b.py", 1)]
    assert Tally(frozenset(lines)).sentence == (
        "Of the 3 lines that ran in this step you wrote 1; lessons show 1 more, and 1 stands in "
        "helper files."
    )
    trace(lambda: None)
    assert capsys.readouterr().out == "No line of the framework ran in this step.\n"
    trace(product)
    assert capsys.readouterr().out.startswith("Of the ")


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match=r"got Tensor.\n  Write `trace\(lambda: step\(x\)\)`"):
        trace(product())


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_runs(name):
    found = tally(PROGRAMS[name](eduflow))
    assert found.shares.all > 100
    assert 0 < found.shares.shown <= 1


def test_the_command(capsys):
    status = main(["explained", "--files", "3", "--check"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in PROGRAMS)
    assert "lesson 02" in printed
    assert "Most lines that no lesson shows:" in printed
    assert "Wanted: 80% of all together, 70% of each. That is so." in printed
    assert status == 0
