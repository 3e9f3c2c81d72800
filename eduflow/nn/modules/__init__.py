# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.modules, as the lessons built it."""

from .module import GLOBAL_HOOKS, Module, grows
from . import converting as converting
from .upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from .pixelshuffle import PixelShuffle, PixelUnshuffle
from .channelshuffle import ChannelShuffle

__all__ = [
    "ChannelShuffle",
    "GLOBAL_HOOKS",
    "Module",
    "PixelShuffle",
    "PixelUnshuffle",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "grows",
]
