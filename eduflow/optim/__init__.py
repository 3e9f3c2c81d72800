# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.optim, as the lessons built it."""

from .optimizer import Optimizer
from .sgd import SGD
from . import state as state

__all__ = ["Optimizer", "SGD"]
