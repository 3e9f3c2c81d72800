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
argmax argmin median nanmedian mode nansum nanmean sum mean prod amin amax aminmax: keepdim keepdims
logsumexp var std var_mean std_mean any all max min kthvalue: keepdim keepdims
dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout: training train
feature_dropout rrelu: training train
cholesky cholesky_inverse cholesky_solve: upper
lu lu_unpack qr svd: pivot unpack_data unpack_pivots some compute_uv
topk sort argsort unique unique_consecutive: largest sorted descending return_inverse return_counts
sort argsort isin nonzero: stable assume_unique invert as_tuple
searchsorted bucketize histogram histogramdd vander: right out_int32 density increasing
kl_div triplet_margin_loss embedding: log_target swap scale_grad_by_freq sparse
group_norm scaled_dot_product_attention: cudnn_enabled enable_gqa
combinations copy_ type fill_diagonal_: with_replacement non_blocking wrap
norm frobenius_norm nuclear_norm quantile nanquantile pairwise_distance: keepdim
requires_grad_: requires_grad
isclose allclose: equal_nan
hann_window hamming_window blackman_window bartlett_window kaiser_window: periodic
poisson_nll_loss: log_input full
triangular_solve linalg_solve_triangular: upper transpose unitriangular left
to asarray: non_blocking copy

bool, not None
var std var_mean std_mean: unbiased

flag
backward: retain_graph create_graph

truth
alpha_dropout feature_alpha_dropout: inplace

int
aminmax kthvalue topk unbind select cosine_similarity glu: dim k index
bincount vander svd_lowrank embedding one_hot: minlength N q padding_idx num_classes
chunk diff rot90 polygamma mvlgamma group_norm: chunks n k p num_groups
tril triu diag diag_embed diagflat diagonal: diagonal offset
flatten: start_dim end_dim
tril_indices triu_indices: row col offset
as_strided repeat_interleave cov: storage_offset output_size correction
narrow unfold: start length step

int, not None
median nanmedian prod: dim axis

whole, not None
max min: dim= axis

int or Tensor, not None
max min: dim

ints
sum mean nansum nanmean amax amin logsumexp frobenius_norm any all: dim
as_strided broadcast_to roll flip tile nuclear_norm rot90: size stride shifts dims dim
split split_with_sizes: split_size_or_sections split_sizes
var std var_mean std_mean: dim=

ints or bool
var std var_mean std_mean: dim

Tensor
ge gt le lt ne eq greater greater_equal less less_equal not_equal copysign fmod rsub: input
clamp clip clamp_min clamp_max lerp: input end
kron dist alpha_dropout feature_alpha_dropout fliplr flipud: input other
get_device is_conj resolve_conj atleast_1d diag_embed flip positive roll rot90: input
bincount: weights

ints or Tensor
tensor_split: indices_or_sections

ints or Tensors
histogramdd: bins

Tensors
index_put: indices

floats
histogram histogramdd: range

Tensor, not None
max min: other
trapezoid trapz cumulative_trapezoid: x

real
elu celu hardshrink softshrink leaky_relu softplus: alpha lambd negative_slope beta threshold

Number
hardtanh threshold: min_val max_val threshold value
addcmul addcdiv dist rsub: value p alpha
trapezoid trapz cumulative_trapezoid: dx

operand
clamp clip clamp_min clamp_max quantile nanquantile: min max q
searchsorted bucketize masked_fill: input value

operand, not None
where: input other

float
isclose allclose logit nan_to_num pinverse: rtol atol eps nan posinf neginf rcond
cauchy_ log_normal_ normal_ uniform_: median sigma mean std from to
rms_norm pdist pairwise_distance group_norm poisson_nll_loss: eps p
margin_ranking_loss scaled_dot_product_attention: margin scale
embedding: max_norm
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


def _is_single(value: Any) -> bool:
    return np.size(value._array if _is_tensor(value) else value) == 1


def _are_ints(value: Any) -> bool:
    return all(map(_is_int, value)) if isinstance(value, (tuple, list)) else _is_int(value)


def _are_floats(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(map(_is_float, value))


def _are_indices(value: Any) -> bool:
    return isinstance(value, (tuple, list))  # whose elements the function looks at


def _are_tensors(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(map(_is_tensor, value))


# For each kind: the types that need no second look, the check, and its name in the message.
_KINDS: dict[str, tuple[set, Callable[[Any], bool], str]] = {
    "bool": ({bool}, lambda value: isinstance(value, np.bool_), "bool"),
    "flag": ({bool, int}, _is_int, "bool"),
    "truth": ({bool, int}, _is_single, "bool"),
    "int": ({int}, _is_int, "int"),
    "whole": ({int}, lambda value: _is_int(value) and not _is_tensor(value), "int"),
    "int or Tensor": ({int}, lambda value: _is_tensor(value) or _is_int(value), "int"),
    "ints": ({int}, _are_ints, "tuple of ints"),
    "ints or bool": ({int, bool}, _are_ints, "tuple of ints"),
    "ints or Tensor": ({int}, lambda value: _is_tensor(value) or _are_ints(value), "tuple of ints"),
    "ints or Tensors": (
        {int},
        lambda value: _are_ints(value) or _are_tensors(value),
        "tuple of ints",
    ),
    "Tensors": (set(), _are_indices, "tuple of Tensors"),
    "floats": (set(), _are_floats, "tuple of floats"),
    "Tensor": (set(), _is_tensor, "Tensor"),
    "Number": ({int, float}, _is_number, "Number"),
    "real": ({int, float}, _is_real, "Number"),
    "operand": ({int, float}, _is_number_or_tensor, "Tensor"),
    "float": ({int, float}, _is_float, "float"),
}


Checks = list[tuple[int, str, Any, set, Callable[[Any], bool], str]]
_NOTHING = object()  # what is never given: not even None goes for the default


def checks_of(function: Callable[..., Any], name: str) -> Checks:
    """What `look_at` is to look at, by the table: nothing where that is done already."""
    wanted = _STRICT.get(name.rstrip("_")) or _STRICT.get(name)
    if wanted is None or hasattr(function, "__strict__"):
        return []
    known = signature_of(function).parameters.values()
    parameters = [p for p in known if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    places = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    found = []
    for p in parameters:
        for key, place in ((p.name, places.index(p) if p in places else 999), (p.name + "=", 999)):
            if key in wanted:
                kind, comma, _ = wanted[key].partition(", not None")
                types, fits, word = _KINDS[kind]
                text = f"{name}(): argument '{p.name}' must be {word}"
                default = _NOTHING if comma else p.default
                found.append((place, p.name, default, types, fits, text))
    return found


def first_place(checks: Checks) -> int:
    """The first place among the arguments that `look_at` looks at."""
    return min([check[0] for check in checks], default=999)


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
