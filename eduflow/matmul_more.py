# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% outer
"""More products: outer and inner ones, and products that are added to something."""

import math

import numpy as np

from .autograd.node import fit_to
from .blas import check_mm, times, two_arrays
from .broadcasting import expanded_sizes
from .matmul import check_bmm, check_dot, check_mv
from .operations import Kind, finish, pointwise_fits, promoted
from .pointwise import mul
from .reducing import total
from .refusals import type_name
from .tensors import method

_OUTER = Kind("MulBackward0", ["input", "vec2"])


def _outer(input, vec2):
    return (
        np.multiply.outer(input, vec2),
        lambda grad: times(grad, vec2),
        lambda grad: times(grad.swapaxes(0, 1), input),
    )


# %% outer-function
@method("outer", "ger")
def outer(input, vec2, *, out=None):
    """Every element of one vector times every element of another. Mirrors torch.outer."""
    for name, array in zip(("self", "vec2"), two_arrays("outer", "vec2", input, vec2), strict=True):
        if array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {array.ndim}-D")
    returned = _outer(*promoted((input, vec2)))
    fits = [fit and (x._array.shape, fit[1]) for x, fit in _fits((input, vec2), returned)]
    return finish(_OUTER, returned, (input, vec2), fits, out)


def _fits(inputs, returned):
    """Each input, and where promotion changed its dtype, what to go back to."""
    found = pointwise_fits(inputs, returned[0]) or [None] * len(inputs)
    return zip(inputs, found, strict=True)


ger = outer


# %% inner
_INNER = Kind("ViewBackward0", ["input", "other"])


def _inner(input, other):
    a_shape, b_shape = input.shape, other.shape
    a_rows, b_rows = [(math.prod(shape[:-1]), shape[-1]) for shape in (a_shape, b_shape)]
    product = times(input.reshape(a_rows), other.reshape(b_rows).T)

    def d_input(grad):
        return times(grad.reshape((a_rows[0], b_rows[0])), other.reshape(b_rows)).reshape(a_shape)

    def d_other(grad):
        turned = grad.reshape((a_rows[0], b_rows[0])).swapaxes(0, 1)
        return times(turned, input.reshape(a_rows)).reshape(b_shape)

    return product.reshape(a_shape[:-1] + b_shape[:-1]), d_input, d_other


@method("inner")
def inner(input, other, *, out=None):
    """The products summed over the last dim of both; with a number, mul. Mirrors torch.inner."""
    a, b = two_arrays("inner", "other", input, other)
    if not (a.ndim and b.ndim):
        return mul(input, other)
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(a.shape)} and {list(b.shape)}"
        )
    return finish(_INNER, _inner(a, b), (input, other), None, out)


# %% vdot
_VDOT = Kind("VdotBackward0", ["input", "other"], holomorphic=False)


@method("vdot")
def vdot(input, other, *, out=None):
    """The dot product of `input`'s conjugate and `other`. Mirrors torch.vdot."""
    a, b = two_arrays("vdot", "other", input, other)
    check_dot(a, b)
    return finish(_VDOT, _vdot(a, b), (input, other), None, out)


def _vdot(input, other):
    return (
        np.asarray(np.vdot(input, other)),
        lambda grad: grad.conj() * other,
        lambda grad: grad * input,
    )


# %% scaled
def _scaled(x, factor):
    return x if type(factor) is int and factor == 1 else x * factor


def _combined(input, product, beta, alpha):
    """beta * input + alpha * product; with beta 0 the input does not count, even if it is nan."""
    product = _scaled(product, alpha)
    expanded_sizes(input, product.shape)
    return product if beta == 0 else _scaled(input, beta) + product


def _same_dtype(input, mat2):
    if input._array.dtype != mat2._array.dtype:
        raise RuntimeError(
            "self and mat2 must have the same dtype, but got "
            f"{type_name(input._array.dtype)} and {type_name(mat2._array.dtype)}"
        )


# %% add-products
def _add_products(input, mat1, mat2, beta, alpha, summed=False):
    """An input and a product of matrices or of batches; `summed` adds up the batch."""
    shape, dtype = input.shape, input.dtype
    product = times(mat1, mat2)
    if summed:
        product = total(product, (0,))
    return (
        _combined(input, product, beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: times(_scaled(grad, alpha), mat2.swapaxes(-1, -2)),
        lambda grad: times(mat1.swapaxes(-1, -2), _scaled(grad, alpha)),
    )


# %% addmm
_ADDMM = Kind("AddmmBackward0", ["input", "mat1", "mat2"])


@method("addmm")
def addmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * (mat1 @ mat2), where `input` may broadcast. Mirrors torch.addmm."""
    a, b = two_arrays("addmm", "mat2", mat1, mat2)
    for name, array in (("mat1", a), ("mat2", b)):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {array.ndim}-D tensor")
    check_mm(a, b)
    _same_dtype(input, mat2)
    returned = _add_products(input._array, a, b, beta, alpha)
    return finish(_ADDMM, returned, (input, mat1, mat2), None, out)


# %% baddbmm
_BADDBMM = Kind("BaddbmmBackward0", ["input", "mat1", "mat2"])
_ADDBMM = Kind("AddbmmBackward0", ["input", "mat1", "mat2"])


@method("baddbmm")
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * bmm(batch1, batch2). Mirrors torch.baddbmm."""
    a, b = two_arrays("baddbmm", "batch2", batch1, batch2)
    check_bmm(a, b)
    returned = _add_products(input._array, a, b, beta, alpha)
    return finish(_BADDBMM, returned, (input, batch1, batch2), None, out)


@method("addbmm")
def addbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * (bmm(batch1, batch2) summed over the batch). Mirrors torch.addbmm."""
    a, b = two_arrays("addbmm", "batch2", batch1, batch2)
    check_bmm(a, b)
    returned = _add_products(input._array, a, b, beta, alpha, summed=True)
    return finish(_ADDBMM, returned, (input, batch1, batch2), None, out)


# %% addmv
_ADDMV = Kind("AddmvBackward0", ["input", "mat", "vec"])


def _addmv(input, mat, vec, beta, alpha):
    shape, dtype = input.shape, input.dtype
    return (
        _combined(input, times(mat, vec), beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: _scaled(grad, alpha).reshape((-1, 1)) * vec,
        lambda grad: times(mat.swapaxes(0, 1), _scaled(grad, alpha)),
    )


@method("addmv")
def addmv(input, mat, vec, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * (mat @ vec). Mirrors torch.addmv."""
    a, v = two_arrays("addmv", "vec", mat, vec)
    own = input._array.shape
    check_mv(a, v, own[0] if own else None)
    if own not in ((), (1,), a.shape[:1]):
        raise RuntimeError(
            f"size mismatch, got input ({own[0]}), mat ({a.shape[0]}x{a.shape[1]}), vec ({v.size})"
        )
    return finish(_ADDMV, _addmv(input._array, a, v, beta, alpha), (input, mat, vec), None, out)


# %% addr
_ADDR = Kind("AddrBackward0", ["input", "vec1", "vec2"])


def _addr(input, vec1, vec2, beta, alpha):
    shape, dtype = input.shape, input.dtype
    return (
        _combined(input, np.multiply.outer(vec1, vec2), beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: times(_scaled(grad, alpha), vec2),
        lambda grad: times(_scaled(grad, alpha).swapaxes(0, 1), vec1),
    )


@method("addr")
def addr(input, vec1, vec2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * outer(vec1, vec2). Mirrors torch.addr."""
    a, b = two_arrays("addr", "vec2", vec1, vec2)
    own, sizes = list(input._array.shape), (a.size, b.size)
    if len(own) == 2 and any(n not in (1, size) for n, size in zip(own, sizes)):
        raise RuntimeError(f"size mismatch, input: {own}, v1: [{a.size}], v2: [{b.size}]")
    returned = _addr(promoted((input, vec1))[0], a, b, beta, alpha)
    return finish(_ADDR, returned, (input, vec1, vec2), None, out)


# %% chain-matmul
def chain_matmul(*matrices):
    """The product of all `matrices`, from left to right. Mirrors torch.chain_matmul."""
    product = matrices[0]
    for matrix in matrices[1:]:
        product = product.mm(matrix)
    return product.clone() if product is matrices[0] else product


# %% public names
__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "chain_matmul",
    "ger",
    "inner",
    "outer",
    "vdot",
]
