"""Watching a training: what is shown, and what it costs."""

from __future__ import annotations

import sys
import time
from itertools import pairwise

import pytest

import eduflow as torch
from eduflow import show
from eduflow.show.training import thinned


def test_goes_through_the_steps_and_prints_once(capsys):
    seen = []
    for step in (live := show.training(range(5))):
        seen.append(step)
        live(loss=torch.tensor(1.0 / (step + 1), requires_grad=True), accuracy=0.5)
    assert seen == [0, 1, 2, 3, 4]
    assert str(live) == "5 of 5 steps: loss 0.2, accuracy 0.5"
    assert capsys.readouterr().out == f"{live}\n"
    assert 'value="5" max="5"' in live.html()
    assert "loss goes from 1 to 0.2." in live.html()


def test_stops_where_the_loop_stops():
    for step in (live := show.training(iter(range(100)))):
        live(loss=step)
        if step == 2:
            break
    assert str(live) == "2 steps: loss 2"


def test_starts_anew_each_time():
    live = show.training([1, 2])
    for _ in range(2):
        for step in live:
            live(loss=step)
    assert live.logged == {"loss": [(0, 1), (1, 2)]}


def test_long_curves_keep_their_peaks():
    line = [(n, float(n % 100 == 50) * n) for n in range(5000)]
    short = thinned(line)
    assert len(short) <= 140
    assert {point for point in line if point[1]} <= set(short) | {(n, 0.0) for n in range(5000)}
    assert max(short, key=lambda point: point[1]) == (4950, 4950.0)
    assert short == sorted(short)


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0], [1.0, float("nan")], [float("inf"), 1.0]])
def test_odd_numbers_can_be_drawn(values):
    live = show.training(values)
    for value in live:
        live(loss=value)
    assert "<svg" in live.svg("curves")
    assert "nan," not in live.svg("curves")
    assert "inf" not in live.svg("curves").split("<polyline")[1].split("/>")[0]


def test_the_stored_picture_does_not_depend_on_time():
    def stored():
        live = show.training(range(300))
        for step in live:
            live(loss=3.0 / (step + 1))
        return live.html()

    assert stored() == stored()
    assert len(stored()) < 10_000


def test_drawing_keeps_to_its_share(monkeypatch):
    drawn = []

    def slow(self):
        drawn.append(time.perf_counter())
        time.sleep(0.02)

    monkeypatch.setattr(show.training, "_display", slow)
    monkeypatch.setattr(sys.modules["eduflow.show.training"], "_in_a_notebook", lambda: True)
    end = time.perf_counter() + 2.5
    for _ in show.training(iter(lambda: time.perf_counter() < end, False)):
        time.sleep(0.001)
    gaps = [later - earlier for earlier, later in pairwise(drawn)]
    assert len(drawn) >= 3
    assert min(gaps[:-1]) >= 1.0, "20 ms of drawing may come once in a second"
