# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% triangle-indices
"""The places of the triangles of a matrix."""

import numpy as np

from .dtypes import int64
from .tensors import created


def tril_indices(row, col, offset=0, *, dtype=int64, device="cpu", layout=None):
    """The places of the lower triangle of a row x col matrix, as a 2 x N tensor.

    Mirrors torch.tril_indices.
    """
    return _triangle("tril_indices", np.tri, row, col, offset, dtype, device)


def triu_indices(row, col, offset=0, *, dtype=int64, device="cpu", layout=None):
    """The places of the upper triangle of a row x col matrix, as a 2 x N tensor.

    Mirrors torch.triu_indices.
    """

    def above(row, col, offset, dtype):
        return ~np.tri(row, col, offset - 1, dtype=dtype)

    return _triangle("triu_indices", above, row, col, offset, dtype, device)


def _triangle(name, mask, row, col, offset, dtype, device):
    for argument, size in (("row", row), ("col", col)):
        if size < 0:
            raise RuntimeError(f"{argument} must be non-negative, got{size}")
    if dtype.numpy.kind not in "iu" or dtype.itemsize == 1:
        kind = dtype.legacy_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind}'")
    places = np.nonzero(mask(row, col, offset, dtype=bool))
    return created(np.stack(places).astype(dtype.numpy), device)


# %% public names
__all__ = ["tril_indices", "triu_indices"]
