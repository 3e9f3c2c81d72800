# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% counts
"""What else a tensor can say of itself, and how it becomes one of Python's own numbers."""

import numpy as np

from .tensors import Tensor, method


def attribute(*names):
    """Decorator that makes a function an attribute of Tensor, computed when asked for."""

    def register(function):
        method(*names)(property(function))
        return function

    return register


@method("dim", "ndimension")
def _dim(tensor):
    """The number of dims."""
    return tensor._array.ndim


@method("numel", "nelement")
def _numel(tensor):
    """The number of elements."""
    return tensor._array.size


@method("__len__")
def _len(tensor):
    if not tensor._array.ndim:
        raise TypeError("len() of a 0-d tensor")
    return tensor._array.shape[0]


@method("element_size")
def _element_size(tensor):
    """Bytes per element."""
    return tensor._array.itemsize


# %% properties
@attribute("ndim")
def _ndim(tensor):
    """The number of dims."""
    return tensor._array.ndim


@attribute("itemsize")
def _itemsize(tensor):
    """Bytes per element."""
    return tensor._array.itemsize


@attribute("nbytes")
def _nbytes(tensor):
    """Bytes of all elements together."""
    return tensor._array.nbytes


@attribute("_version")
def _version(tensor):
    """How often the memory was changed in place."""
    return tensor._counter[0]


# %% places
@attribute("is_cuda")
def _is_cuda(tensor):
    """Whether the memory is on a CUDA device: never."""
    return False


# %% kinds
@method("is_floating_point")
def _is_floating_point(tensor):
    """Whether the dtype is one of the floating-point kinds."""
    return tensor._array.dtype.kind == "f"


@method("is_complex")
def _is_complex(tensor):
    """Whether the dtype is one of the complex kinds."""
    return tensor._array.dtype.kind == "c"


# %% to-numpy
@method("__array__")
def _array(tensor, dtype=None, copy=None):
    return np.array(tensor.numpy(), dtype=dtype, copy=copy)


# %% conversions
@method("__bool__")
def _bool(tensor):
    if tensor._array.size != 1:
        count = "more than one value" if tensor._array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
    return bool(tensor.item())


def _only(tensor):
    """The only element of a tensor, as a Python number."""
    if tensor._array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return tensor._array.item()


@method("__float__")
def _float(tensor):
    return float(_only(tensor))


@method("__int__")
def _int(tensor):
    return int(_only(tensor))


@method("__complex__")
def _complex(tensor):
    return complex(_only(tensor))


@method("__index__")
def _index(tensor):
    if tensor._array.size != 1 or tensor._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(tensor.item())


# %% format
@method("__format__")
def _format(tensor, spec):
    """`f"{loss:.3f}"` formats the number of a tensor without dims; other tensors take no format."""
    if not tensor._array.ndim and type(tensor) is Tensor:
        return format(tensor.item(), spec)
    return object.__format__(tensor, spec)


# %% public names
__all__ = ["attribute"]
