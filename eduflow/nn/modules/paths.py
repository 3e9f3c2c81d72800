"""Modules, parameters and buffers by their path in the tree, and modules put in place by it."""

from ...ops.factories import empty_like
from ..parameter import Parameter
from .base import Base, part_of


@part_of("Module")
class Paths:
    """What stands at a path, and what is put there."""

    def get_submodule(self, target):
        """The module at a path such as "body.0"; the module itself for "".

        AttributeError if something on the path does not exist, or is not a module.
        """
        module = self
        for name in target.split(".") if target else ():
            parent, module = module, getattr(module, name, _NOTHING)
            if module is _NOTHING:
                raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
            if not isinstance(module, Base):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target):
        """The parameter at a path such as "body.0.weight"; AttributeError if there is none."""
        _, name, value = _at(self, target)
        if not isinstance(value, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return value

    def get_buffer(self, target):
        """The buffer at a path such as "body.1.running_mean"; AttributeError if there is none."""
        owner, name, value = _at(self, target)
        if name not in owner._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return value

    def set_submodule(self, target, module, strict=False):
        """Put `module` at a path such as "body.0", in place of the module that is there.

        If `strict` there has to be one, else the last name may be new. AttributeError for a path
        that does not exist or leads to something that is no module.
        """
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        replaces = strict or hasattr(owner, name)
        if replaces and not isinstance(_at(owner, name)[-1], Base):
            raise AttributeError(f"`{name}` is not an nn.Module")
        if not isinstance(module, Base):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        setattr(owner, name, module)

    def to_empty(self, *, device, recurse=True):
        """Give every parameter and buffer new memory whose values are anything; on the CPU."""
        return self._apply(lambda tensor: empty_like(tensor, device=device), recurse=recurse)

    def share_memory(self):
        """Raises RuntimeError: memory that processes share is nothing NumPy arrays have."""
        raise RuntimeError(
            "share_memory() is not available: the tensors' memory is an ordinary NumPy array, and "
            "another process would change a copy. Send a state_dict() instead."
        )


def _at(module, target):
    """What a path leads to: the module it belongs to, its name there, and itself."""
    path, _, name = target.rpartition(".")
    owner = module.get_submodule(path)
    if not hasattr(owner, name):
        raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
    return owner, name, getattr(owner, name)


_NOTHING = object()
