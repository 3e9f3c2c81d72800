# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% rand-like
"""Random numbers in the shape of another tensor, and choices among weighted ones."""

import math

import numpy as np

from .creation_like import empty_like
from .dtypes import dtype as dtype_class
from .generator import generator_argument
from .layouts import contiguous_format
from .random_fill import _exponential_, _normal_, _random_, _uniform_
from .tensors import method, wrap


def _drawn(fill, input, options, requires_grad, generator, *arguments):
    """A tensor like `input`, filled by `fill`; `options` are those of empty_like."""
    result = fill(empty_like(input, **options), *arguments, generator=generator)
    return result.requires_grad_(True) if requires_grad else result


# %% rand-like-function
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
    return _drawn(_uniform_, input, options, requires_grad, generator)


# %% randn-like
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
    return _drawn(_normal_, input, options, requires_grad, generator)


# %% randint-like
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
    high = bounds[-1] if bounds else high
    low = bounds[0] if len(bounds) > 1 else 0 if low is None else low
    return _drawn(_random_, input, options, requires_grad, generator, low, high)


# %% multinomial
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


# %% with-replacement
def _with_replacement(rows, count, generator):
    """`count` indices for every row: where a uniform number falls among the summed-up weights."""
    sums = np.cumsum(rows, axis=1, dtype=rows.dtype)
    sums = (sums / sums[:, -1:]).astype(np.float64)
    sums[:, -1] = 1
    uniform = generator.uniform(len(rows) * count, np.float64).reshape(len(rows), count)
    return np.stack([np.searchsorted(ends, draws) for ends, draws in zip(sums, uniform)])


# %% check-weights
def _check_weights(weights, count, replacement):
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        name = dtype_class.by_numpy[weights.dtype].legacy_name.removesuffix("Tensor")
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


# %% poisson
def poisson(input, generator=None):
    """Counts of the Poisson distribution with the rates in `input`. Mirrors torch.poisson."""
    rates = input._array
    if (rates < 0).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    source = generator_argument("poisson", generator)
    result = empty_like(input, memory_format=contiguous_format)
    flat = [_poisson(rate, source) for rate in rates.ravel().tolist()]
    result._array[...] = np.array(flat).reshape(rates.shape)
    return result


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


# %% large-poisson
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


# %% public names
__all__ = ["multinomial", "poisson", "rand_like", "randint_like", "randn_like"]
