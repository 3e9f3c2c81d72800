"""What pieces of module source define and need, read from their syntax trees; nothing is run."""

from __future__ import annotations

import ast
import dis
import types
from collections.abc import Iterable, Iterator
from functools import cache

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOK_UPS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
OwnScope = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


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


def bound(node: ast.stmt) -> list[str]:
    """The names that a top-level statement binds, imports included, loop variables not."""
    found: dict[str, None] = {}
    for part in _flatten([node]):
        if isinstance(part, (*Function, ast.ClassDef)):
            found[part.name] = None
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= dict.fromkeys(a.asname or a.name.split(".")[0] for a in part.names)
        else:
            found |= dict.fromkeys(_stored(part))
            for name in _loop_names(part):
                found.pop(name, None)
    return list(found)


def defined(statements: Iterable[ast.stmt]) -> list[str]:
    """The names that top-level statements define, in order, each once; imports define nothing."""
    kept = [node for node in _flatten(statements) if not is_import(node)]
    return list(dict.fromkeys(name for node in kept for name in bound(node)))


def is_import(node: ast.stmt) -> bool:
    """Whether the statement is an import."""
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _stored(node: ast.AST) -> Iterator[str]:
    """Names assigned to in the scope of `node`."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, (*Function, ast.ClassDef)):
        yield node.name
    elif not isinstance(node, OwnScope):
        for child in ast.iter_child_nodes(node):
            yield from _stored(child)


def _loop_names(node: ast.AST) -> set[str]:
    """The variables of loops and comprehensions anywhere below `node`."""
    targets = [
        part.target
        for part in ast.walk(node)
        if isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension))
    ]
    return {
        part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
    }


def needed(node: ast.stmt, *, late_annotations: bool = False) -> list[str]:
    """The names that a top-level statement looks up while it runs, in order, each once.

    Bodies of functions are not run; decorators, defaults, bases and class bodies are.
    `late_annotations` says that the file has `from __future__ import annotations`.
    """
    found = dict.fromkeys(_loaded(node, late_annotations))
    if not isinstance(node, (*Function, ast.ClassDef)):
        for name in _loop_names(node):
            found.pop(name, None)
    return list(found)


def _loaded(node: ast.AST, late: bool) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.ClassDef):
        own = {name for item in node.body for name in bound(item)}
        for part in [*node.decorator_list, *node.bases, *(word.value for word in node.keywords)]:
            yield from _loaded(part, late)
        for item in node.body:
            yield from (name for name in _loaded(item, late) if name not in own)
    elif isinstance(node, OwnScope[:4]):
        own = _loop_names(node)
        for child in ast.iter_child_nodes(node):
            yield from (name for name in _loaded(child, late) if name not in own)
    else:
        for child in _run_at_once(node, late):
            yield from _loaded(child, late)


def _run_at_once(node: ast.AST, late: bool) -> Iterable[ast.AST]:
    """The children of a node that are evaluated when the node is."""
    if isinstance(node, ast.Lambda):
        return _defaults(node.args)
    if isinstance(node, Function):
        annotations = [] if late else _annotations(node)
        return [*node.decorator_list, *_defaults(node.args), *annotations]
    if isinstance(node, ast.AnnAssign) and late:
        return [node.target, *([node.value] if node.value else [])]
    return ast.iter_child_nodes(node)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(item for item in arguments.kw_defaults if item)]


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    every = node.args
    arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    found = [item.annotation for item in arguments if item]
    return [item for item in [*found, node.returns] if item]


def looked_up(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements, and the functions in them, look up outside of themselves.

    Parameters and other names of a function's own are not among them.
    """
    found: set[str] = set()
    codes = [compile(ast.Module(list(statements), []), "<statements>", "exec", dont_inherit=True)]
    while codes:
        code = codes.pop()
        steps = list(dis.get_instructions(code))
        stored = {step.argval for step in steps if step.opname == "STORE_NAME"}
        found |= {step.argval for step in steps if step.opname in LOOK_UPS} - stored
        codes += [item for item in code.co_consts if isinstance(item, types.CodeType)]
    return found


def late_annotations(statements: Iterable[ast.stmt]) -> bool:
    """Whether a file has `from __future__ import annotations`."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in statements
    )


@cache
def mentioned(node: ast.stmt) -> list[tuple[str, int, str]]:
    """Names that a statement may put on a class, as (name, rank, class).

    Rank 0 are a decorated function's own name and what a class holds that grows another one, 1 the
    texts of decorators, 2 texts elsewhere. The class is the one that a decorator names, if known.
    """
    if isinstance(node, ast.ClassDef):
        grown = [part.id for part in _leaves(node.decorator_list) if isinstance(part, ast.Name)]
        members = [name for item in node.body for name in bound(item)]
        return [(name, 0, target) for target in grown for name in members]
    if isinstance(node, Function):
        own = [(node.name, 0, "")] if node.decorator_list else []
        return own + [(text, 1, "") for text in _texts(node.decorator_list)]
    return [(text, 2, "") for text in _texts([node])]


def _leaves(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    return [leaf for node in nodes for leaf in ast.walk(node)]


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    """The names among the texts below some nodes."""
    leaves = [leaf for leaf in _leaves(nodes) if isinstance(leaf, ast.Constant)]
    words = [word for leaf in leaves if isinstance(leaf.value, str) for word in leaf.value.split()]
    return [word for word in words if word.isidentifier()]


def registration(node: ast.stmt) -> ast.Call | None:
    """The call that names methods in a statement that makes some, if it is one.

    `method("T")` of `method("T")(property(...))`, and the whole of `in_place("add_", add)`.
    """
    call = node.value if isinstance(node, ast.Expr) else None
    maker = call.func if isinstance(call, ast.Call) else None
    if isinstance(maker, ast.Call) and isinstance(maker.func, ast.Name):
        return maker if maker.func.id == "method" else None
    if isinstance(call, ast.Call) and isinstance(maker, ast.Name):
        return call if maker.id == "in_place" else None
    return None
