"""Pointwise operations with less around them: for two arrays of one dtype, or one array of floats.

Both tables go by the name of the plain form.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

# What is computed when nobody asks for a derivative: one function of NumPy.
VALUES: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "divided": np.true_divide,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
}


def _same(grad):
    return grad


def _negative(grad):
    return -grad


def add(input, other):
    """ops.binary.add, whose derivatives need not be made anew."""
    return input + other, _same, _same


def sub(input, other):
    """ops.binary.sub, likewise."""
    return input - other, _same, _negative


def tanh(input):
    """ops.unary.tanh, with a 1 that NumPy need not convert first."""
    result = np.tanh(input)

    def slope(grad):
        one = _ONES[grad.dtype] if type(grad) is np.ndarray else 1
        return grad * (one - result * result)

    return result, slope


_ONES = {np.dtype(name): np.ones((), name) for name in ("f", "d")}
# The same as the plain form, results and ways back.
BODIES: dict[str, Callable[..., Any]] = {"add": add, "sub": sub, "tanh": tanh}
