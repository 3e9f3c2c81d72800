"""torch.datasets, as the lessons built it."""

from .digits import load_digits

__all__ = ["load_digits"]
