"""The tensor: a window over storage, described by size, stride, offset and dtype."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from .arguments import creation_argument, dim_among, must_be_single, options_argument
from .calls import answering, as_method
from .device import CPU
from .dtype import dtype, get_default_dtype
from .inference import inference
from .nested import old_style
from .package import PACKAGE
from .printing import formatted
from .size import Size
from .storage import UntypedStorage, address, owner_of


# %% lesson 01 contiguous-strides
def contiguous_strides(shape):
    """The strides of a fresh tensor of this shape: (2, 3) gives (3, 1).

    The last dim moves by 1, each one before it by the product of all sizes to its right (0 as 1).
    """
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


# %% end


# %% lesson 19 element-strides
def element_strides(array):
    """NumPy's byte strides counted in elements; an empty array has those of its shape."""
    if not array.size and not any(array.strides):
        return contiguous_strides(array.shape)
    size = array.itemsize
    return tuple([stride // size for stride in array.strides])


def of_dim(items, dim):
    """The sizes or strides of all dims, or with a `dim` its own; IndexError if there is none."""
    return items if dim is None else items[dim_among(items, dim)]


# %% end


class TensorBase:
    """What lies under Tensor: how it is made by its old name, printed, and read as numbers."""

    __slots__ = ("_array", "_counter", "_node", "__dict__", "__weakref__")

    grad = None  # a leaf's gradient, once backward() has run
    _view = None  # how a view lies in its base; other tensors have none
    __array_priority__ = 1000  # in `ndarray * tensor` the tensor decides
    __hash__ = object.__hash__  # a tensor is a thing of its own; == compares elements
    device = property(lambda self: CPU, doc="Where the memory is: always the CPU.")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__ == __name__:
            cls.__module__ = PACKAGE  # Tensor is eduflow.Tensor, wherever it was built

    def __init__(self, *data: Any) -> None:
        if not (data and isinstance(data[0], Tensor)):
            data = (wrap(old_style(data, get_default_dtype().numpy)),)
        self._array, self._counter, self._node = data[0]._array, data[0]._counter, None

    def __repr__(self) -> str:
        return formatted(self, get_default_dtype().numpy)

    def size(self, dim: int | None = None) -> Any:
        """The sizes of all dims as a Size, or the size of one dim."""
        return of_dim(Size(self._array.shape), dim)

    def data_ptr(self) -> int:
        """The address of the first element; 0 for a tensor without elements."""
        return address(self._array) if self._array.size else 0

    def untyped_storage(self) -> UntypedStorage:
        """The bytes this tensor looks at, which all its views share."""
        return UntypedStorage(self._array)

    def is_contiguous(self) -> bool:
        """Whether the elements lie in storage in reading order, without gaps."""
        return self._array.flags.c_contiguous

    def tolist(self) -> Any:
        """The elements as nested lists; a number for a tensor without dims."""
        return self._array.tolist()

    def item(self) -> Any:
        """The only element, as a Python number; RuntimeError if there are more, or none."""
        must_be_single(self._array)
        return self._array.item()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """A NumPy array over the same memory; a change of one shows in the other.

        Raises RuntimeError if the tensor requires grad: NumPy would not record what it does.
        """
        if self._node is not None and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. "
                "Use tensor.detach().numpy() instead."
            )
        return self._array


# %% lesson 01 tensor-class
class Tensor(TensorBase):
    """A window over a storage: numbers of one dtype, found by size, stride and offset.

    `_array` is the window: NumPy keeps it. `_counter` counts the changes of the memory, and `_node`
    is the tensor's place in a graph of gradients.

    `Tensor(2, 3)` makes zeros of that shape, `Tensor([1, 2])` holds that data, both in the default
    dtype. Use `tensor` or `zeros` in new code. Mirrors torch.Tensor.
    """

    shape = property(lambda self: Size(self._array.shape), doc="The sizes of all dims.")
    dtype = property(lambda self: dtype.by_numpy[self._array.dtype], doc="The kind of number.")

    def stride(self, dim=None):
        """How many elements to move in storage for one step along each dim, or along one."""
        return of_dim(element_strides(self._array), dim)

    def storage_offset(self):
        """How many elements of the storage lie before the first element of the tensor."""
        before = address(self._array) - address(owner_of(self._array))
        return before // self._array.itemsize


def wrap(array):
    """A new tensor around `array`: fresh memory, so nobody has counted changes of it yet."""
    tensor = object.__new__(Tensor)
    tensor._array, tensor._node = array, None
    tensor._counter = inference.counter() if inference else [0]
    return tensor


def alias(tensor, array):
    """A new tensor around `array`, a window over the memory of `tensor`: one counter for both."""
    other = object.__new__(Tensor)
    other._array = array.view() if array is tensor._array else array  # no array serves two
    other._counter, other._node = tensor._counter, None
    return other


# %% end


def created(
    array: np.ndarray,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """The end of every creation function: `array` as a tensor, where and how it was asked for."""
    if requires_grad is not False or layout is not None or pin_memory is not False:
        options_argument(requires_grad, layout, pin_memory)
    creation_argument(array.dtype, device, requires_grad)
    return wrap(array).requires_grad_(True) if requires_grad else wrap(array)


def method(*names: str, of: type = Tensor) -> Callable[..., Any]:
    """Decorator that makes a function a method of Tensor (or of another class), by these names."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if of is Tensor and isinstance(function, FunctionType) and not names[0].startswith("_"):
            function = answering(function, names[0])
            for name in names:
                setattr(of, name, as_method(function, name))
            return function
        for name in names:
            setattr(of, name, function)
        return function

    return register


def attribute(*names: str) -> Callable[..., Any]:
    """Decorator that makes a function an attribute of Tensor, computed when asked for."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        method(*names)(property(function))
        return function

    return register


@method("dim", "ndimension")
@attribute("ndim")
def _dim(tensor: Tensor) -> int:
    """The number of dims."""
    return tensor._array.ndim


@method("numel", "nelement")
def _numel(tensor: Tensor) -> int:
    """The number of elements."""
    return tensor._array.size


@method("__len__")
def _len(tensor: Tensor) -> int:
    if not tensor._array.ndim:
        raise TypeError("len() of a 0-d tensor")
    return tensor._array.shape[0]


@method("element_size")
def _element_size(tensor: Tensor) -> int:
    """Bytes per element."""
    return tensor._array.itemsize


@attribute("itemsize")
def _itemsize(tensor: Tensor) -> int:
    """Bytes per element."""
    return tensor._array.itemsize


@attribute("nbytes")
def _nbytes(tensor: Tensor) -> int:
    """Bytes of all elements together."""
    return tensor._array.nbytes


@attribute("_version")
def _version(tensor: Tensor) -> int:
    """How often the memory was changed in place; RuntimeError for an inference tensor."""
    if type(tensor._counter) is not list:
        raise RuntimeError("Inference tensors do not track version counter.")
    return tensor._counter[0]


@method("is_inference")
def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode. Mirrors torch.is_inference."""
    return type(input._counter) is not list


@attribute("is_cuda")
def _is_cuda(tensor: Tensor) -> bool:
    """Whether the memory is on a CUDA device: never."""
    return False


@method("is_floating_point")
def _is_floating_point(tensor: Tensor) -> bool:
    """Whether the dtype is one of the floating-point kinds."""
    return tensor._array.dtype.kind == "f"


@method("is_complex")
def _is_complex(tensor: Tensor) -> bool:
    """Whether the dtype is one of the complex kinds."""
    return tensor._array.dtype.kind == "c"


@method("__array__")
def _array(tensor: Tensor, dtype: Any = None, copy: Any = None) -> np.ndarray:
    return np.array(tensor.numpy(), dtype=dtype, copy=copy)


@method("__bool__")
def _bool(tensor: Tensor) -> bool:
    if tensor._array.size != 1:
        count = "more than one value" if tensor._array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
    return bool(tensor.item())


def _only(tensor: Tensor) -> Any:
    """The only element of a tensor, as a Python number."""
    if tensor._array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return tensor._array.item()


@method("__float__")
def _float(tensor: Tensor) -> float:
    return float(_only(tensor))


@method("__int__")
def _int(tensor: Tensor) -> int:
    return int(_only(tensor))


@method("__complex__")
def _complex(tensor: Tensor) -> complex:
    return complex(_only(tensor))


@method("__index__")
def _index(tensor: Tensor) -> int:
    if tensor._array.size != 1 or tensor._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(tensor.item())


@method("__format__")
def _format(tensor: Tensor, spec: str) -> str:
    """`f"{loss:.3f}"` formats the number of a tensor without dims; other tensors take no format."""
    if not tensor._array.ndim and type(tensor) is Tensor:
        return format(tensor.item(), spec)
    return object.__format__(tensor, spec)
