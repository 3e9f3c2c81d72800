"""Explorers and pictures for the lessons. The library never imports them."""

from .broadcast import broadcast
from .convolution import convolution, transposed_convolution
from .drawn import read
from .flatten import flatten
from .graph import graph
from .memory import memory
from .model import model
from .pad import pad
from .pictures import confusion, images, kernels
from .pixels import pixels
from .rich import rich
from .strides import strides
from .training import training

__all__ = [
    "broadcast",
    "confusion",
    "convolution",
    "flatten",
    "graph",
    "images",
    "kernels",
    "memory",
    "model",
    "pad",
    "pixels",
    "read",
    "rich",
    "strides",
    "training",
    "transposed_convolution",
]
