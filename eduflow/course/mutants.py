"""Mutants of a solution: the same lines with one small mistake made by a machine.

Operators and arguments are swapped, numbers moved by one, lines dropped, conditions fixed, copies
and other calls removed. Only lines between the markers of a solution are changed.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from .notebook import BEGIN, END, exported_text

BINARY: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
SIDES_DIFFER = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
NAMES = {"min": "max", "max": "min", "maximum": "minimum", "minimum": "maximum", "any": "all"}
NAMES |= {"all": "any", "sum": "max", "mean": "sum", "append": "insert", "zeros": "ones"}
NAMES |= {
    "sorted": "list",
    "reversed": "list",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
}
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Delete)
STATEMENTS = (*SIMPLE, ast.For, ast.While, ast.If, ast.With, ast.Assert)
Change = Callable[[], Any]  # makes a change, or the node that stands in another's place


@dataclass(frozen=True)
class Mutant:
    """A changed source: the definition that it lies in, and what became of which line."""

    owner: str
    line: int
    change: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All mutants of a cell with a solution, in order of its lines; each differs from all others.

    `change` is unique within the cell: `old => new`, with a number where two say the same.
    """
    wanted = _solution_lines(source)
    tree = ast.parse(exported_text(source))
    found: list[Mutant] = []
    seen, said = {ast.unparse(tree)}, set()
    for path in _places(tree):
        line = getattr(_at(tree, path), "lineno", 0)
        if line not in wanted:
            continue
        for number in range(99):
            changed = _copy_at(tree, path)
            if not _apply(changed, path, number):
                break
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text in seen:
                continue
            seen.add(text)
            change = _difference(tree, text)
            label, count = change, 1
            while label in said:
                count += 1
                label = f"{change} ({count})"
            said.add(label)
            found.append(Mutant(_owner(tree, line), line, label, text))
    return found


def _solution_lines(source: str) -> set[int]:
    """The numbers of the solution's lines in the text as it is exported."""
    number, inside, found = 0, False, set()
    exported = exported_text(source).split("\n")
    for line in source.split("\n"):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif number < len(exported) and line.rstrip() == exported[number].rstrip():
            number += 1
            if inside:
                found.add(number)
    return found


def _owner(tree: ast.Module, line: int) -> str:
    named = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return next((n.name for n in named if n.lineno <= line <= (n.end_lineno or 0)), "")


Path = tuple[tuple[str, int], ...]


def _places(node: ast.AST, path: Path = ()) -> Iterator[Path]:
    """The ways to all nodes: steps of (field, index)."""
    yield path
    for name, value in ast.iter_fields(node):
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, ast.AST):
                yield from _places(item, (*path, (name, index)))


def _at(tree: ast.AST, path: Path) -> ast.AST:
    for name, index in path:
        value = getattr(tree, name)
        tree = value[index] if isinstance(value, list) else value
    return tree


def _copy_at(tree: ast.Module, path: Path) -> ast.Module:
    """A copy to make a change in at a place; statements that it leaves alone are shared."""
    _, number = path[0]
    body = [copy.deepcopy(node) if n == number else node for n, node in enumerate(tree.body)]
    return ast.Module(body, tree.type_ignores)


def _apply(tree: ast.AST, path: Path, number: int) -> bool:
    """Make the change of this number at a place; False if there are not so many."""
    node = _at(tree, path)
    choices = [*_inner(node), *_instead(tree, node, path)]
    if number >= len(choices):
        return False
    new = choices[number]()
    if new is not None and path:
        parent = _at(tree, path[:-1])
        name, index = path[-1]
        value = getattr(parent, name)
        if isinstance(value, list):
            value[index] = new
        else:
            setattr(parent, name, new)
    return True


def _inner(node: ast.AST) -> list[Change]:
    """Changes inside of a node: functions that make them and return None."""

    def put(name: str, value: Any) -> Change:
        return lambda: setattr(node, name, value)

    if isinstance(node, ast.BinOp):
        swaps = [put("op", op()) for op in BINARY.get(type(node.op), ())]
        return [*swaps, lambda: _swap(node)] if isinstance(node.op, SIDES_DIFFER) else swaps
    if isinstance(node, ast.AugAssign):
        return [put("op", op()) for op in BINARY.get(type(node.op), ())]
    if isinstance(node, ast.Compare):
        pairs = [(i, op) for i, old in enumerate(node.ops) for op in COMPARE[type(old)]]
        return [partial(node.ops.__setitem__, i, op()) for i, op in pairs]
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return [put("op", other), *_without(node.values)]
    if isinstance(node, ast.Slice):
        return [put(name, None) for name in ("lower", "upper", "step") if getattr(node, name)]
    if isinstance(node, ast.comprehension):
        return _without(node.ifs)
    if isinstance(node, ast.Call):
        several = len(node.args) > 1 or node.keywords or isinstance(node.func, ast.Attribute)
        fewer = _without(node.args) if several else []
        alike = isinstance(node.func, ast.Name) and node.func.id in ("min", "max")
        return [*([] if alike else _swapped(node.args)), *fewer, *_without(node.keywords)]
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        return [*_swapped(node.elts), *_without(node.elts)]
    return _named(node, put)


def _named(node: ast.AST, put: Callable[[str, Any], Change]) -> list[Change]:
    """Functions of another name."""
    field = {ast.Name: "id", ast.Attribute: "attr"}.get(type(node), "")
    name = getattr(node, field) if field else ""
    return [put(field, NAMES[name])] if name in NAMES else []


def _swap(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _swapped(items: list[Any]) -> list[Change]:
    """Neighbours in a list change places."""

    def swap(i: int) -> None:
        items[i], items[i + 1] = items[i + 1], items[i]

    return [partial(swap, i) for i in range(len(items) - 1)]


def _without(items: list[Any]) -> list[Change]:
    """One of a list is left out."""
    return [partial(items.__delitem__, i) for i in range(len(items))]


def _instead(tree: ast.AST, node: ast.AST, path: Path) -> list[Change]:
    """Nodes to stand in a node's place, as functions."""
    if isinstance(node, ast.Constant):
        return [partial(ast.Constant, value) for value in _constants(tree, node, path)]
    if isinstance(node, ast.UnaryOp):
        return [lambda: node.operand]
    if isinstance(node, (ast.If, ast.IfExp)):
        return [partial(_with_test, node, value) for value in (True, False)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        about = node.func.value
        return [lambda: about] if path[-1][0] != "decorator_list" else []
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return [lambda: node.args[0]] if path[-1][0] != "decorator_list" else []
    if isinstance(node, ast.Break):
        return [ast.Continue]
    if isinstance(node, ast.Continue):
        return [ast.Break]
    if isinstance(node, STATEMENTS) and not _is_docstring(node):
        return [ast.Pass]
    return []


def _with_test(node: ast.If | ast.IfExp, value: bool) -> ast.AST:
    node.test = ast.Constant(value)
    return node


def _constants(tree: ast.AST, node: ast.Constant, path: Path) -> list[Any]:
    """Other values for a constant; texts of errors and docstrings are left alone."""
    value = node.value
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1] if abs(value) < 1e6 else [value * 2]
    around = [_at(tree, path[:n]) for n in range(len(path))]
    told = any(isinstance(n, (ast.Raise, ast.JoinedStr, ast.Expr, ast.Assert)) for n in around)
    if isinstance(value, str) and value and not told:
        return [f"{value}?"]
    return []


def _is_docstring(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _difference(tree: ast.Module, text: str) -> str:
    """The lines that differ, as `old => new`."""
    old, new = ast.unparse(tree).split("\n"), text.split("\n")
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    same = 0
    while same < min(len(old), len(new)) - first and old[-1 - same] == new[-1 - same]:
        same += 1
    parts = [
        " / ".join(x.strip() for x in lines[first : len(lines) - same]) for lines in (old, new)
    ]
    return " => ".join(part or "nothing" for part in parts)
