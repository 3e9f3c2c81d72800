"""The rectifier: the operation that `torch.relu`, `F.relu` and the layer ReLU are made of."""

import numpy as np

from ..._core.dispatch import must_be_tensor, pointwise
from ..._core.keeping import keeping
from ..._core.tensor import method
from ..._kernels import kernel
from ..._words.module import refuse_relu
from ...ops.choose import choose
from ...ops.inplace import modify


@method("relu")
@pointwise()
def relu(input):
    """The larger of each element and 0; nan stays nan. At 0 the gradient is 0. Mirrors torch.relu.

    RuntimeError for bools, NotImplementedError for complex numbers.
    """
    refuse_relu(input)
    result = rectified(input)
    return result, keeping(lambda grad: rectified_gradient(grad, result), result, flat=True)


# %% lesson 05 relu
@kernel
def rectified(input):
    """The larger of each element and 0, in an array of its shape and dtype; nan stays nan."""
    return np.maximum(0, input)  # in this order -0.0 stays -0.0


def rectified_gradient(grad, result):
    """The gradient passes where something came out; at 0 it stops. Arrays, or tensors."""
    return choose(result <= 0, 0.0, grad)


# %% end


@method("relu_")
def relu_(input):
    """`relu`, in place: the result is written into the tensor, and returned."""
    must_be_tensor("relu_", ["input"], [input])
    return modify(input, relu)
