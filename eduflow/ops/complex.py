"""Complex numbers: their parts, made of two real tensors or taken apart again.

The gradient of a real loss with respect to z points where the loss rises fastest: that of
abs(z) ** 2 is 2z, PyTorch's convention.
"""

import numpy as np

from .._core.calls import answering
from .._core.dispatch import must_be_tensor, no_slope, place_into, pointwise
from .._core.dtype import type_name
from .._core.keeping import keeping
from .._core.storage import address, owner_of
from .._core.tensor import Tensor, method
from .._core.view import view_op
from .choose import choose


@view_op(node="SelectBackward0")
def _real_part(input):
    return input.real, lambda grad: grad + 0j


@view_op(node="SelectBackward0")
def _imaginary_part(input):
    return input.imag, lambda grad: grad * 1j


@answering
def real(input):
    """The real part, a view; a real tensor is returned itself. Mirrors torch.real."""
    return _real_part(input) if input.is_complex() else input


@answering
def imag(input):
    """The imaginary part, a view; RuntimeError for a real tensor. Mirrors torch.imag."""
    if not input.is_complex():
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return _imaginary_part(input)


method("real")(property(real))
method("imag")(property(imag))


@pointwise(node="ConjBackward0", holomorphic=False)
def _conj(input):
    return np.conj(input), lambda grad: grad.conj()


@method("conj")
def conj(input):
    """The complex conjugate, a copy; a real tensor is returned itself. Mirrors torch.conj."""
    return _conj(input) if input.is_complex() else input


@method("conj_physical")
def conj_physical(input, *, out=None):
    """The complex conjugate, a copy; a real tensor is itself. Mirrors torch.conj_physical."""
    return conj(input) if out is None else place_into(out, conj(input), "conj_physical", (input,))


@method("resolve_conj", "resolve_neg")
def resolve_conj(input):
    """The tensor itself: here no conjugation is ever put off until later.

    Mirrors torch.resolve_conj.
    """
    return input


@method("is_conj")
def is_conj(input):
    """False: conjugates are computed at once."""
    return False


@method("angle")
@pointwise(floats=True, holomorphic=False)
def angle(input):
    """The angle of a complex number in radians; 0 or pi for real ones. Mirrors torch.angle."""
    if input.dtype.kind != "c":
        angles = np.where(np.isnan(input), input, np.angle(input)).astype(input.dtype)
        return angles, keeping(no_slope, input)

    def derivative(grad):
        size = np.abs(input)
        return choose(input == 0, 0.0, grad * (input * 1j) / (size * size))

    return np.angle(input), derivative


@method("isreal")
@pointwise()
def isreal(input):
    """Where the imaginary part is zero. Mirrors torch.isreal."""
    return np.isreal(input)


@pointwise(holomorphic=False, numbers=False)
def _complex(input, other):
    result = np.empty(np.broadcast(input, other).shape, np.promote_types(input.dtype, np.complex64))
    result.real, result.imag = input, other
    return (
        result,
        keeping(lambda grad: grad.real, input),
        keeping(lambda grad: grad.imag, other),
    )


@answering
def complex(real, imag, *, out=None):
    """A complex tensor of a real and an imaginary part of one floating-point dtype.

    Mirrors torch.complex.
    """
    _two_reals("complex", ("real", "imag"), (real, imag))
    return _complex(real, imag, out=out)


def _two_reals(name, parameters, inputs):
    must_be_tensor(name, parameters, inputs, numbers=False)
    first, second = [type_name(x._array.dtype) for x in inputs]
    if not {"Half", "Float", "Double"}.issuperset((first, second)):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {first} and {second}"
        )
    if first != second:
        raise RuntimeError(
            f"Expected object of scalar type {first} but got scalar type {second} "
            "for second argument"
        )


def _direction(x):
    """Complex numbers, an array or a tensor, brought to size 1; 0 stays 0."""
    return x.sgn() if isinstance(x, Tensor) else np.sign(x)


@pointwise(holomorphic=False, numbers=False)
def _polar(input, other):
    result = input * np.exp(other * 1j)
    return (
        result,
        lambda grad: (grad.conj() * _direction(result)).real,
        lambda grad: (grad.conj() * result * 1j).real,
    )


@answering
def polar(abs, angle, *, out=None):
    """A complex tensor of sizes and angles in radians. Mirrors torch.polar."""
    _two_reals("polar", ("abs", "angle"), (abs, angle))
    return _polar(abs, angle, out=out)


def _pairs(array):
    """A complex array as real ones, with a last dim of 2; the memory stays the same."""
    owner, half = owner_of(array), np.empty(0, array.dtype).real.dtype
    start, strides = address(array) - address(owner), (*array.strides, half.itemsize)
    return np.ndarray((*array.shape, 2), half, owner, start, strides)


def _unpaired(array):
    """The other way: the last dim of 2 becomes complex numbers."""
    owner, both = owner_of(array), np.promote_types(array.dtype, np.complex64)
    return np.ndarray(
        array.shape[:-1], both, owner, address(array) - address(owner), array.strides[:-1]
    )


@view_op()
def view_as_real(input):
    """A complex tensor seen as real and imaginary parts side by side.

    Mirrors torch.view_as_real.
    """
    if input.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return _pairs(input), lambda grad: grad[..., 0] + 1j * grad[..., 1]


@view_op()
def view_as_complex(input):
    """Pairs in the last dim seen as complex numbers: undoes view_as_real.

    Mirrors torch.view_as_complex.
    """
    if input.dtype.kind != "f":
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a "
            f"tensor of scalar type: {type_name(input.dtype)}"
        )
    if input.shape[-1:] != (2,):
        raise RuntimeError("Tensor must have a last dimension of size 2")
    if input.strides[-1] != input.itemsize:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    return _unpaired(input), _back_to_pairs


def _back_to_pairs(grad):
    return _pairs(grad) if isinstance(grad, np.ndarray) else view_as_real(grad)
