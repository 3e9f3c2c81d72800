"""A small course in a temporary folder: lessons, a package, and the real `eduflow/course`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from eduflow.course.gather import gather

COURSE = Path(__file__).resolve().parents[2] / "eduflow" / "course"

TENSORS = """#| export tensors.py
SIZE = 4


class Tensor:
    def __init__(self, data):
        self.data = data

    def item(self):
        return self.data
"""
METHOD = """#| export tensors.py
def method(*names):
    def put(function):
        for name in names:
            setattr(Tensor, name, function)
        return function

    return put


@method("double")
def double(x):
    return Tensor(2 * x.data)
"""
ADD = """#| export ops.py
@method("add", "__add__", "__eq__", "__len__", "__bool__", "__iter__", "__getitem__")
def add(x, y):
    ### BEGIN SOLUTION
    return Tensor(x.data + y.data)
    ### END SOLUTION
"""
LINEAR = """#| export nn/linear.py
class Linear:
    def __call__(self, x):
        return add(x, x)
"""
GROWN = """#| export nn/linear.py
class Grown(Linear):
    pass
"""
FILES = {
    "__init__.py": """
        from .tensors import SIZE, Tensor, double
        from .ops import add, plus_one
        from .more import triple
        from . import nn

        __version__ = "1.2"
        """,
    "tensors.py": '''
        """Tensors."""

        import math

        # %% lesson 01 the-class
        # %% end


        # %% lesson 01 the-methods
        # %% end


        def halved(number):
            return math.floor(number / 2)
        ''',
    "ops.py": """
        from .tensors import Tensor, method

        # %% lesson 02 add
        # %% end


        @method("plus_one")
        def plus_one(x):
            return add(x, Tensor(1))
        """,
    "more.py": """
        from .ops import add

        TABLE = {}


        def listed(function):
            TABLE[function.__name__] = add
            return function


        @listed
        def triple(x, added=add):
            return added(x, add(x, x))


        KEPT = [add]
        """,
    "nn/__init__.py": """
        from . import functional, init
        from .linear import Grown, Linear
        """,
    "nn/linear.py": """
        from ..ops import add

        # %% lesson 02 linear
        # %% end


        # %% lesson 03 grown
        # %% end
        """,
    "nn/functional.py": """
        from ..ops import add
        """,
    "nn/init.py": """
        def zero_(x):
            return 0
        """,
}


def cell(cell_id: str, source: str, kind: str = "code") -> dict[str, Any]:
    """One cell as JSON."""
    raw: dict[str, Any] = {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {},
        "source": source.rstrip("\n").splitlines(keepends=True),
    }
    return raw | ({"execution_count": None, "outputs": []} if kind == "code" else {})


class Course:
    """Write lessons and a package, and run code where the package can be imported."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lessons = root / "lessons"
        self.package = root / "eduflow"

    def lesson(self, slug: str, *cells: tuple[str, str] | dict[str, Any]) -> Path:
        """Write a notebook with a title and the given (id, source) code cells."""
        raw = [cell("title", f"# The {slug}", "markdown")]
        raw += [item if isinstance(item, dict) else cell(*item) for item in cells]
        data = {"cells": raw, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path = self.lessons / f"{slug}.ipynb"
        path.parent.mkdir(exist_ok=True)
        text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    def source(self, slug: str, cell_id: str) -> str:
        """The source of one cell as it stands in the file."""
        data = json.loads((self.lessons / f"{slug}.ipynb").read_text(encoding="utf-8"))
        return "".join(next(c["source"] for c in data["cells"] if c["id"] == cell_id))

    def house(self) -> None:
        """The lessons and the package most tests use: three floors, cells and regions agreed."""
        self.lesson("00_start", ("setup", "1"))
        self.lesson("01_tensors", ("the-class", TENSORS), ("the-methods", METHOD))
        self.lesson("02_ops", ("add", ADD), ("linear", LINEAR))
        self.lesson("03_last", ("grown", GROWN))
        for path, text in FILES.items():
            self.write(path, textwrap.dedent(text).lstrip("\n"))
        gather(self.lessons, self.package, force=True)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the package."""
        file = self.package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def read(self, path: str) -> str:
        """A file of the package."""
        return (self.package / path).read_text(encoding="utf-8")

    def change(self, slug: str, cell_id: str, old: str, new: str) -> None:
        """Change a cell, as someone in JupyterLab would."""
        path = self.lessons / f"{slug}.ipynb"
        data = json.loads(path.read_text(encoding="utf-8"))
        raw = next(c for c in data["cells"] if c["id"] == cell_id)
        source = "".join(raw["source"])
        assert old in source
        raw["source"] = source.replace(old, new).splitlines(keepends=True)
        text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file of the package, as someone with an editor would."""
        file = self.package / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file of lessons and package."""
        every = [*self.lessons.rglob("*"), *self.package.rglob("*.py")]
        return {str(p): p.read_bytes() for p in every if p.is_file() and "/course/" not in str(p)}

    def install(self) -> None:
        """Put `eduflow/course` into the package."""
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(COURSE, self.package / "course", ignore=ignore, dirs_exist_ok=True)

    def python(self, code: str, **env: str) -> str:
        """Run code in a fresh process in the course's folder; what it printed, errors included."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root), "EDUFLOW_PROGRESS": "off"} | env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def shell(self, *cells: str) -> list[str]:
        """Run cells one by one in a fresh IPython shell; what each printed, or its error."""
        code = f"CELLS = {list(cells)!r}\n{_SHELL}"
        out = self.python(code)
        assert "BEGIN-ANSWERS" in out, out
        answers: list[str] = json.loads(out.split("BEGIN-ANSWERS", 1)[1])
        return answers


_SHELL = """
import contextlib, io, json, tempfile, os
os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.colors = "nocolor"
answers = []
for text in CELLS:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        result = shell.run_cell(text, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    answer = out.getvalue()
    if error is not None:
        answer += f"{type(error).__name__}: {error}"
    answers.append(answer.strip())
print("BEGIN-ANSWERS" + json.dumps(answers))
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """An empty course."""
    return Course(tmp_path)
