# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% pow-number
"""Powers: of a tensor by a number, of a number by a tensor, of one tensor by another."""

import numpy as np

from .arithmetic import _meeting, _zeros
from .choosing import _choose
from .operations import NUMBERS, must_be_tensor, pointwise
from .refusals import refuse_kinds
from .tensors import Tensor, method


@pointwise(node="PowBackward0")
def _pow_number(input, *, exponent):
    if exponent == 0:
        return np.ones_like(input), lambda grad: _zeros(input)
    return _power(input, exponent), lambda grad: grad * (exponent * input ** (exponent - 1))


def _power(input, exponent):
    """The exponents that people use most need no general power."""
    if exponent == 2:
        return input * input
    if exponent == 3:
        return input * input * input
    if exponent == 0.5:
        return np.sqrt(input)
    if input.dtype.kind in "iu" and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return np.power(input, exponent)


# %% pow-tensor
@pointwise(node="PowBackward1")
def _pow_tensor(input, exponent):
    refuse_kinds("pow", input, "b")
    result = _tensor_power(input, exponent)

    def d_input(grad):
        return _choose(exponent == 0, 0.0, grad * (exponent * input ** (exponent - 1)))

    def d_exponent(grad):  # where a power of 0 stays 0, though log(0) is -inf
        stays = (input == 0) & (exponent.real >= 0)
        return grad * _choose(stays, 0.0, result * np.log(input))

    return result, d_input, d_exponent


def _tensor_power(input, exponent):
    """Integers to negative powers are 1 / x rounded towards zero: that leaves only 1 and -1."""
    if input.dtype.kind not in "iu":
        return np.power(input, exponent)
    power = np.power(input, np.abs(exponent))
    return np.where(exponent < 0, np.where(np.abs(input) == 1, power, 0), power)


# %% number-pow
@pointwise(node="PowBackward2")
def _number_pow(exponent, *, base):
    result = _tensor_power(np.array(base).astype(exponent.dtype), exponent)
    if base == 0:
        return result, lambda grad: grad * _choose(exponent.real >= 0, 0.0, result * -np.inf)
    logarithm = np.log(complex(base) if exponent.dtype.kind == "c" else float(base)).item()
    return result, lambda grad: grad * (result * logarithm)


# %% pow
@method("pow")
def pow(input, exponent, *, out=None):
    """`input` to the power of `exponent`; one of them may be a number. Mirrors torch.pow.

    Raises RuntimeError for integers to a negative number: their powers are no integers.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("pow", ("self", "exponent"), (input, exponent))
        return _number_pow(_meeting(exponent, input), base=input, out=out)
    if isinstance(exponent, Tensor):
        return _pow_tensor(input, exponent, out=out)
    must_be_tensor("pow", ("self", "exponent"), (input, exponent))
    exponent = exponent.item() if isinstance(exponent, np.generic) else exponent
    return _pow_number(_meeting(input, exponent), exponent=exponent, out=out)


# %% pow-operators
@method("__pow__")
def _pow_operator(tensor, exponent):
    return pow(tensor, exponent) if isinstance(exponent, (Tensor, *NUMBERS)) else NotImplemented


@method("__rpow__")
def _rpow_operator(tensor, base):
    return pow(base, tensor) if isinstance(base, NUMBERS) else NotImplemented


# %% public names
__all__ = ["pow"]
