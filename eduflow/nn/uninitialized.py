# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% uninitialized
"""Parameters and buffers that do not know their shape yet."""

from .. import dtypes
from ..autograd.node import AccumulateGrad
from ..creation_more import empty
from ..dtypes import get_default_dtype
from ..growing import grows
from ..tensors import Tensor
from . import parameter as parameter_module
from .parameter import Parameter


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


# %% materialize
@grows(_Uninitialized)
class _Becoming:
    def materialize(self, shape, device=None, dtype=None):
        """Become an ordinary parameter (or buffer) of this shape, with memory but no values."""
        memory = empty(*shape, device=device, dtype=dtype or self.__dict__.pop("_dtype"))
        self.__class__ = self.cls_to_become
        self._array, self._counter = memory._array, memory._counter

    def to(self, dtype):
        """The same, to be of another dtype one day: what `module.double()` needs."""
        return type(self)(self._node is not None, dtype=dtype)

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


# %% uninitialized-parameter
class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is found out later. Mirrors torch.nn.UninitializedParameter."""

    __slots__ = ()
    cls_to_become = Parameter

    def __init__(self, requires_grad=True, device=None, dtype=None):
        self._counter, self.__dict__["_dtype"] = [0], dtype or get_default_dtype()
        self._node = AccumulateGrad(self) if requires_grad else None


class UninitializedBuffer(_Uninitialized, Tensor):
    """A buffer whose shape is found out later. Mirrors torch.nn.UninitializedBuffer."""

    __slots__ = ()
    cls_to_become = Tensor

    def __init__(self, requires_grad=False, device=None, dtype=None, persistent=True):
        self._counter, self.__dict__["_dtype"] = [0], dtype or get_default_dtype()
        self._node = AccumulateGrad(self) if requires_grad else None


def _is_lazy(tensor):
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(tensor, _Uninitialized)


def _shorthand(name):
    return lambda tensor: tensor.to(getattr(dtypes, name))


for _name, _dtype in (("float", "float32"), ("double", "float64"), ("half", "float16")):
    setattr(_Uninitialized, _name, _shorthand(_dtype))
_Uninitialized.is_floating_point = lambda tensor: tensor.dtype.is_floating_point

# PyTorch has them in torch.nn.parameter.
parameter_module.UninitializedParameter = UninitializedParameter
parameter_module.UninitializedBuffer = UninitializedBuffer
parameter_module.is_lazy = _is_lazy


# %% public names
__all__ = ["UninitializedBuffer", "UninitializedParameter"]
