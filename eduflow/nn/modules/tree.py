"""The tree of modules: what is in a module, and what is done to all of it."""

from ..._core.growing import grows
from .module import Module


# %% lesson 06 children
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


# %% end
