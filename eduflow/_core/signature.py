"""What functions take: read off them quickly, and told to `inspect.signature`, `help()` and Tab.

A decorated operation takes other arguments than the function of arrays that it was made of. Its
`__signature__` says which, under the names that PyTorch documents.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_VARARGS, CO_VARKEYWORDS, Parameter, Signature
from typing import Any

OUT = Parameter("out", Parameter.KEYWORD_ONLY, default=None)


def undecorated(function: Callable[..., Any]) -> Any:
    """The function that decorators were put around, or what says for them what they take."""
    while hasattr(function, "__wrapped__") and not hasattr(function, "__signature__"):
        function = function.__wrapped__
    return function


def parameters_of(function: Callable[..., Any]) -> tuple[tuple[str, ...], bool]:
    """The names of what a function takes by position or by name, and whether it takes more."""
    code = undecorated(function).__code__
    more = code.co_kwonlyargcount or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS)
    return code.co_varnames[: code.co_argcount], bool(more)


def has_parameter(function: Callable[..., Any], name: str) -> bool:
    """Whether a function has a parameter of this name; quicker than to make its signature."""
    function = undecorated(function)
    if hasattr(function, "__signature__"):
        return name in function.__signature__.parameters
    code = function.__code__
    return name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def signature_of(function: Callable[..., Any]) -> Signature:
    """`inspect.signature`, for plain functions; that is ten times as slow, and imports would be."""
    function = undecorated(function)
    if hasattr(function, "__signature__"):
        return function.__signature__
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
    return Signature(found, __validate_parameters__=False)


_EITHER_WAY = Parameter.POSITIONAL_OR_KEYWORD


def with_out(signature: Signature) -> Signature:
    """The same, and `out=None` besides, which must be named."""
    given = list(signature.parameters.values())
    if "out" in signature.parameters:
        return signature
    last = given and given[-1].kind is Parameter.VAR_KEYWORD
    given.insert(len(given) - 1 if last else len(given), OUT)
    return Signature(given, __validate_parameters__=False)


def with_none(signature: Signature, default: Any) -> Signature:
    """The same with None where the default is this one, which says that nothing was given."""
    places = signature.parameters.values()
    given = [p.replace(default=None) if p.default is default else p for p in places]
    return Signature(given, __validate_parameters__=False)


def takes(function: Any, signature: Signature) -> None:
    """Say that a function takes what `signature` says, whatever it was made of."""
    function.__signature__ = signature


def passes_on(function: Callable[..., Any], receiver: Callable[..., Any]) -> None:
    """Say that the options of `function` are those of `receiver`, which it hands them on to."""
    given = list(signature_of(function).parameters.values())[:-1]
    for parameter in list(signature_of(receiver).parameters.values())[1:]:
        given.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    takes(function, Signature(given, __validate_parameters__=False))


def without(signature: Signature, unwanted: str) -> Signature:
    """The same without the parameter of this name."""
    given = [p for p in signature.parameters.values() if p.name != unwanted]
    return Signature(given, __validate_parameters__=False)
