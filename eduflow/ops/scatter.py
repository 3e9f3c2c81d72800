"""Writing by numbers into a copy: `scatter` and its family, the reverse of `gather`."""

import functools

import numpy as np

from .._core.arguments import check_dim, check_shapes, fitted
from .._core.dispatch import Kind, finish, like, raw, takes_out, two_way
from .._core.keeping import keeping
from .._core.layout import like_input
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap
from .choose import where
from .gather import check_along, check_bounds, grid


@two_way
def _erased(grad, *, key):
    """The gradient with zeros at the places that were overwritten."""
    result = np.array(grad)
    result[key] = 0
    return result, lambda outer: _erased(outer, key=key)


@quiet
def write_by(kind, input, index_tensor, source, key, add=False, dense=False, **more):
    """A copy of `input` with `source`, a tensor or number, written (or added) at the places `key`.

    The copy is in reading order or, if `dense`, in memory as the input is. `more` may name the
    array `used`, the part of the source that is written, `alpha`, a factor of the source, and
    `keeps`: the source counts as saved.
    """
    array, values, shape = input._array, raw(source), np.shape(raw(source))
    used, alpha = more.get("used", values), more.get("alpha", 1)
    used = used if alpha == 1 else (wrap(used) * alpha)._array
    result = like_input(array.copy(), array) if dense else array.copy(order="C")
    if add:
        np.add.at(result, key, used)
    else:
        result[key] = used
    index = raw(index_tensor)

    def to_input(grad):
        return grad if add else _erased(grad, key=_made_of(index, key))

    def to_source(grad):
        grad = grad[_made_of(index, key)]
        return _fitting(kind.name, grad if alpha == 1 else grad * alpha, shape)

    if add and not dense:  # then the gradient of the input does not depend on the index
        to_input = _passed_on
    to_source = keeping(to_source, values) if more.get("keeps") else to_source
    fits = [None, None, (shape, np.asarray(values).dtype)]
    return finish(kind, (result, to_input, None, to_source), (input, index_tensor, source), fits)


def _passed_on(grad):
    return grad


def _made_of(index, key):
    """`key`. The derivative that also names the index it is made of has saved it, and so notices
    where the index has changed.
    """
    return key


def _fitting(name, grad, shape):
    """The gradient of what was used of a source of this shape, as it is.

    As in PyTorch it is a RuntimeError if only a part was used: nothing is put around its gradient.
    """
    own = grad.shape
    new = len(own) - len(shape)
    if new < 0 or any(n not in (1, m) for n, m in zip(shape, own[new:])):
        raise RuntimeError(
            f"Function {name} returned an invalid gradient at index 1 - got {list(own)} but "
            f"expected shape compatible with {list(shape)}"
        )
    return grad


_SCATTER, _SCATTER_NUMBER, _SCATTER_ADD = [
    Kind(f"{name}", ("input", "index", "src"), False, "scatter")
    for name in ("ScatterBackward0", "ScatterBackward1", "ScatterAddBackward0")
]


@takes_out
@method("scatter")
@quiet
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
        returned = scatter_reduced("scatter", input, dim, index, src, names[reduce])
        return finish(_SCATTER, returned[0], (input, index, src))
    key = _scatter_key("scatter", input, dim, index, src)
    number = not isinstance(src, Tensor)
    src = fitted(src, input._array.dtype).item() if number else src
    kind = _SCATTER_NUMBER if number else _SCATTER
    return write_by(kind, input, index, src, key, used=_used(raw(src), index._array))


@takes_out
@method("scatter_add")
def scatter_add(input, dim, index, src):
    """A copy of `input` with each element of `src` added where `index` says along `dim`.

    Mirrors torch.scatter_add.
    """
    key = _scatter_key("scatter", input, dim, index, src)
    used = _used(src._array, index._array)
    return write_by(_SCATTER_ADD, input, index, src, key, True, used=used)


def _scatter_key(name, input, dim, index, src):
    """The places that `index` says; RuntimeError where index or source do not fit."""
    if isinstance(src, Tensor) and src._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    dim = check_along(name, input, dim, index, "self")
    shape, own = index._array.shape, input._array.shape
    wrong = any(size > limit for d, (size, limit) in enumerate(zip(shape, own)) if d != dim)
    if index.numel() and (_too_small(src, shape, wrong) or wrong):
        end = ""
        if isinstance(src, Tensor):
            end = f" and to be no larger size than src {list(src.shape)}"
        raise RuntimeError(
            f"Expected index {list(shape)} to be no larger than self {list(own)} apart from "
            f"dimension {dim}{end}"
        )
    check_bounds(index._array, dim, own)
    places = index._array if index.numel() else index._array.astype(np.int64)
    return grid(places, dim) if own else ()


def _too_small(src, shape, wrong):
    """Whether a source is too small for an index of this shape; an error if its dims are others.

    Which error that is depends on what PyTorch meets first, and whether all is `wrong` before.
    """
    if not isinstance(src, Tensor):
        return False
    own = src._array.shape
    for d, size in enumerate(() if wrong else shape or (1,)):
        if size > (own[check_dim(d, len(own))] if own else 1):
            wrong = True
            break
    if max(len(own), 1) != max(len(shape), 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    return wrong


def _used(values, index):
    """The part of an array, a tensor or a number that an index smaller than it uses."""
    shape = index.shape
    if not isinstance(values, np.ndarray | Tensor) or values.shape == shape:
        return values
    if values.ndim != len(shape) or not index.size:
        # a vector goes with a single index, and anything with an index of no elements
        return values.reshape(-1)[: index.size].reshape(shape)
    return values[tuple([slice(size) for size in shape])]


def _filled(index, number, input):
    return wrap(np.full(index._array.shape, fitted(number, input._array.dtype)))


_SCATTER_REDUCE = Kind("ScatterReduceBackward0", ("input", "index", "src"), False)
_UFUNCS = {
    "sum": (np.add, 0), "mean": (np.add, 0), "prod": (np.multiply, 1),
    "amax": (np.maximum, -np.inf), "amin": (np.minimum, np.inf),
}  # fmt: skip


@takes_out
@method("scatter_reduce")
@quiet
def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """A copy of `input` in which the elements of `src` that `index` sends to one place are reduced.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; the element that was there before counts,
    too, if `include_self`. Mirrors torch.scatter_reduce.
    """
    if reduce not in _UFUNCS:
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    returned = scatter_reduced("scatter_reduce", input, dim, index, src, reduce, include_self)
    form = src._array.shape, src._array.dtype
    return finish(_SCATTER_REDUCE, returned, (input, index, src), [None, None, form])


def scatter_reduced(name, input, dim, index, src, reduce, include_self=True):
    key = _scatter_key(name, input, dim, index, src)
    used = _used(src._array, index._array)
    result = _reduced(input._array, key, used, reduce, include_self)
    back = functools.partial(_fitting, "ScatterReduceBackward0", shape=src._array.shape)
    options = {"dim": dim, "include_self": include_self, "back": back}
    arrays = input._array, index._array, src._array, result
    if reduce == "prod":
        derivatives = _product_derivatives(name, *arrays, **options)
    else:
        derivatives = _share_derivatives(reduce, *arrays, **options)
    if reduce in ("prod", "amax", "amin") and used.shape != src._array.shape:
        derivatives = [d and _alike(d, src._array.shape, used.shape) for d in derivatives]
    return result, *derivatives


def _alike(derivative, *shapes):
    """`derivative`, which in PyTorch compares all of the source with what was used of it."""

    def comparing(grad):
        check_shapes(*shapes)
        return derivative(grad)

    return comparing


def _reduced(before, key, values, reduce, include_self):
    """A copy of `before` in which `values` are reduced at the places `key`."""
    result, (ufunc, start) = before.copy(order="C"), _UFUNCS[reduce]
    if not include_self:
        result[key] = _identity(start, before.dtype)
    ufunc.at(result, key, values)
    if reduce != "mean":
        return result
    count = _count(before, key, include_self)
    mean = result / count if result.dtype.kind in "fc" else result // count
    return mean.astype(result.dtype)


def _identity(start, dtype):
    """The number that changes nothing in a maximum or minimum, for ints as well."""
    if dtype.kind in "iu" and start not in (0, 1):
        limits = np.iinfo(dtype)
        return limits.min if start < 0 else limits.max
    return start


def _stays(before, key, include_self):
    """1 for each element before that counts, else 0."""
    stays = np.ones(before.shape, before.dtype)
    if not include_self:
        stays[key] = 0
    return stays


def _count(before, key, include_self):
    """How many elements met at each place."""
    count = _stays(before, key, include_self)
    np.add.at(count, key, 1)
    return count


def _shares(reduce, before, key, values, result, include_self):
    """How much of the gradient of a place goes to the element before, and to each source element.

    As in PyTorch, an extreme is shared with the element before even where that does not count; its
    share is then lost. And it compares all of the source, if that broadcasts, with what was used.
    """
    stays, met = _stays(before, key, include_self), result[key]
    if reduce == "sum":
        return stays, np.ones(met.shape, before.dtype)
    if reduce == "mean":
        count = _count(before, key, include_self)
        return stays / count, 1 / count[key]
    own, theirs = np.asarray(before == result), (values == met).astype(before.dtype)
    winners = np.asarray(own.astype(before.dtype))
    np.add.at(winners, key, _used(theirs, met))
    return own * stays / winners, theirs / winners[key]


def _share_derivatives(reduce, input, index, src, result, *, dim, include_self, back):
    """The derivatives of a reduction that only shares gradients out.

    Like PyTorch's they rely on all inputs and the result, even for a sum.
    """

    def shares(grad, *saved):
        before, places, values, after = [raw(x) for x in saved]
        key = grid(places, dim) if before.ndim else ()
        own, theirs = _shares(reduce, before, key, values, after, include_self)
        return key, like(grad, own), like(grad, theirs)

    def d_input(grad):
        _, own, _ = shares(grad, input, index, src, result)
        return grad * own

    def d_src(grad):
        key, _, theirs = shares(grad, input, index, src, result)
        return back(grad[key] * theirs)

    return d_input, None, d_src


def _product_derivatives(name, input, index, src, result, *, dim, include_self, back):
    """The derivatives of a product at each place: the gradient times all other factors."""
    options = {"dim": dim, "include_self": include_self}

    def d_input(grad):
        return _own_gradient(grad, input, index, src, result, **options)

    def d_src(grad):
        return back(_factor_gradient(grad, input, index, src, result, name=name, **options))

    return d_input, None, d_src


def _tensors(*arrays):
    return [x if isinstance(x, Tensor) else wrap(x) for x in arrays]


def _own_gradient(grad, input, index, src, result, *, dim, include_self):
    """The gradient of the elements that were there before; a zero is no obstacle."""
    above, own, places, factors, product = _tensors(grad, input, index, src, result)
    if (own == 0).any():
        own = where(own == 0, 1, own)
        product = own.scatter_reduce(dim, places, factors, "prod")
    share = above * product / own
    share = share if include_self else share.scatter(dim, places, 0)
    return share if isinstance(grad, Tensor) else share._array


def _factor_gradient(grad, input, index, src, result, *, name, dim, include_self):
    """The gradient of the factors that were sent to a place.

    If one of them is zero, all the others get nothing, and it gets the product of them. PyTorch has
    no second derivative where two are zero, and so there is none here.
    """
    above, own, places, factors, product = _tensors(grad, input, index, src, result)
    zero = factors == 0
    zeros = wrap(np.zeros_like(own._array)).scatter_add(dim, places, zero.to(own.dtype))
    zeros, safe = zeros.gather(dim, places), where(zero, 1, factors)
    others = own.scatter_reduce(dim, places, safe, "prod", include_self=include_self)
    others, product = [(above * x).gather(dim, places) for x in (others, product)]
    share = where(zero & (zeros == 1), others, product / safe)
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
