"""Sources of answers: the course's own solutions, and what any answer's source defines.

An answer runs where its cell would run: with the names of the file that it is exported to.
"""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass
from typing import Any

from .edition import Task, tasks
from .notebook import EXPORT, Notebook, read_notebook
from .source import framework, lesson_files

ROOT = __name__.split(".")[0]


@dataclass(frozen=True)
class Solved:
    """An exercise cell of a lesson with the course's own solution.

    `above` are lines of the notebook that an answer may use, where it stays in the notebook.
    """

    lesson: str
    task: Task
    source: str
    above: str = ""


def solutions() -> list[Solved]:
    """All exercise cells of the lessons that have a check, in order."""
    found = []
    for path in lesson_files():
        book = read_notebook(path)
        sources = {cell.id: cell.source for cell in book.cells}
        for task in tasks(book):
            if task.checks:
                above = above_of(book, task)
                found.append(Solved(book.slug, task, sources[task.cell], above))
    return found


def space_for(task: Task) -> dict[str, Any]:
    """The names that an answer finds: its file's, or what a notebook has imported."""
    torch = framework()
    space: dict[str, Any] = {"np": importlib.import_module("numpy"), "torch": torch}
    space |= {"nn": torch.nn, "F": torch.nn.functional}
    if task.path:
        home = task.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        space |= vars(importlib.import_module(f"{ROOT}.{home}"))
    return space


def answered(task: Task, source: str, above: str = "") -> dict[str, Any]:
    """What an answer's source defines, by name; it raises what the source raises.

    `above` are lines of the notebook that its names may come from.
    """
    space = space_for(task)
    exec(compile(above, "the notebook", "exec"), space)
    exec(compile(source, f"an answer to {task.cell}", "exec"), space)
    return {name: space[name] for name in task.names if name in space}


def thing_for(check: str, task: Task, made: dict[str, Any]) -> Any:
    """Which of the things that an answer defined a check is about: `tf_conv2d` about `conv2d`."""
    names = [name for name in task.names if name in (check, check.split(".")[0])]
    names += [name for name in task.names if check.endswith(name)]
    if len(task.checks) == len(task.names):
        names.append(task.names[task.checks.index(check)])
    return made.get([*names, *task.names][0])


def above_of(notebook: Notebook, task: Task) -> str:
    """What a task that stays in the notebook finds above it; one for a file finds that file."""
    return "" if task.path else definitions(notebook, task.cell)


def definitions(notebook: Notebook, before: str) -> str:
    """What the cells above a cell import and define, without running anything else of them."""
    lines: list[str] = []
    for cell in notebook.cells:
        if cell.id == before:
            break
        if cell.is_code and not EXPORT.match(cell.source):
            try:
                nodes = ast.parse(cell.source).body
            except (SyntaxError, ValueError):
                continue
            lines += [ast.unparse(node) for node in nodes if isinstance(node, DEFINES)]
    return "\n".join(lines)


DEFINES = (ast.FunctionDef, ast.ClassDef)
