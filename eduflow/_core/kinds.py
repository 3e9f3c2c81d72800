"""Arguments whose kind is looked at before the call: whatever else they were would do as well here.

Most wrong arguments fail by themselves, and `calls` finds the words afterwards. These would not: a
truth value that is a string, a count that is True, a number that is a tensor of several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .signature import signature_of

# One kind a paragraph: the functions that share the parameters behind the colon.
_TABLE = """
bool
argmax argmin median nanmedian mode nansum nanmean sum mean prod amin amax aminmax: keepdim
logsumexp var std var_mean std_mean any all max min kthvalue: keepdim unbiased
dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout: training train
feature_dropout rrelu: training train
cholesky cholesky_inverse cholesky_solve: upper
lu lu_unpack qr svd: pivot unpack_data unpack_pivots some compute_uv
topk sort argsort unique unique_consecutive: largest sorted descending return_inverse return_counts
combinations copy_ type fill_diagonal_: with_replacement non_blocking wrap
requires_grad_: requires_grad
poisson_nll_loss: log_input full

int
median nanmedian aminmax kthvalue topk unbind: dim k
chunk diff rot90 polygamma mvlgamma group_norm: chunks n k p num_groups
tril triu diag diag_embed diagflat diagonal: diagonal offset
flatten: start_dim end_dim

ints
sum mean nansum nanmean amax amin logsumexp frobenius_norm any all: dim
as_strided broadcast_to roll flip tile: size stride shifts dims

ints or bool
var std var_mean std_mean: dim

Tensor
ge gt le lt ne eq greater greater_equal less less_equal not_equal copysign fmod rsub: input
clamp clip clamp_min clamp_max lerp: input end
kron dist alpha_dropout feature_alpha_dropout fliplr flipud: input other
get_device is_conj resolve_conj atleast_1d: input

real
elu celu hardshrink softshrink leaky_relu softplus: alpha lambd negative_slope beta

Number
hardtanh threshold: min_val max_val threshold value

operand
clamp clip clamp_min clamp_max quantile nanquantile: min max q

float
isclose allclose logit nan_to_num pinverse: rtol atol eps nan posinf neginf rcond
cauchy_ log_normal_: median sigma mean std
"""


def _strict() -> dict[str, dict[str, str]]:
    """For each function its parameters and their kinds."""
    found: dict[str, dict[str, str]] = {}
    for paragraph in _TABLE.strip().split("\n\n"):
        kind, *lines = paragraph.split("\n")
        for line in lines:
            functions, parameters = line.split(":")
            for function in functions.split():
                found.setdefault(function, {}).update(dict.fromkeys(parameters.split(), kind))
    return found


_STRICT = _strict()
_INTEGRAL = (int, np.integer)


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "_array")


def _is_int(value: Any) -> bool:
    if _is_tensor(value):
        return value._array.ndim == 0 and value._array.dtype.kind in "iu"
    return isinstance(value, _INTEGRAL) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if _is_tensor(value):
        return value._array.ndim == 0
    return isinstance(value, (int, float, complex, np.number, np.bool_))


def _is_float(value: Any) -> bool:
    if _is_tensor(value):
        return value._array.ndim == 0 and value._array.dtype.kind != "c"
    return _is_number(value) and not isinstance(value, (complex, np.complexfloating))


def _is_real(value: Any) -> bool:
    if isinstance(value, complex):
        raise RuntimeError("value cannot be converted to type double without overflow")
    return _is_number(value)


def _is_number_or_tensor(value: Any) -> bool:
    return _is_tensor(value) or _is_number(value)


def _are_ints(value: Any) -> bool:
    return all(map(_is_int, value)) if isinstance(value, (tuple, list)) else _is_int(value)


# For each kind: the types that need no second look, the check, and its name in the message.
_KINDS: dict[str, tuple[set, Callable[[Any], bool], str]] = {
    "bool": ({bool}, lambda value: isinstance(value, np.bool_), "bool"),
    "int": ({int}, _is_int, "int"),
    "ints": ({int}, _are_ints, "tuple of ints"),
    "ints or bool": ({int, bool}, _are_ints, "tuple of ints"),
    "Tensor": (set(), _is_tensor, "Tensor"),
    "Number": ({int, float}, _is_number, "Number"),
    "real": ({int, float}, _is_real, "Number"),
    "operand": ({int, float}, _is_number_or_tensor, "Tensor"),
    "float": ({int, float}, _is_float, "float"),
}


Checks = list[tuple[int, str, Any, set, Callable[[Any], bool], str]]


def checks_of(function: Callable[..., Any], name: str) -> Checks:
    """What `look_at` is to look at, by the table: nothing where that is done already."""
    wanted = _STRICT.get(name.rstrip("_")) or _STRICT.get(name)
    if wanted is None or hasattr(function, "__strict__"):
        return []
    parameters = signature_of(function).parameters.values()
    places = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    return [
        (places.index(p) if p in places else 999, p.name, p.default, *_KINDS[wanted[p.name]][:2],
         f"{name}(): argument '{p.name}' must be {_KINDS[wanted[p.name]][2]}")
        for p in parameters
        if p.name in wanted and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]  # fmt: skip


def look_at(checks: Checks, args: tuple, kwargs: dict[str, Any]) -> None:
    """TypeError where an argument of a call is of another kind than the function's `checks` say."""
    for place, parameter, default, types, fits, text in checks:
        if place < len(args):
            value = args[place]
        elif parameter in kwargs:
            value = kwargs[parameter]
        else:
            continue
        if type(value) not in types and value is not default and not fits(value):
            raise TypeError(f"{text}, not {type(value).__name__}")
