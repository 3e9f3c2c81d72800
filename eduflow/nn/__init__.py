# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn, as the lessons built it."""

from . import functional

__all__ = ["functional"]
