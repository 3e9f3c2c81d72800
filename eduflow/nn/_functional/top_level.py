"""The functions of `nn.functional` that PyTorch also has in `torch` itself."""

from ..._core.calls import answering
from . import activation, dropout
from .sparse import check_embedding, rows_of


@answering
def selu(input):
    """See `nn.functional.selu`. Mirrors torch.selu."""
    return activation.selu(input)


@answering
def celu(input, alpha=1.0):
    """See `nn.functional.celu`. Mirrors torch.celu."""
    return activation.celu(input, alpha)


@answering
def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, generator=None):
    """See `nn.functional.rrelu`. Mirrors torch.rrelu."""
    return activation.rrelu(input, lower, upper, training, generator=generator)


@answering
def threshold(input, threshold, value):
    """See `nn.functional.threshold`. Mirrors torch.threshold."""
    return activation.threshold(input, threshold, value)


@answering
def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """See `nn.functional.embedding`; here the table comes first. Mirrors torch.embedding."""
    check_embedding(indices, weight, sparse)
    return rows_of(weight, indices, padding_idx, scale_grad_by_freq)


@answering
def alpha_dropout(input, p, train):
    """See `nn.functional.alpha_dropout`. Mirrors torch.alpha_dropout."""
    return dropout.alpha_dropout(input, p, train)


@answering
def feature_alpha_dropout(input, p, train):
    """See `nn.functional.feature_alpha_dropout`. Mirrors torch.feature_alpha_dropout."""
    return dropout.feature_alpha_dropout(input, p, train)


@answering
def feature_dropout(input, p, train):
    """Whole channels set to 0, each with probability `p`. Mirrors torch.feature_dropout."""
    return dropout._dropped(input, p, train, False, channels=True)
