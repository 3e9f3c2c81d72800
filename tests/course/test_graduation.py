"""Lesson 15's script: one curve by eduflow, by PyTorch and by two processes of PyTorch's."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from eduflow.course import graduation
from eduflow.course.errors import CourseError

NEAR = 1e-6  # over fifty steps
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed; `make truth` installs it and runs this",
)


def gap(one, other):
    assert len(one) == len(other) == 50
    return max(abs(a - b) for a, b in zip(one, other))


@pytest.fixture
def recorded(monkeypatch):
    """As where no PyTorch is installed."""
    monkeypatch.setattr(graduation, "can_run_pytorch", lambda: False)


def test_eduflow_has_the_recorded_curve(tmp_path, recorded):
    place = graduation.pack(tmp_path / "with a blank")
    losses = graduation.by_eduflow(place)
    assert losses[0] > 2.2
    assert losses[-1] < 0.5
    assert gap(losses, graduation.by_pytorch(place)) < NEAR
    assert gap(losses, graduation.by_two(place)) < NEAR


@needs_torch
@pytest.mark.truth
def test_pytorch_and_two_processes_have_it_live(tmp_path, monkeypatch):
    place = graduation.pack(tmp_path)
    one, two = graduation.by_pytorch(place), graduation.by_two(place)
    assert gap(one, two) < NEAR
    assert gap(graduation.by_eduflow(place), one) < NEAR
    monkeypatch.setattr(graduation, "can_run_pytorch", lambda: False)
    assert gap(one, graduation.by_pytorch(place)) < NEAR
    assert gap(two, graduation.by_two(place)) < NEAR


def test_an_edited_script_is_kept(tmp_path):
    place = graduation.pack(tmp_path)
    script = place / "digits.py"
    script.write_text("# mine\n", encoding="utf-8")
    graduation.pack(tmp_path)
    assert script.read_text(encoding="utf-8") == "# mine\n"
    with pytest.raises(CourseError, match="0 times, expected once"):
        graduation._changed(place)


def test_a_script_that_stops_shows_its_last_lines(tmp_path):
    (tmp_path / "bad.py").write_text("raise ValueError('no such digit')\n", encoding="utf-8")
    with pytest.raises(CourseError, match="no such digit"):
        graduation._start([sys.executable, "bad.py"], tmp_path)
