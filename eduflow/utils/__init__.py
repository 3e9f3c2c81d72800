"""torch.utils, as the lessons built it."""

from . import data

__all__ = ["data"]
