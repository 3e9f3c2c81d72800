"""`Later`: a module of Python's that few need, so that `import eduflow` need not wait for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """A module by its name, which is imported when something in it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
