"""Names: one definition each, none looked up by text, no private one used in another file."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import eduflow

PACKAGE = Path(__file__).parent.parent / "eduflow"
FILES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0] not in ("course", "show")
)
# What Tensor has and PyTorch's does not: what it is made of, and what one file asks of it.
PRIVATE = {"_array", "_collector", "_counter", "_node", "_receive", "_view"}
# PyTorch calls it so as well, and programs use it.
THEIRS = {"init._calculate_fan_in_and_fan_out", "version.__version__"}
PROTOCOL = {"__array_ufunc__", "__copy__", "__slots__"}


def where(path):
    """A file's name as ids and messages show it."""
    return str(path.relative_to(PACKAGE.parent))


def bound(statement):
    """The names that a top-level statement binds."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in statement.names]
    if isinstance(statement, ast.AugAssign):
        return []  # a table that grows
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    stores = [node for target in targets if target is not None for node in ast.walk(target)]
    return [x.id for x in stores if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)]


@pytest.mark.parametrize("path", FILES, ids=where)
def test_a_name_is_defined_once(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    counts = Counter(name for statement in tree.body for name in set(bound(statement)))
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", FILES, ids=where)
def test_what_another_file_uses_has_a_public_name(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level and node.module
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert set(taken) <= THEIRS


@pytest.mark.parametrize("path", FILES, ids=where)
def test_no_name_is_looked_up_by_text_while_importing(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bglobals\(\)|sys\.modules\[__name__\]|__name__\.partition", text) or (
        path.name == "package.py"
    )
    tree = ast.parse(text)
    calls = [
        node
        for statement in tree.body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "setattr")
    ]
    assert [ast.unparse(call) for call in calls] == []


def methods_given(tree):
    """Every literal name that `method`, `attribute` and the makers of in-place forms are given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def test_every_attribute_of_tensor_is_found_by_searching_its_name():
    """As a quoted string in a decorator's call, or in the body of the class."""
    kinds = [kind for kind in eduflow.Tensor.__mro__ if kind is not object]
    classes, found = {kind.__name__ for kind in kinds}, set()
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(methods_given(tree))
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if stored and ast.unparse(node.value) == "Tensor":
                found.add(node.attr)
            if isinstance(node, ast.ClassDef) and node.name in classes:
                found.update(name for statement in node.body for name in bound(statement))
    names = {name for kind in kinds for name in vars(kind)}
    made_by_python = {"__dict__", "__doc__", "__module__", "__weakref__", "__qualname__"}
    slots = {"_array", "_counter", "_node", "__static_attributes__", "__firstlineno__"}
    assert sorted(names - found - made_by_python - slots) == []


def test_tensor_has_no_attribute_by_accident(same):
    """All are names that PyTorch's Tensor has, but for a short list."""
    names = sorted(name for name in dir(eduflow.Tensor) if name not in PRIVATE | PROTOCOL)

    def missing(torch):
        return [name for name in names if not hasattr(torch.Tensor, name)]

    same(missing)
    assert missing(eduflow) == []
