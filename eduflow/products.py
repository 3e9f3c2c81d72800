# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% tensordot
"""Products along chosen dims: tensordot, kron and the cross product."""

import numpy as np

from .einsum import pair
from .operations import Kind, finish, pointwise_fits, promoted, takes_out
from .tensors import check_dim, method
from .two_way import two_way

_TENSORDOT = Kind("ViewBackward0", ["input", "other"])


def tensordot(a, b, dims=2):
    """The product summed over several dims: the last `dims` of `a` and the first ones of `b`.

    Or `dims` is two lists of dims that belong together. Mirrors torch.tensordot.
    """
    left, right = _contracted(a, b, dims)
    first = list(range(a.ndim))
    second = [a.ndim + dim for dim in range(b.ndim)]
    for one, other in zip(left, right, strict=True):
        second[other] = one
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    out = [name for name in first if name not in left] + [name for name in second if name >= a.ndim]
    returned = pair.__wrapped__(a._array, b._array, first=first, second=second, out=out)
    return finish(_TENSORDOT, returned, (a, b))


# %% contracted-dims
def _contracted(a, b, dims):
    """The dims of `a` and of `b` that tensordot sums over; RuntimeError where they do not fit."""
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = list(range(-dims, 0)), list(range(dims))
    left, right = ([each] if isinstance(each, int) else list(each) for each in dims)
    if len(left) != len(right):
        raise RuntimeError("both dimension lists should have same length")
    for one, other in zip(left, right, strict=True):
        if a.shape[one] != b.shape[other]:
            raise RuntimeError(
                "contracted dimensions need to match, but first has size "
                f"{a.shape[one]} in dim {one} and second has size {b.shape[other]} in dim {other}"
            )
    return [check_dim(d, a.ndim) for d in left], [check_dim(d, b.ndim) for d in right]


# %% kron
_KRON = Kind("UnsafeViewBackward0", ["input", "other"])


@two_way
def _kron(input, other):
    """Blocks of `other`, one for each element of `input`; gradients go back block by block."""
    dims = max(input.ndim, other.ndim)
    a_shape = (1,) * (dims - input.ndim) + input.shape
    b_shape = (1,) * (dims - other.ndim) + other.shape
    blocks = [n for sizes in zip(a_shape, b_shape, strict=True) for n in sizes]
    rows, columns = list(range(0, 2 * dims, 2)), list(range(1, 2 * dims, 2))
    shapes, names = (input.shape, other.shape), rows + columns

    def d_input(grad):
        inner = other.reshape(b_shape)
        found = pair(grad.reshape(blocks), inner, first=sorted(names), second=columns, out=rows)
        return found.reshape(shapes[0])

    def d_other(grad):
        outside = input.reshape(a_shape)
        found = pair(grad.reshape(blocks), outside, first=sorted(names), second=rows, out=columns)
        return found.reshape(shapes[1])

    return np.kron(input, other), d_input, d_other


@method("kron")
def kron(input, other):
    """The Kronecker product: a copy of `other` for each element of `input`. Mirrors torch.kron."""
    returned = _kron.__wrapped__(*promoted((input, other)))
    return finish(_KRON, returned, (input, other))


# %% cross
_CROSS = Kind("LinalgCrossBackward0", ["input", "other"])


@two_way
def _cross(input, other, *, axis):
    return (
        np.cross(input, other, axis=axis),
        lambda grad: _cross(other, grad, axis=axis),
        lambda grad: _cross(grad, input, axis=axis),
    )


# %% cross-function
@takes_out
@method("cross")
def cross(input, other, dim=None):
    """The cross product of vectors with 3 elements along `dim`, the first such dim unless given.

    Mirrors torch.cross.
    """
    shape = input._array.shape
    if dim is None:
        if 3 not in shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = shape.index(3)
    if len(shape) != other._array.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    axis = check_dim(dim, len(shape))
    sizes = shape[axis], other._array.shape[axis]
    if sizes != (3, 3):
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. "
            f"Got {sizes[0]} and {sizes[1]}"
        )
    arrays = promoted((input, other))
    returned = _cross.__wrapped__(*np.broadcast_arrays(*arrays), axis=axis)
    return finish(_CROSS, returned, (input, other), pointwise_fits((input, other), returned[0]))


# %% public names
__all__ = ["cross", "kron", "tensordot"]
