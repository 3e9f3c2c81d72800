# Built by lessons/06_containers.ipynb. Edit it there, or here and `make scatter`.
# %% sequential
"""Containers: modules that hold other modules, or parameters, in order or by name."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import index

from ...tensors import Tensor
from ..parameter import Parameter
from .module import Module, grows


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


# %% sequential-items
@grows(Sequential)
class _SequentialItems:
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


def _position(idx, length):
    """`idx` as a number from 0 to length - 1; negative ones count from the end."""
    idx = index(idx)
    if not -length <= idx < length:
        raise IndexError(f"index {idx} is out of range")
    return idx % length


# %% module-list
class ModuleList(Module):
    """A list whose modules are registered. It has no `forward`: you say how they are used.

    Takes any iterable of modules. Mirrors torch.nn.ModuleList.
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


def _check_iterable(given, wanted):
    if not isinstance(given, Iterable) or isinstance(given, Tensor):
        raise TypeError(f"{wanted}, but got {type(given).__name__}")


# %% module-dict
class ModuleDict(Module):
    """A dict whose modules are registered, in the order in which they came.

    Takes a mapping of names to modules, or an iterable of such pairs. Mirrors torch.nn.ModuleDict.
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    def update(self, modules):
        """Take in the modules of a mapping or of pairs, in place of those of the same names."""
        for key, module in _pairs(modules, "ModuleDict", "ModuleDict"):
            self[key] = module

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def __iter__(self):
        return iter(self._modules)

    def __len__(self):
        return len(self._modules)

    def __contains__(self, key):
        return key in self._modules


# %% pairs
def _pairs(given, name, method):
    """The (key, value) pairs of a mapping, of a container, or of an iterable of pairs."""
    _check_iterable(given, f"{method}.update should be called with an iterable of key/value pairs")
    if hasattr(given, "items"):
        return list(given.items())
    pairs = []
    for place, pair in enumerate(given):
        if not isinstance(pair, Iterable):
            problem = f"should be Iterable; is{type(pair).__name__}"
            raise TypeError(f"{name} update sequence element #{place} {problem}")
        if len(pair) != 2:
            problem = f"has length {len(pair)}; 2 is required"
            raise ValueError(f"{name} update sequence element #{place} {problem}")
        pairs.append(tuple(pair))
    return pairs


# %% parameter-list
class ParameterList(Module):
    """A list whose parameters are registered. A tensor becomes a Parameter, all else is just kept.

    Takes any iterable. It is no layer: RuntimeError if called. Mirrors torch.nn.ParameterList.
    """

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def append(self, value):
        """Add a value at the end; returns the list."""
        setattr(self, str(self._size), _as_parameter(value))
        self._size += 1
        return self

    def extend(self, values):
        """Add all values of an iterable at the end; returns the list."""
        _check_iterable(values, "ParameterList.extend should be called with an iterable")
        for value in values:
            self.append(value)
        return self

    def __iter__(self):
        return (self[place] for place in range(len(self)))

    def __len__(self):
        return self._size

    def __getitem__(self, idx):
        if isinstance(idx, slice):
            return self.__class__(list(self)[idx])
        return getattr(self, str(_position(idx, len(self))))


def _as_parameter(value):
    plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if plain else value


# %% parameter-dict
class ParameterDict(Module):
    """A dict whose parameters are registered. A tensor becomes a Parameter, all else is just kept.

    Takes a mapping (a plain dict is sorted by its keys, an OrderedDict keeps its order) or an
    iterable of pairs. RuntimeError if called. Mirrors torch.nn.ParameterDict.
    """

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def update(self, parameters):
        """Take in the values of a mapping or of pairs, in place of those of the same keys."""
        pairs = _pairs(parameters, "ParameterDict", "ParametersDict")
        plain = isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict)
        for key, value in sorted(pairs, key=lambda pair: pair[0]) if plain else pairs:
            self[key] = value

    def __getitem__(self, key):
        return getattr(self, _checked_key(key))

    def __setitem__(self, key, value):
        setattr(self, _checked_key(key), _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key):
        del self._keys[_checked_key(key)]
        delattr(self, key)

    def __iter__(self):
        return iter(self._keys)

    def __len__(self):
        return len(self._keys)

    def __contains__(self, key):
        return key in self._keys


# %% checked-key
def _checked_key(key):
    if not isinstance(key, str):
        raise TypeError(
            "Index given to ParameterDict cannot be used as a key as it is not a string "
            f"(type is '{type(key).__name__}'). Open an issue on github if you need non-string "
            "keys."
        )
    return key


# %% public names
__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]
