"""What becomes of a call that went wrong: other spellings of names, and errors in PyTorch's words.

Nothing is asked before a call, so none gets slower. Only when it has failed, its arguments are
looked at. Names that PyTorch understands besides its own, NumPy's `axis`, `keepdims` and `x`, are
translated, and the call is made again. An argument of the wrong kind is named. And what Python or
NumPy stumbled over inside does not get out: it becomes an error about the arguments.
"""

from __future__ import annotations

import dis
import functools
import inspect
import os
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

from .kinds import Checks, checks_of, first_place, look_at
from .signature import has_out, signature_of, takes, without

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_NUMPY = os.path.dirname(os.path.abspath(np.__file__)) + os.sep
_RAISES = {dis.opmap["RAISE_VARARGS"], dis.opmap["RERAISE"]}

# Names that PyTorch understands besides its own.
SPELLINGS = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input"}
SPELLINGS |= {"x2": "other"}

# What PyTorch has written in Python knows no other names.
_IN_PYTHON = {"split", "unique", "unique_consecutive", "glu", "gumbel_softmax", "normalize", "norm"}

# There it also looks at the kinds of some arguments only where it uses them, or never.
_VALUES_FIRST = {
    *("affine_grid", "gaussian_nll_loss", "interpolate", "local_response_norm"),
    *("margin_ranking_loss", "multi_margin_loss", "multilabel_soft_margin_loss"),
    *("upsample", "upsample_bilinear", "upsample_nearest"),
}

_TENSORS = "input mat1 mat2 mat batch1 batch2 vec vec1 vec2 tensor1 tensor2 mask target indices"
_INTS = "dim dim0 dim1 axis0 axis1 start_dim end_dim k r bins n diagonal offset chunks groups"
_BOOLS = "keepdim descending largest sorted stable unbiased accumulate return_inverse return_counts"
_BOOLS += " training non_blocking requires_grad full ceil_mode log_input include_self"
_NUMBERS = "alpha beta eps negative_slope lambd threshold lower upper momentum nan rtol "
_NUMBERS += "posinf neginf from to atol margin delta lambda high low median sigma"
_INTEGERS = "size sizes split_size_or_sections split_sizes shape kernel_size stride padding "
_INTEGERS += "dilation output_size shifts output_padding"
_KINDS = dict.fromkeys(_TENSORS.split(), "Tensor") | dict.fromkeys(_INTS.split(), "int")
_KINDS |= dict.fromkeys(_BOOLS.split(), "bool") | dict.fromkeys(_NUMBERS.split(), "Number")
_KINDS |= dict.fromkeys(_INTEGERS.split(), "ints") | {
    "steps": "int",
    "row": "int",
    "col": "int",
}
_KINDS |= {"dim": "dim", "other": "Tensor or Number", "value": "Tensor or Number", "out": "Tensor"}
_OF_FUNCTIONS = {
    **dict.fromkeys([(f"{x}split", "indices_or_sections") for x in "dhv"], "ints"),
    **dict.fromkeys([(x, "other") for x in ("gcd", "lcm", "heaviside", "nextafter")], "Tensor"),
    **dict.fromkeys([(x, "weight") for x in ("nll_loss", "group_norm", "layer_norm")], "Tensor"),
    **dict.fromkeys([(x, "source") for x in ("index_add", "index_copy")], "Tensor"),
    ("bilinear", "bias"): "Tensor",
    ("binary_cross_entropy_with_logits", "weight"): "Tensor",
    ("index_put", "indices"): "Tensors",
    ("one_hot", "num_classes"): "whole",
    ("repeat_interleave", "repeats"): "Tensor or Number",
    ("quantile", "q"): "Tensor or Number",
    ("nanquantile", "q"): "Tensor or Number",
    ("lerp", "weight"): "Tensor or Number",
    ("cosine_similarity", "dim"): "int",
    ("backward", "gradient"): "Tensor",
    **dict.fromkeys([(x, "dim") for x in ("max", "min")], "Tensor or Number"),
}
# What a tensor says that was taken for a number or a truth value: not meant for the caller.
_CONVERTED = "Boolean value of Tensor"
_ODD = (str, bytes, dict, type, slice, np.ndarray, complex)


def answering(function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """Decorator: let a call that fails be answered as PyTorch would; see `kinds` for some more."""
    checks = checks_of(function, name or function.__name__)
    if not checks and hasattr(function, "__answers__"):
        return function
    return _wrapped(function, checks, name)


def _wrapped(
    function: Callable[..., Any], checks: Checks, name: str, method: str = ""
) -> Callable[..., Any]:
    """`function` in its one coat: its arguments are looked at, and a failure is answered.

    As a `method` of this name it takes no `out=`.
    """
    least = first_place(checks)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if method and "out" in kwargs:
            raise TypeError(f"{method}() got an unexpected keyword argument 'out'")
        try:
            if kwargs or len(args) > least:
                look_at(checks, args, kwargs)
            return function(*args, **kwargs)
        except Exception as error:
            try:
                return answered(call, error, args, kwargs, name)
            except TypeError as refusal:
                if method:
                    _count_without_self(refusal, method)
                raise

    coat: Any = call
    coat.__inside__ = call, function, checks, name
    coat.__answers__ = coat.__strict__ = True
    coat.__wrapped__ = getattr(function, "__wrapped__", function)  # bodies are found by it
    return call


def as_method(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`function` as a method of Tensor, which takes no `out=`; as it is if it says it is one."""
    if hasattr(function, "__method__"):
        return function
    takes_one = has_out(function)
    if not takes_one and not name.endswith("_"):
        return function
    coat: Any = getattr(function, "__inside__", None)
    made = _without_out(function, name)
    if coat and coat[0] is function:
        made = _wrapped(coat[1], coat[2], coat[3], name)
    if takes_one:
        takes(made, without(signature_of(function), "out"))
    return made


_ABOUT_ARGUMENTS = re.compile(
    r"(?P<name>\w+)\(\)"
    r"(?P<said>: argument '\w+' \(position (?=\d)| received .* - got \((?=Tensor)|: argument )"
    r"(?:(?P<position>\d+)|Tensor(?:, )?)?"
)


def _count_without_self(refusal: TypeError, method: str) -> None:
    """Let a refusal of a function speak of its method, whose arguments begin behind the tensor."""
    found = _ABOUT_ARGUMENTS.match(str(refusal))
    if found and found["name"] == method.removesuffix("_"):
        position = int(found["position"]) - 1 if found["position"] else ""
        start = f"{method}(){found['said']}{position}"
        refusal.args = (start + str(refusal)[found.end() :],)


def _without_out(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function that answers for itself, but as a method takes no `out=`.

    As an operator it leaves what is neither tensor nor number to the other side.
    """
    is_operator = name.startswith("__")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and "out" in kwargs:
            raise TypeError(f"{name}() got an unexpected keyword argument 'out'")
        try:
            return function(*args, **kwargs)
        except TypeError as refusal:
            if is_operator and not all(_is_tensor(x) or _is_number(x) for x in args):
                return NotImplemented
            _count_without_self(refusal, name)
            raise

    call.__wrapped__ = getattr(function, "__wrapped__", function)
    return call


def answered(
    function: Callable[..., Any], error: Exception, args: tuple, kwargs: dict, name: str = ""
) -> Any:
    """What a failed call gives after all, its names translated; else its error is raised."""
    try:
        if isinstance(error, (Warning, MemoryError, RecursionError, ZeroDivisionError)):
            raise error
        name = name or function.__name__.strip("_") + "_" * function.__name__.endswith("_")
        signature = inspect.signature(function)
        parameters = list(signature.parameters.values())
        if kwargs and isinstance(error, TypeError) and name not in _IN_PYTHON:
            renamed = _translated(kwargs, parameters, args)
            if renamed is not None:
                return _again(function, args, renamed, name)
        meant = _meant(error.__traceback__) and not str(error).startswith(_CONVERTED)
        if meant and (isinstance(error, TypeError) or name in _VALUES_FIRST):
            missing = " missing " in str(error)  # which PyTorch says before it says "unexpected"
            if isinstance(error, TypeError) and not missing and _unknown(kwargs, parameters):
                raise TypeError(_unbound(name, args, kwargs, parameters)) from error
            raise error
        wrong = _wrong_kind(name, _given(args, kwargs, parameters))
        if wrong:
            raise TypeError(wrong) from error
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            raise TypeError(_unbound(name, args, kwargs, parameters)) from error
        if meant:
            raise error
        raise _about_arguments(name, error, args, kwargs) from error
    finally:
        del error  # else it and this frame hold each other, and all tensors of the call


def _again(function: Callable[..., Any], args: tuple, renamed: dict, name: str) -> Any:
    """The call with its names translated, which may fail as well."""
    try:
        return function(*args, **renamed)
    except Exception as error:
        return answered(function, error, args, renamed, name)


def _translated(kwargs: dict, parameters: list, args: tuple) -> dict | None:
    """The named arguments in our spelling; None if that changes nothing, or names one twice."""
    names = [p.name for p in parameters]
    renamed = {}
    for key, value in kwargs.items():
        ours = SPELLINGS.get(key)
        key = ours if key not in names and ours in names else key
        if key in renamed or key in names[: len(args)]:
            return None
        renamed[key] = value
    return renamed if renamed.keys() != kwargs.keys() else None


def _given(args: tuple, kwargs: dict, parameters: list) -> dict[str, tuple]:
    """For each parameter that was given: the argument, and the default."""
    places = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    found = {}
    for parameter, value in zip(places, args):
        if parameter.kind is parameter.VAR_POSITIONAL:
            break
        found[parameter.name] = value, parameter.default
    for parameter in parameters:
        if parameter.name in kwargs:
            found[parameter.name] = kwargs[parameter.name], parameter.default
    return found


def _wrong_kind(name: str, given: dict[str, tuple]) -> str:
    """What is wrong with the first argument of a wrong kind; nothing if all may do."""
    for parameter, (value, default) in given.items():
        kind = _OF_FUNCTIONS.get((name.rstrip("_"), parameter)) or _KINDS.get(parameter)
        if kind is None or (value is None and default is None) or value is default:
            continue
        if kind == "int" and isinstance(default, float):
            kind = "Number"
        if name in _NUMBERS_TOO and _is_number(value):
            continue
        if name in ("histogram", "histogramdd") and (_is_listed(value) or _is_tensor(value)):
            continue
        if _is_listed(value) and kind != "Tensors" and parameter in _MAY_BE_LISTED:
            continue
        if not _FITS[kind](value):
            kind = _SPOKEN.get(kind, kind)
            return f"{name}(): argument '{parameter}' must be {kind}, not {type(value).__name__}"
    return ""


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "_array")


def _is_int(value: Any) -> bool:
    if _is_tensor(value):
        return value._array.size == 1 and value._array.dtype.kind in "iu"
    return type(value) is int or (not isinstance(value, bool) and hasattr(value, "__index__"))


def _is_listed(value: Any) -> bool:
    return isinstance(value, (tuple, list))


def _is_number(value: Any) -> bool:
    if _is_tensor(value):
        return value._array.size == 1
    return isinstance(value, (int, float, complex, np.number, np.bool_))


def _are_ints(value: Any) -> bool:
    return all(map(_is_int, value)) if _is_listed(value) else _is_int(value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "Tensors": lambda value: _is_listed(value) and all(x is None or _is_tensor(x) for x in value),
    "whole": lambda value: _is_int(value) and not _is_tensor(value),
    "Tensor": _is_tensor,
    "int": _is_int,
    "dim": _are_ints,
    "bool": lambda value: isinstance(value, (bool, np.bool_)),
    "Number": _is_number,
    "ints": _are_ints,
    "Tensor or Number": lambda value: _is_tensor(value) or _is_number(value),
}


_NUMBERS_TOO = {"where", "pow", "searchsorted", "bucketize"}  # in place of any tensor
_MAY_BE_LISTED = {"out", "n", "input", "indices"}
_SPOKEN = {"ints": "tuple of ints", "dim": "int", "whole": "int"}
_SPOKEN |= {"Tensor or Number": "Tensor", "Tensors": "tuple of Tensors"}


def _unbound(name: str, args: tuple, kwargs: dict, parameters: list) -> str:
    """Why the arguments do not go with the parameters."""
    unknown = _unknown(kwargs, parameters)
    if unknown:
        return f"{name}() got an unexpected keyword argument '{unknown[0]}'"
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    missing = [
        f'"{p.name}"' for p in places[len(args) :] if p.default is p.empty and p.name not in kwargs
    ]
    if missing:
        plural = "s" * (len(missing) > 1)
        return f"{name}() missing {len(missing)} required argument{plural}: {', '.join(missing)}"
    if len(args) > len(places):
        least = sum(p.default is p.empty for p in places)
        few = f"from {least} to {len(places)}" if least < len(places) else f"{least}"
        plural = "s" * (len(places) != 1)
        return f"{name}() takes {few} positional argument{plural} but {len(args)} were given"
    return f"{name}() received an invalid combination of arguments - got {_listed(args, kwargs)}"


def _unknown(kwargs: dict, parameters: list) -> list[str]:
    """The names that were given and are none of the parameters."""
    names = [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL]
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters)
    return [key for key in kwargs if key not in names and not open_ended]


def _listed(args: tuple, kwargs: dict) -> str:
    kinds = [type(x).__name__ for x in args]
    kinds += [f"{key}={type(x).__name__}" for key, x in kwargs.items()]
    return f"({', '.join(kinds)})"


def _meant(trace: TracebackType | None) -> bool:
    """Whether an error was raised on purpose: by a `raise` of ours, or by a user's function."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    code = trace.tb_frame.f_code
    path = os.path.abspath(code.co_filename)
    if path.startswith(_NUMPY):
        return False
    return not path.startswith(_HERE) or code.co_code[trace.tb_lasti] in _RAISES


def _about_arguments(name: str, error: Exception, args: tuple, kwargs: dict) -> Exception:
    """What Python or NumPy stumbled over inside, as an error about the arguments."""
    values = [*args, *kwargs.values()]
    values += [v for x in values if isinstance(x, (tuple, list)) for v in x]
    odd = any(isinstance(x, _ODD) or x is None for x in values)
    listed = _listed(args, kwargs)
    if isinstance(error, IndexError):
        return IndexError(f"{name}(): an index or a dim is out of range, given {listed}")
    if (
        odd
        or str(error).startswith(_CONVERTED)
        or isinstance(error, (TypeError, AttributeError, KeyError))
    ):
        return TypeError(f"{name}() received an invalid combination of arguments - got {listed}")
    return RuntimeError(f"{name}(): cannot be computed of {listed}: {_shapes(values)}")


def _shapes(values: list) -> str:
    """The shapes of the tensors among `values`, and the numbers."""
    shown = [list(x._array.shape) if _is_tensor(x) else x for x in values]
    return ", ".join(map(repr, shown))[:200]
