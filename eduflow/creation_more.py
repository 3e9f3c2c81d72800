# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% eye
"""More tensors of a given size: eye, empty, scalar_tensor."""

import numpy as np

from .arguments import dtype_argument, fitted, int_argument, number_argument, size_argument
from .dtypes import get_default_dtype
from .layouts import preserve_format
from .memory_formats import in_format
from .tensors import created


def eye(n, m=None, *, dtype=None, **options):
    """An n x m matrix with ones on the diagonal; m is n unless given. Mirrors torch.eye."""
    n = int_argument("eye", "n", 1, n)
    m = n if m is None else int_argument("eye", "m", 2, m)
    for name, size in (("n", n), ("m", m)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return created(np.eye(n, m, dtype=dtype_argument("eye", dtype, get_default_dtype())), **options)


# %% empty
def empty(*sizes, size=None, dtype=None, memory_format=None, **options):
    """A tensor whose content nobody has set; here it happens to be zeros. Mirrors torch.empty."""
    target = dtype_argument("empty", dtype, get_default_dtype())
    array = np.zeros(size_argument("empty", sizes, size), target)
    if memory_format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve")
    return created(in_format(array, memory_format), **options)


# %% scalar-tensor
def scalar_tensor(s, *, dtype=None, **options):
    """A tensor without dims that holds one number, in the default dtype unless one is given."""
    number = number_argument("scalar_tensor", "s", 1, s)
    target = dtype_argument("scalar_tensor", dtype, get_default_dtype())
    return created(fitted(number, target), **options)


# %% public names
__all__ = ["empty", "eye", "scalar_tensor"]
