"""Products of vectors and matrices: mm, matmul, bmm, dot, outer, addmm, tensordot, kron, cross."""

import math

import numpy as np

from .._core.arguments import check_dim, check_shapes, computed, must_all_be_tensors
from .._core.blas import times
from .._core.dispatch import (
    Kind,
    finish,
    gradient_edge,
    must_be_tensor,
    place_into,
    pointwise_fits,
    recording,
    takes_out,
    two_way,
)
from .._core.dtype import dtype, promoted, type_name
from .._core.explain import noted
from .._core.layout import broadcast_strides
from .._core.numpy_warnings import quiet
from .._core.reduction import total
from .._core.tensor import Tensor, element_strides, method
from .._words.operands import refuse_kinds
from .._words.shape import expanded_sizes
from ..autograd.graph import fit_to
from .binary import mul
from .conversion import apart
from .einsum import pair
from .shape import view_strides


def two_arrays(name, second, input, other):
    """The arrays of two tensors; TypeError for anything else."""
    if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
        must_be_tensor(name, ["input", second], (input, other), numbers=False)
    return input._array, other._array


def check_mm(a, b):
    """RuntimeError, in PyTorch's words, unless these matrices can be multiplied."""
    if a.shape[-1] != b.shape[0]:
        rows = math.prod(a.shape[:-1])
        raise noted(
            RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({rows}x{a.shape[-1]} and "
                f"{b.shape[0]}x{b.shape[1]})"
            ),
            "matmul",
            a.shape,
            b.shape,
        )
    if a.dtype != b.dtype:
        names = [dtype.by_numpy[x.dtype].ctype_name for x in (a, b)]
        raise noted(
            RuntimeError(
                "expected m1 and m2 to have the same dtype, but got: {} != {}".format(*names)
            ),
            "dtypes",
            ("a", a.dtype),
            ("b", b.dtype),
        )
    refuse_kinds("addmm_impl_cpu_", a, "b")


def two_matrices(input, mat2):
    """The arrays of the two matrices that mm multiplies."""
    arrays = two_arrays("mm", "mat2", input, mat2)
    for name, array in zip(("self", "mat2"), arrays):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix")
    return arrays


# %% lesson 02 matrix-product
def matrix_product(input, other):
    """Rows times columns, (n, m) and (m, p) to (n, p), and the derivative for each side."""
    result = times(input, other)
    return result, lambda grad: times(grad, other.T), lambda grad: times(input.T, grad)


# %% end


_MM = Kind("MmBackward0", ["input", "other"])


@method("mm")
def mm(input, mat2, *, out=None):
    """The product of two matrices, (n, m) and (m, p) to (n, p). Mirrors torch.mm.

    RuntimeError unless both have two dims that fit, and one dtype. matmul takes other ranks, too.
    """
    arrays = two_matrices(input, mat2)
    check_mm(*arrays)
    return finish(_MM, matrix_product(*arrays), (input, mat2), None, out)


def _mv(input, vec):
    """Each row times the vector. The gradient of the matrix is an outer product."""
    check_mv(input, vec)
    return (
        times(input, vec),
        lambda grad: grad.reshape((-1, 1)) * vec,
        lambda grad: times(input.swapaxes(0, 1), grad),
    )


def check_mv(a, v, own=None):
    if a.shape[-1] != v.shape[0]:
        rows = math.prod(a.shape[:-1])
        raise noted(
            RuntimeError(
                f"size mismatch, got input ({own or rows}), mat ({rows}x{a.shape[-1]}), "
                f"vec ({v.shape[0]})"
            ),
            "matmul",
            a.shape,
            v.shape,
        )
    if a.dtype != v.dtype:
        mat, vec = type_name(a.dtype), type_name(v.dtype)
        raise noted(
            RuntimeError(
                f"addmv input tensors must have the same dtype, but got {vec}, {mat}, and {vec}"
            ),
            "dtypes",
            ("a", a.dtype),
            ("b", v.dtype),
        )
    refuse_kinds("addmv_impl_cpu", a, "b")


_MV = Kind("MvBackward0", ["input", "vec"])


@method("mv")
def mv(input, vec, *, out=None):
    """The product of a matrix and a vector, (n, m) and (m,) to (n,). Mirrors torch.mv."""
    a, v = two_arrays("mv", "vec", input, vec)
    if a.ndim != 2 or v.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {v.ndim}")
    return finish(_MV, _mv(a, v), (input, vec), None, out)


def _dot(input, tensor):
    return (
        np.asarray(times(input, tensor)),
        lambda grad: grad * tensor,
        lambda grad: grad * input,
    )


def check_dot(a, b):
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            "dot : expected both vectors to have same dtype, but found "
            f"{type_name(a.dtype)} and {type_name(b.dtype)}"
        )
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the "
            f"same number of elements, but got {a.size} and {b.size} elements respectively"
        )
    refuse_kinds("dot", a, "b")


_DOT = Kind("DotBackward0", ["input", "tensor"])


@method("dot")
@quiet
def dot(input, tensor, *, out=None):
    """The sum of the products of two vectors' elements. Mirrors torch.dot."""
    a, b = two_arrays("dot", "tensor", input, tensor)
    check_dot(a, b)
    return finish(_DOT, _dot(a, b), (input, tensor), None, out)


def _batches(input, other):
    """Products of matrices in batches; a vector stands for a matrix of one row or one column.

    Batch dims broadcast, and the gradient of what was used many times is the sum over its uses.
    """
    row, column = input.ndim == 1, other.ndim == 1
    a_shape, b_shape, dtype = input.shape, other.shape, input.dtype

    def d_input(grad):
        grad = _as_matrices(grad, row, column)
        right = other.reshape((1, -1)) if column else other.swapaxes(-1, -2)
        return fit_to(times(grad, right), a_shape, dtype)

    def d_other(grad):
        grad = _as_matrices(grad, row, column)
        left = input.reshape((-1, 1)) if row else input.swapaxes(-1, -2)
        found = times(left, grad)
        return fit_to(found.swapaxes(-1, -2) if column else found, b_shape, dtype)

    return times(input, other), d_input, d_other


def _as_matrices(grad, row, column):
    if row:
        grad = grad.reshape((*grad.shape[:-1], 1, grad.shape[-1]))
    return grad.reshape((*grad.shape, 1)) if column else grad


def _folded(input, other):
    """A batch of matrices, or of vectors, times one matrix: one large product of all rows."""
    shape = input.shape
    rows, width = (math.prod(shape[:-1]), shape[-1]), other.shape[1]

    def d_input(grad):
        return times(grad.reshape((rows[0], width)), other.swapaxes(0, 1)).reshape(shape)

    def d_other(grad):
        return times(input.reshape(rows).swapaxes(0, 1), grad.reshape((rows[0], width)))

    return times(input.reshape(rows), other).reshape((*shape[:-1], width)), d_input, d_other


def _check_batches(a, b):
    """RuntimeError, in PyTorch's words, unless batches of matrices can be multiplied."""
    check_shapes(a.shape[:-2], b.shape[:-2])
    inner = b.shape[-2] if b.ndim > 1 else b.shape[0]
    batch = int(np.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])))
    if a.shape[-1] != inner:
        raise noted(
            RuntimeError(_WRONG_BATCH.format(batch, a.shape[-1], batch, inner)),
            "matmul",
            a.shape,
            b.shape,
        )
    _check_bmm_dtype(a, b)


def _check_bmm_dtype(a, b):
    if a.dtype != b.dtype:
        names = [type_name(x.dtype) for x in (a, b)]
        raise noted(
            RuntimeError("expected scalar type {} but found {}".format(*names)),
            "dtypes",
            ("a", a.dtype),
            ("b", b.dtype),
        )
    refuse_kinds("bmm", a, "b")


_WRONG_BATCH = (
    "Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}]."
)


_BMM = Kind("BmmBackward0", ["input", "other"])


@method("bmm")
def bmm(input, mat2, *, out=None):
    """Products of matrices in a batch, (b, n, m) and (b, m, p) to (b, n, p). Mirrors torch.bmm."""
    a, b = two_arrays("bmm", "mat2", input, mat2)
    check_bmm(a, b)
    return finish(_BMM, _batches(a, b), (input, mat2), None, out)


def check_bmm(a, b):
    """RuntimeError, in PyTorch's words, unless these are two batches of matrices that fit."""
    for name, array in (("batch1", a), ("batch2", b)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if (a.shape[0], a.shape[2]) != b.shape[:2]:
        raise noted(
            RuntimeError(_WRONG_BATCH.format(a.shape[0], a.shape[2], *b.shape[:2])),
            "matmul",
            a.shape,
            b.shape,
        )
    _check_bmm_dtype(a, b)


_ROW = Kind("SqueezeBackward4", ["input", "other"], looks=(0,))
_FOLDED = Kind("UnsafeViewBackward0", ["input", "other"], looks=(0,))
_MANY = Kind("UnsafeViewBackward0", ["input", "other"], looks=(0, 1))
_TURNED = Kind("CloneBackward0", ["input", "other"], looks=(0, 1))


def _by_rank(a, b, turned):
    """What matmul does with arrays of these ranks: (kind of node, function on arrays)."""
    if a.ndim == 2 and b.ndim == 2:
        check_mm(a, b)
        return _MM, matrix_product
    if a.ndim == 1 and b.ndim == 1:
        check_dot(a, b)
        return _DOT, _dot
    if b.ndim == 1:
        check_mv(a, b)
        return (_MV, _mv) if a.ndim == 2 else (_FOLDED, _batches)
    if b.ndim == 2:
        check_mm(a.reshape(1, -1) if a.ndim == 1 else a, b)
        return (_ROW, _batches) if a.ndim == 1 else (_FOLDED, _folded)
    if a.ndim > 2 or not turned:
        _check_batches(a.reshape(1, -1) if a.ndim == 1 else a, b)
        return _MANY, _batches
    # PyTorch multiplies (b.mT @ a.mT).mT if `a` wants a gradient; we only name things alike.
    (check_mv if a.ndim == 1 else check_mm)(b.swapaxes(-1, -2), a.T)
    return (_MANY if a.ndim == 1 else _TURNED), _batches


@method("matmul")
def matmul(input, other, *, out=None):
    """The matrix product: `input @ other`. Mirrors torch.matmul.

    Two vectors give a number, a matrix and a vector a vector, two matrices a matrix. With more
    dims, matrices in the last two are multiplied and the dims before them broadcast. RuntimeError
    where the sizes do not fit, or the dtypes differ.
    """
    a, b = two_arrays("matmul", "other", input, other)
    if not (a.ndim and b.ndim):
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {a.ndim}D and {b.ndim}D"
        )
    kind, body = _by_rank(a, b, gradient_edge(input) is not None)
    recorded = recording.enabled and (input.requires_grad or other.requires_grad)
    if recorded and max(a.ndim, b.ndim) > 2 and not _is_usual(a, b):
        input, other = _in_one_piece(input, other)
        a, b = input._array, other._array
    return finish(kind, body(a, b), (input, other), None, out)


def _is_usual(a, b):
    """Whether two arrays are in order, and one has no batch dims, or both have the same."""
    ordered = a.flags.c_contiguous and a.ndim > 2
    return ordered and (b.ndim < 3 or (b.flags.c_contiguous and a.shape[:-2] == b.shape[:-2]))


def _in_one_piece(input, other):
    """Both tensors, copied where PyTorch multiplies, and saves, copies: it has one batch dim.

    Or none: then rows are put below each other.
    """
    a, b = input._array, other._array
    turned, alone = b.swapaxes(-1, -2) if b.ndim > 1 else b, a.ndim == b.ndim == 3
    if b.ndim < 3 or (alone and len(b) == 1 != len(a) and other.requires_grad):
        flat = other.requires_grad or not _nested(a)
        return _copied_unless(input, a, a.shape, 1 if flat else 2), other
    if a.ndim < 3 or (alone and len(a) == 1 != len(b) and input.requires_grad):
        looked_at, kept = (turned, 1) if input.requires_grad else (b, 2)
        return input, _copied_unless(other, looked_at, looked_at.shape, kept)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    shapes = [(*batch, *array.shape[-2:]) for array in (a, b)]
    return _copied_unless(input, a, shapes[0], 2), _copied_unless(other, b, shapes[1], 2)


def _nested(array):
    """Whether the batch dims of an array lie in memory one inside the other."""
    strides, shape = element_strides(array), array.shape
    return all(strides[i] == strides[i + 1] * shape[i + 1] for i in range(array.ndim - 2))


def _copied_unless(tensor, array, shape, kept):
    """`tensor`, if `array`, expanded to `shape`, reads as one with a dim before the last `kept`."""
    if array.ndim == kept + 1 and array.shape == shape:
        return tensor
    flat = (math.prod(shape[:-kept]), *shape[-kept:])
    fits = view_strides(shape, broadcast_strides(array, shape), flat) is not None
    return tensor if fits or not array.size else tensor.clone()


@method("__matmul__")
def _matmul(tensor, other):
    return matmul(tensor, other) if isinstance(other, Tensor) else NotImplemented


@method("__rmatmul__")
def _rmatmul(tensor, other):
    return matmul(other, tensor) if isinstance(other, Tensor) else NotImplemented


_OUTER = Kind("MulBackward0", ["input", "vec2"], looks=(0, 1))


def _outer(input, vec2):
    return (
        np.multiply.outer(input, vec2),
        lambda grad: times(grad, vec2),
        lambda grad: times(grad.swapaxes(0, 1), input),
    )


@method("outer", "ger")
@quiet
def outer(input, vec2, *, out=None):
    """Every element of one vector times every element of another. Mirrors torch.outer."""
    for name, array in zip(("self", "vec2"), two_arrays("outer", "vec2", input, vec2), strict=True):
        if array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {array.ndim}-D")
    arrays = promoted((input, vec2))
    returned = _outer(*arrays)
    fits = [fit and (x._array.shape, fit[1]) for x, fit in _fits((input, vec2), returned)]
    made = finish(_OUTER, returned, (input, vec2), fits, arrays=arrays)
    return made if out is None else place_into(out, made, "outer", (input, vec2), look=True)


def _fits(inputs, returned):
    """Each input, and where promotion changed its dtype, what to go back to."""
    found = pointwise_fits(inputs, returned[0]) or [None] * len(inputs)
    return zip(inputs, found, strict=True)


ger = outer


_INNER = Kind("ViewBackward0", ["input", "other"], operation="inner", looks=(0, 1))


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
@quiet
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
    if a.dtype != b.dtype or input.dtype is not other.dtype:
        raise RuntimeError("both inputs should have same dtype")
    refuse_kinds("dot" if a.size == a.shape[-1] and b.size == a.size else "addmm_impl_cpu_", a, "b")
    return finish(_INNER, _inner(a, b), (input, other), None, out)


_VDOT = Kind("VdotBackward0", ["input", "other"], holomorphic=False)


@method("vdot")
@quiet
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


def _scaled(x, factor):
    return x if type(factor) is int and factor == 1 else x * factor


def _combined(input, product, beta, alpha):
    """beta * input + alpha * product; with beta 0 the input does not count, even if it is nan."""
    product = _scaled(product, alpha)
    expanded_sizes(input, product.shape)
    return product if beta == 0 else _scaled(input, beta) + product


def _factors(array, *factors):
    """The factors of a sum as numbers of the array's dtype: integers are cut."""
    numbers = [computed(factor, array.dtype).item() for factor in factors]
    return numbers if array.dtype.kind in "iub" else factors


def _same_dtype(input, mat2):
    if input._array.dtype != mat2._array.dtype:
        raise RuntimeError(
            "self and mat2 must have the same dtype, but got "
            f"{type_name(input._array.dtype)} and {type_name(mat2._array.dtype)}"
        )


def _add_products(input, mat1, mat2, beta, alpha, summed=False):
    """An input and a product of matrices or of batches; `summed` adds up the batch."""
    shape, dtype = input.shape, input.dtype
    beta, alpha = _factors(mat1, beta, alpha)
    product = times(mat1, mat2)
    if summed:
        product = total(product, (0,))
    return (
        _combined(input, product, beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: times(_scaled(grad, alpha), mat2.swapaxes(-1, -2)),
        lambda grad: times(mat1.swapaxes(-1, -2), _scaled(grad, alpha)),
    )


_ADDMM = Kind("AddmmBackward0", ["input", "mat1", "mat2"])


@method("addmm")
@quiet
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


_BADDBMM = Kind("BaddbmmBackward0", ["input", "mat1", "mat2"])
_ADDBMM = Kind("AddbmmBackward0", ["input", "mat1", "mat2"])


@method("baddbmm")
@quiet
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * bmm(batch1, batch2). Mirrors torch.baddbmm."""
    a, b = two_arrays("baddbmm", "batch2", batch1, batch2)
    check_bmm(a, b)
    returned = _add_products(input._array, a, b, beta, alpha)
    return finish(_BADDBMM, returned, (input, batch1, batch2), None, out)


@method("addbmm")
@quiet
def addbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * (bmm(batch1, batch2) summed over the batch). Mirrors torch.addbmm."""
    a, b = two_arrays("addbmm", "batch2", batch1, batch2)
    check_bmm(a, b)
    returned = _add_products(input._array, a, b, beta, alpha, summed=True)
    return finish(_ADDBMM, returned, (input, batch1, batch2), None, out)


_ADDMV = Kind("AddmvBackward0", ["input", "mat", "vec"])


def _addmv(input, mat, vec, beta, alpha):
    shape, dtype = input.shape, input.dtype
    beta, alpha = _factors(mat, beta, alpha)
    return (
        _combined(input, times(mat, vec), beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: _scaled(grad, alpha).reshape((-1, 1)) * vec,
        lambda grad: times(mat.swapaxes(0, 1), _scaled(grad, alpha)),
    )


@method("addmv")
@quiet
def addmv(input, mat, vec, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * (mat @ vec). Mirrors torch.addmv."""
    a, v = two_arrays("addmv", "vec", mat, vec)
    own = input._array.shape
    check_mv(a, v, own[0] if own else None)
    if own not in ((), (1,), a.shape[:1]):
        raise RuntimeError(
            f"size mismatch, got input ({own[0]}), mat ({a.shape[0]}x{a.shape[1]}), vec ({v.size})"
        )
    if not input.dtype is mat.dtype is vec.dtype:
        kinds = [type_name(x._array.dtype) for x in (input, mat, vec)]
        raise RuntimeError(
            "addmv input tensors must have the same dtype, but got "
            f"{kinds[0]}, {kinds[1]}, and {kinds[2]}"
        )
    return finish(_ADDMV, _addmv(input._array, a, v, beta, alpha), (input, mat, vec), None, out)


_ADDR = Kind("AddrBackward0", ["input", "vec1", "vec2"])


def _addr(input, vec1, vec2, beta, alpha):
    shape, dtype = input.shape, input.dtype
    beta, alpha = _factors(input, beta, alpha)
    return (
        _combined(input, np.multiply.outer(vec1, vec2), beta, alpha),
        lambda grad: fit_to(_scaled(grad, beta), shape, dtype),
        lambda grad: times(_scaled(grad, alpha), vec2),
        lambda grad: times(_scaled(grad, alpha).swapaxes(0, 1), vec1),
    )


@method("addr")
@quiet
def addr(input, vec1, vec2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * outer(vec1, vec2). Mirrors torch.addr."""
    a, b = two_arrays("addr", "vec2", vec1, vec2)
    for name, array in (("vec1", a), ("vec2", b)):
        if array.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {array.ndim}-D")
    own, sizes = list(input._array.shape), (a.size, b.size)
    if len(own) == 2 and any(n not in (1, size) for n, size in zip(own, sizes)):
        raise RuntimeError(f"size mismatch, input: {own}, v1: [{a.size}], v2: [{b.size}]")
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, float) and input._array.dtype.kind in "iub":
            raise RuntimeError(
                f"For integral input tensors, argument {name} must not be a floating point number."
            )
        if factor is True and input._array.dtype.kind != "b":
            raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
    returned = _addr(promoted((input, vec1))[0], a, b, beta, alpha)
    return finish(_ADDR, returned, (input, vec1, vec2), None, out)


@takes_out
def chain_matmul(*matrices):
    """The product of all `matrices`, from left to right. Mirrors torch.chain_matmul."""
    must_all_be_tensors(matrices)
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    product = matrices[0]
    for matrix in matrices[1:]:
        product = product.mm(matrix)
    return product.clone() if product is matrices[0] else product


_TENSORDOT = Kind("ViewBackward0", ["input", "other"], looks=(0, 1))


@takes_out
@quiet
def tensordot(a, b, dims=2):
    """The product summed over several dims: the last `dims` of `a` and the first ones of `b`.

    Or `dims` is two lists of dims that belong together. Mirrors torch.tensordot.
    """
    left, right = _contracted(a, b, dims)
    for one, other in zip(left, right, strict=True):  # a size of 1 meets the sum of the other
        a = a.sum(one, keepdim=True) if b.shape[other] == 1 != a.shape[one] else a
        b = b.sum(other, keepdim=True) if a.shape[one] == 1 != b.shape[other] else b
    first = list(range(a.ndim))
    second = [a.ndim + dim for dim in range(b.ndim)]
    for one, other in zip(left, right, strict=True):
        second[other] = one
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    out = [name for name in first if name not in left] + [name for name in second if name >= a.ndim]
    returned = pair.__wrapped__(a._array, b._array, first=first, second=second, out=out)
    return finish(_TENSORDOT, returned, (a, b))


def _contracted(a, b, dims):
    """The dims of `a` and of `b` that tensordot sums over; RuntimeError where they do not fit."""
    if not isinstance(dims, (int, tuple, list, Tensor)):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] "
            f"containing two lists, but got dims={dims}"
        )
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = list(range(-dims, 0)), list(range(dims))
    dims = dims.tolist() if isinstance(dims, Tensor) else dims
    left, right = ([each] if isinstance(each, int) else list(each) for each in dims)
    if bool in map(type, (*left, *right)):
        raise TypeError("tensordot(): argument 'dims' must be tuple of ints, not bool")
    if len(left) != len(right):
        raise RuntimeError("both dimension lists should have same length")
    for one, other in zip(left, right, strict=True):
        if a.shape[one] != b.shape[other] and 1 not in (a.shape[one], b.shape[other]):
            raise RuntimeError(
                "contracted dimensions need to match, but first has size "
                f"{a.shape[one]} in dim {one} and second has size {b.shape[other]} in dim {other}"
            )
    return [check_dim(d, a.ndim) for d in left], [check_dim(d, b.ndim) for d in right]


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


@takes_out
@method("kron")
@quiet
def kron(input, other):
    """The Kronecker product: a copy of `other` for each element of `input`. Mirrors torch.kron."""
    input, other = apart(input, other), apart(other, input)
    arrays = promoted((input, other))
    return finish(_KRON, _kron.__wrapped__(*arrays), (input, other), arrays=arrays)


_CROSS = Kind("LinalgCrossBackward0", ["input", "other"])


@two_way
def _cross(input, other, *, axis):
    return (
        np.cross(input, other, axis=axis),
        lambda grad: _cross(other, grad, axis=axis),
        lambda grad: _cross(grad, input, axis=axis),
    )


@takes_out
@method("cross")
@quiet
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
    if input.dtype is not other.dtype:
        names = [type_name(x._array.dtype) for x in (input, other)]
        raise RuntimeError("expected scalar type {} but found {}".format(*names))
    arrays = input._array, other._array
    if arrays[0].shape != arrays[1].shape:
        arrays = np.broadcast_arrays(*arrays)
    returned = _cross.__wrapped__(*arrays, axis=axis)
    return finish(_CROSS, returned, (input, other), pointwise_fits((input, other), returned[0]))
