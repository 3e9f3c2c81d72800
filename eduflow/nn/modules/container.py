# Built by lessons/06_containers.ipynb. Edit it there, or here and `make scatter`.
# %% module-list
"""Containers: modules that hold other modules in order."""

from collections import OrderedDict
from collections.abc import Iterable
from operator import index

from .module import Module


class ModuleList(Module):
    """A list whose modules are registered, made of any iterable. It has no `forward` of its own.

    Mirrors torch.nn.ModuleList.
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def append(self, module):
        """Add a module at the end; returns the list."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules):
        """Add all modules of an iterable at the end; returns the list."""
        _check_iterable(modules, "ModuleList.extend should be called with an iterable")
        for module in modules:
            self.append(module)
        return self

    def __iter__(self):
        return iter(self._modules.values())

    def __len__(self):
        return len(self._modules)

    def __getitem__(self, idx):
        if isinstance(idx, slice):
            return self.__class__(list(self)[idx])
        return self._modules[str(_position(idx, len(self)))]


def _position(idx, length):
    """`idx` as a number from 0 to length - 1; negative ones count from the end."""
    idx = index(idx)
    if not -length <= idx < length:
        raise IndexError(f"index {idx} is out of range")
    return idx % length


def _check_iterable(given, wanted):
    if not isinstance(given, Iterable):
        raise TypeError(f"{wanted}, but got {type(given).__name__}")


# %% sequential
class Sequential(Module):
    """Layers in a row: each is called with what the one before it returned.

    Takes modules, which are named "0", "1" and so on, or one OrderedDict of names and modules;
    TypeError for anything else (None is an empty place). Mirrors torch.nn.Sequential.
    """

    def __init__(self, *args):
        super().__init__()
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else enumerate(args):
            self.add_module(name if named else str(name), module)

    def forward(self, input):
        """Hand `input` from the first layer to the last."""
        for module in self:
            input = module(input)
        return input

    def __iter__(self):
        return iter(self._modules.values())

    def __len__(self):
        return len(self._modules)

    def append(self, module):
        """Add a layer at the end; returns the Sequential."""
        self.add_module(str(len(self)), module)
        return self

    def __getitem__(self, idx):
        """One layer; for a slice, a Sequential of the same layers under their old names."""
        items = list(self._modules.items())
        if isinstance(idx, slice):
            return self.__class__(OrderedDict(items[idx]))
        return items[_position(idx, len(items))][1]


# %% public names
__all__ = ["ModuleList", "Sequential"]
