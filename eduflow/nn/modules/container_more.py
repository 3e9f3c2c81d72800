# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% module-dict
"""Containers with names, and containers of parameters."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from ...tensors import Tensor
from ...typename import typename
from ..parameter import Parameter
from .container import _check_iterable, _position
from .module import Module, grows


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


# %% module-dict-views
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
        return getattr(self, str(_position(idx, len(self))))


_NO_ITERABLE = "ParameterList.extend should be called with an iterable"


def _as_parameter(value):
    plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if plain else value


# %% parameter-list-items
@grows(ParameterList)
class _ParameterListItems:
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


def _checked_key(key):
    if not isinstance(key, str):
        raise TypeError(
            "Index given to ParameterDict cannot be used as a key as it is not a string "
            f"(type is '{type(key).__name__}'). Open an issue on github if you need non-string "
            "keys."
        )
    return key


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
__all__ = ["ModuleDict", "ParameterDict", "ParameterList"]
