# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn, as the lessons built it."""

from .parameter import Parameter
from .modules.module import GLOBAL_HOOKS, Module, grows
from . import modules
from . import functional

__all__ = ["GLOBAL_HOOKS", "Module", "Parameter", "functional", "grows", "modules"]
