"""Explorers and pictures for the lessons. The library never imports them."""

from .broadcast import broadcast
from .convolution import convolution, transposed_convolution
from .flatten import flatten
from .graph import graph
from .memory import memory
from .strides import strides

__all__ = [
    "broadcast",
    "convolution",
    "flatten",
    "graph",
    "memory",
    "strides",
    "transposed_convolution",
]
