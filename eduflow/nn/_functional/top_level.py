"""The functions of `nn.functional` that PyTorch also has in `torch` itself."""

from ..._core.calls import answering
from ..._words import sparse as words
from . import activation, loss, margin_loss, normalization, pooling
from . import dropout as dropouts
from .sparse import rows_of


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
    return activation.rrelu_drawn(input, lower, upper, training, False, generator)


@answering
def threshold(input, threshold, value):
    """See `nn.functional.threshold`. Mirrors torch.threshold."""
    return activation.threshold(input, threshold, value)


@answering
def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """See `nn.functional.embedding`; here the table comes first. Mirrors torch.embedding."""
    words.check_embedding(indices, weight, sparse)
    return rows_of(weight, indices, padding_idx, scale_grad_by_freq)


@answering
def alpha_dropout(input, p, train):
    """See `nn.functional.alpha_dropout`. Mirrors torch.alpha_dropout."""
    return dropouts.alpha_dropout(input, p, train)


@answering
def feature_alpha_dropout(input, p, train):
    """See `nn.functional.feature_alpha_dropout`. Mirrors torch.feature_alpha_dropout."""
    return dropouts.feature_alpha_dropout(input, p, train)


@answering
def feature_dropout(input, p, train):
    """Whole channels set to 0, each with probability `p`. Mirrors torch.feature_dropout."""
    return dropouts._dropped(input, p, train, False, channels=True)


@answering
def dropout(input, p, train):
    """See `nn.functional.dropout`. Mirrors torch.dropout."""
    return dropouts.dropout(input, p, train)


@answering
def dropout_(input, p, train):
    """`dropout`, in place. Mirrors torch.dropout_."""
    return dropouts.dropout(input, p, train, inplace=True)


@answering
def alpha_dropout_(input, p, train):
    """`alpha_dropout`, in place. Mirrors torch.alpha_dropout_."""
    return dropouts.alpha_dropout(input, p, train, inplace=True)


@answering
def feature_alpha_dropout_(input, p, train):
    """`feature_alpha_dropout`, in place. Mirrors torch.feature_alpha_dropout_."""
    return dropouts.feature_alpha_dropout(input, p, train, inplace=True)


@answering
def batch_norm(
    input,
    weight,
    bias,
    running_mean,
    running_var,
    training,
    momentum,
    eps,
    cudnn_enabled,
):
    """See `nn.functional.batch_norm`; here weight and bias come first. Mirrors torch.batch_norm."""
    return normalization.batch_norm(
        input, running_mean, running_var, weight, bias, training, momentum, eps
    )


@answering
def instance_norm(
    input,
    weight,
    bias,
    running_mean,
    running_var,
    use_input_stats,
    momentum,
    eps,
    cudnn_enabled,
):
    """See `nn.functional.instance_norm`; here weight and bias come first.

    Mirrors torch.instance_norm.
    """
    return normalization.instance_norm(
        input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )


@answering
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True):
    """See `nn.functional.layer_norm`. Mirrors torch.layer_norm."""
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


@answering
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True):
    """See `nn.functional.group_norm`. Mirrors torch.group_norm."""
    return normalization.group_norm(input, num_groups, weight, bias, eps)


@answering
def rms_norm(input, normalized_shape, weight=None, eps=None):
    """See `nn.functional.rms_norm`. Mirrors torch.rms_norm."""
    return normalization.rms_norm(input, normalized_shape, weight, eps)


def _or_none(stride):
    """The stride; None, which makes it the size of the window, for an empty list."""
    return None if isinstance(stride, (tuple, list)) and not stride else stride


@answering
def max_pool1d(input, kernel_size, stride=(), padding=0, dilation=1, ceil_mode=False):
    """See `nn.functional.max_pool1d`. Mirrors torch.max_pool1d."""
    return pooling.max_pool1d(input, kernel_size, _or_none(stride), padding, dilation, ceil_mode)


@answering
def max_pool2d(input, kernel_size, stride=(), padding=0, dilation=1, ceil_mode=False):
    """See `nn.functional.max_pool2d`. Mirrors torch.max_pool2d."""
    return pooling.max_pool2d(input, kernel_size, _or_none(stride), padding, dilation, ceil_mode)


@answering
def max_pool3d(input, kernel_size, stride=(), padding=0, dilation=1, ceil_mode=False):
    """See `nn.functional.max_pool3d`. Mirrors torch.max_pool3d."""
    return pooling.max_pool3d(input, kernel_size, _or_none(stride), padding, dilation, ceil_mode)


@answering
def adaptive_max_pool1d(input, output_size):
    """The largest of each part, and where it stands. Mirrors torch.adaptive_max_pool1d."""
    return pooling.adaptive_max_pool1d(input, output_size, return_indices=True)


# By the numbers that PyTorch gives them. Left out, it means 0 in all these functions, not the mean.
_REDUCTIONS = ("none", "mean", "sum")


def _named(reduction):
    """The word for a reduction's number; ValueError for a number that names none."""
    if not isinstance(reduction, int) or isinstance(reduction, bool):
        raise TypeError(f"argument 'reduction' must be int, not {type(reduction).__name__}")
    if reduction not in range(len(_REDUCTIONS)):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _REDUCTIONS[reduction]


@answering
def kl_div(input, target, reduction=0, *, log_target=False):
    """See `nn.functional.kl_div`; the reduction is 0, 1 or 2 for none, mean or sum.

    Mirrors torch.kl_div.
    """
    return loss.kl_div(input, target, reduction=_named(reduction), log_target=log_target)


@answering
def poisson_nll_loss(input, target, log_input, full, eps, reduction):
    """See `nn.functional.poisson_nll_loss`; the reduction is a number.

    Mirrors torch.poisson_nll_loss.
    """
    return loss.poisson_nll_loss(
        input, target, log_input, full, eps=eps, reduction=_named(reduction)
    )


@answering
def binary_cross_entropy_with_logits(input, target, weight=None, pos_weight=None, reduction=0):
    """See `nn.functional.binary_cross_entropy_with_logits`; the reduction is a number.

    Mirrors torch.binary_cross_entropy_with_logits.
    """
    return loss.binary_cross_entropy_with_logits(
        input, target, weight, pos_weight=pos_weight, reduction=_named(reduction)
    )


@answering
def cosine_embedding_loss(input1, input2, target, margin=0.0, reduction=0):
    """See `nn.functional.cosine_embedding_loss`; the reduction is a number.

    Mirrors torch.cosine_embedding_loss.
    """
    return margin_loss.cosine_embedding_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


@answering
def hinge_embedding_loss(input, target, margin=1.0, reduction=0):
    """See `nn.functional.hinge_embedding_loss`; the reduction is a number.

    Mirrors torch.hinge_embedding_loss.
    """
    return margin_loss.hinge_embedding_loss(input, target, margin, reduction=_named(reduction))


@answering
def margin_ranking_loss(input1, input2, target, margin=0.0, reduction=0):
    """See `nn.functional.margin_ranking_loss`; the reduction is a number.

    Mirrors torch.margin_ranking_loss.
    """
    return margin_loss.margin_ranking_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


@answering
def triplet_margin_loss(
    anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction=0
):
    """See `nn.functional.triplet_margin_loss`; the reduction is a number.

    Mirrors torch.triplet_margin_loss.
    """
    return margin_loss.triplet_margin_loss(
        anchor, positive, negative, margin, p, eps, swap, reduction=_named(reduction)
    )
