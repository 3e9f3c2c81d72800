"""The house's order: imports go down only, nothing is patched from outside, no leftovers."""

import ast
import functools
import graphlib
import pathlib

import pytest

HOME = pathlib.Path(__file__).resolve().parents[1] / "eduflow"

# From the lowest room to the highest. A file belongs to the longest path that it begins with. What
# stands in one line is one room. `_kernels` know only of arrays, so even `_core` may use them.
ROOMS = """
_kernels
_core
_words
autograd
ops
random
nn/_functional
nn/parameter nn/init
nn/modules
nn
_weights_only_unpickler
_utils
linalg special fft distributions
optim utils datasets cuda accelerator serialization amp backends compiler jit version
interop
__init__
course show
""".strip().splitlines()

# Files, or folders, in which functions import, with the reason. A circle is a reason only
# where that is said.
IMPORTS_INSIDE = {
    "show": "what is heavy or may be missing; explorers meet the framework as it grows",
    "course": "commands and cards import what is heavy only when they run",
}
# Files that put something into another module, with the reason.
PATCHES: dict[str, str] = {}


@functools.cache
def trees():
    """The syntax tree of every file, by its path in the package without the ending."""
    files = sorted(HOME.rglob("*.py"))
    return {f.relative_to(HOME).with_suffix("").as_posix(): _tree(f) for f in files}


def _tree(file):
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def file_of(parts):
    """The file of a module given by its names, or None."""
    whole = "/".join(parts)
    return next((path for path in (whole, f"{whole}/__init__".strip("/")) if path in trees()), None)


def imported(path, node):
    """Triples (file, name, whether the name is that file's module) that an import brings."""
    if isinstance(node, ast.Import):
        found = [(a.name.split("."), a) for a in node.names]
        found = [(file_of(names[1:]), a) for names, a in found if names[0] == "eduflow"]
        return [(file, a.asname or a.name, True) for file, a in found if file]
    folder = path.split("/")[:-1]
    if node.level:
        base = folder[: len(folder) - node.level + 1]
    elif (node.module or "").split(".")[0] == "eduflow":
        base = []
    else:
        return []
    names = (node.module or "").split(".") if node.module else []
    base = [*base, *(names if node.level else names[1:])]
    found = [(file_of([*base, a.name]), a.asname or a.name) for a in node.names]
    return [(file or file_of(base), name, file is not None) for file, name in found]


def imports(path, tree):
    """All imports from the package in a file: (line, file, name, whether it is a module)."""
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    return [(node.lineno, *found) for node in nodes for found in imported(path, node)]


def floor(path):
    """The number of the room a file is in; None if it is in none."""
    places = [(place, i) for i, line in enumerate(ROOMS) for place in line.split()]
    found = [(len(p), i) for p, i in places if path == p or path.startswith(f"{p}/")]
    return max(found)[1] if found else None


def test_every_file_has_a_room():
    assert [path for path in trees() if floor(path) is None] == []


def test_imports_go_down():
    wrong = [
        f"{path}.py:{line} imports {file}.py, which is in a higher room"
        for path, tree in trees().items()
        for line, file, *_ in imports(path, tree)
        if floor(file) > floor(path)
    ]
    assert wrong == []


def test_no_imports_in_a_circle():
    graph = {
        path: {
            file for _, file, *_ in imports(path, ast.Module(_at_the_top(tree), [])) if file != path
        }
        for path, tree in trees().items()
    }
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail("these import each other: " + " <- ".join(error.args[1]))


def _functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def _at_the_top(tree):
    """The imports of a file that run when it is imported."""
    inside = {id(node) for function in _functions(tree) for node in ast.walk(function)}
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    return [node for node in imports if id(node) not in inside]


def _unexplained(found, reasons):
    """What is found (lines by file) and has no reason; reasons that explain nothing are wrong."""
    allowed = {file for file in found for reason in reasons if file.startswith(reason)}
    idle = [r for r in reasons if not any(file.startswith(r) for file in found)]
    assert idle == [], "these exceptions are needed no more: take them off the table"
    return [line for file in found if file not in allowed for line in found[file]]


def test_imports_stand_at_the_top():
    found = {}
    for path, tree in trees().items():
        for function in _functions(tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    line = f"{path}.py:{node.lineno} imports inside {function.name}()"
                    found.setdefault(f"{path}.py", []).append(line)
    assert _unexplained(found, IMPORTS_INSIDE) == []


def _targets(node):
    """What a statement assigns to or deletes, tuples taken apart; `setattr` counts."""
    if isinstance(node, ast.Assign | ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        patches = node.func.id in ("setattr", "delattr") and node.args
        return [node.args[0]] if patches else []
    else:
        return []
    return [part for target in targets for part in getattr(target, "elts", [target])]


def test_nothing_is_patched_into_another_module():
    found = {}
    for path, tree in trees().items():
        modules = {name for _, _, name, whole in imports(path, tree) if whole}
        for node in ast.walk(tree):
            for target in _targets(node):
                owner = target.value if isinstance(target, ast.Attribute) else target
                whole = isinstance(target, ast.Attribute) or isinstance(node, ast.Call)
                if whole and isinstance(owner, ast.Name) and owner.id in modules:
                    line = f"{path}.py:{node.lineno} changes the module {owner.id}"
                    found.setdefault(f"{path}.py", []).append(line)
    assert _unexplained(found, PATCHES) == []


def test_no_name_says_more():
    assert [path for path in trees() if path.endswith("_more")] == []


def test_the_order_notices_what_is_wrong():
    tree = ast.parse("from ..ops.reduce import sum\nfrom .._core import dispatch\n")
    found = imports("_core/example", tree)
    assert found == [(1, "ops/reduce", "sum", False), (2, "_core/dispatch", "dispatch", True)]
    assert floor("ops/reduce") > floor("_core/example") > floor("_kernels/conv")
    assert floor("nn/modules/conv") < floor("nn/functional") < floor("show/model")
