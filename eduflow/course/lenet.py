"""The losses of lesson 12's network under PyTorch 2.13, as tools/record_lenet.py recorded them.

So the lesson can hold its curve against PyTorch's where PyTorch is not installed.
"""

from __future__ import annotations

import importlib
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .capstone import RUNNER
from .errors import CourseError
from .exercises import Late, all_exercises
from .files import read_text

ROOT = __name__.split(".")[0]

RECORDED = Path(__file__).parent / "static" / "lenet.json"
PLAN = {  # the number format, the optimizer, its arguments, and how many epochs of 23 steps
    "adam, float32": ("float32", "Adam", {"lr": 1e-3}, 3),
    "sgd, float64": ("float64", "SGD", {"lr": 0.05, "momentum": 0.9}, 9),
    "sgd, float32": ("float32", "SGD", {"lr": 0.05, "momentum": 0.9}, 9),
    "sgd, float32, other kernels": ("float32", "SGD", {"lr": 0.05, "momentum": 0.9}, 9),
}
STEPS = 23  # in an epoch: 1,437 digits in batches of 64


def by_pytorch(run: str) -> list[float]:
    """The loss of each step of one of the runs in `PLAN`, all with seed 0 and batches of 64.

    In "sgd, float32, other kernels" PyTorch computed its convolutions with other code of its own.
    Raises CourseError for another name.
    """
    recorded: dict[str, list[float]] = json.loads(read_text(RECORDED))
    if run not in recorded:
        raise CourseError(f"No run {run!r} was recorded. There are: {', '.join(recorded)}.")
    return recorded[run]


def network(torch: Any) -> Any:
    """The network that the capstone trains: Net of PyTorch's old tutorial, with new weights."""
    return runpy.run_path(str(RUNNER))["network"](torch)


def ours(name: str) -> Callable[..., Any]:
    """The course's own answer to an exercise whose lines stay in the notebook.

    It stands in for the learner's until that passes its check. Raises CourseError for an unknown
    name.
    """
    exercises = all_exercises()
    if name not in exercises:
        raise CourseError(f"There is no exercise called {name!r}.")
    reference = exercises[name].reference
    if isinstance(reference, Late):
        reference = reference.make(importlib.import_module(ROOT))
    answer: Callable[..., Any] = reference
    return answer
