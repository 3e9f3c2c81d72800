"""Containers: modules that hold other modules in order."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from operator import index as as_index

from ..._core.extend_class import grows
from ..._core.tensor import Tensor
from ..._core.type_info import typename
from ..parameter import Parameter
from .base import part_of
from .module import Module


def position(idx, length):
    """`idx` as a number from 0 to length - 1; negative ones count from the end."""
    idx = as_index(idx)
    if not -length <= idx < length:
        raise IndexError(f"index {idx} is out of range")
    return idx % length


def _check_iterable(given, wanted):
    if not isinstance(given, Iterable):
        raise TypeError(f"{wanted}, but got {type(given).__name__}")


class Editing:
    """What lists of layers can do besides: replace, delete, take out."""

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
    return list(container._modules)[position(idx, len(container))]


def _make_room(container, index):
    """Move all modules from position `index` on by one: the names are numbers."""
    modules = container._modules
    for place in range(len(modules), index, -1):
        modules[str(place)] = modules[str(place - 1)]


@part_of("ModuleList")
class ModuleListEditing(Editing):
    """The same, and insert, extend, join, print shortly."""

    def extend(self, modules):
        """Add all modules of an iterable at the end; returns the list."""
        _check_iterable(modules, "ModuleList.extend should be called with an iterable")
        for module in modules:
            self.append(module)
        return self

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

    def __repr__(self):
        """Modules in a row that print the same share one line."""
        lines = [f"{self._get_name()}("]
        for text, run in groupby(enumerate(map(repr, self)), key=lambda pair: pair[1]):
            places = [place for place, _ in run]
            first, last, count = places[0], places[-1], len(places)
            head = f"({first}): " if count == 1 else f"({first}-{last}): {count} x "
            lines.append(head + text.replace("\n", "\n  "))
        return "\n  ".join(lines) + "\n)" if len(lines) > 1 else f"{self._get_name()}()"


@part_of("Sequential")
class SequentialEditing(Editing):
    """The same, and insert, extend, join, repeat."""

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


# %% lesson 06 module-list
class ModuleList(ModuleListEditing, Module):
    """A list whose modules are registered, made of any iterable. It has no `forward` of its own.

    Mirrors torch.nn.ModuleList.
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __len__(self):
        return len(self._modules)

    def append(self, module):
        """Add a module at the end; returns the list."""
        self.add_module(str(len(self)), module)
        return self

    def __getitem__(self, idx):
        """One module; for a slice, a ModuleList of the same modules, numbered anew."""
        if isinstance(idx, slice):
            return self.__class__(list(self)[idx])
        return self._modules[str(position(idx, len(self)))]


# %% end


# %% lesson 06 sequential
class Sequential(SequentialEditing, Module):
    """Layers in a row: each is called with what the one before it returned.

    Takes modules, which are named "0", "1" and so on, or one OrderedDict of names and modules.
    `add_module` refuses all else but None, which fails when called. Mirrors torch.nn.Sequential.
    """

    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for place, module in enumerate(args):
                self.add_module(str(place), module)

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
        return items[position(idx, len(items))][1]


# %% end


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


@grows(ModuleDict)
class _ModuleDictViews:
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
        if isinstance(values, Tensor):
            raise TypeError(_NO_ITERABLE + ", but got " + type(values).__name__)
        _check_iterable(values, _NO_ITERABLE)
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
        return getattr(self, str(position(idx, len(self))))


_NO_ITERABLE = "ParameterList.extend should be called with an iterable"


def _as_parameter(value):
    plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if plain else value


@grows(ParameterList)
class _ParameterListItems:
    def __setitem__(self, idx, param):
        """Put another value in the place of one."""
        setattr(self, str(position(idx, len(self))), _as_parameter(param))

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


def _checked_key(key):
    if not isinstance(key, str):
        raise TypeError(
            "Index given to ParameterDict cannot be used as a key as it is not a string "
            f"(type is '{type(key).__name__}'). Open an issue on github if you need non-string "
            "keys."
        )
    return key


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
