"""Linear layers as a function: a matrix product and a bias."""

import math

from ..._core.blas import times
from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, op
from ..._words.module import must_fit_linear
from ...autograd.graph import Node, unbroadcast
from ...autograd.record import node_type
from ...ops.einsum import pair
from ...ops.linalg import matmul

ADDMM = Kind("AddmmBackward0", ["input", "weight", "bias"])
_T = node_type(Kind("TBackward0", ["input"]))


class _Addmm(Node):
    """The node of a linear layer. It has one step where PyTorch has two: that is shown only."""

    def shown(self, grads):
        """The gradients of bias, input and weight.T, from those of input, weight and bias."""
        given, weight, bias = grads
        return bias, given, weight if weight is None else weight.t()

    def taken(self, grads):
        """The way back."""
        bias, given, turned = grads
        return given, turned if turned is None else turned.t(), bias

    turned = None  # the node that stands between this one and the weight's

    @property
    def next_functions(self):
        """For bias, input and weight.T: the node its gradient goes to, and which output it was."""
        given, weight, bias = [(None, 0) if edge is None else edge.place() for edge in self.edges]
        if self.turned is None and self.edges[1] is not None:
            self.turned = _T([lambda grad: grad.T], [self.edges[1]])
        return bias, given, weight if self.turned is None else (self.turned, 0)


node_type(ADDMM, _Addmm)


# %% lesson 05 linear
def affine(input, weight, bias):
    """input @ weight.T + bias, and three derivatives: for input, weight and bias.

    input (n, in), weight (out, in), bias (out,) or what broadcasts: arrays. The result is (n, out).
    """
    shape = bias.shape
    return (
        times(input, weight.T) + bias,
        lambda grad: times(grad, weight),
        lambda grad: times(grad.T, input),
        lambda grad: unbroadcast(grad, shape),
    )


# %% end


# %% lesson 21 rows
def linear(input, weight, bias=None):
    """input @ weight.T + bias, over the last dim: (..., in) to (..., out).

    `weight` has the shape (out, in), `bias` (out,). RuntimeError where sizes do not fit or dtypes
    differ. Mirrors torch.nn.functional.linear.
    """
    must_fit_linear(input, weight, bias)
    if bias is None:
        return matmul(input, weight.t())
    if input.dim() == 2:
        given = (input, weight, bias)
        return finish(ADDMM, affine(*[x._array for x in given]), given)
    if not (input.is_contiguous() and bias.dim() == 1):
        return matmul(input, weight.t()) + bias  # the rows are no view of one matrix
    shape = input.shape
    rows = linear(input.view(math.prod(shape[:-1]), shape[-1]), weight, bias)
    return rows.view(*shape[:-1], weight.shape[0])


# %% end


@op(node="TrilinearBackward0")
def _trilinear(input1, weight, input2):
    """out[n, o] is the sum over i and j of input1[n, i] * weight[o, i, j] * input2[n, j]."""
    half = pair(input1, weight, first="ni", second="oij", out="noj")

    def of_input1(grad):
        right = pair(grad, input2, first="no", second="nj", out="noj")
        return pair(right, weight, first="noj", second="oij", out="ni")

    def of_weight(grad):
        outer = pair(grad, input1, first="no", second="ni", out="noi")
        return pair(outer, input2, first="noi", second="nj", out="oij")

    def of_input2(grad):
        left = pair(input1, weight, first="ni", second="oij", out="noj")
        return pair(left, grad, first="noj", second="no", out="nj")

    result = pair(half, input2, first="noj", second="nj", out="no")
    return result, of_input1, of_weight, of_input2


@answering
def bilinear(input1, input2, weight, bias=None):
    """For output o the number `x1 @ weight[o] @ x2`, plus `bias`.

    `input1` is (*, in1), `input2` (*, in2), `weight` (out, in1, in2), `bias` (out) or None; the
    result is (*, out). RuntimeError where sizes do not fit. Mirrors torch.nn.functional.bilinear.
    """
    inputs = (input1, input2, weight)
    must_be_tensor("bilinear", ("input1", "input2", "weight"), inputs, numbers=False)
    _check_bilinear(input1, input2, weight, bias)
    rows = [x.reshape((-1, x.shape[-1])) for x in (input1, input2)]
    result = _trilinear(rows[0], weight, rows[1])
    result = result.reshape((*input1.shape[:-1], weight.shape[0]))
    return result if bias is None else result + bias


def _check_bilinear(input1, input2, weight, bias):
    named = {"input1": input1, "input2": input2, "weight": weight, "bias": bias}
    kinds = {name: x.dtype.ctype_name for name, x in named.items() if x is not None}
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        raise RuntimeError(f"All tensors must have the same dtype, got {told}")
    if input1.ndim != input2.ndim:
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}"
        )
    for dim, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if a != b:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {a} and {b}"
            )
    for number, x in enumerate((input1, input2), 1):
        if x.shape[-1] != weight.shape[number]:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {x.shape[-1]} "
                f"but expected {weight.shape[number]}"
            )
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.shape[0]} "
            f"but expected {weight.shape[0]}"
        )
