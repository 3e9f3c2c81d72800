# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.functional, as the lessons built it."""

from .rectifiers import (
    celu,
    celu_,
    elu,
    elu_,
    leaky_relu,
    leaky_relu_,
    prelu,
    rrelu,
    rrelu_,
    selu,
    selu_,
)
from .clipped import (
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    relu6,
    softshrink,
    threshold,
    threshold_,
)
from .smooth import gelu, glu, logsigmoid, mish, silu, softplus, softsign, tanhshrink
from .distances import cosine_similarity, normalize, pairwise_distance
from .bilinear import bilinear
from .sparse import embedding, one_hot
from .dropout_more import alpha_dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from . import convolving
from .resampling import cubic_taps, linear_taps, nearest_taps, resampled, resampled_back
from .upsampling import interpolate, upsample, upsample_bilinear, upsample_nearest
from .shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle

__all__ = [
    "alpha_dropout",
    "bilinear",
    "celu",
    "celu_",
    "channel_shuffle",
    "convolving",
    "cosine_similarity",
    "cubic_taps",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "elu",
    "elu_",
    "embedding",
    "feature_alpha_dropout",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "interpolate",
    "leaky_relu",
    "leaky_relu_",
    "linear_taps",
    "logsigmoid",
    "mish",
    "nearest_taps",
    "normalize",
    "one_hot",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "prelu",
    "relu6",
    "resampled",
    "resampled_back",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "silu",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
    "threshold_",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]
