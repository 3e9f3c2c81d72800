# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% basics
"""Elementwise operations, each with its derivatives beside it."""

import numpy as np

from .operations import pointwise
from .refusals import no_bools, scaled


@pointwise("__mul__", "__rmul__")
def mul(input, other):
    """The elementwise product. Shapes broadcast, dtypes are promoted. Mirrors torch.mul."""
    return input * other, lambda grad: grad * other, lambda grad: grad * input


@pointwise("__add__", "__radd__")
def add(input, other, *, alpha=1):
    """`input + alpha * other`, elementwise; of two bool tensors, their `or`. Mirrors torch.add."""
    if type(alpha) is int and alpha == 1:
        return input + other, lambda grad: grad, lambda grad: grad
    return input + scaled(other, alpha), lambda grad: grad, lambda grad: grad * alpha


@pointwise("__sub__", check=no_bools)
def sub(input, other, *, alpha=1):
    """`input - alpha * other`, elementwise; RuntimeError for bools. Mirrors torch.sub."""
    if input.dtype.kind == "b":
        no_bools(input, other)
    if type(alpha) is int and alpha == 1:
        return input - other, lambda grad: grad, lambda grad: -grad
    return input - scaled(other, alpha), lambda grad: grad, lambda grad: -grad * alpha


@pointwise(floats=True)
def exp(input):
    """e to the power of each element; integers give the default float dtype. Mirrors torch.exp."""
    result = np.exp(input)
    return result, lambda grad: grad * result


@pointwise(floats=True)
def log(input):
    """The natural logarithm; nan below zero, -inf at zero. Mirrors torch.log."""
    return np.log(input), lambda grad: grad / input


# %% quotient
@pointwise("__truediv__", floats=True, node="DivBackward0")
def _div(input, other):
    """`input / other`, elementwise. `torch.div`, which can round as well, is built on it."""
    return input / other, lambda grad: grad / other, lambda grad: -grad * ((input / other) / other)


# %% public names
__all__ = ["add", "exp", "log", "mul", "sub"]
