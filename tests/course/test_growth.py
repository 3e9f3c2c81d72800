"""Live growth of the real package: every lesson, cell by cell, and nothing is left behind."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import Any

import pytest

from eduflow.course.frame import CELLAR

from .conftest import COURSE

ROOT = COURSE.parents[1]
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))

# Begin a lesson, ask for every public name, and then build everything from there on.
GROW = """
import gc, json, os, re, sys, tempfile
os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import eduflow as torch
import eduflow.nn.functional
places = {"torch": torch, "torch.nn": torch.nn, "torch.nn.functional": torch.nn.functional,
          "torch.optim": torch.optim, "torch.utils.data": torch.utils.data,
          "torch.Tensor": torch.Tensor,
          "torch.nn.Module": torch.nn.Module}
every = [(place, name) for place, value in places.items()
         for name in (dir(value) if "Tensor" in place or "Module" in place
                      else {*vars(value), *getattr(value, "__all__", ())})
         if not name.startswith("_")]
from eduflow.course import lesson, live
from eduflow.course.placeholders import GrowingModule, Missing, is_sign
from eduflow.course.notebook import read_notebook

NAMED = re.compile("this lesson builds(?: it)?: run the cell with `|, in the cell with `")

def cells(path):
    return [c for c in read_notebook(path).cells if c.source.startswith("#| export")]

first = int(sys.argv[1])
paths = sorted(Path("lessons").glob("[0-9][0-9]_*.ipynb"))
paths = [p for p in paths if int(p.stem[:2]) == first or int(p.stem[:2]) > first and cells(p)]
errors = []
lesson(paths[0].stem)
wrong, missing = [], 0
for place, name in every:
    try:
        eval(f"{place}.{name}")
    except AttributeError as error:
        missing += 1
        if type(error).__name__ != "NotBuiltYet" or not NAMED.search(str(error)):
            wrong.append(f"{place}.{name}: {type(error).__name__}: {error}")
del torch, places
frame, growth = live._current.frame, live._current.growth
later = {c.id for p in paths[1:] for c in cells(p)}
for path in paths:
    frame.number = int(path.stem[:2])
    for cell in cells(path):
        result = shell.run_cell(cell.source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error:
            errors.append(f"{path.stem}#{cell.id}: {error}")
gc.unfreeze()
gc.collect()
signs = [
    f"{cls.__qualname__}.{name}" for m in growth.modules() for cls in vars(m).values()
    if isinstance(cls, type) and cls.__module__ == m.__name__
    for name, value in vars(cls).items() if is_sign(value)
]
members = live.members("eduflow")
print("ANSWER" + json.dumps({
    "missing": missing, "wrong": wrong,
    "errors": errors,
    "waiting": [(i.module.__name__, i.node.lineno) for i in growth.waiting],
    "placeholders": [repr(o) for o in gc.get_objects() if type(o) is Missing][:9],
    "signs": signs,
    "modules": [m.__name__ for m in growth.modules() if type(m) is GrowingModule],
    "tensors": len({id(c) for c in gc.get_objects()
                    if isinstance(c, type) and c.__qualname__ == "Tensor"
                    and c.__module__.startswith("eduflow") and len(c.__mro__) < 5
                    and any(vars(m).get("Tensor") is c for m in list(sys.modules.values()) if m)}),
    "members": sorted(
        f"{key} {sorted(names - members.get(key, set()))}"
        for key, names in live._complete.items()
        if "._kernels." not in key[0]  # a learner's lines run without: nobody has asked for it
        and names - members.get(key, set())),
}))
"""


@functools.cache
def grown(first: int) -> dict[str, Any]:
    """Grow the package from this lesson on in a fresh process; what is left to be said about it."""
    done = subprocess.run(
        [sys.executable, "-c", GROW, str(first)], cwd=ROOT, capture_output=True, text=True
    )
    assert "ANSWER" in done.stdout, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.split("ANSWER", 1)[1])
    return answer


@pytest.mark.parametrize("first", [int(path.stem[:2]) for path in LESSONS[1:]])
def test_grown_from_this_lesson_on_the_package_is_whole(first: int) -> None:
    answer = grown(first)
    assert answer["errors"] == []
    assert answer["waiting"] == []
    assert answer["placeholders"] == []
    assert answer["signs"] == []
    assert answer["modules"] == []
    assert answer["members"] == []
    assert answer["tensors"] == 1


NOTHING_PUBLIC = {"14", "15"}  # what these build has no name in PyTorch's face


@pytest.mark.parametrize("number", [path.stem[:2] for path in LESSONS[1:]])
def test_whatever_is_missing_says_which_lesson_and_cell(number: str) -> None:
    answer = grown(int(number))
    built_here = number not in NOTHING_PUBLIC and int(number) < CELLAR
    assert (answer["missing"] > 0) is built_here
    assert answer["wrong"] == []


LOAD_EARLY = """
import io, os, tempfile
os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
from eduflow.course import lesson
lesson("11_data_and_training")
import eduflow as torch
file = io.BytesIO()
torch.save(torch.ones(2), file)
for only in (True, False):
    try:
        torch.load(io.BytesIO(file.getvalue()), weights_only=only)
    except Exception as error:
        print("ANSWER", type(error).__name__, error)
"""


def test_a_file_is_not_damaged_where_the_lesson_on_reading_it_comes_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD_EARLY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert len(lines) == 2
    assert lines[0] == (
        "ANSWER UsedBeforeBuilt `WeightsUnpickler` is not built yet: lesson 15 builds it, in the "
        "cell with `class WeightsUnpickler`."
    )
    assert "damaged" not in lines[1]
    assert "which lesson 15 builds" in lines[1]
