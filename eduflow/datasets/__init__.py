# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.datasets, as the lessons built it."""

from .digits import load_digits

__all__ = ["load_digits"]
