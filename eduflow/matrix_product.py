# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% mm
"""The product of two matrices."""

from .blas import check_mm, times, two_matrices
from .operations import Kind, finish
from .tensors import method


def _mm(input, other):
    """Row times column. Both gradients are matrix products, too."""
    check_mm(input, other)
    return (
        times(input, other),
        lambda grad: times(grad, other.swapaxes(0, 1)),
        lambda grad: times(input.swapaxes(0, 1), grad),
    )


@method("mm")
def mm(input, mat2, *, out=None):
    """The product of two matrices, (n, m) and (m, p) to (n, p). Mirrors torch.mm.

    RuntimeError unless both have two dims that fit, and one dtype. matmul takes other ranks, too.
    """
    arrays = two_matrices(input, mat2)
    return finish(_MM, _mm(*arrays), (input, mat2), None, out)


_MM = Kind("MmBackward0", ["input", "other"])


# %% public names
__all__ = ["mm"]
