# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.functional, as the lessons built it."""

from .linear import linear
from .activation import relu, relu_
from .dropout import dropout
from .loss import cross_entropy, nll_loss, soft_cross_entropy
from .squashing import log_softmax, sigmoid, softmax, tanh
from .squares import mse_loss
from . import soft_targets as soft_targets
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
from .gumbel import gumbel_softmax, softmin
from .distances import cosine_similarity, normalize, pairwise_distance
from .bilinear import bilinear
from .sparse import embedding, one_hot
from .dropout_more import alpha_dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from .regression import gaussian_nll_loss, huber_loss, l1_loss, poisson_nll_loss, smooth_l1_loss
from .binary import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_div,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)
from .margins import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from . import convolving
from . import conv_arguments
from .conv_transpose_arguments import check_kinds, check_transposed
from .pad import pad
from . import fold_arguments
from .fold import fold, unfold
from .conv import conv1d, conv2d, conv3d
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
from .conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d, transposed_size
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
    "alpha_dropout",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "celu_",
    "channel_kernels",
    "channel_shuffle",
    "check_dtypes",
    "check_kinds",
    "check_transposed",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_arguments",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolving",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "cubic_taps",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "elu",
    "elu_",
    "embedding",
    "feature_alpha_dropout",
    "fold",
    "fold_arguments",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "group_norm",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
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
    "margin_ranking_loss",
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
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nearest_taps",
    "nll_loss",
    "normalize",
    "normalized_dims",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "pooling_arguments",
    "pooling_maxima",
    "pooling_sums",
    "pooling_windows",
    "prelu",
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
    "smooth_l1_loss",
    "soft_cross_entropy",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
    "transposed_size",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]
