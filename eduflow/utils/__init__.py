# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.utils, as the lessons built it."""

from . import data

__all__ = ["data"]
