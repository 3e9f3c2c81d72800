"""New tensors: from data, full of one number, ranges, identity matrices, `new_*` and `*_like`."""

import math

import numpy as np

from .._core.arguments import (
    cast,
    dtype_argument,
    fitted,
    int_argument,
    like_argument,
    list_argument,
    number_argument,
    size_argument,
)
from .._core.calls import answering
from .._core.device import require_cpu
from .._core.dtype import complex64, get_default_dtype, int64, promote_types, scalar_dtype
from .._core.dtype import dtype as dtype_class
from .._core.layout import (
    format_strides,
    in_format,
    keeps_order,
    kept_strides,
    preserve_format,
    with_layout,
)
from .._core.nested import lent, numbers_of
from .._core.numpy_warnings import quiet
from .._core.signature import passes_on
from .._core.storage import element_place
from .._core.tensor import Tensor, created, method, wrap
from .._words.factories import better_cloned, bounds_argument, spacing_argument
from .filling import filled, fills_out


@answering
def tensor(data, *, dtype=None, **options):
    """A new tensor that holds a copy of `data`: numbers, nested lists, an array or a tensor.

    Without a dtype, floats become the default dtype, ints int64; NumPy arrays and tensors keep
    theirs. Raises ValueError for lists of different lengths. Mirrors torch.tensor.
    """
    better_cloned(data)
    target = dtype_argument("tensor", dtype, None)
    return created(numbers_of(data, target), **options)


@answering
def from_numpy(ndarray):
    """A tensor over the memory of a NumPy array: a change of one shows in the other.

    Raises TypeError for a dtype that tensors do not have. Mirrors torch.from_numpy.
    """
    return wrap(lent(ndarray))


@fills_out
def zeros(*sizes, size=None, dtype=None, **options):
    """A tensor of zeros: `zeros(2, 3)` or `zeros((2, 3))`. Mirrors torch.zeros."""
    target = dtype_argument("zeros", dtype, get_default_dtype())
    return created(np.zeros(size_argument("zeros", sizes, size), target), **options)


@fills_out
def ones(*sizes, size=None, dtype=None, **options):
    """A tensor of ones: `ones(2, 3)` or `ones((2, 3))`. Mirrors torch.ones."""
    target = dtype_argument("ones", dtype, get_default_dtype())
    return created(np.ones(size_argument("ones", sizes, size), target), **options)


@fills_out
def full(size, fill_value, *, dtype=None, **options):
    """A tensor of this size full of one number, whose kind decides the dtype unless it is given.

    Raises RuntimeError if the number does not fit into the dtype. Mirrors torch.full.
    """
    number = number_argument("full", "fill_value", 2, fill_value)
    target = dtype_argument("full", dtype, scalar_dtype(number))
    return created(np.full(list_argument("full", size), fitted(number, target)), **options)


# %% lesson 19 arange
@quiet
def spaced(start, end, step, target):
    """start, start + step, ... as long as they come before end, in the NumPy dtype `target`."""
    if all(isinstance(number, int) for number in (start, end, step)):
        count = -((start - end) // step)
    else:
        count = math.ceil((end - start) / step)
    whole = target.kind in "iu"
    if whole:
        start, step = int(start), int(step)
    places = np.arange(count, dtype=np.int64 if whole else np.float64)
    return cast(start + step * places, target)


@fills_out
def arange(*bounds, start=None, end=None, step=None, dtype=None, **options):
    """The numbers from start to before end, in steps; of ints, int64. Mirrors torch.arange."""
    bounds = bounds_argument(bounds, start, end, step)
    whole = all(isinstance(number, int) for number in bounds)
    target = dtype_argument("arange", dtype, int64 if whole else get_default_dtype())
    return created(spaced(*spacing_argument(*bounds, target), target), **options)


# %% end


@fills_out
def eye(n, m=None, *, dtype=None, **options):
    """An n x m matrix with ones on the diagonal; m is n unless given. Mirrors torch.eye."""
    n = int_argument("eye", "n", 1, n)
    m = n if m is None else int_argument("eye", "m", 2, m)
    for name, size in (("n", n), ("m", m)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return created(np.eye(n, m, dtype=dtype_argument("eye", dtype, get_default_dtype())), **options)


@answering
def empty(*sizes, size=None, dtype=None, memory_format=None, out=None, **options):
    """A tensor whose content nobody has set; here it happens to be zeros. Mirrors torch.empty."""
    if out is not None:
        shape = size_argument("empty", sizes, size)
        return filled("empty", out, shape, lambda out: out, dtype=dtype, **options)
    target = dtype_argument("empty", dtype, get_default_dtype())
    array = np.zeros(size_argument("empty", sizes, size), target)
    if memory_format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve")
    return created(in_format(array, memory_format), **options)


@answering
def scalar_tensor(s, *, dtype=None, **options):
    """A tensor without dims that holds one number, in the default dtype unless one is given."""
    number = number_argument("scalar_tensor", "s", 1, s)
    target = dtype_argument("scalar_tensor", dtype, get_default_dtype())
    return created(fitted(number, target), **options)


@answering
def as_tensor(data, *, dtype=None, device=None):
    """`data` as a tensor, without a copy if it is a tensor or an array and has the dtype.

    Mirrors torch.as_tensor.
    """
    require_cpu(device)
    target = dtype_argument("as_tensor", dtype, None)
    if isinstance(data, Tensor):
        return data if target is None else data.to(dtype_class.by_numpy[target])
    if isinstance(data, np.ndarray) and target in (None, data.dtype):
        return from_numpy(data)
    return created(numbers_of(data, target))


@answering
def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """`obj` as a tensor. `copy=True` always copies, `copy=False` raises where it would have to.

    Mirrors torch.asarray.
    """
    held = isinstance(obj, (Tensor, np.ndarray))
    if copy is False and not held:
        raise ValueError("can't alias arbitrary sequence into a tensor.")
    if copy:
        target = dtype_argument("asarray", dtype, None)
        result = created(numbers_of(obj, target), device)
    else:
        result = as_tensor(obj, dtype=dtype, device=device)
        if copy is False and result.data_ptr() != as_tensor(obj).data_ptr():
            raise ValueError("can't alias tensor with dtype different from the one it has")
    if requires_grad:
        result.requires_grad_(True)
    elif held and isinstance(obj, Tensor) and obj._node is not None:
        return result.detach()
    return result


@method("new_tensor")
def _new_tensor(tensor, data, *, dtype=None, device=None, requires_grad=False):
    """A new tensor with a copy of `data`, by default in the dtype of this one."""
    target = dtype_argument("new_tensor", dtype, tensor.dtype)
    return created(numbers_of(data, target), device, requires_grad)


@fills_out
def linspace(start, end, steps, *, dtype=None, **options):
    """`steps` numbers from start to end, both included. Mirrors torch.linspace."""
    numbers, target = _line("linspace", start, end, steps, dtype)
    return created(cast(numbers, target), **options)


@fills_out
@quiet
def logspace(start, end, steps, base=10.0, *, dtype=None, **options):
    """`steps` numbers from base**start to base**end, evenly spaced in the exponent.

    Mirrors torch.logspace.
    """
    exponents, target = _line("logspace", start, end, steps, dtype)
    numbers = np.power(float(base), exponents)
    return created(cast(numbers, target), **options)


@quiet
def _line(name, start, end, steps, dtype):
    """The numbers of linspace before they are cut to their dtype, and that dtype.

    The second half is counted back from the end, so that the last number is `end` exactly.
    """
    start, end = _end(name, "start", 1, start), _end(name, "end", 2, end)
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    steps = steps.__index__()
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    wavy = isinstance(start, complex) or isinstance(end, complex)
    default = get_default_dtype()
    target = dtype_argument(name, dtype, promote_types(default, complex64) if wavy else default)
    work = target.type if target.kind in "fc" and target.itemsize > 2 else np.float32
    work = np.float64 if target.kind in "iub" else work
    if target.kind == "b":
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")
    if target.kind in "iu" and (steps != 1 or name == "linspace"):
        work = np.float64 if name == "linspace" else np.float32
        start, end = fitted(start, target).item(), fitted(end, target).item()
    if steps == 1:
        return np.array([start], work), target
    start, end = work(start), work(end)
    step = (end - start) / work(max(steps - 1, 1))
    index = np.arange(steps)
    ahead = start + step * index.astype(work)
    back = end - step * (steps - 1 - index).astype(work)
    return np.where(index < steps // 2, ahead, back), target


def _end(name, argument, position, value):
    if hasattr(value, "_array") and value._array.ndim:
        raise RuntimeError(
            f"{name} only supports 0-dimensional start and end tensors, "
            f"but got {argument} with {value._array.ndim} dimension(s)."
        )
    return number_argument(name, argument, position, value)


# %% lesson 20 zeros-like
def dense_like(array, dtype, make, memory_format):
    """New memory of the shape of `array` in this format, or else in the same order without gaps."""
    kept = keeps_order(memory_format)
    strides = kept_strides(array) if kept else format_strides(array.shape, memory_format)
    return with_layout(make(array.shape, dtype), strides)


def made_like(name, make, input, dtype, memory_format, options):
    """A tensor with the shape, dtype and memory order of `input`, its memory made by `make`."""
    target = like_argument(name, input, dtype)
    return created(dense_like(input._array, target, make, memory_format), **options)


@answering
def zeros_like(input, *, dtype=None, memory_format=None, **options):
    """Zeros in the shape and dtype of `input`. Mirrors torch.zeros_like."""
    return made_like("zeros_like", np.zeros, input, dtype, memory_format, options)


# %% end


@answering
def ones_like(input, *, dtype=None, memory_format=None, **options):
    """Ones in the shape and dtype of `input`. Mirrors torch.ones_like."""
    return made_like("ones_like", np.ones, input, dtype, memory_format, options)


@answering
def empty_like(input, *, dtype=None, memory_format=None, **options):
    """A tensor in the shape and dtype of `input`, content unset. Mirrors torch.empty_like."""
    return made_like("empty_like", np.zeros, input, dtype, memory_format, options)


@answering
def full_like(input, fill_value, *, dtype=None, memory_format=None, **options):
    """`fill_value` in the shape and dtype of `input`. Mirrors torch.full_like."""
    number = number_argument("full_like", "fill_value", 2, fill_value)

    def make(shape, dtype):
        return np.full(shape, fitted(number, np.dtype(dtype)))

    return made_like("full_like", make, input, dtype, memory_format, options)


def _refuse_others(name, options):
    """TypeError for a named argument that no creation function has."""
    for key in options:
        if key not in ("device", "layout", "pin_memory", "requires_grad"):
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")


@method("new_zeros")
def _new_zeros(tensor, *sizes, size=None, dtype=None, **options):
    """Zeros of this size, by default in the dtype of this tensor."""
    _refuse_others("new_zeros", options)
    target = dtype_argument("new_zeros", dtype, tensor.dtype)
    array = np.zeros(size_argument("new_zeros", sizes, size), target)
    return created(array, **options)


@method("new_ones")
def _new_ones(tensor, *sizes, size=None, dtype=None, **options):
    """Ones of this size, by default in the dtype of this tensor."""
    _refuse_others("new_ones", options)
    target = dtype_argument("new_ones", dtype, tensor.dtype)
    array = np.ones(size_argument("new_ones", sizes, size), target)
    return created(array, **options)


@method("new_full")
def _new_full(tensor, size, fill_value, *, dtype=None, **options):
    """A tensor of this size full of one number, by default in the dtype of this tensor."""
    number = number_argument("new_full", "fill_value", 2, fill_value)
    value = fitted(number, dtype_argument("new_full", dtype, tensor.dtype))
    shape = list_argument("new_full", size)
    return created(np.full(shape, value), **options)


@method("new_empty")
def _new_empty(tensor, *sizes, size=None, dtype=None, **options):
    """A tensor of this size, content unset, by default in the dtype of this tensor."""
    _refuse_others("new_empty", options)
    target = dtype_argument("new_empty", dtype, tensor.dtype)
    array = np.zeros(size_argument("new_empty", sizes, size), target)
    return created(array, **options)


@answering
def empty_strided(size, stride, *, dtype=None, **options):
    """A tensor with this size and these strides, content unset. Mirrors torch.empty_strided."""
    shape, stride = list_argument("empty_strided", size), tuple(stride)
    if len(shape) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match "
            f"dimensionality of strides ({len(stride)})"
        )
    if min(stride, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)} "
            f"and strides={list(stride)}"
        )
    target = dtype_argument("empty_strided", dtype, get_default_dtype())
    last = int(element_place([n - 1 for n in shape], stride, 0))
    memory = np.zeros(last + 1 if all(shape) else 0, target)
    steps = tuple([step * memory.itemsize for step in stride])
    return created(np.ndarray(shape, target, memory, 0, steps), **options)


@answering
def tril_indices(row, col, offset=0, *, dtype=int64, device="cpu", layout=None):
    """The places of the lower triangle of a row x col matrix, as a 2 x N tensor.

    Mirrors torch.tril_indices.
    """
    return _triangle("tril_indices", np.tri, row, col, offset, dtype, device)


@answering
def triu_indices(row, col, offset=0, *, dtype=int64, device="cpu", layout=None):
    """The places of the upper triangle of a row x col matrix, as a 2 x N tensor.

    Mirrors torch.triu_indices.
    """

    def above(row, col, offset, dtype):
        return ~np.tri(row, col, offset - 1, dtype=dtype)

    return _triangle("triu_indices", above, row, col, offset, dtype, device)


def _triangle(name, mask, row, col, offset, dtype, device):
    for argument, size in (("row", row), ("col", col)):
        if size < 0:
            raise RuntimeError(f"{argument} must be non-negative, got{size}")
    if dtype.numpy.kind not in "iu" or dtype.itemsize == 1:
        kind = dtype.legacy_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind}'")
    places = np.nonzero(mask(row, col, offset, dtype=bool))
    return created(np.stack(places).astype(dtype.numpy), device)


# What they take besides goes on to `created`.
passes_on(tensor, created)
passes_on(zeros, created)
passes_on(ones, created)
passes_on(full, created)
passes_on(arange, created)
passes_on(eye, created)
passes_on(empty, created)
passes_on(scalar_tensor, created)
passes_on(linspace, created)
passes_on(logspace, created)
passes_on(zeros_like, created)
passes_on(ones_like, created)
passes_on(empty_like, created)
passes_on(full_like, created)
passes_on(empty_strided, created)
passes_on(_new_zeros, created)
passes_on(_new_ones, created)
passes_on(_new_full, created)
passes_on(_new_empty, created)
