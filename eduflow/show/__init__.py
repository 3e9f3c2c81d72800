"""Explorers and pictures for the lessons. The library never imports them."""

from .flatten import flatten
from .graph import draw_graph
from .memory import memory
from .strides import strides

__all__ = ["draw_graph", "flatten", "memory", "strides"]
