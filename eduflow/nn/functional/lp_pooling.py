# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lp-pool
"""Power-average pooling: the p-norm of each window."""

from collections.abc import Iterable

from .activation import relu
from .average_pooling import avg_pool1d, avg_pool2d, avg_pool3d


def _norms(powers, count, norm_type):
    """The p-norms, of the means of the p-th powers of `count` numbers."""
    return (powers.sign() * relu(powers.abs())).mul(count).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x**p) ** (1/p) over each window of rows (N, C, L) or (C, L), p being `norm_type`.

    Mirrors F.lp_pool1d.
    """
    powers = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, kernel_size, norm_type)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.lp_pool2d."""
    height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 2
    powers = avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, height * width, norm_type)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The same for volumes (N, C, D, H, W). Mirrors F.lp_pool3d."""
    depth, height, width = kernel_size if isinstance(kernel_size, Iterable) else (kernel_size,) * 3
    powers = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norms(powers, depth * height * width, norm_type)


# %% public names
__all__ = ["lp_pool1d", "lp_pool2d", "lp_pool3d"]
