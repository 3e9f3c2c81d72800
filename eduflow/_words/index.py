"""What stands in brackets, read into its plainest form, and refused in PyTorch's words."""

import operator

import numpy as np

from .._core.arguments import NUMBERS, computed
from .._core.tensor import Tensor, wrap


def items_of(index, ndim):
    """The entries of an index, each read; IndexError where they stand for more than `ndim` dims."""
    items = _entries(index)
    if sum(map(_dims_asked, items)) > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    return [read_entry(item) for item in items]


def _entries(index):
    """The entries of an index. A list is one entry, unless it holds lists, slices and the like."""
    if isinstance(index, tuple):
        return index
    if isinstance(index, (list, range)) and len(index) < 32:
        inner = (Tensor, list, tuple, range, np.ndarray, slice, type(None), type(...))
        if any(isinstance(item, inner) for item in index):
            return tuple(index)
    return (index,)


def read_entry(item):
    """One entry of an index in its plainest form: int, bool, None, ..., slice or index array."""
    if item is None or item is Ellipsis or isinstance(item, (bool, int, slice)):
        return item
    if isinstance(item, (np.bool_, np.integer)):
        return item.item()
    if isinstance(item, (Tensor, np.ndarray)):
        return _read_array(item._array if isinstance(item, Tensor) else item)
    if isinstance(item, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(item).__name__}'")
    if hasattr(item, "__len__") and hasattr(item, "__getitem__") and not isinstance(item, dict):
        array = np.array(item)
        return _read_array(array if array.dtype.kind == "b" else array.astype(np.int64))
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
        f"indices (got {type(item).__name__})"
    )


def _read_array(array):
    """An index array, which without dims is a number."""
    array = index_array(array)
    return array if array.ndim else array.item()


def index_array(array):
    """An array to index with: numbers of places, or a mask of bools. One of uint8 is a mask."""
    if array.dtype == np.uint8:
        array = array.astype(bool)
    if array.dtype.kind != "b" and array.dtype not in (np.int64, np.int32):
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    return array


def _dims_asked(item):
    """How many dims of the tensor an entry of an index, as it is given, stands for."""
    item = item._array if isinstance(item, Tensor) else item
    if isinstance(item, np.ndarray):
        return item.ndim if item.dtype in (bool, np.uint8) else 1
    return 0 if item is None or item is Ellipsis or isinstance(item, bool) else 1


def only_tensor(index):
    """The one index array of an index, if it is a tensor: autograd watches whether it changes."""
    kinds = (Tensor, np.ndarray, list, tuple, range, bool)
    items = [item for item in _entries(index) if isinstance(item, kinds)]
    if len(items) == 1 and isinstance(items[0], Tensor) and items[0]._array.ndim:
        return items[0]
    return None


def value_to_write(value, tensor):
    """What is to be written into `tensor`, a number or a tensor, as a tensor.

    ValueError or RuntimeError for a number that does not fit, TypeError for anything else.
    """
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, NUMBERS):
        kind = type(value)
        home = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        raise TypeError(f"can't assign a {home}{kind.__name__} to a {tensor.type()}")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("Overflow when unpacking long long")
    return wrap(computed(value, tensor._array.dtype))


def place_of(index, shape, dim, position):
    """A place along `dim`, counted from the front; IndexError where there is none.

    `position` is where the index stood.
    """
    size = shape[dim] if shape else 0
    if not -size <= index < size:
        raise _no_such_place(index, shape, dim, position)
    return index % size


def places_of(part, shape, dim):
    """start, stop and step of a slice along `dim`; ValueError unless the step is positive."""
    if part.step is not None and operator.index(part.step) < 0:
        raise ValueError("step must be greater than zero")
    part.indices(1)  # Python's own errors come first
    if not shape:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    return part.indices(shape[dim])


def is_whole(part, size):
    """Whether a slice plainly asks for all of `size` places, as `:` does."""
    stop = part.stop is None or operator.index(part.stop) >= size
    return part.start in (None, 0) and stop and part.step in (None, 1)


def check_masks(places, shape):
    """IndexError for a mask of another shape than the dims of `shape` from the one it stands at."""
    for dim, item in places.items():
        mask = item.shape if item.dtype.kind == "b" else ()
        for i, size in enumerate(mask):
            if size != shape[dim + i]:
                raise IndexError(
                    f"The shape of the mask {list(mask)} at index {i} does not match the shape of "
                    f"the indexed tensor {list(shape)} at index {dim + i}"
                )


def _no_such_place(index, shape, dim, position):
    """The IndexError for a number that is no place along `dim`; `position` is where it stood."""
    if not shape and index == 0:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
            "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
        )
    size = shape[dim] if shape else 0
    return IndexError(f"index {index} is out of bounds for dimension {position} with size {size}")


def check_arrays(arrays, sizes):
    """IndexError, in PyTorch's words, for arrays that do not fit together or point outside."""
    try:
        arrays = np.broadcast_arrays(*arrays)
    except ValueError:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    if 0 in sizes:
        raise IndexError("index is out of bounds for dimension with size 0")
    for row in zip(*[array.ravel().tolist() for array in arrays]):
        for dim, (index, size) in enumerate(zip(row, sizes)):
            if not -size <= index < size:
                raise IndexError(
                    f"index {index} is out of bounds for dimension {dim} with size {size}"
                )
