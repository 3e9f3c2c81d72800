# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% rms-norm
"""RMS norm: each sample divided by its root mean square."""

from ...refusals import refuse_kinds
from ...type_info import finfo
from .layer_norm import normalized_dims


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """The last dims, those of `normalized_shape`, divided by their root mean square in each sample.

    Then times `weight`. `eps` is added to the mean square; by default it is that of the dtype.
    Mirrors F.rms_norm.
    """
    shape = normalized_dims("rms_norm", input, normalized_shape, "", weight)
    refuse_kinds("rms_norm", input._array, "iub")
    eps = finfo(input.dtype).eps if eps is None else eps
    dims = tuple(range(-len(shape), 0))
    result = input * ((input**2).mean(dims, keepdim=True) + eps).rsqrt()
    return result if weight is None else result * weight


# %% public names
__all__ = ["rms_norm"]
