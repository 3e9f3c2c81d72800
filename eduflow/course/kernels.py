"""`kernels`: hold the lines of a lesson beside the framework's fast ones."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import sys
import types
from collections.abc import Iterator
from typing import Any

ROOT = __name__.split(".")[0]


@contextlib.contextmanager
def kernels() -> Iterator[None]:
    """Within `with kernels():` the framework's fast forms run in place of a lesson's lines.

    A function that has a fast form, of the same name in the file of the same name in `_kernels`,
    is exchanged in every module of the framework, and put back at the end. The notebook keeps its
    own. Fast forms see only arrays: there are no second derivatives in between.
    """
    pairs = list(_pairs())
    for space, name, _, fast in pairs:
        space[name] = fast
    try:
        yield
    finally:
        for space, name, own, _ in pairs:
            space[name] = own


def _pairs() -> Iterator[tuple[dict[str, Any], str, Any, Any]]:
    """Places where such a function stands: (the module's names, its name, it, the fast one)."""
    fast_forms = _fast_forms()
    inside, home = f"{ROOT}.", f"{ROOT}._kernels."
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith(inside) or module_name.startswith(home):
            continue
        for name, own in list(vars(module).items()):
            if not isinstance(own, types.FunctionType) or hasattr(own, "fast"):
                continue  # what has both forms already chooses by itself
            if (own.__module__ or "").startswith(inside):
                fast = fast_forms.get((own.__module__.rpartition(".")[2], name))
                if fast is not None:
                    yield vars(module), name, own, fast


def _fast_forms() -> dict[tuple[str, str], Any]:
    """All functions of `_kernels`, by file and name; in a lesson some were never asked for."""
    package = importlib.import_module(f"{ROOT}._kernels")
    found = {}
    for file in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{file.name}")
        for name, value in vars(module).items():
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
                found[file.name, name] = value
    return found
