"""Explorers and pictures for the lessons. The library never imports them."""

from .convolution import convolution, transposed_convolution
from .flatten import flatten
from .graph import draw_graph
from .memory import memory
from .strides import strides

__all__ = ["convolution", "draw_graph", "flatten", "memory", "strides", "transposed_convolution"]
