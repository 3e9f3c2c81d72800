# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.functional, as the lessons built it."""

from .linear import linear
from .activation import implicit_dim, log_softmax, relu, relu_, sigmoid, softmax, tanh
from .dropout import dropout
from .loss import (
    alike,
    check_classes,
    check_probabilities,
    check_reduction,
    check_smoothing,
    cross_entropy,
    mse_loss,
    nll_loss,
    reduced,
    reduction_of,
    weighted,
)
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
from . import convolving
from . import conv_arguments
from .conv import conv1d, conv2d, conv3d
from .pad import pad
from .fold import fold, unfold
from .resampling import cubic_taps, linear_taps, nearest_taps, resampled, resampled_back
from .upsampling import interpolate, upsample, upsample_bilinear, upsample_nearest
from .shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle

__all__ = [
    "alike",
    "celu",
    "celu_",
    "channel_shuffle",
    "check_classes",
    "check_probabilities",
    "check_reduction",
    "check_smoothing",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_arguments",
    "convolving",
    "cross_entropy",
    "cubic_taps",
    "dropout",
    "elu",
    "elu_",
    "fold",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "implicit_dim",
    "interpolate",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "linear_taps",
    "log_softmax",
    "logsigmoid",
    "mish",
    "mse_loss",
    "nearest_taps",
    "nll_loss",
    "pad",
    "pixel_shuffle",
    "pixel_unshuffle",
    "prelu",
    "reduced",
    "reduction_of",
    "relu",
    "relu6",
    "relu_",
    "resampled",
    "resampled_back",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
    "weighted",
]
