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
from . import pooling_windows
from . import pooling_sums
from . import pooling_maxima
from . import pooling_arguments
from .max_pooling import (
    max_pool1d,
    max_pool1d_with_indices,
    max_pool2d,
    max_pool2d_with_indices,
    max_pool3d,
    max_pool3d_with_indices,
)
from .unpooling import max_unpool1d, max_unpool2d, max_unpool3d
from .average_pooling import avg_pool1d, avg_pool2d, avg_pool3d
from .adaptive_pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
)
from .lp_pooling import lp_pool1d, lp_pool2d, lp_pool3d
from . import channel_kernels
from .batch_norm import batch_norm, check_dtypes
from . import row_norms
from .layer_norm import layer_norm, normalized_dims
from .group_norm import group_norm
from .instance_norm import instance_norm
from .rms_norm import rms_norm
from .local_response_norm import local_response_norm
from .resampling import cubic_taps, linear_taps, nearest_taps, resampled, resampled_back
from .upsampling import interpolate, upsample, upsample_bilinear, upsample_nearest
from .shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "alike",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "celu",
    "celu_",
    "channel_kernels",
    "channel_shuffle",
    "check_classes",
    "check_dtypes",
    "check_probabilities",
    "check_reduction",
    "check_smoothing",
    "convolving",
    "cross_entropy",
    "cubic_taps",
    "dropout",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "group_norm",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "implicit_dim",
    "instance_norm",
    "interpolate",
    "layer_norm",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "linear_taps",
    "local_response_norm",
    "log_softmax",
    "logsigmoid",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "mish",
    "mse_loss",
    "nearest_taps",
    "nll_loss",
    "normalized_dims",
    "pixel_shuffle",
    "pixel_unshuffle",
    "pooling_arguments",
    "pooling_maxima",
    "pooling_sums",
    "pooling_windows",
    "prelu",
    "reduced",
    "reduction_of",
    "relu",
    "relu6",
    "relu_",
    "resampled",
    "resampled_back",
    "rms_norm",
    "row_norms",
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
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
    "weighted",
]
