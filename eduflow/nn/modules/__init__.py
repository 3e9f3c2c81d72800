# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.modules, as the lessons built it."""

from .module import GLOBAL_HOOKS, Module, grows
from . import converting as converting

__all__ = ["GLOBAL_HOOKS", "Module", "grows"]
