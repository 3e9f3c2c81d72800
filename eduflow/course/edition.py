"""The learner's edition of a lesson: nothing solved, nothing shown, and what is to be written."""

from __future__ import annotations

import ast
import copy
import hashlib
import re
from dataclasses import asdict, dataclass
from typing import Any

from .notebook import Cell, Notebook, parse_export, without_outputs
from .stubs import has_solution, to_write, without_solutions

Raw = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """An exercise cell: where its lines go, what is written in it, and the checks that hold it.

    `path` is the file of the package, or "" for an exercise that builds nothing of it.
    """

    cell: str
    path: str
    names: tuple[str, ...]
    checks: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Raw) -> Task:
        """The task that `as_json` wrote."""
        return cls(data["cell"], data["path"], tuple(data["names"]), tuple(data["checks"]))

    def as_json(self) -> Raw:
        """The task as JSON keeps it."""
        data = asdict(self)
        return data | {"names": list(self.names), "checks": list(self.checks)}


def digest(raw: Raw) -> str:
    """What tells a cell's text from any other; outputs and metadata do not count."""
    text = f"{raw.get('cell_type')}\n{Cell(raw, 0).source.rstrip()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def learner_cells(notebook: Notebook) -> list[Raw]:
    """The cells as a learner gets them: stubs for solutions; no outputs, counts or widgets."""
    cells = []
    for cell in notebook.cells:
        new = Cell(without_outputs(copy.deepcopy(cell.raw)), cell.index)
        if new.is_code:
            new.source = without_solutions(cell.source)
        cells.append(new.raw)
    return cells


def learner_metadata() -> Raw:
    """What a learner's notebook says of itself."""
    return {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def title(notebook: Notebook) -> str:
    """The lesson's first heading."""
    for cell in notebook.cells:
        heading = re.search(r"^#+\s+(.+)$", cell.source, re.MULTILINE)
        if not cell.is_code and heading:
            return heading[1].strip()
    return notebook.slug


def promise(notebook: Notebook) -> str:
    """What a lesson promises below its title, a line in bold or italics; empty if there is none."""
    found = re.search(r"^\*+([^*].*?)\*+$", notebook.cells[0].source, re.MULTILINE)
    return found[1] if found else ""


def minutes(notebook: Notebook) -> str:
    """How long a lesson says that it takes, such as "50 minutes"; empty where it does not say."""
    found = re.search(r"\*Time:\*+\s*(.*?minutes)", notebook.cells[0].source)
    return found[1] if found else ""


def tasks(notebook: Notebook) -> list[Task]:
    """The exercises of a lesson with solutions, in order."""
    asked = _checks(notebook)
    found = []
    for cell in notebook.cells:
        if cell.is_code and has_solution(cell.source):
            export = parse_export(cell.source)
            written = tuple(to_write(cell.source))
            held = [name for name, about in asked.items() if about & set(written)]
            found.append(Task(cell.id, export.path if export else "", written, tuple(held)))
    return found


def _checks(notebook: Notebook) -> dict[str, set[str]]:
    """The checks of a lesson, and the names that each of them is about."""
    found: dict[str, set[str]] = {}
    for call in calls(notebook, "check"):
        name = call.args[0] if call.args else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            parts = [part for arg in call.args[1:] for part in ast.walk(arg)]
            about = {part.id for part in parts if isinstance(part, ast.Name)}
            found.setdefault(name.value, set()).update(about, name.value.split("."))
    return found


def calls(notebook: Notebook, function: str) -> list[ast.Call]:
    """All calls of a function by its name in the code cells of a notebook, in order."""
    found = []
    for cell in notebook.cells:
        if cell.is_code and f"{function}(" in cell.source:
            try:
                tree = ast.parse(cell.source)
            except (SyntaxError, ValueError):
                continue  # a cell with a magic, or one that a learner is in the middle of
            found += [
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == function
            ]
    return found
