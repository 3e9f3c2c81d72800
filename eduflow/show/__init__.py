"""Pictures for the lessons. The library never imports them."""

from .graph import draw_graph

__all__ = ["draw_graph"]
