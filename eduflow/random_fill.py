# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% fill
"""Random numbers written into tensors, and drawn in the shape of other ones."""

import numpy as np

from .arguments import must_be_real
from .creation_like import empty_like
from .dtypes import dtype as dtype_class
from .generator import generator_argument
from .layouts import contiguous_format
from .memory_order import memory_order
from .sampling import int_values, normal_values
from .tensors import Tensor, element_strides, method
from .write_checks import REPEATED, repeats


def _fill(tensor, values):
    """Write flat `values` into a tensor in the order of its memory, and count the change."""
    _memory_window(tensor._array)[...] = values.reshape(_memory_window(tensor._array).shape)
    tensor._counter[0] += 1
    return tensor


def _memory_window(array, like=None):
    """`array` with its dims from the longest steps in memory to the shortest (those of `like`)."""
    like = array if like is None else like
    if like.flags.c_contiguous:
        return array
    return array.transpose(memory_order(like.shape, [element_strides(like)])[::-1])


# %% drawn-into
def _count(tensor):
    """The number of elements to draw; RuntimeError if some of them share their memory."""
    if repeats(tensor._array):
        raise RuntimeError(REPEATED)
    return tensor._array.size


# %% uniform-in-place
# `from` is a Python keyword, so PyTorch's own name for the lower end can only be given in **ends.
@method("uniform_")
def _uniform_(tensor, *ends, to=None, generator=None, **from_):
    """Fill the tensor with numbers evenly spread over [from, to), by default [0, 1)."""
    defaults = [from_.pop("from", 0.0), 1.0 if to is None else to]
    low, high = [*ends, *defaults[len(ends) :]][:2]
    dtype = tensor._array.dtype
    must_be_real("check_uniform_bounds", dtype)
    if low > high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    work = np.float64 if dtype == np.float64 else np.float32
    values = generator_argument("uniform_", generator).uniform(_count(tensor), work)
    if (low, high) != (0, 1):
        low, high = work(low), work(high)
        # In float64, to round only once, as a processor's fused multiply-add does.
        values = values.astype(np.float64) * np.float64(high - low) + np.float64(low)
    return _fill(tensor, values)


# %% normal-in-place
@method("normal_")
def _normal_(tensor, mean=0, std=1, *, generator=None):
    """Fill the tensor with normal numbers of this mean and deviation."""
    array = tensor._array
    source, dense = generator_argument("normal_", generator), array.flags.c_contiguous
    return _fill(tensor, normal_values(_count(tensor), array.dtype, source, mean, std, dense))


# %% random-in-place
@method("random_")
def _random_(tensor, *ends, to=None, generator=None, **from_):
    """Fill the tensor with ints: all its dtype holds, `random_(to)`, or `random_(from, to)`."""
    dtype = tensor._array.dtype
    source = generator_argument("random_", generator)
    count = _count(tensor)
    if dtype.kind in "iu":
        largest = np.iinfo(dtype).max
    else:
        largest = 1 if dtype.kind == "b" else 2 ** (np.finfo(dtype).nmant + 1)
    low = from_.pop("from", ends[0] if len(ends) == 2 else 0)
    high = ends[-1] if ends else to
    if high is None:
        if not ends and low == 0 and dtype.itemsize == 8:
            # The full range, from two words.
            return _fill(tensor, source.long_words(count) % np.uint64(largest + 1))
        if not ends and low == 0:
            return _fill(tensor, source.words(count) % np.uint32(largest + 1))
        high = largest + 1
    return _fill(tensor, int_values(count, low, high, dtype, source))


# %% bernoulli-in-place
@method("bernoulli_")
def _bernoulli_(tensor, p=0.5, *, generator=None):
    """Fill the tensor with ones, each with probability `p`, and zeros; `p` may be a tensor."""
    source = generator_argument("bernoulli_", generator)
    count = _count(tensor)
    if isinstance(p, Tensor):
        must_be_real("bernoulli_tensor_cpu_self_", p._array.dtype)
        chance = np.broadcast_to(p._array, tensor._array.shape)
        return _fill(tensor, _bernoulli_values(chance, tensor._array, source))
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return _fill(tensor, source.uniform(count, np.float64) < p)


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


# %% bernoulli
@method("bernoulli")
def bernoulli(input, p=None, *, generator=None):
    """Ones with the probabilities that `input` holds (or all with probability `p`), else zeros.

    Mirrors torch.bernoulli.
    """
    result = empty_like(input, memory_format=contiguous_format)
    if p is not None:
        return _bernoulli_(result, p, generator=generator)
    must_be_real("bernoulli_tensor_cpu_p_", input._array.dtype)
    source = generator_argument("bernoulli", generator)
    return _fill(result, _bernoulli_values(input._array, result._array, source))


# %% exponential-in-place
@method("exponential_")
def _exponential_(tensor, lambd=1, *, generator=None):
    """Fill the tensor with numbers of the exponential distribution: waits at the rate `lambd`."""
    dtype = tensor._array.dtype
    if dtype.kind != "f":
        name = dtype_class.by_numpy[dtype].legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {name}"
        )
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    source = generator_argument("exponential_", generator)
    return _fill(tensor, -np.log1p(-source.uniform(_count(tensor), np.float64)) / lambd)


# %% log-normal-in-place
@method("log_normal_")
def _log_normal_(tensor, mean=1, std=2, *, generator=None):
    """Fill the tensor with numbers whose logarithm is normal with this mean and deviation."""
    must_be_real("log_normal_cpu", tensor._array.dtype)
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    source = generator_argument("log_normal_", generator)
    return _fill(tensor, np.exp(source.normal_pairs(_count(tensor)) * std + mean))


# %% cauchy-in-place
@method("cauchy_")
def _cauchy_(tensor, median=0, sigma=1, *, generator=None):
    """Fill the tensor with numbers of the Cauchy distribution."""
    if tensor._array.dtype.kind != "f":
        name = dtype_class.by_numpy[tensor._array.dtype].legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {name}"
        )
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    source = generator_argument("cauchy_", generator)
    uniform = source.uniform(_count(tensor), np.float64)
    return _fill(tensor, median + sigma * np.tan(np.pi * (uniform - 0.5)))


# %% geometric-in-place
@method("geometric_")
def _geometric_(tensor, p, *, generator=None):
    """Fill the tensor with the number of tries until the first success, each of probability `p`."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    source = generator_argument("geometric_", generator)
    uniform = source.uniform(_count(tensor), np.float64)
    return _fill(tensor, np.ceil(np.log(uniform) / np.log1p(-p)))


# %% public names
__all__ = ["bernoulli"]
