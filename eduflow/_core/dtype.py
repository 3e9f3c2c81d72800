"""dtypes: float32 and its siblings, the default, and which dtype comes out where two meet."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .package import PACKAGE

# For each dtype the word of its old tensor type (FloatTensor) and its name in C++.
OLD_NAMES = {
    "bool": ("Bool", "bool"),
    "uint8": ("Byte", "unsigned char"),
    "int8": ("Char", "signed char"),
    "int16": ("Short", "short"),
    "int32": ("Int", "int"),
    "int64": ("Long", "long int"),
    "float16": ("Half", "c10::Half"),
    "float32": ("Float", "float"),
    "float64": ("Double", "double"),
    "complex64": ("ComplexFloat", "c10::complex<float>"),
    "complex128": ("ComplexDouble", "c10::complex<double>"),
}


def old_name(array_dtype: np.dtype) -> str:
    """The old word for a NumPy dtype: Float for float32."""
    return OLD_NAMES[array_dtype.name][0]


class DtypeBase:
    """What a dtype says of itself besides its size: its printed name, old names, its sign."""

    name: str
    numpy: np.dtype
    _default: ClassVar[Any]  # the dtype of new tensors made from Python floats

    is_signed = property(lambda self: self.numpy.kind in "fci", doc="Whether it goes below zero.")
    legacy_name = property(lambda self: f"{OLD_NAMES[self.name][0]}Tensor")
    ctype_name = property(lambda self: OLD_NAMES[self.name][1])

    def __repr__(self) -> str:
        return f"{PACKAGE}.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # pickle finds it in this module, so it stays the only instance


# %% lesson 01 dtype
class dtype(DtypeBase):
    """One kind of number: how many bytes an element has, and how they are read.

    `category` is 0 for bool, 1 for integers, 2 for floating point, 3 for complex numbers.
    Mirrors torch.dtype.
    """

    by_numpy: dict = {}  # NumPy's dtype -> ours

    def __init__(self, name):
        self.name, self.numpy = name, np.dtype(name)
        self.itemsize = self.numpy.itemsize  # bytes
        self.category = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}[self.numpy.kind]
        self.is_floating_point, self.is_complex = self.category == 2, self.category == 3
        dtype.by_numpy[self.numpy] = self


bool, uint8 = dtype("bool"), dtype("uint8")
int8, int16, int32, int64 = dtype("int8"), dtype("int16"), dtype("int32"), dtype("int64")
float16, float32, float64 = dtype("float16"), dtype("float32"), dtype("float64")
complex64, complex128 = dtype("complex64"), dtype("complex128")
# %% end

short, int, long = int16, int32, int64
half, float, double = float16, float32, float64
cfloat, cdouble = complex64, complex128

dtype._default = float32


# %% lesson 19 scalar-dtype
def get_default_dtype():
    """The dtype of new tensors made from Python floats; float32 unless changed."""
    return dtype._default


def scalar_dtype(number):
    """The dtype that a Python number asks for."""
    if isinstance(number, complex):
        return complex128 if dtype._default is float64 else complex64
    return {"bool": bool, "int": int64}.get(type(number).__name__, dtype._default)


def rank_and_dtype(operand):
    """0 for a tensor with dims, 1 for one without, 2 for a number; and the dtype it asks for."""
    if hasattr(operand, "_array"):
        return (0 if operand._array.ndim else 1), operand.dtype
    return 2, scalar_dtype(operand.item() if isinstance(operand, np.generic) else operand)


# %% end


# %% lesson 01 promote-types
def promote_types(type1, type2):
    """The dtype that comes of two that meet: int64 and float16 give float16.

    The higher category wins, whatever the sizes; within one category it is the smallest dtype that
    holds both. A complex number keeps the precision of a float. Mirrors torch.promote_types.
    """
    low, high = type1, type2
    if low.category > high.category:
        low, high = high, low
    if low.category == high.category or (low.is_floating_point and high.is_complex):
        return dtype.by_numpy[np.promote_types(low.numpy, high.numpy)]
    return high


# %% end


# %% lesson 01 result-dtype
def result_dtype(operands):
    """The dtype of an operation on `operands`, tensors or Python numbers, of three ranks.

    Tensors with dims settle it. Tensors without dims, and numbers after them, only count if they
    bring a higher category; a complex one keeps the precision of the floats.
    """
    asked = [None, None, None]
    for operand in operands:
        rank, found = rank_and_dtype(operand)
        asked[rank] = found if asked[rank] is None else promote_types(asked[rank], found)
    result = None
    for found in asked:
        if result is None:
            result = found
        elif found is not None and found.category > result.category:
            if found.is_complex and result.is_floating_point:
                found = promote_types(result, complex64)
            result = found
    return result


def array_in(operand, target):
    """A tensor's array, or a number as an array without dims, in the NumPy dtype `target`.

    The array of a tensor is not copied if it has that dtype already. Integers that are too large
    wrap around, as 300 does, which is 44 in uint8.
    """
    if hasattr(operand, "_array"):
        return operand._array.astype(target, copy=False)
    if target.kind in "iu":
        return np.array(operand).astype(target)  # what is too large wraps around
    return np.array(operand, target)


def promoted(operands, floats=False):
    """The arrays of `operands` in their common dtype; with `floats`, at least the default dtype."""
    target = result_dtype(operands)
    if floats and target.category < 2:
        target = get_default_dtype()
    return [array_in(operand, target.numpy) for operand in operands]


# %% end


def set_default_dtype(d: Any) -> None:
    """Make `d`, a floating-point dtype, the dtype of new tensors made from Python floats.

    Raises TypeError for any other kind of dtype. Mirrors torch.set_default_dtype.
    """
    wrong = "only floating-point types are supported as the default type"
    if not isinstance(d, dtype):
        raise TypeError(f"invalid dtype object: {wrong}")
    if not d.is_floating_point:
        raise TypeError(wrong)
    dtype._default = d


dtype_class = dtype


def type_name(dtype: np.dtype) -> str:
    """What error texts call NumPy's `dtype`: Float, Long, ..."""
    return dtype_class.by_numpy[dtype].legacy_name.removesuffix("Tensor")
