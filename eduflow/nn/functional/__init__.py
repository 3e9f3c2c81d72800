# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.functional, as the lessons built it."""

from . import convolving

__all__ = ["convolving"]
