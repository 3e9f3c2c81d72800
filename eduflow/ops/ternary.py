"""Elementwise operations of three tensors: lerp, addcmul, addcdiv."""

import numpy as np

from .._core.arguments import computed
from .._core.dispatch import pointwise
from .._core.keeping import keeping, relying
from .._core.tensor import Tensor, method
from .._words.operands import check_lerp, refuse_integer_addcdiv, refuse_kinds


@method("lerp")
def lerp(input, end, weight, *, out=None):
    """From `input` (weight 0) in a straight line to `end` (weight 1). Mirrors torch.lerp."""
    check_lerp(input, end, weight)
    if isinstance(weight, Tensor):
        return relying(lerp_tensor(input, end, weight, out=out), weight)
    return lerp_number(input, end, weight=weight, out=out)


@pointwise(node="LerpBackward0")
def lerp_number(input, end, *, weight):
    """A place on the straight line from `input` (weight 0) to `end` (weight 1), both hit exactly.

    `weight` is a number; between 0 and 1 the place is between the two: 0.25 from 4 to 8 is 5.
    """
    refuse_kinds("lerp_kernel_scalar", input, "biu")
    near = input + weight * (end - input) if weight < 0.5 else end - (end - input) * (1 - weight)
    return near, lambda grad: grad * (1 - weight), lambda grad: grad * weight


# %% lesson 13 lerp
@pointwise(node="LerpBackward1")
def lerp_tensor(input, end, weight):
    """Places on the straight line from `input` (weight 0) to `end` (weight 1), both hit exactly.

    From 4 to 8, the weights [0, 0.25, 1] give [4, 5, 8]. Then a derivative for each of the three.
    """
    refuse_kinds("lerp_kernel_tensor", input, "biu")
    way = end - input
    result = np.where(np.abs(weight) < 0.5, input + weight * way, end - (1 - weight) * way)
    return (
        result,
        lambda grad: grad * (1 - weight),
        lambda grad: grad * weight,
        lambda grad: grad * (end - input),
    )


# %% end
@method("addcmul")
@pointwise(numbers=False)
def addcmul(input, tensor1, tensor2, *, value=1):
    """`input + value * tensor1 * tensor2`. Mirrors torch.addcmul."""
    refuse_kinds("addcmul_cpu_out", input, "b")
    factor = computed(value, input.dtype)
    return (
        input + factor * tensor1 * tensor2,
        lambda grad: grad,
        lambda grad: grad * (tensor2 * value),
        lambda grad: grad * (tensor1 * value),
    )


@method("addcdiv")
@pointwise(numbers=False, check=refuse_integer_addcdiv)
def addcdiv(input, tensor1, tensor2, *, value=1):
    """`input + value * tensor1 / tensor2`, for floating-point dtypes. Mirrors torch.addcdiv."""
    return (
        input + computed(value, input.dtype) * (tensor1 / tensor2),
        keeping(lambda grad: grad, tensor2),
        lambda grad: grad * (value / tensor2),
        lambda grad: -grad * (value * tensor1 / (tensor2 * tensor2)),
    )
