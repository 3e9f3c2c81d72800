"""Exercises in a cell's text: where a solution stands, whose it is, and the stub in its place."""

from __future__ import annotations

import ast

from .notebook import BEGIN, END, EXPORT

TO_WRITE = "is yours to write"


def without_solutions(source: str) -> str:
    """The text as a learner gets it: each solution is one line that says what is to be written."""
    lines = source.split("\n")
    tree = _tree(source)
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines, start=1):
        if line.strip() == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(indent + _stub(_path(tree, number)))
        elif line.strip() == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def to_write(source: str) -> list[str]:
    """The functions and classes at the top of a cell that hold a solution; often one."""
    numbers = [n for n, line in enumerate(source.split("\n"), 1) if line.strip() == BEGIN]
    tree = _tree(source)
    found = [path[0].name for number in numbers if (path := _path(tree, number))]
    return list(dict.fromkeys(found))


def stubs(nodes: list[ast.stmt]) -> set[str]:
    """The functions and classes of a cell that are still to be written, if only in part."""
    return {
        node.name
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and any(_is_stub(part) for part in ast.walk(node))
    }


def _is_stub(node: ast.AST) -> bool:
    raised = node.exc if isinstance(node, ast.Raise) else None
    if not (isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name)):
        return False
    texts = [str(item.value) for item in raised.args if isinstance(item, ast.Constant)]
    return raised.func.id == "NotImplementedError" and any(t.endswith(TO_WRITE) for t in texts)


def has_solution(source: str) -> bool:
    """Whether a cell is an exercise."""
    return any(line.strip() == BEGIN for line in source.split("\n"))


def _stub(path: list[ast.FunctionDef | ast.ClassDef]) -> str:
    """The line in place of a solution; outside of a function it stops no later line."""
    name = ".".join(node.name for node in path)
    if not name:
        return f'print("this cell {TO_WRITE}")'
    return f'raise NotImplementedError("{name} {TO_WRITE}")'


def _tree(source: str) -> ast.Module | None:
    first, _, rest = source.partition("\n")
    try:
        return ast.parse(f"\n{rest}" if EXPORT.match(first) else source)
    except (SyntaxError, ValueError):
        return None


def _path(tree: ast.Module | None, number: int) -> list[ast.FunctionDef | ast.ClassDef]:
    """The definitions around a line, from the outside in."""
    path: list[ast.FunctionDef | ast.ClassDef] = []
    inner: list[ast.stmt] = tree.body if tree else []
    while around := [
        node
        for node in inner
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and node.lineno <= number <= (node.end_lineno or 0)
    ]:
        path.append(around[0])
        inner = around[0].body
    return path
