"""What functions take: read off them quickly, and told to `inspect.signature`, `help()` and Tab.

A decorated operation takes other arguments than the function of arrays that it was made of. Its
`__signature__` says which, under the names that PyTorch documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import CO_VARARGS, CO_VARKEYWORDS, Parameter, Signature
from typing import Any

_STARS = CO_VARARGS | CO_VARKEYWORDS
OUT = Parameter("out", Parameter.KEYWORD_ONLY, default=None)


class Later(Signature):
    """A signature that is made when somebody looks at it: to make 900 would slow down imports."""

    __slots__ = ("make", "made", "has_out")
    make: tuple[Any, ...]
    made: Mapping[str, Parameter] | None
    has_out: bool
    _return_annotation: Any

    @property
    def _parameters(self) -> Mapping[str, Parameter]:
        """What `Signature` keeps; it is asked for by all that looks at one."""
        if self.made is None:
            function, *given = self.make
            self.made = Signature(function(*given), __validate_parameters__=False).parameters
        return self.made

    @_parameters.setter
    def _parameters(self, parameters: Mapping[str, Parameter]) -> None:
        self.made = parameters  # a copy of one is whole from the start


def later(has_out: bool, function: Callable[..., list[Parameter]], *given: Any) -> Later:
    """A signature of the parameters that `function(*given)` lists, and whether `out` is one."""
    signature = object.__new__(Later)
    signature.make, signature.made, signature.has_out = (function, *given), None, has_out
    signature._return_annotation = Signature.empty
    return signature


def undecorated(function: Callable[..., Any]) -> Any:
    """The function that decorators were put around, or what says for them what they take."""
    while hasattr(function, "__wrapped__") and not hasattr(function, "__signature__"):
        function = function.__wrapped__
    return function


def parameters_of(function: Callable[..., Any]) -> tuple[tuple[str, ...], bool]:
    """The names of what a function takes by position or by name, and whether it takes more."""
    code = undecorated(function).__code__
    more = code.co_kwonlyargcount or code.co_flags & _STARS
    return code.co_varnames[: code.co_argcount], bool(more)


def takes_several(function: Any) -> bool:
    """Whether a function takes more than one argument, `out` aside; what it was made of says so."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return len(names) - ("out" in names) > 1 or bool(code.co_flags & _STARS)


def has_out(function: Callable[..., Any]) -> bool:
    """Whether a function has a parameter `out`; quicker than to look at its signature."""
    function = undecorated(function)
    if hasattr(function, "__signature__"):
        return _has_out(function.__signature__)
    code = function.__code__
    return "out" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _has_out(signature: Signature) -> bool:
    known = getattr(signature, "has_out", None)
    return "out" in signature.parameters if known is None else known


def signature_of(function: Callable[..., Any]) -> Signature:
    """`inspect.signature`, for plain functions; that is ten times as slow, and imports would be."""
    function = undecorated(function)
    if hasattr(function, "__signature__"):
        return function.__signature__
    return later(has_out(function), _read_off, function)


def _read_off(function: Any) -> list[Parameter]:
    """The parameters of a plain function."""
    code, values = function.__code__, function.__kwdefaults__ or {}
    names = iter(code.co_varnames)
    defaults = function.__defaults__ or ()
    first = code.co_argcount - len(defaults)
    found = []
    for i in range(code.co_argcount):
        kind = Parameter.POSITIONAL_ONLY if i < code.co_posonlyargcount else _EITHER_WAY
        default = Parameter.empty if i < first else defaults[i - first]
        found.append(Parameter(next(names), kind, default=default))
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=values.get(name, Parameter.empty))
        for name in (next(names) for _ in range(code.co_kwonlyargcount))
    ]
    if code.co_flags & CO_VARARGS:
        found.append(Parameter(next(names), Parameter.VAR_POSITIONAL))
    found += options
    if code.co_flags & CO_VARKEYWORDS:
        found.append(Parameter(next(names), Parameter.VAR_KEYWORD))
    return found


_EITHER_WAY = Parameter.POSITIONAL_OR_KEYWORD


def with_out(signature: Signature) -> Signature:
    """The same, and `out=None` besides, which must be named."""
    return signature if _has_out(signature) else later(True, _and_out, signature)


def _and_out(signature: Signature) -> list[Parameter]:
    given = list(signature.parameters.values())
    last = given and given[-1].kind is Parameter.VAR_KEYWORD
    given.insert(len(given) - 1 if last else len(given), OUT)
    return given


def with_none(signature: Signature, default: Any) -> Signature:
    """The same with None where the default is this one, which says that nothing was given."""
    return later(_has_out(signature), _with_none, signature, default)


def _with_none(signature: Signature, default: Any) -> list[Parameter]:
    places = signature.parameters.values()
    return [p.replace(default=None) if p.default is default else p for p in places]


def takes(function: Any, signature: Signature) -> None:
    """Say that a function takes what `signature` says, whatever it was made of."""
    function.__signature__ = signature


def passes_on(function: Callable[..., Any], receiver: Callable[..., Any]) -> None:
    """Say that the options of `function` are those of `receiver`, which it hands them on to."""
    pair = signature_of(function), signature_of(receiver)
    takes(function, later(any(map(_has_out, pair)), _in_place_of_the_last, *pair))


def _in_place_of_the_last(own: Signature, passed: Signature) -> list[Parameter]:
    given = list(own.parameters.values())[:-1]
    for parameter in list(passed.parameters.values())[1:]:
        given.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    return given


def without(signature: Signature, unwanted: str) -> Signature:
    """The same without the parameter of this name."""
    has = unwanted != "out" and _has_out(signature)
    return later(has, _without, signature, unwanted)


def _without(signature: Signature, unwanted: str) -> list[Parameter]:
    return [p for p in signature.parameters.values() if p.name != unwanted]
