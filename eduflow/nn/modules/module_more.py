# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% module-more
"""More of Module: buffers, registering by name, freezing, forgetting gradients."""

from ...module_refusals import check_name, check_value
from ...tensors import Tensor
from .module import Module, grows


@grows(Module)
class _Walking:
    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, buffer) of this module and, unless told otherwise, of all in it."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        """The buffers of this module and of all modules in it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def modules(self, remove_duplicate=True):
        """This module, and all modules in it, each once unless told otherwise."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module


# %% registering
@grows(Module)
class _Registering:
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
        check_value(module, Module, "module", name)
        check_name(self, name, "module", "_modules")
        self._modules[name] = module

    register_module = add_module

    def __delattr__(self, name):
        for room in ("_parameters", "_buffers", "_modules"):
            if name in getattr(self, room):
                del self.__dict__[room][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)


# %% freezing
@grows(Module)
class _Freezing:
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

    def __dir__(self):
        rooms = (self._parameters, self._modules, self._buffers)
        names = {*object.__dir__(self), *[name for room in rooms for name in room]}
        return sorted(name for name in names if not name[0].isdigit())

    def __setstate__(self, state):
        self.__dict__.update(state)


# %% public names
__all__ = []
