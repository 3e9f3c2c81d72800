# Built by lessons/06_containers.ipynb. Edit it there, or here and `make scatter`.
# %% children
"""The tree of modules: what is in a module, what is in that, and how to get there."""

from .module import Module, grows


@grows(Module)
class _Children:
    def named_children(self):
        """Pairs (name, module) of what was registered in this module itself, each module once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self):
        """The modules registered in this module itself, in the order in which they were."""
        for _, module in self.named_children():
            yield module

    def apply(self, fn):
        """Call `fn` with every module in this one, and at last with this one; returns it."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self


# %% get-submodule
@grows(Module)
class _Getting:
    def get_submodule(self, target):
        """The module at a path such as "body.0"; the module itself for "".

        AttributeError if something on the path does not exist, or is not a module.
        """
        module = self
        for name in target.split(".") if target else ():
            parent, module = module, getattr(module, name, _NOTHING)
            if module is _NOTHING:
                raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module


_NOTHING = object()


# %% public names
__all__ = []
