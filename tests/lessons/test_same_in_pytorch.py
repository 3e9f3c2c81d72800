"""Cells tagged `same-in-pytorch` use only public names: real PyTorch must print the same text.

The tagged cells of a notebook run in order in one namespace, and no other cell does; what setup
cells bind is there.
"""

from __future__ import annotations

import importlib.util
from collections import OrderedDict

import numpy as np
import pytest

from eduflow.datasets import load_digits

from .notebooks import GALLERIES, LESSONS, code_cells
from .run_under import run_cell, stored_text, swap_import

TAG = "same-in-pytorch"
TAGGED = [
    path for path in LESSONS + GALLERIES if any(TAG in cell.tags for cell in code_cells(path))
]

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


def stage(torch):
    """What setup cells bind: short names, and the digits as PyTorch's tensors."""
    images, labels = [torch.tensor(tensor.numpy()) for tensor in load_digits()]
    unseen = [torch.tensor(tensor.numpy()) for tensor in load_digits(train=False)]
    return {
        "__name__": "__main__",
        "np": np,
        "OrderedDict": OrderedDict,
        "torch": torch,
        "nn": torch.nn,
        "F": torch.nn.functional,
        "images": images,
        "labels": labels,
        "load_digits": lambda train=True: (images, labels) if train else tuple(unseen),
    }


@needs_torch
@pytest.mark.truth
@pytest.mark.parametrize("path", TAGGED, ids=lambda path: path.stem)
def test_pytorch_prints_what_the_lesson_shows(path, torch, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    namespace = stage(torch)
    for cell in code_cells(path):
        if TAG not in cell.tags:
            continue
        expected = stored_text(cell.outputs)
        found = run_cell(swap_import(cell.source), namespace)
        assert found == expected, f"{path.name}#{cell.id}: PyTorch prints something else"


def test_a_cell_reads_as_in_a_notebook():
    names = {}
    assert run_cell("x = 2\nprint('two')\nx * 21", names) == "two\n42"
    assert run_cell("x;", names) == ""
    assert run_cell("print('now')\n1 / 0", names) == "now\nZeroDivisionError: division by zero"
    assert run_cell("object()", names) == "<object at ADDRESS>"


def test_stored_outputs_give_the_same_text():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["two \n"]},
        {"output_type": "stream", "name": "stderr", "text": "not compared"},
        {"output_type": "execute_result", "data": {"text/plain": "eduflow.float32"}},
    ]
    assert stored_text(outputs) == "two\ntorch.float32"
    failed = [{"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}]
    assert stored_text(failed) == "ValueError: no"


def test_only_the_import_is_swapped():
    assert swap_import("import eduflow as torch\ntorch.ones(2)") == "import torch\ntorch.ones(2)"
    assert swap_import("from eduflow import nn") == "from torch import nn"
