"""What functions of matrices refuse, in PyTorch's words."""

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name
from .._core.tensor import Tensor
from .operands import refuse_kinds


class LinAlgError(RuntimeError):
    """A matrix cannot be inverted or factorized. Mirrors torch.linalg.LinAlgError."""


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"  # PyTorch shows it so


def must_be_matrices(name, A, argument="A", function="", place="A"):
    """TypeError unless `A` is a tensor, RuntimeError unless it has two dims or more."""
    if not isinstance(A, Tensor):
        must_be_tensor(function or f"linalg_{name}", [argument], (A,))
    if A.ndim < 2:
        raise RuntimeError(
            f"linalg.{name}: The input tensor {place} must have at least 2 dimensions."
        )


def must_be_square(name, A, argument="A", function=""):
    """The same, and RuntimeError unless the last two dims are equal."""
    must_be_matrices(name, A, argument, function)
    rows, columns = A.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but they are {rows} by "
            f"{columns} matrices"
        )


def must_be_floats(name, A, low_precision=True):
    """RuntimeError unless the dtype is floating or complex; of float16 unless `low_precision`."""
    kind = A._array.dtype
    if kind.kind not in "fc":
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got "
            f"{type_name(kind)}"
        )
    if kind == np.float16 and not low_precision:
        raise RuntimeError(f"linalg.{name}: Low precision dtypes not supported. Got Half")


def refuse_others(kernel, A):
    """NotImplementedError for float16, integers and bools, which LAPACK does not know."""
    refuse_kinds(kernel, A._array, "biu")
    if A._array.dtype == np.float16:
        refuse_kinds(kernel, A._array, "f")


def where_in_batch(bad):
    """`(Batch element 1): ` for the first place where `bad` holds; nothing without a batch."""
    return f"(Batch element {int(np.argmax(bad.ravel()))}): " if bad.ndim else ""


def _first_place(info):
    """The first place in `info` that is not 0."""
    return info.ravel()[np.argmax(info.ravel() > 0)]


def not_factored(info):
    """RuntimeError where `info`, the place of a zero on U's diagonal, is not 0."""
    if info.any():
        place = _first_place(info)
        raise RuntimeError(
            f"torch.linalg.lu_factor: U[{place},{place}] is zero and using it on lu_solve would "
            "result in a division by zero. If you still want to perform the factorization, "
            "consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )


def not_invertible(name, info):
    """LinAlgError where `info`, the place of a zero on U's diagonal, is not 0."""
    if info.any():
        place = _first_place(info)
        raise LinAlgError(
            f"linalg.{name}: {where_in_batch(info > 0)}The diagonal element {place} is zero, the "
            "inversion could not be completed because the input matrix is singular."
        )


def not_solvable(name, info):
    """LinAlgError where a system of equations has no single solution."""
    if info.any():
        raise LinAlgError(
            f"{name}: {where_in_batch(info > 0)}The solver failed because the input matrix is "
            "singular."
        )


def not_positive(name, info):
    """LinAlgError where a matrix is not positive definite, from the minor `info` on."""
    if info.any():
        place = _first_place(info)
        raise LinAlgError(
            f"linalg.{name}: {where_in_batch(info > 0)}The factorization could not be completed "
            "because the input is not positive-definite (the leading minor of order "
            f"{place} is not positive-definite)."
        )
