# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn, as the lessons built it."""

from .parameter import Parameter
from .modules.module import GLOBAL_HOOKS, Module, grows
from .modules.upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from .modules.pixelshuffle import PixelShuffle, PixelUnshuffle
from .modules.channelshuffle import ChannelShuffle
from . import modules
from . import functional

__all__ = [
    "ChannelShuffle",
    "GLOBAL_HOOKS",
    "Module",
    "Parameter",
    "PixelShuffle",
    "PixelUnshuffle",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "functional",
    "grows",
    "modules",
]
