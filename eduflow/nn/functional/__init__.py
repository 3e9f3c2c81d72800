# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.functional, as the lessons built it."""

from . import convolving
from .resampling import cubic_taps, linear_taps, nearest_taps, resampled, resampled_back
from .upsampling import interpolate, upsample, upsample_bilinear, upsample_nearest
from .shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle

__all__ = [
    "channel_shuffle",
    "convolving",
    "cubic_taps",
    "interpolate",
    "linear_taps",
    "nearest_taps",
    "pixel_shuffle",
    "pixel_unshuffle",
    "resampled",
    "resampled_back",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]
