# Built by lessons/01_tensors_and_storage.ipynb. Change it there, or here and run `make scatter`.
# %% dtype-class
"""What kind of number a tensor holds: PyTorch's dtypes, and what comes out when they meet."""

import numpy as np


class dtype:
    """One kind of number. `float32` and its siblings are the only instances.

    `itemsize` is the size of one element in bytes. `is_floating_point`, `is_complex` and
    `is_signed` say what it can hold. Mirrors torch.dtype.
    """

    by_numpy: dict = {}  # NumPy's dtype -> ours

    def __init__(self, name, numpy_name, legacy_name, ctype_name):
        self.name, self.legacy_name, self.ctype_name = name, legacy_name, ctype_name
        self.numpy = np.dtype(numpy_name)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind == "f"
        self.is_complex = self.numpy.kind == "c"
        self.is_signed = self.numpy.kind in "fci"
        dtype.by_numpy[self.numpy] = self

    def __repr__(self):
        return f"{__package__}.{self.name}"

    def __reduce__(self):
        return self.name  # pickle finds it in this module, so it stays the only instance


# %% dtypes
uint8 = dtype("uint8", "u1", "ByteTensor", "unsigned char")
int8 = dtype("int8", "i1", "CharTensor", "signed char")
int16 = dtype("int16", "i2", "ShortTensor", "short")
int32 = dtype("int32", "i4", "IntTensor", "int")
int64 = dtype("int64", "i8", "LongTensor", "long int")
float16 = dtype("float16", "f2", "HalfTensor", "c10::Half")
float32 = dtype("float32", "f4", "FloatTensor", "float")
float64 = dtype("float64", "f8", "DoubleTensor", "double")
complex64 = dtype("complex64", "c8", "ComplexFloatTensor", "c10::complex<float>")
complex128 = dtype("complex128", "c16", "ComplexDoubleTensor", "c10::complex<double>")
bool = dtype("bool", "?", "BoolTensor", "bool")

short, int, long = int16, int32, int64
half, float, double = float16, float32, float64
cfloat, cdouble = complex64, complex128

# %% default-dtype
_default = float32


def get_default_dtype():
    """The dtype of new tensors made from Python floats; float32 unless changed."""
    return _default


def set_default_dtype(d):
    """Make `d`, a floating-point dtype, the dtype of new tensors made from Python floats.

    Raises TypeError for any other kind of dtype. Mirrors torch.set_default_dtype.
    """
    global _default
    if not (isinstance(d, dtype) and d.is_floating_point):
        raise TypeError(
            "only floating-point types are supported as the default type"
            if isinstance(d, dtype)
            else "invalid dtype object: only floating-point types are supported as the default type"
        )
    _default = d


# %% promotion
_COMPLEX_OF = {float16: complex64, float32: complex64, float64: complex128}


def promote_types(type1, type2):
    """The smallest dtype that can hold both: PyTorch's rule, not NumPy's.

    An integer meeting a float takes the float's dtype, whatever the sizes: int64 with float16
    gives float16, where NumPy would give float64. Mirrors torch.promote_types.
    """
    if type1 is type2:
        return type1
    low, high = sorted((type1, type2), key=_category)
    if _category(low) == _category(high) or (high.is_complex and low.is_floating_point):
        return dtype.by_numpy[np.promote_types(low.numpy, high.numpy)]
    return high


def _category(d):
    """The ladder of kinds: bool 0, integers 1, floating point 2, complex 3."""
    return {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}[d.numpy.kind]


# %% result-type
def scalar_dtype(number):
    """The dtype a Python number brings along when it meets only weaker kinds."""
    kind = type(number)
    if kind is complex:
        return _COMPLEX_OF[_default]
    return {True.__class__: bool, (1).__class__: int64}.get(kind, _default)


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
        if found is not None and (result is None or _category(found) > _category(result)):
            result = found if result is None else _raise_kind(result, found)
    return result


def _raise_kind(strong, weak):
    """A weaker operand of a higher kind decides; a complex one keeps a float's precision."""
    if weak.is_complex and strong.is_floating_point:
        return _COMPLEX_OF[strong]
    return weak
