"""Probe an answer where the framework would use it, and leave the framework as it was.

A wrong `log_shares` makes every loss wrong. So a probe puts the learner's function in the place
of the framework's, does something with the framework, and puts the old one back, whatever
happens. What is right is said by the framework's own lines, read from its file and made anew: they
stay right when the lines that run are the learner's.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from .exercises import Late, Misconception, late

ROOT = __name__.split(".")[0]


@contextmanager
def swapped(file: str, name: str, thing: Any) -> Iterator[None]:
    """`thing` stands as `name` in a file of the framework, such as "nn._functional.linear"."""
    module = importlib.import_module(f"{ROOT}.{file}")
    before = vars(module)[name]
    setattr(module, name, thing)
    try:
        yield
    finally:
        setattr(module, name, before)


def inside(file: str, name: str, probe: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """For `Case(use=...)`: what `probe(torch)` gives while the answer stands in the framework."""

    def use(thing: Any, torch: Any) -> Any:
        with swapped(file, name, thing):
            return probe(torch)

    return use


def shipped(file: str, *names: str) -> Any:
    """The last of these names of a file as the framework ships it, made anew with the others."""
    module = importlib.import_module(f"{ROOT}.{file}")
    path = Path(next(iter(importlib.import_module(ROOT).__path__)), *file.split("."))
    space = _apart(module)
    nodes: list[ast.stmt] = [node for node in _statements(str(path) + ".py") if _named(node, names)]
    exec(compile(ast.Module(nodes, []), f"{file} as shipped", "exec"), space)
    return space[names[-1]]


def altered(file: str, name: str, changes: dict[str, str]) -> Any:
    """A name of a file as the framework ships it, with some of its text replaced by other text.

    ValueError if a text does not stand there: a slip that changes nothing is none.
    """
    module = importlib.import_module(f"{ROOT}.{file}")
    path = Path(next(iter(importlib.import_module(ROOT).__path__)), *file.split("."))
    node = next(node for node in _statements(str(path) + ".py") if _named(node, (name,)))
    lines = Path(str(path) + ".py").read_text(encoding="utf-8").split("\n")
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    text = "\n".join(lines[first - 1 : node.end_lineno])
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"{file}.{name} has no text {old!r}")
        text = text.replace(old, new)
    space = _apart(module)
    exec(compile(text, f"{file} altered", "exec"), space)
    return space[name]


def rewritten(file: str, name: str, changes: dict[str, str]) -> Late:
    """`altered`, made anew at the time of the check: a reference or a wrong implementation."""
    return late(lambda torch: altered(file, name, changes))


def slip(label: str, file: str, name: str, changes: dict[str, str], message: str) -> Misconception:
    """A wrong idea: what the framework ships, with some of its text replaced."""
    return Misconception(label, rewritten(file, name, changes), message)


def _apart(module: Any) -> dict[str, Any]:
    """The names of a module, for functions that are made anew: they become methods of nothing."""
    return {**vars(module), "method": lambda *names, **of: lambda function: function}


@lru_cache
def _statements(path: str) -> list[ast.stmt]:
    return ast.parse(Path(path).read_text(encoding="utf-8")).body


def _named(node: ast.stmt, names: tuple[str, ...]) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name in names
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id in names for target in targets)


def tried(action: Callable[[], Any]) -> Any:
    """What an action gives, or the error that it raises, as text."""
    try:
        return action()
    except RecursionError:  # whose text hangs on where the stack was full
        return "RecursionError"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
