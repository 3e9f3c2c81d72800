"""Parameters and buffers: the tensors of a module that are trained, and those that are not."""

import numpy as np

from .._core.dtype import float16, float32, float64, get_default_dtype
from .._core.tensor import Tensor, wrap
from .._words.module import check_parameter
from ..autograd.graph import collector
from ..ops.factories import empty

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "is_lazy",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here."""
    return __all__


class _IsBuffer(type):
    def __instancecheck__(cls, x):
        return isinstance(x, Tensor) and getattr(x, "_is_buffer", False)


class Buffer(metaclass=_IsBuffer):
    """`Buffer(data)` is a tensor that registers itself when it becomes an attribute of a module.

    It shares the memory of `data`. Unless `persistent`, it is left out of `state_dict`.
    Mirrors torch.nn.Buffer.
    """

    def __new__(cls, data=None, *, persistent=True):
        data = wrap(np.empty(0, get_default_dtype().numpy)) if data is None else data
        buffer = data.detach().requires_grad_(data.requires_grad)
        buffer.persistent, buffer._is_buffer = persistent, True
        return buffer


class Copied(Tensor):
    """A tensor whose copies are of its own class."""

    __slots__ = ()

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]


class Parameter(Copied):
    """A tensor that registers itself when it becomes an attribute of a module, to be trained.

    A leaf that shares the memory of `data` (by default it is empty). Mirrors torch.nn.Parameter.
    """

    def __init__(self, data=None, requires_grad=True):
        data = empty(0) if data is None else data.detach()
        check_parameter(data, requires_grad)
        self._array, self._counter, self._node = data._array, data._counter, None
        self.requires_grad_(requires_grad)

    def __repr__(self):
        return f"Parameter containing:\n{super().__repr__()}"


class _Uninitialized:
    """What both have in common. Whoever wants to compute with them gets an error."""

    __slots__ = ()

    @property
    def _array(self):
        raise ValueError(
            "Attempted to use an uninitialized parameter. This error happens when you are using a "
            "`LazyModule` or explicitly manipulating `torch.nn.parameter.UninitializedParameter` "
            "objects. When using LazyModules Call `forward` with a dummy batch to initialize the "
            "parameters before calling torch functions"
        )

    @property
    def shape(self):
        """RuntimeError: nobody knows it yet."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes."
        )

    @property
    def dtype(self):
        """The dtype that it will have."""
        return self.__dict__["_dtype"]

    def materialize(self, shape, device=None, dtype=None):
        """Become an ordinary parameter (or buffer) of this shape, with memory but no values."""
        memory = empty(*shape, device=device, dtype=dtype or self.__dict__.pop("_dtype"))
        self.__class__ = self.cls_to_become
        self._array, self._counter = memory._array, memory._counter

    def to(self, dtype):
        """The same, to be of another dtype one day: what `module.double()` needs."""
        return type(self)(self._node is not None, dtype=dtype)

    def float(self):
        """The same, to be of dtype float32 one day."""
        return self.to(float32)

    def double(self):
        """The same, to be of dtype float64 one day."""
        return self.to(float64)

    def half(self):
        """The same, to be of dtype float16 one day."""
        return self.to(float16)

    def is_floating_point(self):
        """Whether its dtype is one of the floating-point kinds."""
        return self.dtype.is_floating_point

    def detach(self):
        """There is nothing to detach from: the parameter itself."""
        return self

    def __reduce_ex__(self, protocol):
        return type(self), (self._node is not None, None, self.dtype)

    @property
    def data(self):
        """There is none yet: the parameter itself."""
        return self

    @data.setter
    def data(self, other):
        self.__dict__["_dtype"] = other.dtype

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self._node is not None, dtype=self.dtype)
        return memo[id(self)]


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is found out later. Mirrors torch.nn.UninitializedParameter."""

    __slots__ = ()
    cls_to_become = Parameter

    def __init__(self, requires_grad=True, device=None, dtype=None):
        self._counter, self.__dict__["_dtype"] = [0], dtype or get_default_dtype()
        self._node = collector(self) if requires_grad else None


class UninitializedBuffer(_Uninitialized, Tensor):
    """A buffer whose shape is found out later. Mirrors torch.nn.UninitializedBuffer."""

    __slots__ = ()
    cls_to_become = Tensor

    def __init__(self, requires_grad=False, device=None, dtype=None, persistent=True):
        self._counter, self.__dict__["_dtype"] = [0], dtype or get_default_dtype()
        self._node = collector(self) if requires_grad else None


def is_lazy(tensor):
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(tensor, _Uninitialized)
