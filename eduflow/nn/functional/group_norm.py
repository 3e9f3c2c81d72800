# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% group-norm
"""Group norm: some channels of a sample together with mean 0 and variance 1."""

import math

from ...autograd.joint import JointNode
from ...autograd.record import node_type
from ...operations import Kind
from ...refusals import refuse_kinds
from .batch_norm import _must_have_several, check_dtypes
from .row_norms import row_norm

_GROUP_NORM = Kind("NativeGroupNormBackward0", ["input", "weight", "bias"])
_GROUP_NORM.node = node_type(_GROUP_NORM, JointNode)


# %% group-norm-function
def _check_channels(shape, weight, bias):
    """RuntimeError unless there is one number for each channel."""
    for word, values in (("weight", weight), ("bias", bias)):
        if values is not None and values._array.shape != (shape[1],):
            found = [0] if weight is None else list(weight._array.shape)
            raise RuntimeError(
                f"Expected {word} to be a vector of size equal to the number of channels in input, "
                f"but got {word} of shape {found} and input of shape {shape}"
            )


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """The channels (dim 1) of each sample in `num_groups` groups with mean 0 and variance 1.

    Then each channel times its `weight` plus its `bias`. RuntimeError where the groups do not come
    out even. Mirrors F.group_norm.
    """
    shape = list(input.shape)
    if len(shape) < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {len(shape)}"
        )
    _must_have_several([shape[0] * shape[1] // num_groups, num_groups, *shape[2:]])
    if shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {shape} and num_groups={num_groups}"
        )
    _check_channels(shape, weight, bias)
    refuse_kinds("GroupNormKernelImpl", input._array, "iubc")
    check_dtypes(input._array, weight, bias)
    count, channels, length = shape[0], shape[1], math.prod(shape[2:])
    rows = (count * num_groups, channels // num_groups * length)
    view = (count, channels, length)
    given = (input, weight, bias)
    return row_norm(_GROUP_NORM, *given, rows, view, (channels, 1), (0, 2), eps, images=True)


# %% public names
__all__ = ["group_norm"]
