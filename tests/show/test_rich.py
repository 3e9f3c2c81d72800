"""Rich displays: opted into, and the text stays what it is."""

from __future__ import annotations

import re

import pytest

import eduflow as torch
from eduflow import nn, show
from eduflow.show.rich import tensor_html


@pytest.fixture
def formatted(monkeypatch, tmp_path):
    """A function that formats as a notebook does, in a shell that leaves no history."""
    InteractiveShell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    config = pytest.importorskip("traitlets.config").Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.display_formatter.active_types = shell.display_formatter.format_types
    yield lambda x: shell.display_formatter.format(x)[0]
    show.rich(False)
    InteractiveShell.clear_instance()


def test_only_when_asked_for(formatted):
    x, net = torch.tensor([[1.0, -2.0]]), nn.Linear(2, 3)
    plain = [formatted(thing) for thing in (x, net)]
    assert [list(data) for data in plain] == [["text/plain"]] * 2
    show.rich()
    for thing, before in zip((x, net), plain, strict=True):
        data = formatted(thing)
        assert data["text/plain"] == before["text/plain"] == repr(thing)
        assert ("<table" in data["text/html"]) or ("<script" in data["text/html"])
    assert "text/html" in formatted(nn.Parameter(x))
    show.rich(False)
    assert list(formatted(x)) == ["text/plain"]
    assert list(formatted(net)) == ["text/plain"]


@pytest.mark.parametrize("size", [(), (3,), (2, 3)])
def test_small_tensors_are_tables(size):
    x = torch.arange(6.0)[: torch.zeros(size).numel()].reshape(size)
    page = tensor_html(x)
    assert [float(text) for text in re.findall(r">([^<]+)</td>", page)] == x.flatten().tolist()
    assert f"size {size}" in page


def test_others_are_text():
    x = torch.zeros(2, 2, 2, requires_grad=True) * 1
    assert "requires grad, made by MulBackward0" in tensor_html(x)
    assert "<pre>tensor([[[0., 0.]," in tensor_html(x)
    assert "<pre>" in tensor_html(torch.zeros(100))
    assert "nan" in tensor_html(torch.tensor([float("nan"), float("inf"), 1]))
    assert ">True<" in tensor_html(torch.tensor([True]))
