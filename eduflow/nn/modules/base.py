"""What every module has besides its parts: freezing, zero_grad, names, what `dir` shows."""

from types import FunctionType

from ..._core.tensor import Tensor
from ..._words.module import check_name, check_value
from ..parameter import Parameter


def part_of(owner):
    """Decorator for a base class: its methods call themselves `owner`'s, as error texts show."""

    def rename(cls):
        for name, value in vars(cls).items():
            if isinstance(value, FunctionType):
                value.__qualname__ = f"{owner}.{name}"
        return cls

    return rename


@part_of("Module")
class Base:
    """The root of all modules: `isinstance(x, Base)` asks whether x is one."""

    def register_parameter(self, name, param):
        """Register `param`, a Parameter or None, under `name`."""
        check_name(self, name, "parameter", "_parameters")
        check_value(param, Parameter, "parameter", name)
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Register a tensor that belongs to the module, but is not trained.

        Unless `persistent`, it is left out of `state_dict`.
        """
        check_name(self, name, "buffer", "_buffers")
        check_value(tensor, Tensor, "buffer", name)
        self._buffers[name] = tensor
        (set.discard if persistent else set.add)(self._non_persistent_buffers_set, name)

    def add_module(self, name, module):
        """Register `module`, a Module or None, under `name`."""
        check_value(module, Base, "module", name)
        check_name(self, name, "module", "_modules")
        self._modules[name] = module

    register_module = add_module

    def requires_grad_(self, requires_grad=True):
        """Ask for gradients of all parameters, or freeze them; returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Forget the gradients of all parameters, or fill them with zeros."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad = None if set_to_none else parameter.grad.detach().zero_()

    def extra_repr(self):
        """What print shows between the parentheses; layers say their sizes here."""
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        for name, module in self._modules.items():
            lines.append(f"({name}): " + repr(module).replace("\n", "\n  "))
        if not self._modules and len(lines) < 2:
            return f"{self._get_name()}({extra})"
        return "\n  ".join([f"{self._get_name()}(", *lines]) + "\n)"

    def _get_name(self):
        return type(self).__name__

    def __dir__(self):
        drawers = (self._parameters, self._modules, self._buffers)
        names = {*object.__dir__(self), *[name for drawer in drawers for name in drawer]}
        return sorted(name for name in names if not name[0].isdigit())

    def __delattr__(self, name):
        for drawer in (self._parameters, self._modules, self._buffers):
            if name in drawer:
                del drawer[name]
                return
        object.__delattr__(self, name)

    def __setstate__(self, state):
        self.__dict__.update(state)
