"""`eduflow capstone`: train LeNet with the learner's package, beside the reference."""

from __future__ import annotations

import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from .errors import CourseError
from .folder import Folder, find
from .own import OwnPackage, borrow_all
from .processes import imported, last_lines, python_path
from .regions import Package
from .source import package_folder

RUNNER = Path(__file__).parent / "static" / "run_capstone.py"
Lines = dict[str, dict[str, int]]  # of each file: how many lines are whose, zeros left out

NEAR = 1e-3  # how far apart two loss curves of the same sums in another order may drift


def capstone(folder: Folder, steps: int, *, picture: bool = True) -> int:
    """Train both ways, draw both losses, and say how they compare; 1 if they part.

    Without `picture` no file is written.
    Raises CourseError if the learner's package cannot be trained, with its last lines.
    """
    if steps < 1:
        raise CourseError(f"--steps is {steps}, expected 1 or more.")
    print(f"Training LeNet on digits, {steps} steps with `{folder.name}` ...", flush=True)
    mine = _train(folder.name, folder.root.resolve(), steps)
    print("... and with the reference.", flush=True)
    reference = _train("eduflow", Path(), steps)
    gap = max(abs(a - b) for a, b in zip(mine["losses"], reference["losses"], strict=True))
    for name, run in ((folder.name, mine), ("reference", reference)):
        print(f"  {name:<12} {_curve(run['losses'])}  reads {run['right']:.0%} of unseen digits")
    print(f"Loss: {mine['losses'][0]:.3f} at first, {mine['losses'][-1]:.3f} at last.")
    drawn = _draw(folder, mine, reference) if picture else None
    if drawn:
        print(f"The picture is {drawn.relative_to(folder.root)} in your folder.")
    print(_share(mine["lines"]))
    if gap <= NEAR:
        print(f"The two curves are one. {_whose(folder, mine['lines'])}")
        return 0
    print(f"The curves part by up to {gap:.3g}: `eduflow test` says where your lines differ.")
    return 1


def _whose(folder: Folder, files: Lines) -> str:
    """By whose lines the network learned, if any of those that the learner kept have run."""
    own = OwnPackage(folder, Package(package_folder()), folder.version)
    known = folder.tasks()
    kept = [region.key for file in own.files().values() for region in file.own()]
    names = [name for key in kept if key in known for name in known[key].names]
    if not names:
        return "No line of it is yours yet: all was borrowed."
    if not any(counts.get("yours") for counts in files.values()):
        return f"Your lines so far are for other work, no step of LeNet runs {', '.join(names)}."
    return f"That network learned by your lines: {', '.join(names)}."


def _share(files: Lines) -> str:
    """Whose lines of the framework ran in a step."""
    total: Counter[str] = Counter()
    for counts in files.values():
        total.update(counts)
    count = max(sum(total.values()), 1)
    return (
        f"Of the {count} lines of the framework that a step ran {total['yours']} are yours "
        f"({total['yours'] / count:.0%}), and the course shows {total['shown']} more."
    )


def _train(name: str, folder: Path, steps: int) -> dict[str, Any]:
    if sys.platform == "emscripten":  # the browser's Python starts no other
        return _train_here(name, folder, steps)
    where = "" if folder == Path() else str(folder)
    done = subprocess.run(
        [sys.executable, str(RUNNER), name, where, str(steps)],
        env=os.environ | {"PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CourseError(f"Training with `{name}` stopped:\n{last_lines(done.stderr, 6)}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _train_here(name: str, folder: Path, steps: int) -> dict[str, Any]:
    """Train in this very process, with a package that is imported for it and then forgotten.

    The lesson's own framework may lack floors, so the reference is a package with all borrowed.
    """
    train = runpy.run_path(str(RUNNER))["train"]
    with tempfile.TemporaryDirectory() as place:
        if folder == Path():
            name, folder = "reference", Path(place)
            borrow_all(folder / name)
        with imported(name, folder):
            try:
                result: dict[str, Any] = train(importlib.import_module(name), steps)
            except Exception as error:
                raise CourseError(
                    f"Training with `{name}` stopped:\n    {type(error).__name__}: {error}"
                ) from error
    return result


def capstone_here(steps: int = 150) -> None:
    """`capstone()` in a lesson: what `eduflow capstone` does in a terminal.

    Outside a learner's folder, where nobody has a package, one without a line of its own is made
    for it, and forgotten.
    """
    folder = find(Path.cwd())
    if folder is not None:
        capstone(folder, steps)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place), "reader", "")
        borrow_all(folder.package)
        capstone(folder, steps, picture=False)


def _curve(losses: list[float], width: int = 30) -> str:
    """A curve in one line of text."""
    marks = "▁▂▃▄▅▆▇█"
    picked = [losses[n * len(losses) // width] for n in range(width)] if losses else []
    top = max(picked, default=1.0) or 1.0
    return "".join(marks[min(int(max(loss, 0) / top * 7.99), 7)] for loss in picked)


def _draw(folder: Folder, mine: dict[str, Any], reference: dict[str, Any]) -> Path | None:
    """Both curves as a picture; None where matplotlib is not installed."""
    try:
        figures = importlib.import_module("matplotlib.figure")
    except ImportError:
        return None
    figure = figures.Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.plot(reference["losses"], color="#999999", linewidth=5, label="reference")
    axes.plot(mine["losses"], color="#b3560f", linewidth=1.5, label=folder.name)
    axes.set(xlabel="step", ylabel="loss", title="LeNet learns to read digits")
    axes.legend(frameon=False)
    path = folder.root / "capstone.png"
    figure.savefig(path, dpi=150)
    return path
