"""Random tensors: rand, randn, randint, randperm, bernoulli, multinomial, and `normal_` and kin."""

import functools
import math

import numpy as np

from .._core.arguments import (
    NOT_GIVEN,
    dtype_argument,
    int_argument,
    list_argument,
    must_be_real,
    options_argument,
    size_argument,
)
from .._core.calls import answering
from .._core.dispatch import Kind, finish, no_slope, pointwise_fits, raw, recording, takes_out
from .._core.dtype import OLD_NAMES, get_default_dtype, int64, old_name
from .._core.generator import generator_argument
from .._core.layout import contiguous_format, memory_order
from .._core.signature import passes_on
from .._core.tensor import Tensor, created, element_strides, method, wrap
from .._kernels import kernel
from .._words.inference import must_be_changeable
from .._words.inplace import REPEATED, no_graph_with_out, repeats
from .._words.operands import refuse_kinds
from ..autograd.inplace import adopt, check_write, constant, stand_in
from .factories import empty_like
from .filling import filled, fills_out


def normal_values(count, dtype, generator, mean=0.0, std=1.0, contiguous=True, out=None):
    """`count` normal numbers as a flat array. From 16 on PyTorch draws in blocks, if it may.

    They are written into the flat array `out` if it is given, then in blocks.
    """
    must_be_real("normal_kernel_cpu", dtype)
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if count >= 16 and contiguous:
        values = generator.normal_blocks(count, dtype, out)
    else:
        values = generator.normal_pairs(count)
    if (mean, std) != (0, 1):
        values *= values.dtype.type(std)
        values += values.dtype.type(mean)
    return values.astype(dtype, copy=False)


def randint_arguments(given, low, high, size):
    """low, high and size, whichever way they were given."""
    if given and isinstance(given[-1], (tuple, list)):
        size = given.pop()
    for name in ("high",) if len(given) == 1 and low is None and high is None else ("low", "high"):
        if given and name == "high":
            high = int_argument("randint", "high", 2 - (low is None), given.pop(0))
        elif given:
            low = int_argument("randint", "low", 1, given.pop(0))
    if size is None and high is not None and low is not None:
        raise TypeError("randint(): argument 'size' (position 2) must be tuple of ints, not int")
    if size is None or high is None:
        raise TypeError("randint() received an invalid combination of arguments")
    return 0 if low is None else low, high, size


def int_values(count, low, high, dtype, generator):
    """`count` ints from low to high, high not included, as a flat array of the NumPy dtype.

    A word modulo the range; ranges from 2**28 on take two words, to be spread evenly enough.
    """
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    _check_limits(low, high - 1, dtype)
    if high - low >= 2**28:
        words = generator.long_words(count)
        words = words if high - low == 2**64 else words % np.uint64(high - low)
        return (words.view(np.int64) + np.int64(low)).astype(dtype)
    values = generator.words(count) % np.uint32(high - low)
    return (values.astype(np.int64) + low if low else values).astype(dtype, copy=False)


def _check_limits(low, last, dtype):
    if dtype.kind in "iu":
        smallest, largest = np.iinfo(dtype).min, np.iinfo(dtype).max
    else:
        smallest, largest = (0, 1) if dtype.kind == "b" else (-np.inf, np.inf)
    for name, value in (("from", low), ("to - 1", last)):
        if not smallest <= value <= largest:
            raise RuntimeError(f"{name} is out of bounds for {OLD_NAMES[dtype.name][1]}")


def check_permutation(n, dtype):
    """RuntimeError if this NumPy dtype cannot hold all ints up to n - 1."""
    if dtype.kind == "f" and n > 2 ** (np.finfo(dtype).nmant + 1) + 1:
        limit = 2 ** (np.finfo(dtype).nmant + 1) + 1
        raise RuntimeError(f"n cannot be greater than {limit} for {old_name(dtype)} type.")
    if dtype.kind in "iu" and n - 1 > np.iinfo(dtype).max:
        name = "int" if dtype == np.int32 else f"{dtype.name}_t"
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")


@answering
def rand(*sizes, size=None, generator=None, dtype=None, out=None, **options):
    """Random numbers, evenly spread over [0, 1). Mirrors torch.rand, bit for bit."""
    shape = size_argument("rand", sizes, size)
    if out is not None:
        draw = functools.partial(Tensor.uniform_, generator=generator)
        return filled("rand", out, shape, draw, dtype=dtype, **options)
    target = dtype_argument("rand", dtype, get_default_dtype())
    must_be_real("check_uniform_bounds", target)
    source = generator_argument("rand", generator)
    return created(source.uniform(math.prod(shape), target).reshape(shape), **options)


@answering
def randn(*sizes, size=None, generator=None, dtype=None, out=None, **options):
    """Normal random numbers, mean 0 and deviation 1. Mirrors torch.randn, up to rounding."""
    shape = size_argument("randn", sizes, size)
    if out is not None:
        draw = functools.partial(Tensor.normal_, generator=generator)
        return filled("randn", out, shape, draw, dtype=dtype, **options)
    target = dtype_argument("randn", dtype, get_default_dtype())
    source = generator_argument("randn", generator)
    return created(normal_values(math.prod(shape), target, source).reshape(shape), **options)


@answering
def randint(
    *bounds, low=None, high=None, size=None, generator=None, dtype=None, out=None, **options
):
    """Ints from low (or 0) to high, high not included: `randint(high, size)` or
    `randint(low, high, size)`. int64 unless a dtype is given. Mirrors torch.randint, bit for bit.
    """
    low, high, size = randint_arguments(list(bounds), low, high, size)
    shape = list_argument("randint", size)
    if out is not None:
        draw = functools.partial(Tensor.random_, generator=generator, **{"from": low, "to": high})
        return filled("randint", out, shape, draw, dtype=dtype, **options)
    target = dtype_argument("randint", dtype, int64)
    source = generator_argument("randint", generator)
    values = int_values(math.prod(shape), low, high, target, source)
    return created(values.reshape(shape), **options)


# %% lesson 01 shuffled
@kernel
def shuffled(n, words):
    """The ints from 0 to n - 1, shuffled by n - 1 words of 32 random bits.

    Place after place, from the front, swaps with one of the places that are left, itself included:
    the word's remainder says how far ahead. Returns a list.
    """
    items = list(range(n))
    for place, word in enumerate(words):
        other = place + word % (n - place)
        items[place], items[other] = items[other], items[place]
    return items


# %% end


@fills_out
def randperm(n, *, generator=None, dtype=int64, **options):
    """The ints from 0 to n - 1 in random order. Mirrors torch.randperm, bit for bit."""
    (n,) = size_argument("randperm", (int_argument("randperm", "n", 1, n),))
    target = dtype_argument("randperm", dtype, int64)
    check_permutation(n, target)
    words = generator_argument("randperm", generator).words(max(n - 1, 0))
    return created(np.asarray(shuffled(n, words.data), target), **options)


@answering
def normal(mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, out=None, **options):
    """Normal random numbers with this mean and deviation: numbers with a size, or tensors.

    Tensors give every element its own mean and deviation; they broadcast. Mirrors torch.normal.
    """
    source = generator_argument("normal", generator)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if options or dtype:
            raise TypeError("normal() received an invalid combination of arguments")
        if out is not None:
            return _normal_into(out, mean, std, source)
        kind = _NORMAL[isinstance(mean, Tensor), isinstance(std, Tensor)]
        inputs = [x for x in (mean, std) if isinstance(x, Tensor)]
        values = _normal_around(mean, std, source)
        return finish(
            kind, (values, *[no_slope] * len(inputs)), inputs, pointwise_fits(inputs, values)
        )
    if size is None:
        raise TypeError("normal() received an invalid combination of arguments: size is missing")
    shape = list_argument("normal", size)
    if out is not None:
        draw = functools.partial(Tensor.normal_, mean=mean, std=std, generator=generator)
        return filled("normal", out, shape, draw, dtype=dtype, **options)
    target = dtype_argument("normal", dtype, get_default_dtype())
    values = normal_values(math.prod(shape), target, source, mean, std)
    return created(values.reshape(shape), **options)


_NORMAL = {
    (True, False): Kind("NormalBackward1", ("mean",)),
    (False, True): Kind("NormalBackward2", ("std",)),
    (True, True): Kind("NormalBackward3", ("mean", "std")),
}


def _normal_into(out, mean, std, generator):
    """Normal numbers around means, or with deviations, that are tensors, written into `out`."""
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    no_graph_with_out("normal", *tensors, out)
    shape = _common_shape(*[x.shape for x in tensors])
    if not isinstance(std, Tensor):
        shape = _common_shape(shape, tuple(out.shape))
    _check_deviation(raw(std))
    draw = functools.partial(Tensor.normal_, generator=generator)
    return filled("normal", out, shape, lambda out: draw(out).mul_(std).add_(mean))


def _normal_around(mean, std, generator):
    """Normal numbers, each with the mean and deviation that two arrays or numbers give it."""
    arrays = [x._array for x in (mean, std) if isinstance(x, Tensor)]
    mean = mean._array if isinstance(mean, Tensor) else mean
    std = std._array if isinstance(std, Tensor) else std
    _check_deviation(std)
    shape = _common_shape(*[array.shape for array in arrays])
    dtype = np.result_type(*arrays)
    values = normal_values(math.prod(shape), dtype, generator).reshape(shape)
    return (values * std + mean).astype(dtype, copy=False)


def _check_deviation(std):
    if np.less(std, 0).any():
        if np.ndim(std):
            raise RuntimeError("normal expects all elements of std >= 0.0")
        raise RuntimeError(f"normal expects std >= 0.0, but found std {float(std):g}")


def _common_shape(a, b=()):
    """The shape that two shapes broadcast to; RuntimeError if they do not."""
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        pass
    for dim in range(1, min(len(a), len(b)) + 1):
        if a[-dim] != b[-dim] and 1 not in (a[-dim], b[-dim]):
            raise RuntimeError(
                f"The size of tensor a ({a[-dim]}) must match the size of tensor b ({b[-dim]}) "
                f"at non-singleton dimension {max(len(a), len(b)) - dim}"
            )


def _fill(tensor, values, name="fill"):
    """Write flat `values` into a tensor in the order of its memory, and count the change.

    Or `values` is a function that writes them into the array it is given. What the tensor held
    before no longer matters: no gradient passes. RuntimeError where the change could not be
    recorded.
    """
    must_be_changeable(tensor._counter)
    recorded = recording.enabled and tensor.requires_grad
    if recorded:
        check_write(tensor)
        before, result = stand_in(tensor), wrap(tensor._array)
        constant(result, name, before)
    window = _memory_window(tensor._array)
    if callable(values):
        values(window)
    else:
        window[...] = values.reshape(window.shape)
    tensor._counter[0] += 1
    if recorded:
        adopt(tensor, result)
    return tensor


def _drawn_by(draw):
    """A function for `_fill` that writes what `draw(count)` gives, some numbers at a time."""

    def write(window):
        if not window.flags.c_contiguous:
            window[...] = draw(window.size).reshape(window.shape)
            return
        flat = window.reshape(-1)
        for start in range(0, flat.size, _AT_A_TIME):
            part = flat[start : start + _AT_A_TIME]
            part[...] = draw(part.size)

    return write


_AT_A_TIME = 1 << 16  # numbers that are drawn and written while they are in the cache


def _memory_window(array, like=None):
    """`array` with its dims from the longest steps in memory to the shortest (those of `like`)."""
    like = array if like is None else like
    if like.flags.c_contiguous:
        return array
    return array.transpose(memory_order(like.shape, [element_strides(like)])[::-1])


def _count(tensor):
    """The number of elements to draw; RuntimeError if some of them share their memory."""
    if repeats(tensor._array):
        raise RuntimeError(REPEATED)
    return tensor._array.size


def _no_more(name, ends, unknown):
    """TypeError for more than two ends, and for names that are not known."""
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(unknown))}'")
    if len(ends) > 2:
        raise TypeError(f"{name}() takes 2 positional arguments but {len(ends)} were given")


# `from` is a Python keyword, so PyTorch's own name for the lower end can only be given in **ends.
@method("uniform_")
def _uniform_(tensor, *ends, to=None, generator=None, **from_):
    """Fill the tensor with numbers evenly spread over [from, to), by default [0, 1)."""
    defaults = [from_.pop("from", 0.0), 1.0 if to is None else to]
    _no_more("uniform_", ends, from_)
    low, high = [*ends, *defaults[len(ends) :]][:2]
    dtype = tensor._array.dtype
    must_be_real("check_uniform_bounds", dtype)
    if low > high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    work = np.float64 if dtype == np.float64 else np.float32
    source = generator_argument("uniform_", generator)
    _count(tensor)

    def draw(count):
        values = source.uniform(count, work)
        if (low, high) != (0, 1):
            # In float64, to round only once, as a processor's fused multiply-add does.
            wide = values.astype(np.float64) * np.float64(work(high) - work(low))
            values = wide + np.float64(work(low))
        if dtype == np.float16:
            values = values.astype(dtype)
            values[values == dtype.type(high)] = low  # rounded up to the end, which is left out
        return values

    return _fill(tensor, _drawn_by(draw), "uniform")


@method("normal_")
def _normal_(tensor, mean=0, std=1, *, generator=None):
    """Fill the tensor with normal numbers of this mean and deviation."""
    array, count = tensor._array, _count(tensor)
    source, dense = generator_argument("normal_", generator), array.flags.c_contiguous
    if not dense or count < 16 or array.dtype not in (np.float32, np.float64):
        return _fill(tensor, normal_values(count, array.dtype, source, mean, std, dense), "normal")

    def write(window):
        normal_values(count, array.dtype, source, mean, std, True, window.reshape(-1))

    return _fill(tensor, write, "normal")


@method("random_")
def _random_(tensor, *ends, to=NOT_GIVEN, generator=None, **from_):
    """Fill the tensor with ints: all its dtype holds, `random_(to)`, or `random_(from, to)`.

    With `to` None, from `from` on.
    """
    low, high = _ends_of_random(ends, to, from_)
    dtype = tensor._array.dtype
    refuse_kinds("random_kernel_cpu", tensor._array)
    source = generator_argument("random_", generator)
    count = _count(tensor)
    if dtype.kind in "iu":
        largest = np.iinfo(dtype).max
    else:
        largest = 1 if dtype.kind == "b" else 2 ** (np.finfo(dtype).nmant + 1)
    if low is None and dtype.itemsize == 8:  # the full range, from two words
        return _fill(tensor, source.long_words(count) % np.uint64(largest + 1), "random")
    if low is None:
        return _fill(tensor, source.words(count) % np.uint32(largest + 1), "random")
    high = largest + 1 if high is None else high
    return _fill(tensor, int_values(count, low, high, dtype, source), "random")


def _ends_of_random(ends, to, from_):
    """from and to as they were given to `random_`: two ints, an int and None, or twice None."""
    lower = [from_.pop("from")] if "from" in from_ else []
    ends = [*ends, *lower, *([] if to is NOT_GIVEN else [to])]
    _no_more("random_", ends, from_)
    if len(ends) == 2:
        high = None if ends[1] is None else int_argument("random_", "to", 2, ends[1])
        return int_argument("random_", "from", 1, ends[0]), high
    if lower:
        raise TypeError("random_() received an invalid combination of arguments - got (from=int, )")
    return (0, int_argument("random_", "to", 1, ends[0])) if ends else (None, None)


@method("bernoulli_")
def _bernoulli_(tensor, p=0.5, *, generator=None):
    """Fill the tensor with ones, each with probability `p`, and zeros; `p` may be a tensor."""
    source = generator_argument("bernoulli_", generator)
    count = _count(tensor)
    if isinstance(p, Tensor):
        must_be_real("bernoulli_tensor_cpu_self_", p._array.dtype)
        chance = np.broadcast_to(p._array, tensor._array.shape)
        return _fill(tensor, _bernoulli_values(chance, tensor._array, source), "bernoulli")
    refuse_kinds("bernoulli_scalar_cpu_", tensor._array)
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return _fill(tensor, source.uniform(count, np.float64) < p, "bernoulli")


def _bernoulli_values(chance, like, generator):
    """Flat ones and zeros in the memory order of `like`, each one with its own probability."""
    if ((chance < 0) | (chance > 1)).any():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message "
            "be improved?  If so, please report an enhancement request to PyTorch.)"
        )
    work = np.float64 if chance.dtype == np.float64 else np.float32
    chance = _memory_window(chance, like).astype(work).ravel()
    return generator.uniform(chance.size, work) < chance


@takes_out
@method("bernoulli")
def bernoulli(input, p=None, *, generator=None):
    """Ones with the probabilities that `input` holds (or all with probability `p`), else zeros.

    Mirrors torch.bernoulli.
    """
    result = empty_like(input, memory_format=contiguous_format)
    if p is not None:
        _bernoulli_(result, p, generator=generator)
        return finish(_BERNOULLI_BY_NUMBER, result._array, (input,))
    must_be_real("bernoulli_tensor_cpu_p_", input._array.dtype)
    source = generator_argument("bernoulli", generator)
    _fill(result, _bernoulli_values(input._array, result._array, source))
    return finish(_BERNOULLI, (result._array, no_slope), (input,))


_BERNOULLI = Kind("BernoulliBackward0", ("input",))
_BERNOULLI_BY_NUMBER = Kind("BernoulliBackward1", ("input",), operation="bernoulli")


@method("exponential_")
def _exponential_(tensor, lambd=1, *, generator=None):
    """Fill the tensor with numbers of the exponential distribution: waits at the rate `lambd`."""
    dtype = tensor._array.dtype
    if dtype.kind != "f":
        name = old_name(dtype)
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {name}"
        )
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    source = generator_argument("exponential_", generator)
    return _fill(
        tensor, -np.log1p(-source.uniform(_count(tensor), np.float64)) / lambd, "exponential"
    )


@method("log_normal_")
def _log_normal_(tensor, mean=1, std=2, *, generator=None):
    """Fill the tensor with numbers whose logarithm is normal with this mean and deviation."""
    must_be_real("log_normal_cpu", tensor._array.dtype)
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    source = generator_argument("log_normal_", generator)
    return _fill(tensor, np.exp(source.normal_pairs(_count(tensor)) * std + mean), "log_normal")


@method("cauchy_")
def _cauchy_(tensor, median=0, sigma=1, *, generator=None):
    """Fill the tensor with numbers of the Cauchy distribution."""
    if tensor._array.dtype.kind != "f":
        name = OLD_NAMES[tensor._array.dtype.name][1]
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {name}"
        )
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    source = generator_argument("cauchy_", generator)
    uniform = source.uniform(_count(tensor), np.float64)
    return _fill(tensor, median + sigma * np.tan(np.pi * (uniform - 0.5)), "cauchy")


@method("geometric_")
def _geometric_(tensor, p, *, generator=None):
    """Fill the tensor with the number of tries until the first success, each of probability `p`."""
    refuse_kinds("geometric_cpu", tensor._array, "bc")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    source = generator_argument("geometric_", generator)
    uniform = source.uniform(_count(tensor), np.float64)
    return _fill(tensor, np.ceil(np.log(uniform) / np.log1p(-p)), "geometric")


def _drawn(fill, input, options, requires_grad, generator, *arguments):
    """A tensor like `input`, filled by `fill`; `options` are those of empty_like."""
    options_argument(requires_grad, None, False)
    result = fill(empty_like(input, **options), *arguments, generator=generator)
    return result.requires_grad_(True) if requires_grad else result


@answering
def rand_like(
    input,
    *,
    generator=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
):
    """Numbers evenly spread over [0, 1) in the shape of `input`. Mirrors torch.rand_like."""
    options = {"dtype": dtype, "device": device, "memory_format": memory_format}
    options |= {"layout": layout, "pin_memory": pin_memory}
    return _drawn(_uniform_, input, options, requires_grad, generator)


@answering
def randn_like(
    input,
    *,
    generator=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
):
    """Normal random numbers in the shape of `input`. Mirrors torch.randn_like."""
    options = {"dtype": dtype, "device": device, "memory_format": memory_format}
    options |= {"layout": layout, "pin_memory": pin_memory}
    return _drawn(_normal_, input, options, requires_grad, generator)


@answering
def randint_like(
    input,
    *bounds,
    low=None,
    high=None,
    generator=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
):
    """Ints from low (or 0) to high in the shape of `input`. Mirrors torch.randint_like."""
    options = {"dtype": dtype, "device": device, "memory_format": memory_format}
    if len(bounds) > 2:
        raise TypeError("randint_like() received an invalid combination of arguments: bounds")
    high = bounds[-1] if bounds else high
    if high is None:
        raise TypeError('randint_like() missing 1 required argument: "high"')
    if isinstance(high, Tensor) and high.ndim:
        raise RuntimeError("high must be a scalar tensor and on CPU")
    low = bounds[0] if len(bounds) > 1 else 0 if low is None else low
    if input.is_complex():
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types"
        )
    return _drawn(_random_, input, options, requires_grad, generator, low, high)


@takes_out
@method("multinomial")
def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Indices drawn with the weights in `input`, a vector or one vector per row; int64.

    Without replacement no index comes twice in a row. Mirrors torch.multinomial.
    """
    weights = input._array
    _check_weights(weights, num_samples, replacement)
    source = generator_argument("multinomial", generator)
    rows = weights.reshape(-1, weights.shape[-1])
    if replacement and num_samples > 1:
        picked = _with_replacement(rows, num_samples, source)
    else:
        # The race of the weights: each waits an exponential time, shorter for a larger weight.
        waits = _exponential_(empty_like(wrap(rows)), generator=source)._array
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = rows / waits
        picked = np.argsort(-speed, axis=1, kind="stable")[:, :num_samples]
    return wrap(np.ascontiguousarray(picked, np.int64).reshape(*weights.shape[:-1], num_samples))


def _with_replacement(rows, count, generator):
    """`count` indices for every row: where a uniform number falls among the summed-up weights."""
    sums = np.cumsum(rows, axis=1, dtype=rows.dtype)
    sums = (sums / sums[:, -1:]).astype(np.float64)
    sums[:, -1] = 1
    uniform = generator.uniform(len(rows) * count, np.float64).reshape(len(rows), count)
    return np.stack([np.searchsorted(ends, draws) for ends, draws in zip(sums, uniform)])


def _check_weights(weights, count, replacement):
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        name = old_name(weights.dtype)
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {name}"
        )
    if count <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and count > weights.shape[-1]:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(axis=-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


@answering
def poisson(input, generator=None):
    """Counts of the Poisson distribution with the rates in `input`. Mirrors torch.poisson."""
    rates = input._array
    if rates.dtype.kind != "f":
        name = input.dtype.legacy_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"poisson_cpu\" not implemented for '{name}'")
    if (rates < 0).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    source = generator_argument("poisson", generator)
    result = empty_like(input, memory_format=contiguous_format)
    flat = [_poisson(rate, source) for rate in rates.ravel().tolist()]
    result._array[...] = np.array(flat).reshape(rates.shape)
    return finish(_POISSON, (result._array, no_slope), (input,))


_POISSON = Kind("PoissonBackward0", ("input",))


def _poisson(rate, generator):
    """One count. Up to a rate of 10: how many uniform numbers until their product is too small."""
    if rate >= 10:
        return _large_poisson(rate, generator)
    if rate == 0:
        return 0
    product, count = 1.0, -1
    while product > math.exp(-rate):
        product *= generator.uniform(1, np.float64)[0]
        count += 1
    return count


def _large_poisson(rate, generator):
    """One count by the transformed rejection of Hörmann (1993), "PTRS": a draw or two suffice."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha, v_r = 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = generator.uniform(2, np.float64) - (0.5, 0)
        us = 0.5 - abs(u)
        count = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= v_r:
            return count
        if count < 0 or (us < 0.013 and v > us):
            continue
        squeeze = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if squeeze <= -rate + count * math.log(rate) - math.lgamma(count + 1):
            return count


# What they take besides goes on to `created`.
passes_on(rand, created)
passes_on(randn, created)
passes_on(randint, created)
passes_on(randperm, created)
passes_on(normal, created)
