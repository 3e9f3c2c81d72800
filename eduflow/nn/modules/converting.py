"""Modules in another dtype: every parameter and buffer is changed in its place."""

from ..._core.device import device as device_class
from ..._core.device import require_cpu
from ..._core.dtype import dtype as dtype_class
from ..._core.tensor import Tensor
from ...autograd.grad_mode import no_grad
from .base import part_of


@part_of("Module")
class Converting:
    """Every parameter and buffer in another dtype."""

    def _apply(self, function, recurse=True):
        """Replace every parameter, its gradient and every buffer by `function` of it."""
        for module in self._modules.values() if recurse else ():
            if module is not None:
                module._apply(function)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    _replace(parameter, function)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = function(buffer)
        return self

    def to(self, *args, dtype=None, device=None, non_blocking=False, memory_format=None):
        """Convert all floating point parameters and buffers; returns the module itself.

        `to(float64)`, `to("cpu")`, `to("cpu", float64)`, `to(tensor)`. Other devices raise. A
        `memory_format` is for the parameters of four or five dims.
        """
        for argument in args:
            if isinstance(argument, (str, device_class)):
                device = argument
            elif isinstance(argument, (Tensor, dtype_class)):
                dtype = getattr(argument, "dtype", argument)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={dtype}"
            )
        require_cpu(device)
        if dtype is None and memory_format is None:
            return self
        return self._apply(lambda t: _converted(t, dtype, memory_format))

    def type(self, dst_type):
        """Convert all parameters and buffers, whatever they are, to a dtype or a type's name."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self):
        """All floating point parameters and buffers as float32; returns the module."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self):
        """All floating point parameters and buffers as float64; returns the module."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self):
        """All floating point parameters and buffers as float16; returns the module."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def cpu(self):
        """This module: it is on the CPU already."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device=None):
        """Raises AssertionError if there is anything to move: there is no CUDA here."""
        return self._apply(lambda t: t.cuda(device))


def _replace(parameter, function):
    """Give a parameter, and its gradient, new values; both stay the objects they are."""
    parameter.data = function(parameter.data)
    if parameter.grad is not None:
        parameter.grad.data = function(parameter.grad.data)


def _converted(tensor, dtype, memory_format):
    if not (tensor.is_floating_point() or tensor.is_complex()):
        dtype = None
    return tensor.to(dtype, memory_format=memory_format if tensor.ndim in (4, 5) else None)
