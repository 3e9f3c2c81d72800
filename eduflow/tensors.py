# Built by lessons/01_tensors_and_storage.ipynb. Change it there, or here and run `make scatter`.
# %% size-class
"""The tensor: a window over storage, described by size, stride, offset and dtype."""

import math

import numpy as np

from .devices import CPU
from .dtypes import dtype
from .storage import UntypedStorage


class Size(tuple):
    """The shape of a tensor: a tuple of ints that knows how many elements it spans."""

    __slots__ = ()

    def numel(self):
        """The number of elements: the product of all sizes."""
        return math.prod(self)

    def __getitem__(self, index):
        part = tuple.__getitem__(self, index)
        return Size(part) if isinstance(index, slice) else part

    def __add__(self, other):
        return Size(tuple(self) + tuple(other))

    def __repr__(self):
        return f"{__package__}.Size({list(self)})"

    __str__ = __repr__


# %% check-dim
def check_dim(dim, ndim):
    """`dim` counted from the front; IndexError, in PyTorch's words, where there is no such dim.

    A tensor without dims accepts 0 and -1, as in PyTorch.
    """
    limit = ndim or 1
    if not -limit <= dim < limit:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
        )
    return dim + limit if dim < 0 else dim


# %% geometry
class _Geometry:
    """What a tensor says of its window: sizes, strides, offset, address."""

    __slots__ = ()

    shape = property(lambda self: Size(self._array.shape), doc="The sizes of all dims.")
    ndim = property(lambda self: self._array.ndim, doc="The number of dims.")

    def size(self, dim=None):
        """The sizes of all dims as a Size, or the size of one dim."""
        shape = self._array.shape
        return Size(shape) if dim is None else shape[_existing(dim, shape)]

    def dim(self):
        """The number of dims."""
        return self._array.ndim

    def numel(self):
        """The number of elements."""
        return self._array.size

    nelement = numel

    def stride(self, dim=None):
        """How many elements to move in storage for one step along each dim, or along one."""
        strides = element_strides(self._array)
        return strides if dim is None else strides[_existing(dim, strides)]

    def __len__(self):
        if not self._array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]


def _existing(dim, items):
    if not items:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return check_dim(dim, len(items))


# %% strides
def contiguous_strides(shape):
    """Row-major strides, in elements, of a tensor of this shape: the last dim moves by one."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def element_strides(array):
    """NumPy's byte strides counted in elements; an empty array has those of its shape."""
    if not array.size and not any(array.strides):
        return contiguous_strides(array.shape)
    size = array.itemsize
    return tuple([stride // size for stride in array.strides])


# %% memory
class _Memory:
    """Where a tensor's elements lie."""

    __slots__ = ()

    device = property(lambda self: CPU, doc="Where the memory is: always the CPU.")
    is_cuda = property(lambda self: False, doc="Whether the memory is on a CUDA device: never.")
    itemsize = property(lambda self: self._array.itemsize, doc="Bytes per element.")
    nbytes = property(lambda self: self._array.nbytes, doc="Bytes of all elements together.")

    def element_size(self):
        """Bytes per element."""
        return self._array.itemsize

    def data_ptr(self):
        """The address of the first element; 0 for a tensor without elements."""
        return self._array.ctypes.data if self._array.size else 0

    def untyped_storage(self):
        """The bytes this tensor looks at, shared with all its views."""
        return UntypedStorage(self._array)

    def storage_offset(self):
        """How many elements of the storage lie before the first element."""
        if not self._array.size:
            return 0
        return (self._array.ctypes.data - UntypedStorage(self._array).data_ptr()) // self.itemsize

    def is_contiguous(self):
        """Whether the elements lie in storage in reading order, without gaps."""
        return self._array.flags.c_contiguous



# %% numbers
class _Numbers:
    """A tensor's elements as Python numbers and NumPy arrays."""

    __slots__ = ()

    dtype = property(lambda self: dtype.by_numpy[self._array.dtype], doc="The kind of number.")

    def item(self):
        """The only element, as a Python number; RuntimeError if there are more, or none."""
        if self._array.size != 1:
            raise RuntimeError(
                f"a Tensor with {self._array.size} elements cannot be converted to Scalar"
            )
        return self._array.item()

    def tolist(self):
        """The elements as nested lists; a number for a tensor without dims."""
        return self._array.tolist()

    def numpy(self, *, force=False):
        """A NumPy array over the same memory; a change of one shows in the other.

        Raises RuntimeError if the tensor requires grad: NumPy would not record what it does.
        """
        if self._node is not None and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        return self._array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def is_floating_point(self):
        """Whether the dtype is one of the floating-point kinds."""
        return self._array.dtype.kind == "f"

    def is_complex(self):
        """Whether the dtype is one of the complex kinds."""
        return self._array.dtype.kind == "c"


# %% tensor-class
class Tensor(_Geometry, _Memory, _Numbers):
    """An n-dimensional array of numbers of one dtype, with a place in a gradient graph.

    `_array` is the window: NumPy keeps size, stride and a pointer for it, just as PyTorch does.
    `_version` counts in-place changes, one counter for all tensors that share the memory.
    `_node` is where gradients go: None, the operation that made the tensor, or a leaf's collector.

    `Tensor(2, 3)` makes zeros of that shape, `Tensor([1, 2])` holds that data, both float32. Use
    `tensor` or `zeros` in new code. Mirrors torch.Tensor.
    """

    __slots__ = ("_array", "_version", "_node", "__dict__", "__weakref__")

    grad = None  # a leaf's gradient, once backward() has run
    _view = None  # how a view lies in its base; other tensors have none
    __array_priority__ = 1000  # in `ndarray * tensor` the tensor decides
    __hash__ = object.__hash__  # a tensor is a thing of its own; == compares elements

    def __init__(self, *data):
        if len(data) == 1 and not isinstance(data[0], int):
            self._array = np.array(data[0], dtype=np.float32)
        else:
            self._array = np.zeros(data, dtype=np.float32)
        self._version, self._node = [0], None


# %% wrap
def wrap(array):
    """A new tensor around `array`: fresh memory, so nobody has counted changes of it yet."""
    tensor = object.__new__(Tensor)
    tensor._array = array
    tensor._version = [0]
    tensor._node = None
    return tensor


def alias(tensor, array):
    """A new tensor around `array`, a window over the memory of `tensor`: one version counter."""
    window = object.__new__(Tensor)
    window._array = array
    window._version = tensor._version
    window._node = None
    return window


# %% method
def method(*names):
    """Decorator that makes a function a method of Tensor, under each of the given names."""

    def register(function):
        for name in names:
            setattr(Tensor, name, function)
        return function

    return register


# %% conversions
@method("__bool__")
def _bool(tensor):
    if tensor._array.size != 1:
        raise RuntimeError(
            "Boolean value of Tensor with "
            + ("no values is ambiguous" if not tensor._array.size else "more than one value is ambiguous")
        )
    return bool(tensor.item())


@method("__float__")
def _float(tensor):
    return float(tensor.item())


@method("__int__")
def _int(tensor):
    return int(tensor.item())


@method("__complex__")
def _complex(tensor):
    return complex(tensor.item())


@method("__index__")
def _index(tensor):
    if tensor._array.size != 1 or tensor._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(tensor.item())
