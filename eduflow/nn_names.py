# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% nn-names
"""The functions of `nn.functional` that PyTorch also has in `torch` itself."""

from .nn.functional.bilinear import bilinear as bilinear
from .nn.functional.clipped import _threshold
from .nn.functional.clipped import hardshrink as hardshrink
from .nn.functional.clipped import threshold_ as threshold_
from .nn.functional.distances import cosine_similarity as cosine_similarity
from .nn.functional.distances import pairwise_distance as pairwise_distance
from .nn.functional.dropout_more import _dropped
from .nn.functional.dropout_more import alpha_dropout as _alpha_dropout
from .nn.functional.dropout_more import feature_alpha_dropout as _feature_alpha_dropout
from .nn.functional.rectifiers import celu as _celu
from .nn.functional.rectifiers import celu_ as celu_
from .nn.functional.rectifiers import prelu as prelu
from .nn.functional.rectifiers import rrelu as _rrelu
from .nn.functional.rectifiers import rrelu_ as rrelu_
from .nn.functional.rectifiers import selu as _selu
from .nn.functional.rectifiers import selu_ as selu_
from .nn.functional.sparse import _check_embedding, _rows


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


# %% more-nn-names
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


# %% public names
__all__ = [
    "alpha_dropout",
    "bilinear",
    "celu",
    "celu_",
    "cosine_similarity",
    "embedding",
    "feature_alpha_dropout",
    "feature_dropout",
    "hardshrink",
    "pairwise_distance",
    "prelu",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "threshold",
    "threshold_",
]
