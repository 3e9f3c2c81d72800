# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% module
"""Module: the base of all layers and networks. It knows its parameters, buffers and parts."""

from ...tensors import Tensor
from ...typename import typename
from ..parameter import Parameter

GLOBAL_HOOKS: dict = {}  # hooks on all modules at once; nobody has any yet
_HOOKS = ("_backward_pre_hooks", "_backward_hooks", "_forward_pre_hooks", "_forward_hooks")


class Module:
    """Subclass it, call `super().__init__()`, assign layers and parameters, define `forward`.

    A Parameter or a Module that becomes an attribute is registered: `parameters()` finds it.
    `training` says how to behave: `train()` and `eval()` switch it. Mirrors torch.nn.Module.
    """

    def __init__(self, *args, **kwargs):
        name = f"{type(self).__name__}.__init__()"
        if kwargs:
            raise TypeError(f"{name} got an unexpected keyword argument '{next(iter(kwargs))}'")
        if args:
            raise TypeError(f"{name} takes 1 positional argument but {len(args) + 1} were given")
        self.__dict__.update(training=True, _parameters={}, _buffers={})
        self.__dict__.update(_non_persistent_buffers_set=set(), **{hook: {} for hook in _HOOKS})
        self.__dict__["_modules"] = {}

    def forward(self, *inputs):
        """What the module computes: every subclass says it anew. Call the module, not this."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args, **kwargs):
        if self._backward_hooks or self._backward_pre_hooks or GLOBAL_HOOKS:
            return self._call_with_hooks(args, kwargs)
        if self._forward_hooks or self._forward_pre_hooks:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)


# %% grows
_OF_EVERY_CLASS = {*vars(type("Empty", (), {})), "__qualname__"}


def grows(cls):
    """Decorator: the methods and properties of the decorated class become those of `cls`.

    So a class can be built in several cells, and floors above can add to it. In such a method
    write `super(Module, self)` in full: the short form would mean the decorated class.
    """

    def grow(room):
        for name, value in vars(room).items():
            if name not in _OF_EVERY_CLASS:
                setattr(cls, name, value)
                if hasattr(value, "__qualname__"):  # what error texts call a function
                    value.__qualname__ = f"{cls.__name__}.{name}"
        return room

    return grow


# %% assigning
@grows(Module)
class _Assigning:
    def __setattr__(self, name, value):
        """Parameters and modules are registered, everything else is an ordinary attribute."""
        for kind, room, wanted in _KINDS:
            if isinstance(value, wanted):
                return _move_in(self, name, value, kind, room)
            if name in self.__dict__.get(room, ()):
                if value is not None and not (kind == "buffer" and isinstance(value, Tensor)):
                    raise _refusal(value, kind, name)
                self.__dict__[room][name] = value
                return None
        return object.__setattr__(self, name, value)

    def __getattr__(self, name):  # asked only for what is no ordinary attribute
        for _, room, _ in _KINDS:
            if name in self.__dict__.get(room, ()):
                return self.__dict__[room][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for room in ("_parameters", "_buffers", "_modules"):
            if name in getattr(self, room):
                del self.__dict__[room][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)


# %% moving-in
_KINDS = (
    ("parameters", "_parameters", Parameter),
    ("module", "_modules", Module),
    ("buffer", "_buffers", ()),
)
_HOME = __name__.split(".")[0]
_WRONG = {
    "parameters": f"parameter '{{}}' ({_HOME}.nn.Parameter or None expected)",
    "module": f"child module '{{}}' ({_HOME}.nn.Module or None expected)",
    "buffer": f"buffer '{{}}' ({_HOME}.nn.Buffer, {_HOME}.Tensor or None expected)",
}


def _refusal(value, kind, name):
    return TypeError(f"cannot assign '{typename(value)}' as {_WRONG[kind].format(name)}")


def _move_in(module, name, value, kind, room):
    """Register `value` under `name`, where something else may stand so far."""
    if room not in module.__dict__:
        raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
    if kind == "module" and name in module._parameters:
        raise _refusal(value, "parameters", name)
    for other in ("_parameters", "_buffers", "_modules"):
        if other != room:
            module.__dict__[other].pop(name, None)
    module.__dict__.pop(name, None)
    module._non_persistent_buffers_set.discard(name)
    if kind == "parameters":
        module.register_parameter(name, value)
    else:
        module.__dict__[room][name] = value


# %% registering
@grows(Module)
class _Registering:
    def register_parameter(self, name, param):
        """Register `param`, a Parameter or None, under `name`."""
        _check_name(self, name, "parameter", "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' "
                f"({_HOME}.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Register a tensor that belongs to the module, but is not trained.

        Unless `persistent`, it is left out of `state_dict`.
        """
        _check_name(self, name, "buffer", "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (set.discard if persistent else set.add)(self._non_persistent_buffers_set, name)

    def add_module(self, name, module):
        """Register `module`, a Module or None, under `name`."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        _check_name(self, name, "module", "_modules")
        self._modules[name] = module

    register_module = add_module


# %% names
def _check_name(module, name, kind, room):
    """The errors of a name that nothing can be registered under."""
    if room not in module.__dict__ and kind != "module":
        raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
    if not isinstance(name, str):
        raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
    if "." in name:
        got = f", got: {name}" if kind == "module" else ""
        raise KeyError(f'{kind} name can\'t contain "."{got}')
    if name == "":
        raise KeyError(f'{kind} name can\'t be empty string ""')
    if hasattr(module, name) and name not in getattr(module, room):
        raise KeyError(f"attribute '{name}' already exists")


# %% walking
@grows(Module)
class _Walking:
    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """Pairs (path, module): this module first, under `prefix`, then all that is in it."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)

    def _named_members(self, room, prefix, recurse, remove_duplicate):
        found = set()
        here = [(prefix, self)]
        places = self.named_modules(None, prefix, remove_duplicate) if recurse else here
        for path, module in places:
            for name, member in getattr(module, room).items():
                if member is not None and not (remove_duplicate and member in found):
                    found.add(member)
                    yield (f"{path}.{name}" if path else name), member

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, parameter) of this module and, unless told otherwise, of all in it."""
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, buffer) of this module and, unless told otherwise, of all in it."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)


# %% iterating
@grows(Module)
class _Iterating:
    def modules(self, remove_duplicate=True):
        """This module, and all modules in it, each once unless told otherwise."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def parameters(self, recurse=True):
        """The parameters of this module and of all modules in it: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def buffers(self, recurse=True):
        """The buffers of this module and of all modules in it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer


# %% modes
@grows(Module)
class _Modes:
    def train(self, mode=True):
        """Let this module and all in it behave as in training; returns the module."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self._modules.values():
            if module is not None:
                module.train(mode)
        return self

    def eval(self):
        """Let this module and all in it behave as in use: dropout off. The same as train(False)."""
        return self.train(False)

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


# %% printing
@grows(Module)
class _Printing:
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
        rooms = (self._parameters, self._modules, self._buffers)
        names = {*object.__dir__(self), *[name for room in rooms for name in room]}
        return sorted(name for name in names if not name[0].isdigit())

    def __setstate__(self, state):
        self.__dict__.update(state)


# %% public names
__all__ = ["GLOBAL_HOOKS", "Module", "grows"]
