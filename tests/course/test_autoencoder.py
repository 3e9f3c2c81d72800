"""Lesson 13's network, by the lesson's own lines: better than PCA with as many numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eduflow as torch
from eduflow.course.answers import definitions
from eduflow.course.notebook import read_notebook
from eduflow.datasets import load_digits

BOOK = read_notebook(Path(__file__).parents[2] / "lessons" / "13_autoencoder.ipynb")
LEAST = 0.0045  # mean squared error on unseen digits


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """What the lesson's cells define, and its pictures."""
    space: dict[str, Any] = {"np": np, "torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    exec(compile(definitions(BOOK, "quiz"), "lesson 13", "exec"), space)
    for name, part in (("pictures", True), ("unseen", False)):
        space[name] = space["enlarged"](load_digits(train=part)[0])
    return space


def error(one: Any, other: Any) -> float:
    return float(np.mean((one.numpy() - other.numpy()) ** 2))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sixteen_numbers_hold_more_than_pca_s(lesson: dict[str, Any], seed: int) -> None:
    pictures, unseen = lesson["pictures"], lesson["unseen"]
    torch.manual_seed(seed)
    net = torch.nn.Sequential(lesson["encoder"](), lesson["Decoder"]())
    lesson["train"](net, pictures)
    with torch.no_grad():
        found = error(net(unseen), unseen)
    rows, seen = pictures.flatten(1).numpy(), unseen.flatten(1).numpy()
    axes = np.linalg.svd(rows - rows.mean(0), full_matrices=False)[2][:16]
    by_pca = (seen - rows.mean(0)) @ axes.T @ axes + rows.mean(0)
    assert found <= LEAST
    assert found < np.mean((by_pca - seen) ** 2)


def test_noise_is_taken_away(lesson: dict[str, Any]) -> None:
    unseen, noisy = lesson["unseen"], lesson["noisy"]
    torch.manual_seed(2)
    net = torch.nn.Sequential(lesson["encoder"](), lesson["Decoder"]())
    lesson["train"](net, lesson["pictures"], noisy, epochs=12)
    spoiled = noisy(unseen)
    with torch.no_grad():
        assert error(net(spoiled), unseen) < 0.2 * error(spoiled, unseen)
