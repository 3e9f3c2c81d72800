# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% item-assignment
"""What lists of layers can do besides: replace, delete, insert, join, repeat, print shortly."""

from itertools import chain, groupby

from ...typename import typename
from .container import ModuleList, Sequential, _position
from .module import Module, grows


@grows(Sequential)
@grows(ModuleList)
class _Editing:
    def __setitem__(self, idx, module):
        """Put `module` in the place of another one."""
        setattr(self, _name(self, idx), module)

    def __delitem__(self, idx):
        """Take out one module, or those of a slice; the others are numbered anew."""
        names = list(self._modules)
        gone = names[idx] if isinstance(idx, slice) else [_name(self, idx)]
        rest = [module for name, module in self._modules.items() if name not in gone]
        self._modules = {str(place): module for place, module in enumerate(rest)}

    def pop(self, key):
        """Take out one module, or those of a slice, and return them."""
        module = self[key]
        del self[key]
        return module


def _name(container, idx):
    """The name of the module at a position."""
    return list(container._modules)[_position(idx, len(container))]


def _make_room(container, index):
    """Move all modules from position `index` on by one: the names are numbers."""
    modules = container._modules
    for place in range(len(modules), index, -1):
        modules[str(place)] = modules[str(place - 1)]


# %% sequential-editing
@grows(Sequential)
class _SequentialEditing:
    def insert(self, index, module):
        """Put a layer in before position `index`; returns the Sequential."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        index += len(self) if index < 0 else 0
        _make_room(self, index)
        self._modules[str(index)] = module
        return self

    def extend(self, sequential):
        """Add all layers of an iterable at the end; returns the Sequential."""
        for module in list(sequential):
            self.append(module)
        return self


# %% sequential-arithmetic
@grows(Sequential)
class _SequentialArithmetic:
    def __add__(self, other):
        """A Sequential of the layers of both: the same layers, not copies."""
        return Sequential(*self).__iadd__(other)

    def __iadd__(self, other):
        if not isinstance(other, Sequential):
            raise ValueError(
                "add operator supports only objects of Sequential class, but "
                f"{type(other)} is given."
            )
        return self.extend(other)

    def __mul__(self, other):
        """A Sequential that goes through the same layers several times: they are shared."""
        return Sequential(*self).__imul__(other)

    def __rmul__(self, other):
        return self * other

    def __imul__(self, other):
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(other)}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for {type(self)}")
        return self.extend(list(self) * (other - 1))


# %% module-list-editing
@grows(ModuleList)
class _ModuleListEditing:
    def insert(self, index, module):
        """Put a module in before position `index`."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        _make_room(self, index)
        self._modules[str(index)] = module

    def __add__(self, other):
        """A ModuleList of the modules of both; `other` is any iterable of modules."""
        return ModuleList(chain(self, other))

    def __iadd__(self, modules):
        return self.extend(modules)


# %% module-list-repr
@grows(ModuleList)
class _ModuleListPrinting:
    def __repr__(self):
        """Modules in a row that print the same share one line."""
        lines = [f"{self._get_name()}("]
        for text, run in groupby(enumerate(map(repr, self)), key=lambda pair: pair[1]):
            places = [place for place, _ in run]
            first, last, count = places[0], places[-1], len(places)
            head = f"({first}): " if count == 1 else f"({first}-{last}): {count} x "
            lines.append(head + text.replace("\n", "\n  "))
        return "\n  ".join(lines) + "\n)" if len(lines) > 1 else f"{self._get_name()}()"


# %% public names
__all__ = []
