"""Module: the base of all layers and networks. It knows its parameters, buffers and parts."""

from ..._core.growing import grows
from ..._core.tensor import Tensor
from ..._words.module import check_arguments, check_name, check_ready, check_value, refusal
from ..parameter import Buffer, Parameter

# %% lesson 05 module
GLOBAL_HOOKS: dict = {}  # hooks on all modules at once; nobody has any yet
_HOOKS = ("_backward_pre_hooks", "_backward_hooks", "_forward_pre_hooks", "_forward_hooks")


class Module:
    """Subclass it, call `super().__init__()`, assign layers and parameters, define `forward`.

    A Parameter or a Module that becomes an attribute is registered: `parameters()` finds it.
    `training` says how to behave: `train()` and `eval()` switch it. Mirrors torch.nn.Module.
    """

    def __init__(self, *args, **kwargs):
        check_arguments(self, args, kwargs)
        self.__dict__.update(training=True, _parameters={}, _buffers={})
        self.__dict__.update(_non_persistent_buffers_set=set(), **{hook: {} for hook in _HOOKS})
        self.__dict__["_modules"] = {}

    def register_parameter(self, name, param):
        """Register `param`, a Parameter or None, under `name`."""
        check_name(self, name, "parameter", "_parameters")
        check_value(param, Parameter, "parameter", name)
        self._parameters[name] = param

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


# %% end


# %% lesson 05 assigning
_KINDS = (
    ("parameters", "_parameters", Parameter),
    ("module", "_modules", Module),
    ("buffer", "_buffers", Buffer),
)


@grows(Module)
class _Assigning:
    def __setattr__(self, name, value):
        """Parameters and modules are registered, everything else is an ordinary attribute."""
        for kind, room, wanted in _KINDS:
            if isinstance(value, wanted):
                return _move_in(self, name, value, kind, room)
            if name in self.__dict__.get(room, ()):
                if value is not None and not (kind == "buffer" and isinstance(value, Tensor)):
                    raise refusal(value, kind, name)
                self.__dict__[room][name] = value
                return None
        return object.__setattr__(self, name, value)

    def __getattr__(self, name):  # asked only for what is no ordinary attribute
        for _, room, _ in _KINDS:
            if name in self.__dict__.get(room, ()):
                return self.__dict__[room][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def _move_in(module, name, value, kind, room):
    """Register `value` under `name`, where something else may stand so far."""
    check_ready(module, kind, room)
    if kind == "module" and name in module._parameters:
        raise refusal(value, "parameters", name)
    if name not in module.__dict__[room]:
        for place in (module.__dict__, module._parameters, module._buffers, module._modules):
            place.pop(name, None)
        module._non_persistent_buffers_set.discard(name)
    if kind == "parameters":
        check_name(module, name, "parameter", room)
    if kind == "buffer" and not value.persistent:
        module._non_persistent_buffers_set.add(name)
    module.__dict__[room][name] = value


# %% end


# %% lesson 05 walking
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

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, parameter) of this module and, unless told otherwise, of all in it."""
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def _named_members(self, room, prefix, recurse, remove_duplicate):
        found, here = set(), [(prefix, self)]
        places = self.named_modules(None, prefix, remove_duplicate) if recurse else here
        for path, module in places:
            for name, member in getattr(module, room).items():
                if member is not None and not (remove_duplicate and member in found):
                    found.add(member)
                    yield (f"{path}.{name}" if path else name), member

    def parameters(self, recurse=True):
        """The parameters of this module and of all modules in it: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter


# %% end


# %% lesson 05 modes
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


# %% end


@grows(Module)
class _Walking_module_more:
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
