# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% erased
"""Writing by numbers into a copy: `scatter` and its family, the reverse of `gather`."""

import numpy as np

from .choosing import where
from .gathering import _check_along, _check_bounds, _grid
from .memory_order import like_input
from .operations import Kind, finish, takes_out
from .tensors import Tensor, check_dim, method, wrap
from .two_way import raw, two_way
from .windows import spread


@two_way
def _erased(grad, *, key):
    """The gradient with zeros at the places that were overwritten."""
    result = np.array(grad)
    result[key] = 0
    return result, lambda outer: _erased(outer, key=key)


# %% write-by
def _write_by(kind, input, index_tensor, source, key, add=False, dense=False):
    """A copy of `input` with `source`, a tensor or number, written (or added) at the places `key`.

    The copy is in reading order or, if `dense`, in memory as the input is.
    """
    array, values = input._array, raw(source)
    result = like_input(array.copy(), array) if dense else array.copy(order="C")
    if add:
        np.add.at(result, key, values)
    else:
        result[key] = values
    inputs = [input, index_tensor] if index_tensor is not None else [input]
    rest = (None,) if index_tensor is not None else ()
    returned = (
        result,
        (lambda grad: grad) if add else lambda grad: _erased(grad, key=key),
        *rest,
        lambda grad: grad[key],
    )
    fits = [None] * len(inputs) + [(np.shape(values), np.asarray(values).dtype)]
    return finish(kind, returned, (*inputs, source), fits)


# %% scatter
_SCATTER, _SCATTER_NUMBER, _SCATTER_ADD = [
    Kind(f"{name}", ("input", "index", "src"), False, "scatter")
    for name in ("ScatterBackward0", "ScatterBackward1", "ScatterAddBackward0")
]


@takes_out
@method("scatter")
def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """A copy of `input` with each element of `src`, a tensor or a number, written where `index`
    says along `dim`: the reverse of `gather`. Mirrors torch.scatter.
    """
    src = value if src is None else src
    if reduce is not None:
        names = {"add": "sum", "multiply": "prod"}
        if reduce not in names:
            raise RuntimeError("reduce argument must be either add or multiply.")
        src = src if isinstance(src, Tensor) else _filled(index, src, input)
        returned = _scatter_reduced("scatter", input, dim, index, src, names[reduce])
        return finish(_SCATTER, returned[0], (input, index, src))
    key = _scatter_key("scatter", input, dim, index, src)
    number = not isinstance(src, Tensor)
    src = np.asarray(src).astype(input._array.dtype).item() if number else src
    kind = _SCATTER_NUMBER if number else _SCATTER
    return _write_by(kind, input, index, _cut_to(src, index), key)


# %% scatter-add
@takes_out
@method("scatter_add")
def scatter_add(input, dim, index, src):
    """A copy of `input` with each element of `src` added where `index` says along `dim`.

    Mirrors torch.scatter_add.
    """
    key = _scatter_key("scatter", input, dim, index, src)
    return _write_by(_SCATTER_ADD, input, index, _cut_to(src, index), key, True)


# %% scatter-key
def _scatter_key(name, input, dim, index, src):
    """The places that `index` says; RuntimeError where index or source do not fit."""
    if isinstance(src, Tensor) and src._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    dim = _check_along(name, input, dim, index, "self")
    shape, own = index._array.shape, input._array.shape
    source = src._array.shape if isinstance(src, Tensor) else shape
    for d in range(len(shape)):
        check_dim(d, len(source))
    too_big = any(size > limit for d, (size, limit) in enumerate(zip(shape, own)) if d != dim)
    if index.numel() and (too_big or any(size > n for size, n in zip(shape, source))):
        end = f" and to be no larger size than src {list(source)}"
        end = end if isinstance(src, Tensor) else ""
        raise RuntimeError(
            f"Expected index {list(shape)} to be no larger than self {list(own)} apart from "
            f"dimension {dim}{end}"
        )
    _check_bounds(index._array, dim, own)
    return _grid(index._array, dim) if own else ()


# %% cut-to
def _cut_to(src, index):
    """The part of a source that an index smaller than it uses."""
    if not isinstance(src, Tensor) or src._array.shape == index._array.shape:
        return src
    return src[tuple([slice(size) for size in index._array.shape])]


def _filled(index, number, input):
    return wrap(np.full(index._array.shape, number, input._array.dtype))


# %% scatter-reduce
_SCATTER_REDUCE = Kind("ScatterReduceBackward0", ("input", "index", "src"), False)
_UFUNCS = {
    "sum": (np.add, 0), "mean": (np.add, 0), "prod": (np.multiply, 1),
    "amax": (np.maximum, -np.inf), "amin": (np.minimum, np.inf),
}  # fmt: skip


@takes_out
@method("scatter_reduce")
def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """A copy of `input` in which the elements of `src` that `index` sends to one place are reduced.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; the element that was there before counts,
    too, if `include_self`. Mirrors torch.scatter_reduce.
    """
    if reduce not in _UFUNCS:
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    returned = _scatter_reduced("scatter_reduce", input, dim, index, src, reduce, include_self)
    return finish(_SCATTER_REDUCE, returned, (input, index, src))


# %% scatter-reduced
def _scatter_reduced(name, input, dim, index, src, reduce, include_self=True):
    key = _scatter_key(name, input, dim, index, src)
    source, (ufunc, start) = _cut_to(src, index), _UFUNCS[reduce]
    before, values = input._array.copy(order="C"), source._array
    touched = np.zeros(before.shape, bool)
    touched[key] = True
    if not include_self:
        before[touched] = _identity(start, before.dtype)
    result = before.copy()
    ufunc.at(result, key, values)
    shares = _shares(reduce, input._array, values, result, key, touched, include_self)
    if reduce == "mean":
        result = (result / shares[2] if result.dtype.kind in "fc" else result // shares[2]).astype(
            result.dtype
        )
    back = _uncut(src, source)
    if reduce == "prod":
        return result, *_product_derivatives(name, input, dim, index, source, include_self, back)
    fixed_own, fixed_source = shares[:2]
    return (
        result,
        lambda grad: grad * fixed_own,
        None,
        lambda grad: back(grad[key] * fixed_source),
    )


def _uncut(src, source):
    """The gradient of all of a source, of which only a part was used."""
    shape, used = src._array.shape, tuple([slice(size) for size in source._array.shape])
    return lambda grad: spread(grad, look=lambda x: x[used], shape=shape)


# %% scatter-shares
def _identity(start, dtype):
    """The number that changes nothing in a maximum or minimum, for ints as well."""
    if dtype.kind in "iu" and start not in (0, 1):
        limits = np.iinfo(dtype)
        return limits.min if start < 0 else limits.max
    return start


def _shares(reduce, before, values, result, key, touched, include_self):
    """How much of the gradient of a place goes to the element before, and to each source element.

    The third is how many elements met at each place. As in PyTorch, an extreme is shared with the
    element before even where that does not count; its share is then lost.
    """
    kept = (np.ones(before.shape) if include_self else ~touched).astype(before.dtype)
    count = kept.copy()
    np.add.at(count, key, 1)
    if reduce == "sum":
        return kept, np.ones(values.shape, before.dtype), count
    if reduce == "mean":
        return kept / count, 1 / count[key], count
    if reduce == "prod":
        return None, None, count
    own, theirs = before == result, (values == result[key]).astype(before.dtype)
    winners = own.astype(before.dtype)
    np.add.at(winners, key, theirs)
    return own * kept / winners, theirs / winners[key], count


# %% product-derivatives
def _product_derivatives(name, input, dim, index, source, include_self, back):
    """The derivatives of a product at each place: the gradient times all other factors."""
    input, index, src = input._array, index._array, source._array
    options = {"dim": dim, "include_self": include_self}

    def d_input(grad):
        return _own_gradient(grad, input, index, src, **options)

    def d_src(grad):
        return back(_factor_gradient(grad, input, index, src, name=name, **options))

    return d_input, None, d_src


def _tensors(*arrays):
    return [x if isinstance(x, Tensor) else wrap(x) for x in arrays]


def _own_gradient(grad, input, index, src, *, dim, include_self):
    """The gradient of the elements that were there before; a zero is no obstacle."""
    above, own, places, factors = _tensors(grad, input, index, src)
    own = where(own == 0, 1, own)
    share = above * own.scatter_reduce(dim, places, factors, "prod") / own
    share = share if include_self else share.scatter(dim, places, 0)
    return share if isinstance(grad, Tensor) else share._array


# %% factor-gradient
def _factor_gradient(grad, input, index, src, *, name, dim, include_self):
    """The gradient of the factors that were sent to a place.

    If one of them is zero, all the others get nothing, and it gets the product of them. PyTorch has
    no second derivative where two are zero, and so there is none here.
    """
    above, own, places, factors = _tensors(grad, input, index, src)
    zero = factors == 0
    zeros = wrap(np.zeros_like(own._array)).scatter_add(dim, places, zero.to(own.dtype))
    zeros, safe = zeros.gather(dim, places), where(zero, 1, factors)

    def at_factors(given):
        product = own.scatter_reduce(dim, places, given, "prod", include_self=include_self)
        return (above * product).gather(dim, places)

    share = where(zero & (zeros == 1), at_factors(safe), at_factors(factors) / safe)
    if isinstance(grad, Tensor) and (zeros > 1).any():
        share = finish(_ERROR, (share._array, _no_second_derivative(name)), (share,))
    return share if isinstance(grad, Tensor) else share._array


_ERROR = Kind("Error", ("input",))


def _no_second_derivative(name):
    source = "src" if name == "scatter_reduce" else "source"

    def refuse(grad):
        raise RuntimeError(
            f"{name}(): Double backward is unsupported for {source} when >1 zeros in {source} are "
            "scattered to the same position in self"
        )

    return refuse


# %% public names
__all__ = ["scatter", "scatter_add", "scatter_reduce"]
