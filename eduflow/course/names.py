"""What a piece of module source defines, read from its syntax tree; nothing is run.

Gathering and live export both ask here, so that a name is public in the notebook exactly if it
is public in the gathered package.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def _flatten(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements at the top level, with those inside `if`, `try` and `with` blocks."""
    for node in statements:
        if isinstance(node, ast.If):
            yield from _flatten([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [line for handler in node.handlers for line in handler.body]
            yield from _flatten([*node.body, *handlers, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.With):
            yield from _flatten(node.body)
        else:
            yield node


def _targets(node: ast.expr) -> Iterator[str]:
    """The plain names an assignment target binds."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            yield from _targets(element)
    elif isinstance(node, ast.Starred):
        yield from _targets(node.value)


def _bound(node: ast.stmt) -> list[str]:
    """The names one simple statement defines; imports are not definitions."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [name for target in node.targets for name in _targets(target)]
    if isinstance(node, ast.AnnAssign):
        return list(_targets(node.target)) if node.value is not None else []
    if type(node).__name__ == "TypeAlias":
        return list(_targets(node.name))  # type: ignore[attr-defined]
    return []


def defined(statements: Iterable[ast.stmt]) -> list[str]:
    """The names that top-level statements define, in order, each once."""
    return list(dict.fromkeys(name for node in _flatten(statements) for name in _bound(node)))


def reexported(statements: Iterable[ast.stmt]) -> list[str]:
    """The names passed on with `from x import y as y`."""
    return [
        alias.asname
        for node in _flatten(statements)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.asname == alias.name
    ]


def public(statements: Iterable[ast.stmt]) -> list[str]:
    """The sorted public names of a module: definitions and re-exports without a leading `_`."""
    statements = list(statements)
    names = {*defined(statements), *reexported(statements)}
    return sorted(name for name in names if not name.startswith("_"))


def _is_overload(node: ast.stmt) -> bool:
    """Whether this is one of several typed heads of the same function."""
    decorators = getattr(node, "decorator_list", [])
    return any(ast.unparse(item).rsplit(".")[-1] == "overload" for item in decorators)


def definitions(statements: Iterable[ast.stmt]) -> list[tuple[str, int]]:
    """(name, line) for every top-level statement that defines a name; branches count once."""
    return [
        (name, node.lineno)
        for node in statements
        if not _is_overload(node)
        for name in defined([node])
        if name != "_"
    ]


def imports(statements: Iterable[ast.stmt]) -> list[tuple[str, str, int]]:
    """(bound name, where it comes from, line) for every top-level import."""
    found = []
    for node in _flatten(statements):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                origin = alias.name if alias.asname else bound
                found.append((bound, origin, node.lineno))
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            for alias in node.names:
                found.append((alias.asname or alias.name, f"{source}:{alias.name}", node.lineno))
    return found


def registration(node: ast.stmt) -> ast.Call | None:
    """The `method("T")` of a statement like `method("T")(property(...))`, if it is one."""
    call = node.value if isinstance(node, ast.Expr) else None
    maker = call.func if isinstance(call, ast.Call) else None
    if isinstance(maker, ast.Call) and isinstance(maker.func, ast.Name):
        return maker if maker.func.id == "method" else None
    return None


def methods(statements: Iterable[ast.stmt]) -> list[str]:
    """Names that decorators may put on Tensor.

    These are the names of decorated top-level functions, every text among the positional
    arguments of their decorators, and those of registrations.
    """
    names: set[str] = set()
    for node in statements:
        registered = registration(node)
        for item in registered.args if registered else []:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                names.add(item.value)
        if isinstance(node, ast.FunctionDef) and node.decorator_list and not _is_overload(node):
            names.add(node.name)
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call):
                    for part in (leaf for item in decorator.args for leaf in ast.walk(item)):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            names.add(part.value)
    return sorted(name for name in names if name.isidentifier() and _may_be_method(name))


def _may_be_method(name: str) -> bool:
    """Private names are not methods, `__add__` and its like are."""
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
