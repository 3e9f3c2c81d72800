# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% picking
"""One number out of each row, and its way back."""

import numpy as np

from .two_way import raw, two_way


def picked(input, target, weight, ignore_index, reduction):
    """Minus the score of the right class: only its place gets a gradient. Takes arrays."""
    ignored = target == ignore_index
    classes, where = _places(target, ignored, input.ndim)
    share = np.ones(target.shape, input.dtype) if weight is None else weight[classes]
    share = np.where(ignored, 0, share)
    losses = np.where(ignored, 0, -input[where] * share)
    total = share.sum() if reduction == "mean" else input.dtype.type(1)
    fixed_share = np.where(ignored, 0, -share / total)

    def derivative(grad):
        where = _places(raw(target), ignored, len(input.shape))[1]
        return _placed(grad * fixed_share, where=where, shape=tuple(input.shape))

    return np.asarray(losses if reduction == "none" else losses.sum() / total), derivative


def _places(target, ignored, dims):
    """The class of each sample (0 where ignored), and the index that picks its score."""
    classes = np.where(ignored, 0, target)
    if dims == 1:
        return classes, (classes,)
    rows, *rest = np.indices(target.shape, sparse=True)
    return classes, (rows, classes, *rest)


@two_way
def _placed(values, *, where, shape):
    """Zeros of this shape, but `values` at the places `where`."""
    result = np.zeros(shape, values.dtype)
    result[where] = values
    return result, lambda grad: grad[where]


# %% public names
__all__ = ["picked"]
