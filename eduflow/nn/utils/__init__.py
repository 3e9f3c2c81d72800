# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.utils, as the lessons built it."""

from .summary import Row, Summary, summary

__all__ = ["Row", "Summary", "summary"]
