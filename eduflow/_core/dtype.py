"""The names that dtypes had before they had names: PyTorch's messages still use them."""

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


def old_name(array_dtype):
    """The old word for a NumPy dtype: Float for float32."""
    return OLD_NAMES[array_dtype.name][0]


# %% lesson 01 dtype-class
class dtype:
    """One kind of number. `float32` and its siblings are the only instances.

    `itemsize` is the size of one element in bytes. `is_floating_point`, `is_complex` and
    `is_signed` say what it can hold. Mirrors torch.dtype.
    """

    by_numpy: dict = {}  # NumPy's dtype -> ours

    def __init__(self, name):
        self.name, self.numpy = name, np.dtype(name)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind == "f"
        self.is_complex = self.numpy.kind == "c"
        self.is_signed = self.numpy.kind in "fci"
        old_name, self.ctype_name = OLD_NAMES[name]
        self.legacy_name = f"{old_name}Tensor"
        dtype.by_numpy[self.numpy] = self

    def __repr__(self):
        return f"{PACKAGE}.{self.name}"

    def __reduce__(self):
        return self.name  # pickle finds it in this module, so it stays the only instance


bool, uint8 = dtype("bool"), dtype("uint8")
int8, int16, int32, int64 = dtype("int8"), dtype("int16"), dtype("int32"), dtype("int64")
float16, float32, float64 = dtype("float16"), dtype("float32"), dtype("float64")
complex64, complex128 = dtype("complex64"), dtype("complex128")

short, int, long = int16, int32, int64
half, float, double = float16, float32, float64
cfloat, cdouble = complex64, complex128

dtype._default = float32


def get_default_dtype():
    """The dtype of new tensors made from Python floats; float32 unless changed."""
    return dtype._default


def scalar_dtype(number):
    """The dtype that a Python number asks for."""
    if isinstance(number, complex):
        return complex128 if dtype._default is float64 else complex64
    return {"bool": bool, "int": int64}.get(type(number).__name__, dtype._default)


# %% end


# %% lesson 01 promotion
def promote_types(type1, type2):
    """The dtype that comes of two that meet: PyTorch's rule, not NumPy's.

    Of one kind, it is the smallest that can hold both. An integer meeting a float takes the float's
    dtype, whatever the sizes: int64 with float16 gives float16, where NumPy would give float64.
    Mirrors torch.promote_types.
    """
    low, high = sorted((type1, type2), key=_rung)
    if _rung(low) == _rung(high) or (high.is_complex and low.is_floating_point):
        return dtype.by_numpy[np.promote_types(low.numpy, high.numpy)]
    return high


def _rung(d):
    """The ladder of kinds: bool 0, integers 1, floating point 2, complex 3."""
    return {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}[d.numpy.kind]


# %% end


# %% lesson 01 result-type
def result_dtype(operands):
    """The dtype of an operation on `operands`, tensors or Python numbers.

    Three classes are looked at in turn: tensors with dims, tensors without, Python numbers. A
    weaker class only counts if it brings a higher kind (bool, integer, float, complex).
    """
    classes = [None, None, None]
    for operand in operands:
        if hasattr(operand, "_array"):
            rank, found = (0 if operand._array.ndim else 1), operand.dtype
        else:
            rank, found = 2, scalar_dtype(operand)
        classes[rank] = found if classes[rank] is None else promote_types(classes[rank], found)
    result = None
    for found in classes:
        if found is not None and (result is None or _rung(found) > _rung(result)):
            result = found if result is None else _raised(result, found)
    return result


def _raised(strong, weak):
    """A weaker operand of a higher kind decides; a complex one keeps a float's precision."""
    if weak.is_complex and strong.is_floating_point:
        return promote_types(strong, complex64)
    return weak


# %% end


def set_default_dtype(d):
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


def type_name(dtype):
    """What error texts call NumPy's `dtype`: Float, Long, ..."""
    return dtype_class.by_numpy[dtype].legacy_name.removesuffix("Tensor")
