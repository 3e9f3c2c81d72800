# Built by lessons/00_start_here_annex.ipynb. Edit it there, or here and `make scatter`.
# %% old-names
"""The names that dtypes had before they had names: PyTorch's messages still use them."""

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


# %% public names
__all__ = ["OLD_NAMES", "old_name"]
