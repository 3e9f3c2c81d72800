"""Products of arrays of matrices, handed to BLAS in a layout that it takes without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._kernels import kernel
from .numpy_warnings import quiet


@kernel(tensors=True)
def product(a: Any, b: Any) -> Any:
    """`a @ b`, on arrays or on tensors: the one product that all others here are made of."""
    both = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    return np.matmul(a, b, order="C") if both else a @ b


times = quiet(product)
