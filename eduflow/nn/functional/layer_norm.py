# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% layer-norm
"""Layer norm: each sample with mean 0 and variance 1."""

import math

from ...autograd.joint import JointNode
from ...autograd.record import node_type
from ...operations import Kind, must_be_tensor
from ...refusals import refuse_kinds
from ...tensors import Tensor
from .batch_norm import check_dtypes
from .pooling_arguments import ints
from .row_norms import row_norm

_LAYER_NORM = Kind("NativeLayerNormBackward0", ["input", "weight", "bias"])
_LAYER_NORM.node = node_type(_LAYER_NORM, JointNode)


# %% normalized-dims
def normalized_dims(name, input, normalized_shape, star, weight=None, bias=None):
    """`normalized_shape` as a tuple of ints, which the input's last dims must have."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    if not isinstance(normalized_shape, (tuple, list)):
        kind = type(normalized_shape).__name__
        raise TypeError(
            f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {kind}"
        )
    shape = ints(name, "normalized_shape", 2, normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    _check_same_shape(shape, weight, bias)
    own = input._array.shape
    if own[max(len(own) - len(shape), 0) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*{star}{sizes}], "
            f"but got input of size{list(own)}"
        )
    return shape


# %% layer-norm-function
def _check_same_shape(shape, weight, bias):
    """RuntimeError unless weight and bias, if given, have this shape."""
    for word, values in (("weight", weight), ("bias", bias)):
        if values is not None and values._array.shape != shape:
            raise RuntimeError(
                f"Expected {word} to be of same shape as normalized_shape, but got {word} of shape "
                f"{list(values._array.shape)} and normalized_shape = {list(shape)}"
            )


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """The last dims, those of `normalized_shape`, with mean 0 and variance 1 in each sample.

    Then times `weight` plus `bias`, which have that shape. RuntimeError where shapes do not match.
    Mirrors F.layer_norm.
    """
    shape = normalized_dims("layer_norm", input, normalized_shape, ", ", weight, bias)
    refuse_kinds("LayerNormKernelImpl", input._array, "iubc")
    check_dtypes(input._array, weight, bias)
    length = math.prod(shape)
    rows = (input._array.size // max(length, 1), length)
    rows = rows if length else (math.prod(input._array.shape[: -len(shape)]), 0)
    return row_norm(_LAYER_NORM, input, weight, bias, rows, rows, (length,), 0, eps)


# %% public names
__all__ = ["layer_norm", "normalized_dims"]
