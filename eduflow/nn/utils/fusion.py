"""A layer and the batch norm behind it as one layer, for evaluation."""

import copy

from ...ops.factories import ones_like, zeros_like
from ..parameter import Parameter

__all__ = [
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of helpers."""
    return __all__


def _must(holds, text):
    if not holds:
        raise AssertionError(text)


def _ready(layer, bn):
    """A copy of the layer; AssertionError while one of both trains, or nothing was measured."""
    _must(not (layer.training or bn.training), "Fusion only for eval!")
    _must(
        bn.running_mean is not None and bn.running_var is not None,
        "bn.running_mean and bn.running_var must not be None",
    )
    return copy.deepcopy(layer)


def fuse_conv_bn_eval(conv, bn, transpose=False):
    """A convolution that does what `conv` and then `bn` do in evaluation.

    `transpose` says that `conv` is a transposed one. Mirrors torch.nn.utils.fuse_conv_bn_eval.
    """
    fused = _ready(conv, bn)
    measured = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    fused.weight, fused.bias = fuse_conv_bn_weights(fused.weight, fused.bias, *measured, transpose)
    return fused


def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
    """Weight and bias, as Parameters, of a convolution with a batch norm in it.

    Mirrors torch.nn.utils.fuse_conv_bn_weights.
    """
    others = [1] * (conv_w.dim() - 2)
    shape = [1, -1, *others] if transpose else [-1, 1, *others]
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)


def fuse_linear_bn_eval(linear, bn):
    """A linear layer that does what `linear` and then `bn` do in evaluation.

    Mirrors torch.nn.utils.fuse_linear_bn_eval.
    """
    fused = _ready(linear, bn)
    _must(
        linear.out_features == bn.num_features or bn.num_features == 1,
        "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
        f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}",
    )
    measured = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, *measured)
    return fused


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """Weight and bias, as Parameters, of a linear layer with a batch norm in it.

    Mirrors torch.nn.utils.fuse_linear_bn_weights.
    """
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _fused(weight, bias, mean, var, eps, scale, shift, shape):
    """(x @ weight + bias - mean) / deviation * scale + shift, as a weight and a bias."""
    scale = (ones_like(mean) if scale is None else scale) * (var + eps).rsqrt()
    start = zeros_like(mean) if bias is None else bias
    moved = (start - mean) * scale + (0 if shift is None else shift)
    asked = weight.requires_grad, start.requires_grad
    kinds = weight.dtype, weight.dtype if bias is None else bias.dtype
    made = (weight * scale.reshape(shape), moved)
    return tuple(Parameter(x.to(kind), ask) for x, kind, ask in zip(made, kinds, asked))
