# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% sqrt
"""Roots, sines, squashing functions and signs."""

import numpy as np

from .arithmetic import _zeros
from .choosing import _choose
from .operations import pointwise
from .refusals import refuse_kinds
from .tensors import Tensor


@pointwise(floats=True)
def sqrt(input):
    """The square root; nan below zero. Its gradient at zero is inf. Mirrors torch.sqrt."""
    result = np.sqrt(input)
    return result, lambda grad: grad / (2 * result)


# %% sin-cos
@pointwise(floats=True)
def sin(input):
    """The sine of angles in radians. Mirrors torch.sin."""
    return np.sin(input), lambda grad: grad * np.cos(input)


@pointwise(floats=True)
def cos(input):
    """The cosine of angles in radians. Mirrors torch.cos."""
    return np.cos(input), lambda grad: grad * -np.sin(input)


# %% tanh-sigmoid
@pointwise(floats=True)
def tanh(input):
    """The hyperbolic tangent: squeezes everything between -1 and 1. Mirrors torch.tanh."""
    result = np.tanh(input)
    return result, lambda grad: grad * (1 - result * result)


@pointwise(floats=True)
def sigmoid(input):
    """1 / (1 + exp(-input)): squeezes everything between 0 and 1. Mirrors torch.sigmoid."""
    result = 1 / (1 + np.exp(-input))
    return result, lambda grad: grad * ((1 - result) * result)


# %% abs
@pointwise("__abs__", holomorphic=False)
def abs(input):
    """The absolute value; its gradient at zero is 0. Mirrors torch.abs.

    For complex numbers it is the real distance from zero, and the gradient points away from zero.
    """
    refuse_kinds("abs_cpu", input, "b")
    return np.abs(input), lambda grad: grad * (sgn if isinstance(grad, Tensor) else _sign)(input)


# %% sgn
@pointwise(holomorphic=False)
def sgn(input):
    """The sign; of a complex number, the number of size 1 in its direction. Mirrors torch.sgn."""
    result = _sign(input)
    if input.dtype.kind != "c":
        return result, _zeros

    def turned(grad):
        along = (grad.conj() * result).real * result  # what only changes the size is lost
        return _choose(input == 0, 0.0, (grad - along) / np.abs(input))

    return result, turned


def _sign(array):
    """NumPy's sign, but 0 for nan, as in PyTorch."""
    if array.dtype.kind == "c":
        return np.sign(array)
    if array.dtype.kind == "b":
        return array.copy()
    return np.subtract(array > 0, array < 0, dtype=array.dtype)


# %% public names
__all__ = ["abs", "cos", "sgn", "sigmoid", "sin", "sqrt", "tanh"]
