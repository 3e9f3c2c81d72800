"""Lesson 12's network: PyTorch's losses, step by step, and how many digits it reads."""

from __future__ import annotations

import importlib.util
import runpy

import pytest

import eduflow
from eduflow.course import lenet
from eduflow.course.capstone import RUNNER
from eduflow.course.errors import CourseError
from eduflow.datasets import load_digits

SCRIPT = runpy.run_path(str(RUNNER))
# So many steps, and so near. PyTorch itself, on processors of other kinds, is within 3e-7 of its
# recorded float32 curve for 30 steps, 3e-6 for 40 and 6e-5 for 50: Adam's steps grow what rounds.
FLOAT32 = {30: 1e-5, 50: 1e-3}
FLOAT64 = {200: 1e-10}
ENOUGH = 0.99  # of the unseen digits
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed; `make truth` installs it and runs this",
)


def losses(torch, run):
    """The losses of one of the recorded runs, by this library."""
    dtype, kind, options, epochs = lenet.PLAN[run]
    images, labels = load_digits()
    if torch is not eduflow:
        images, labels = (torch.from_numpy(each.numpy().copy()) for each in (images, labels))
    pictures = SCRIPT["scaled"](torch, images).to(getattr(torch, dtype))
    torch.manual_seed(0)
    net = SCRIPT["network"](torch).to(pictures.dtype)
    optimizer = getattr(torch.optim, kind)(net.parameters(), **options)
    return SCRIPT["descend"](net, optimizer, torch, pictures, labels, epochs * lenet.STEPS)


def gap(one, other, steps):
    assert min(len(one), len(other)) >= steps
    return max(abs(a - b) for a, b in zip(one[:steps], other[:steps]))


def is_near(found, run, bounds):
    recorded = lenet.by_pytorch(run)
    return all(gap(found, recorded, steps) < near for steps, near in bounds.items())


def test_adam_in_float32_has_pytorchs_curve():
    found = losses(eduflow, "adam, float32")
    assert found[0] > 2.2
    assert found[-1] < 0.5
    assert is_near(found, "adam, float32", FLOAT32)


def test_float64_has_pytorchs_curve_to_the_last_digits():
    found = losses(eduflow, "sgd, float64")
    assert is_near(found, "sgd, float64", FLOAT64)


def test_pytorch_parts_from_itself_in_float32():
    runs = lenet.by_pytorch("sgd, float32"), lenet.by_pytorch("sgd, float32, other kernels")
    assert gap(*runs, 10) < 1e-5
    assert gap(*runs, 200) > 1e-2


@needs_torch
@pytest.mark.truth
@pytest.mark.parametrize(("run", "near"), [("adam, float32", FLOAT32), ("sgd, float64", FLOAT64)])
def test_the_recorded_curves_are_pytorchs(run, near):
    torch = pytest.importorskip("torch")
    assert is_near(losses(torch, run), run, near)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_lesson_s_recipe_reads_99_of_100(seed):
    nn, optim = eduflow.nn, eduflow.optim
    (images, labels), (unseen, answers) = load_digits(), load_digits(train=False)
    pictures = SCRIPT["scaled"](eduflow, images)
    eduflow.manual_seed(seed)
    net = SCRIPT["network"](eduflow)
    optimizer = optim.AdamW(net.parameters(), lr=6e-3)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=6e-3, total_steps=20 * 45)
    modest = nn.CrossEntropyLoss(label_smoothing=0.1)
    move = lenet.ours("shifted")
    lenet.ours("train")(net, pictures, labels, optimizer, 20, 32, move, schedule, modest)
    with eduflow.no_grad():
        guesses = net(SCRIPT["scaled"](eduflow, unseen)).argmax(1)
    assert (guesses == answers).float().mean().item() >= ENOUGH


def test_unknown_names_are_refused():
    with pytest.raises(CourseError, match="There are: adam, float32"):
        lenet.by_pytorch("adam")
    with pytest.raises(CourseError, match="no exercise"):
        lenet.ours("no_such_thing")
