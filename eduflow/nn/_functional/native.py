"""The functions of `nn.functional` that PyTorch also has in `torch` itself."""

from . import conv as _conv
from .activation import _threshold, celu_, hardshrink, prelu, rrelu_, selu_, threshold_
from .activation import celu as _celu
from .activation import rrelu as _rrelu
from .activation import selu as _selu
from .distance import cosine_similarity, pairwise_distance
from .dropout import _dropped
from .dropout import alpha_dropout as _alpha_dropout
from .dropout import feature_alpha_dropout as _feature_alpha_dropout
from .linear import bilinear
from .sparse import _check_embedding, _rows


def selu(input):
    """See `nn.functional.selu`. Mirrors torch.selu."""
    return _selu(input)


def celu(input, alpha=1.0):
    """See `nn.functional.celu`. Mirrors torch.celu."""
    return _celu(input, alpha)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, generator=None):
    """See `nn.functional.rrelu`. Mirrors torch.rrelu."""
    return _rrelu(input, lower, upper, training, generator=generator)


def threshold(input, threshold, value):
    """See `nn.functional.threshold`. Mirrors torch.threshold."""
    return _threshold(input, threshold=threshold, value=value)


def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """See `nn.functional.embedding`; here the table comes first. Mirrors torch.embedding."""
    _check_embedding(indices, weight, sparse)
    return _rows(weight, indices, padding_idx, scale_grad_by_freq)


def alpha_dropout(input, p, train):
    """See `nn.functional.alpha_dropout`. Mirrors torch.alpha_dropout."""
    return _alpha_dropout(input, p, train)


def feature_alpha_dropout(input, p, train):
    """See `nn.functional.feature_alpha_dropout`. Mirrors torch.feature_alpha_dropout."""
    return _feature_alpha_dropout(input, p, train)


def feature_dropout(input, p, train):
    """Whole channels set to 0, each with probability `p`. Mirrors torch.feature_dropout."""
    return _dropped(input, p, train, False, channels=True)


conv1d, conv2d, conv3d = _conv.conv1d, _conv.conv2d, _conv.conv3d
