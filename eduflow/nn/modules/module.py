"""Module: the base of all layers and networks. It knows its parameters, buffers and parts."""

from ..._words.module import (
    check_arguments,
    check_in,
    check_mode,
    check_swap,
    no_attribute,
    no_forward,
)
from ..parameter import Buffer, Parameter
from .base import Base
from .hooks import GLOBAL_HOOKS
from .hooks import register_module_forward_hook as register_module_forward_hook
from .hooks import register_module_forward_pre_hook as register_module_forward_pre_hook
from .hooks import register_module_full_backward_hook as register_module_full_backward_hook
from .hooks import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from .mixins import Mixins

# %% lesson 05 chest
DRAWERS = {"_parameters": Parameter, "_modules": Base, "_buffers": Buffer}


class Chest(Mixins):
    """An object with drawers, in which it looks for what is no ordinary attribute."""

    def __init__(self, *args, **kwargs):
        check_arguments(self, args, kwargs)
        self.__dict__.update(training=True, _parameters={}, _buffers={}, _modules={})
        self.__dict__.update(_non_persistent_buffers_set=set(), _hooks={})

    def __getattr__(self, name):
        """What a drawer holds under `name`, which Python did not find; or AttributeError."""
        for drawer in DRAWERS:
            if name in self.__dict__.get(drawer, ()):
                return self.__dict__[drawer][name]
        raise no_attribute(self, name)


# %% end


# %% lesson 05 registry
class Registry(Chest):
    """What is assigned goes into the drawer of its kind, by its name."""

    def __setattr__(self, name, value):
        """Put parameters, modules and buffers into their drawers; all else is ordinary."""
        for drawer, kind in DRAWERS.items():
            if isinstance(value, kind):
                check_in(self, drawer, name, value)
                for place in (self.__dict__, *[self.__dict__[d] for d in DRAWERS if d != drawer]):
                    place.pop(name, None)
                self.__dict__[drawer][name] = value
                return
            if name in self.__dict__.get(drawer, ()):
                check_swap(drawer, name, value)
                self.__dict__[drawer][name] = value
                return
        object.__setattr__(self, name, value)


# %% end


# %% lesson 05 every
def every(module, seen):
    """`module`, then all in it, each once: a generator. `seen` is the set of those given out."""
    if module not in seen:
        seen.add(module)
        yield module
        for part in module._modules.values():
            if part is not None:
                yield from every(part, seen)


# %% end


# %% lesson 05 module
class Module(Registry):
    """Subclass it, call `super().__init__()`, assign layers and parameters, define `forward`.

    `training` says how to behave: `train()` and `eval()` switch it. Mirrors torch.nn.Module.
    """

    def forward(self, *inputs):
        """What the module computes: every subclass says it anew. Call the module, not this."""
        raise no_forward(self)

    def __call__(self, *args, **kwargs):
        if self._hooks or GLOBAL_HOOKS:  # somebody looks on
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def parameters(self, recurse=True):
        """The parameters of this module and of all in it, each once: for an optimizer."""
        seen = set()
        for module in every(self, set()) if recurse else [self]:
            for parameter in module._parameters.values():
                if parameter is not None and parameter not in seen:
                    seen.add(parameter)
                    yield parameter

    def train(self, mode=True):
        """Let this module and all in it behave as in training; returns the module."""
        check_mode(mode)
        self.training = mode
        for module in self._modules.values():
            if module is not None:
                module.train(mode)
        return self

    def eval(self):
        """Let this module and all in it behave as in use: dropout off. The same as train(False)."""
        return self.train(False)


# %% end
