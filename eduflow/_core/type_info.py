"""Questions about dtypes and tensors: finfo, iinfo, can_cast, result_type, is_tensor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import dtype as dtypes
from .calls import answering
from .dtype import dtype, get_default_dtype, result_dtype
from .package import PACKAGE
from .tensor import Tensor

pi, e, inf, nan = math.pi, math.e, math.inf, math.nan
newaxis = None


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Any) -> bool:
    """Whether the dtype of a tensor is one of the floating-point kinds."""
    return _tensor("is_floating_point", input).dtype.is_floating_point


def is_complex(input: Any) -> bool:
    """Whether the dtype of a tensor is one of the complex kinds."""
    return _tensor("is_complex", input).dtype.is_complex


def is_nonzero(input: Any) -> bool:
    """Whether the only element of a tensor is not zero."""
    return bool(_tensor("is_nonzero", input))


def numel(input: Any) -> int:
    """The number of elements of a tensor."""
    return _tensor("numel", input)._array.size


def _tensor(name: str, input: Any) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    return input


@answering
def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether values of the first dtype may be written into the second: the kind must not shrink.

    Mirrors torch.can_cast.
    """
    return from_.category <= to.category


def result_type(tensor1: Any, tensor2: Any) -> dtype:
    """The dtype of an operation on two tensors or Python numbers. Mirrors torch.result_type."""
    for operand in (tensor1, tensor2):
        if not isinstance(operand, (Tensor, int, float, complex)):
            kinds = ", ".join(type(x).__name__ for x in (tensor1, tensor2))
            raise TypeError(
                f"result_type() received an invalid combination of arguments - got ({kinds})"
            )
    return result_dtype((tensor1, tensor2))


class finfo:
    """The limits of a floating-point dtype: bits, eps, min, max, tiny, resolution.

    Raises TypeError for other dtypes. Mirrors torch.finfo.
    """

    def __init__(self, type: Any = None) -> None:
        found = _dtype("finfo", get_default_dtype() if type is None else type).numpy
        if found.kind not in "fc":
            raise TypeError(
                f"{PACKAGE}.finfo() requires a floating point input type. "
                f"Use {PACKAGE}.iinfo to handle '{PACKAGE}.finfo'"
            )
        limits = np.finfo(found)
        self.bits, self.dtype = limits.bits, str(limits.dtype)
        self.eps, self.resolution = float(limits.eps), float(f"1e-{limits.precision}")
        self.min, self.max = float(limits.min), float(limits.max)
        self.smallest_normal = self.tiny = float(limits.smallest_normal)

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        parts = ", ".join(f"{name}={getattr(self, name):g}" for name in names)
        return f"finfo({parts}, dtype={self.dtype})"


class iinfo:
    """The limits of an integer dtype: bits, min, max. TypeError for others. Mirrors torch.iinfo."""

    def __init__(self, type: Any) -> None:
        found = _dtype("iinfo", type)
        if found is dtypes.bool:
            raise TypeError(f"{found} is not supported by {PACKAGE}.iinfo")
        if found.numpy.kind not in "iu":
            raise TypeError(
                f"{PACKAGE}.iinfo() requires an integer input type. "
                f"Use {PACKAGE}.finfo to handle '{PACKAGE}.iinfo'"
            )
        limits = np.iinfo(found.numpy)
        self.bits, self.min, self.max, self.dtype = limits.bits, limits.min, limits.max, found.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def _dtype(name: str, value: Any) -> dtype:
    if not isinstance(value, dtype):
        raise TypeError(
            f"{name}(): argument 'type' (position 1) must be {PACKAGE}.dtype, "
            f"not {type(value).__name__}"
        )
    return value


def typename(obj: Any) -> str:
    """`eduflow.FloatTensor` for a tensor; else the module and name of a class or a function.

    Of anything else those of its class. Python's own have bare names. Mirrors torch.typename.
    """
    if isinstance(obj, Tensor):
        return obj.type()  # type: ignore[attr-defined]  # a method that `ops` add
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    return ".".join([kind.__module__ or "builtins", kind.__qualname__]).removeprefix("builtins.")
