"""PyTorch beside a lesson: what a cell says with public names alone, PyTorch must say too.

`lesson(..., witness=True)` runs such cells under both. The notebook's own names stay out of it:
PyTorch's side has a namespace and a folder of its own, and its random numbers start where those
of eduflow stood before the cell.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import importlib.util
import io
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from . import names
from .errors import CourseError
from .notebook import EXPORT
from .shown import Shown, show, side_by_side

ROOT = __name__.split(".")[0]
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
LACKING = re.compile(r"module 'torch[\w.]*' has no attribute|object has no attribute '_[a-z]")


class Verdict(NamedTuple):
    """What PyTorch said to a cell, and whether it is the same as what the notebook shows."""

    same: bool
    text: str


class Witness:
    """PyTorch, and the names that the cells so far have for it."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self._place = tempfile.TemporaryDirectory()

    def hear(self, source: str, shown: str) -> Verdict | None:
        """Run what a cell says with public names; the verdict, if that was the whole cell.

        `shown` is what the notebook has under the cell. None for a cell that builds something,
        uses what only eduflow has, or says nothing.
        """
        whole, text = self._run(source)
        if not whole or not (text or shown):
            return None
        return Verdict(text == tidy(shown), text)

    def _run(self, source: str) -> tuple[bool, str]:
        """Whether all of a cell could be run, and what it printed."""
        tree = _parsed(source)
        if tree is None or EXPORT.match(source):
            self._forget(tree.body if tree else [])
            return False, ""
        whole, ending, printed = True, "", io.StringIO()
        silent = source.rstrip().endswith(";")
        with contextlib.chdir(self._place.name), contextlib.redirect_stdout(printed):
            for node in tree.body:
                if not self._understood(node, tree.body):
                    whole = False
                    continue
                try:
                    ending = self._step(node, node is tree.body[-1] and not silent)
                except Exception as error:
                    self._forget([node])
                    if LACKING.search(str(error)) or isinstance(error, ImportError):
                        whole = False
                        continue
                    ending = f"{type(error).__name__}: {error}"
                    break
        return whole, tidy(printed.getvalue() + ending)

    def _step(self, node: ast.stmt, last: bool) -> str:
        """Run one statement; the text of its value, if it is the last one and has a value."""
        if last and isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), "<cell>", "eval"), self.names)
            return "" if value is None else pretty(value)
        if _loads_digits(node):
            self.names["load_digits"] = self._digits
        else:
            exec(compile(ast.Module([node], []), "<cell>", "exec"), self.names)
        return ""

    def _understood(self, node: ast.stmt, cell: list[ast.stmt]) -> bool:
        """Whether PyTorch's side has all that a statement needs; if not, it loses what it binds.

        What a definition looks up may be bound by a later statement of its cell.
        """
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            known = _loads_digits(node) or all(map(_public, _modules(node)))
        else:
            used = names.looked_up([node]) - _stored(node)
            if isinstance(node, (*names.Function, ast.ClassDef)):
                used -= set(names.defined(cell))
            known = all(name in self.names or hasattr(builtins, name) for name in used)
        if not known:
            self._forget([node])
        return known

    def _forget(self, nodes: list[ast.stmt]) -> None:
        for node in nodes:
            for name in names.bound(node):
                self.names.pop(name, None)

    def _digits(self, train: bool = True) -> tuple[Any, Any]:
        """The course's digits as PyTorch's tensors."""
        images, labels = importlib.import_module(f"{ROOT}.datasets").load_digits(train)
        return self.torch.tensor(images.numpy()), self.torch.tensor(labels.numpy())

    async def beside(
        self, run: Callable[[], Awaitable[bool]], source: str, framework: Any, result: Any
    ) -> bool:
        """Run a cell in the notebook, then under PyTorch, and say below whether both say the same.

        `result` is the shell's, which holds the cell's value or error; what `run` returns.
        """
        with contextlib.suppress(Exception):  # before lesson 01 has built it there is no state
            self.torch.set_rng_state(self.torch.tensor(framework.get_rng_state().numpy()))
        heard = Tee(sys.stdout)
        with contextlib.redirect_stdout(heard):
            failed = await run()
        ours = heard.text + _ending(result)
        verdict = self.hear(source, ours)
        if verdict:
            show(_told(verdict, tidy(ours)))
        return failed


class Tee(io.TextIOBase):
    """A stream that passes on what is printed, and remembers it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.text = ""

    def write(self, text: str) -> int:
        """Pass `text` on."""
        self.text += text
        self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        self.stream.flush()


def _ending(result: Any) -> str:
    """A cell's value or its exception, as text."""
    error = result.error_in_exec
    if error is not None:
        return f"{type(error).__name__}: {error}"
    return "" if result.result is None else pretty(result.result)


def _told(verdict: Verdict, ours: str) -> Shown:
    """The verdict for the notebook: one line, or both texts beside each other."""
    if verdict.same:
        return Shown("PyTorch prints the same.", "<small>PyTorch prints the same.</small>")
    return side_by_side([("eduflow prints", ours), ("PyTorch prints", verdict.text)])


def call_pytorch() -> Any:
    """The real PyTorch; CourseError with what to do where it is not installed."""
    if importlib.util.find_spec("torch") is None:
        raise CourseError(
            "`witness=True` runs the cells under the real PyTorch as well, which is not installed "
            "here.\n  `pip install torch==2.13.0` installs it; or leave `witness=True` out."
        )
    return importlib.import_module("torch")


def swapped(source: str) -> str:
    """Code written for eduflow as the same code for PyTorch."""
    return source.replace(f"import {ROOT} as torch", "import torch").replace(ROOT, "torch")


def _parsed(source: str) -> ast.Module | None:
    """The cell's statements for PyTorch; None for IPython's own commands."""
    try:
        return ast.parse(swapped(source))
    except SyntaxError:
        return None


def _stored(node: ast.AST) -> set[str]:
    """The names that a statement binds anywhere in it: loops, handlers and definitions too."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, (*names.Function, ast.ClassDef, ast.ExceptHandler)) and part.name:
            found.add(part.name)
    return found


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def _public(module: str) -> bool:
    """Whether both sides have a module. What draws is not run a second time."""
    root = module.split(".")[0]
    return root in ("torch", "numpy") or root in sys.stdlib_module_names


def _loads_digits(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "torch.datasets"
        and [alias.name for alias in node.names] == ["load_digits"]
    )


def pretty(value: Any) -> str:
    """A value as a notebook shows it."""
    text: str = importlib.import_module("IPython.lib.pretty").pretty(value)
    return text


def tidy(text: str) -> str:
    """Hide what may differ: the library's name, addresses, blanks at line ends."""
    text = ADDRESS.sub("ADDRESS", text.replace(f"{ROOT}.", "torch."))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
