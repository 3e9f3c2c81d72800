# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% linear
"""Linear layers as a function: a matrix product and a bias."""

import math

from ...autograd.node import fit_to
from ...blas import times
from ...layer_refusals import check_dims, check_linear
from ...matmul import matmul
from ...operations import Kind, finish, must_be_tensor


def _affine(input, weight, bias):
    """input @ weight.T + bias: each row of the weight makes one number out of a row of input."""
    shape, bias_shape, dtype = input.shape, bias.shape, input.dtype
    width, rows = weight.shape[0], (math.prod(shape[:-1]), shape[-1])
    result = times(input.reshape(rows), weight.swapaxes(0, 1))
    result += bias
    flat = result.shape
    return (
        result.reshape((*shape[:-1], width)),
        lambda grad: times(grad.reshape(flat), weight).reshape(shape),
        lambda grad: times(grad.reshape(flat).swapaxes(0, 1), input.reshape(rows)),
        lambda grad: fit_to(grad.reshape(flat), bias_shape, dtype),
    )


# %% linear-function
_INPUTS = ["input", "weight", "bias"]
_MATRIX, _FOLDED = Kind("AddmmBackward0", _INPUTS), Kind("ViewBackward0", _INPUTS)


def linear(input, weight, bias=None):
    """input @ weight.T + bias, over the last dim: (..., in) to (..., out).

    `weight` has the shape (out, in), `bias` (out,). RuntimeError where sizes do not fit or dtypes
    differ. Mirrors torch.nn.functional.linear.
    """
    given = (input, weight) if bias is None else (input, weight, bias)
    must_be_tensor("linear", _INPUTS, given, numbers=False)
    x, w = input._array, weight._array
    check_dims(x, w)
    if bias is None:
        return matmul(input, weight.t())
    check_linear(x, w, bias._array)
    if x.ndim != 2 and not (x.flags.c_contiguous and bias.dim() == 1):
        return matmul(input, weight.t()) + bias  # the rows are no view of one matrix
    kind = _MATRIX if x.ndim == 2 else _FOLDED
    return finish(kind, _affine(x, w, bias._array), given)


# %% public names
__all__ = ["linear"]
