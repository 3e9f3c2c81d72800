"""PyTorch as the witness of every notebook: cells with public names only must print the same there.

Cells tagged `same-in-pytorch` must be among those that it can run; what they print is compared
with what is stored.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import types

import pytest

from eduflow.course.errors import CourseError
from eduflow.course.lessons import run_lesson
from eduflow.course.witness import Witness, call_pytorch, swapped, tidy

from .notebooks import GALLERIES, LESSONS, code_cells, stored_text, text

TAG = "same-in-pytorch"
SHARE = 0.6  # of the cells that PyTorch can run, in the lessons
# Untagged cells in which the two differ, and why.
DIFFER = {
    "13_autoencoder#errors": "eduflow's note stands below what both say",
    "saving_and_data#saving-members": "PyTorch writes one member more, a checksum",
}

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed; `make truth` installs it and runs this",
)


@pytest.fixture
def torch():
    """PyTorch as a fresh kernel finds it: its settings are put back before and after."""
    torch = pytest.importorskip("torch")

    def reset():
        torch.set_printoptions(profile="default")
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)

    reset()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(threads)
    reset()


def heard(torch, path):
    """Every cell of a notebook with PyTorch's verdict."""
    witness = Witness(torch)
    return [
        (cell, witness.hear(cell.source, stored_text(cell.outputs))) for cell in code_cells(path)
    ]


@needs_torch
@pytest.mark.truth
@pytest.mark.parametrize("path", LESSONS + GALLERIES, ids=lambda path: path.stem)
def test_pytorch_prints_what_the_lesson_shows(path, torch, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    for cell, verdict in heard(torch, path):
        name = f"{path.stem}#{cell.id}"
        if TAG in cell.tags and stored_text(cell.outputs):
            assert verdict, f"{name}: PyTorch cannot run it; what it uses is not public"
        if verdict and name not in DIFFER:
            assert verdict.text == tidy(stored_text(cell.outputs)), f"{name}: PyTorch differs"


@needs_torch
@pytest.mark.truth
def test_most_cells_that_pytorch_can_run_say_so(torch):
    for path in LESSONS:
        cells = [cell for cell, verdict in heard(torch, path) if verdict]
        tagged = [cell for cell in cells if TAG in cell.tags]
        assert len(tagged) >= SHARE * len(cells), f"{path.stem}: {len(tagged)} of {len(cells)}"


def beside(pytorch=None):
    """A witness whose PyTorch is a plain module; what is compared needs no tensors here."""
    return Witness(pytorch or types.SimpleNamespace())


def test_a_cell_reads_as_in_a_notebook():
    witness = beside()
    assert witness.hear("x = 2\nprint('two')\nx * 21", "two\n42") == (True, "two\n42")
    assert witness.hear("x;", "") is None
    assert witness.hear("print('now')\n1 / 0", "").text == (
        "now\nZeroDivisionError: division by zero"
    )
    assert witness.hear("object()", "<object at 0x7f0000000000>").same
    assert not witness.hear("x + 1", "4").same


def test_only_cells_with_public_names_are_heard():
    witness = beside()
    unheard = (
        "from eduflow.course import check",
        "check('add', 1)",
        "import matplotlib.pyplot as plt",
        "plt.show()",
        "#| export ops/binary.py\ndef add(x, y):\n    return x + y",
        "add(1, 2)",
        "%timeit 1 + 1",
        "print(1)\nunknown(2)",
    )
    for source in unheard:
        assert witness.hear(source, "something") is None, source


def test_a_name_that_something_unknown_binds_is_unknown():
    witness = beside()
    assert witness.hear("x = 1\nx", "1").same
    assert witness.hear("x = unknown()\nx", "2") is None
    assert witness.hear("x", "2") is None


def test_names_of_loops_handlers_and_later_lines_are_no_strangers():
    witness = beside()
    sources = {
        "for way in (1, 2):\n    try:\n        way / 0\n    except ZeroDivisionError as e:\n"
        "        print(type(e).__name__)": "ZeroDivisionError\nZeroDivisionError",
        "def show():\n    return later\n\n\nlater = 3\nshow()": "3",
        "[f() for f in [lambda: k for k in range(2)]]": "[1, 1]",
    }
    for source, expected in sources.items():
        assert witness.hear(source, expected) == (True, expected)


def test_files_are_written_aside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    witness = beside()
    assert witness.hear("open('x.txt', 'w').write('abc')", "3").same
    assert witness.hear("open('x.txt').read()", "'abc'").same
    assert not list(tmp_path.iterdir())


def test_only_the_name_is_swapped():
    assert swapped("import eduflow as torch\ntorch.ones(2)") == "import torch\ntorch.ones(2)"
    assert swapped("from eduflow import nn") == "from torch import nn"


def test_in_a_notebook_the_verdict_stands_below(capsys):
    witness = beside()
    result = types.SimpleNamespace(error_in_exec=None, result=None)

    def run_cell(source, text):
        async def run():
            print(text)
            return False

        return asyncio.run(witness.beside(run, source, None, result))

    assert run_cell("print('one')", "one") is False
    assert capsys.readouterr().out == "one\nPyTorch prints the same.\n"
    run_cell("print('two')", "three")
    assert capsys.readouterr().out.split() == (
        ["three", "eduflow", "prints", "three", "PyTorch", "prints", "two"]
    )


def test_without_pytorch_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install torch"):
        call_pytorch()


def test_stored_outputs_read_as_text():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["two \n"]},
        {"output_type": "stream", "name": "stderr", "text": "not compared"},
        {"output_type": "execute_result", "data": {"text/plain": "eduflow.float32"}},
    ]
    assert tidy(stored_text(outputs)) == "two\ntorch.float32"
    failed = [{"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}]
    assert stored_text(failed) == "ValueError: no"


@needs_torch
@pytest.mark.truth
def test_a_lesson_runs_with_pytorch_beside_it(tmp_path):
    path = next(path for path in LESSONS if path.stem == "04_in_place")
    data = json.loads(path.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        start = 'lesson("04_in_place"'
        cell["source"] = text(cell["source"]).replace(start, f"{start}, witness=True")
    copy = tmp_path / path.name
    copy.write_text(json.dumps(data), encoding="utf-8")
    run_lesson(copy)
    said = {cell.id: stored_text(cell.outputs) for cell in code_cells(path)}
    for cell in code_cells(copy):
        shown = [text(out.get("data", {}).get("text/plain", "")) for out in cell.outputs]
        tagged = TAG in cell.tags and bool(said[cell.id])
        assert not any("PyTorch prints\n" in line for line in shown), cell.id
        assert "PyTorch prints the same." in shown or not tagged, cell.id
