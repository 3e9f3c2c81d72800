# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% add
"""Elementwise operations, each with its derivatives beside it."""

import numpy as np

from .autograd.op import pointwise


@pointwise("__mul__", "__rmul__")
def mul(input, other):
    """The elementwise product. Shapes broadcast, dtypes are promoted. Mirrors torch.mul."""
    return input * other, lambda grad: grad * other, lambda grad: grad * input
