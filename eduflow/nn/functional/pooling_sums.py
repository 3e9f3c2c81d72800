# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% window-totals
"""Sums over windows, and their way back."""

import numpy as np

from ...two_way import two_way
from .pooling_windows import along, blocks, flat, sizes


def _total(x, windows, axis):
    """The sums over the windows of one dim."""
    shape = list(x.shape)
    shape[axis] = windows.count
    steps = list(windows.steps())
    if windows.tiles and windows.kernel > 1:
        (_, _, left), (_, _, right) = steps[:2]
        result, steps = x[along(axis, left)] + x[along(axis, right)], steps[2:]
    else:
        result = np.zeros(shape, x.dtype)
    for _, outs, ins in steps:
        result[along(axis, outs)] += x[along(axis, ins)]
    return result


def _spread(grad, windows, axis):
    """Each place gets the sum of `grad` over all windows that it is in."""
    shape = list(grad.shape)
    shape[axis] = windows.size
    result = (np.empty if windows.tiles else np.zeros)(shape, grad.dtype)
    for _, outs, ins in windows.steps():
        if windows.tiles:
            result[along(axis, ins)] = grad[along(axis, outs)]
        else:
            result[along(axis, ins)] += grad[along(axis, outs)]
    return result


# %% window-sums
def _each_dim(step, array, windows, new, axes):
    """`step` along every dim, a few images at a time; `new` are the sizes that come out."""
    dims = len(windows)
    result = np.empty((*array.shape[: array.ndim - dims], *new), array.dtype)
    source, target = flat(array, dims), flat(result, dims)
    for block in blocks(source if source.nbytes > target.nbytes else target):
        part = source[block]
        for axis in axes:
            part = step(part, windows[axis], axis)
        target[block] = part
    return result


@two_way
def window_sums(input, *, windows):
    """The sums over all windows; `windows` holds those of the last dims, in order."""
    result = _each_dim(_total, input, windows, sizes(windows), range(-len(windows), 0))
    return result, lambda grad: window_spread(grad, windows=windows)


@two_way
def window_spread(grad, *, windows):
    """The derivative of `window_sums`."""
    axes = range(-1, -len(windows) - 1, -1)
    result = _each_dim(_spread, grad, windows, sizes(windows, False), axes)
    return result, lambda outer: window_sums(outer, windows=windows)


# %% public names
__all__ = ["window_spread", "window_sums"]
