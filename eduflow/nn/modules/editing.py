# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% item-assignment
"""What containers can do besides: replace, delete, insert, join and repeat."""

from collections import OrderedDict
from itertools import chain

from ...typename import typename
from ..parameter import Parameter
from .container import (
    ModuleDict,
    ModuleList,
    ParameterDict,
    ParameterList,
    Sequential,
    _as_parameter,
    _position,
)
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


# %% module-dict-editing
@grows(ModuleDict)
class _ModuleDictEditing:
    def keys(self):
        """All names."""
        return self._modules.keys()

    def values(self):
        """All modules."""
        return self._modules.values()

    def items(self):
        """All pairs (name, module)."""
        return self._modules.items()

    def pop(self, key):
        """Take out the module of this name and return it; KeyError if there is none."""
        return self._modules.pop(key)

    def clear(self):
        """Take out all modules."""
        self._modules.clear()


# %% parameter-list-editing
@grows(ParameterList)
class _ParameterListEditing:
    def __setitem__(self, idx, param):
        """Put another value in the place of one."""
        setattr(self, str(_position(idx, len(self))), _as_parameter(param))

    def __iadd__(self, parameters):
        return self.extend(parameters)

    def __call__(self, *args, **kwargs):
        raise RuntimeError("ParameterList should not be called.")

    def extra_repr(self):
        """One line for each value: dtype and sizes of a parameter, the class of anything else."""
        return _lines(enumerate(self), lambda tensor: tensor.dtype)


def _lines(pairs, kind):
    """The lines of `pairs`; `kind` gives the word for a tensor's dtype."""
    lines = []
    for name, value in pairs:
        text = f"Object of type: {type(value).__name__}"
        if isinstance(value, Parameter):
            sizes = "x".join(str(size) for size in value.shape)
            text = f"Parameter containing: [{kind(value)} of size {sizes}]"
        lines.append(f"  ({name}): {text}")
    return "\n".join(lines)


# %% parameter-dict-reading
@grows(ParameterDict)
class _ParameterDictReading:
    def keys(self):
        """All keys."""
        return self._keys.keys()

    def values(self):
        """All values."""
        return (self[key] for key in self)

    def items(self):
        """All pairs (key, value)."""
        return ((key, self[key]) for key in self)

    def get(self, key, default=None):
        """The value of a key, or `default` if there is no such key."""
        return self[key] if key in self._keys else default

    def __reversed__(self):
        return reversed(self._keys)

    def __call__(self, input):
        raise RuntimeError("ParameterDict should not be called.")

    def extra_repr(self):
        """One line for each value: type and sizes of a parameter, the class of anything else."""
        return _lines(self.items(), typename)


# %% parameter-dict-editing
@grows(ParameterDict)
class _ParameterDictEditing:
    def setdefault(self, key, default=None):
        """The value of a key, which is set to `default` first if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key):
        """Take out the value of a key and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        """Take out the last pair (key, value) and return it; KeyError if there is none."""
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self):
        """Take out everything."""
        for key in list(self):
            del self[key]


# %% parameter-dict-joining
@grows(ParameterDict)
class _ParameterDictJoining:
    def copy(self):
        """A ParameterDict of the same parameters, which are not copied."""
        return ParameterDict(OrderedDict(self.items()))

    def fromkeys(self, keys, default=None):
        """A new ParameterDict with these keys, all with the value `default`."""
        return ParameterDict((key, default) for key in keys)

    def __or__(self, other):
        """A ParameterDict with the pairs of both; where keys agree, those of the right one."""
        return self.copy().__ior__(other)

    def __ror__(self, other):
        copy = other.copy()
        copy.update(self)
        return copy

    def __ior__(self, other):
        self.update(other)
        return self


# %% public names
__all__ = []
