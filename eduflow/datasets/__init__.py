"""Small data sets that come with the package: load_digits. PyTorch has none of it."""

from .digits import load_digits

__all__ = ["load_digits"]
