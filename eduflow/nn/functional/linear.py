# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% linear
"""Linear layers as a function: a matrix product and a bias."""

import math

from ...autograd.node import fit_to
from ...blas import times
from ...broadcasting import expanded_sizes
from ...matmul import matmul
from ...operations import Kind, finish, must_be_tensor
from ...refusals import refuse_kinds, type_name


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
    if not (x.ndim and w.ndim):
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {x.ndim}D and {w.ndim}D"
        )
    if bias is None:
        return matmul(input, weight.t())
    _check_linear(x, w, bias._array)
    if x.ndim != 2 and not (x.flags.c_contiguous and bias.dim() == 1):
        return matmul(input, weight.t()) + bias  # the rows are no view of one matrix
    kind = _MATRIX if x.ndim == 2 else _FOLDED
    return finish(kind, _affine(x, w, bias._array), given)


# %% check-linear
def _check_linear(x, w, b):
    """RuntimeError, in PyTorch's words, unless sizes and dtypes go together."""
    if w.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {w.ndim}-D tensor")
    if x.shape[-1] != w.shape[1]:
        rows = math.prod(x.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and "
            f"{w.shape[1]}x{w.shape[0]})"
        )
    for name, array in (("mat1", x), ("self", b)):
        if array.dtype != w.dtype:
            raise RuntimeError(
                f"{name} and mat2 must have the same dtype, but got {type_name(array.dtype)} and "
                f"{type_name(w.dtype)}"
            )
    refuse_kinds("addmm_impl_cpu_", w, "b")
    if b.shape != w.shape[:1]:
        expanded_sizes(b, (math.prod(x.shape[:-1]), w.shape[0]))


# %% public names
__all__ = ["linear"]
