# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% trilinear
"""A product of two inputs: `x1 @ weight @ x2`, for every output a matrix of its own."""

from ...autograd.joint import joint_op
from ...einsum import pair
from ...operations import must_be_tensor


@joint_op(node="TrilinearBackward0")
def _trilinear(input1, weight, input2):
    """out[n, o] is the sum over i and j of input1[n, i] * weight[o, i, j] * input2[n, j]."""
    half = pair(input1, weight, first="ni", second="oij", out="noj")

    def derivative(grad, needs):
        left = pair(input1, weight, first="ni", second="oij", out="noj")
        right = pair(grad, input2, first="no", second="nj", out="noj")
        outer = pair(grad, input1, first="no", second="ni", out="noi")
        return (
            pair(right, weight, first="noj", second="oij", out="ni"),
            pair(outer, input2, first="noi", second="nj", out="oij"),
            pair(left, grad, first="noj", second="no", out="nj"),
        )

    return pair(half, input2, first="noj", second="nj", out="no"), derivative


# %% bilinear
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


# %% check-bilinear
def _check_bilinear(input1, input2, weight, bias):
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


# %% public names
__all__ = ["bilinear"]
