# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% relu
"""The rectifier: negative numbers become 0."""

import numpy as np

from .buffers import buffer_like
from .choosing import _choose
from .inplace import modify
from .operations import must_be_tensor, pointwise
from .tensors import method


@pointwise()
def relu(input):
    """The larger of each element and 0; nan stays nan. At 0 the gradient is 0. Mirrors torch.relu.

    RuntimeError for bools, NotImplementedError for complex numbers.
    """
    if input.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    result = np.maximum(0, input, out=buffer_like(input))  # in this order -0.0 stays -0.0
    return result, lambda grad: _choose(result <= 0, 0.0, grad)


@method("relu_")
def relu_(input):
    """`relu`, in place: the result is written into the tensor, and returned."""
    must_be_tensor("relu_", ["input"], [input])
    return modify(input, relu)


# %% public names
__all__ = ["relu", "relu_"]
