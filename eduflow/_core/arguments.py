"""What functions are handed: sizes, dims, numbers, nested lists, dtypes, in PyTorch's words."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .calls import SPELLINGS
from .device import require_cpu
from .dtype import OLD_NAMES, old_name
from .explain import noted
from .package import PACKAGE


def size_argument(name: str, sizes: Sequence[Any], keyword: Any = None) -> tuple[int, ...]:
    """The shape given to function `name`, as a tuple of ints: `(2, 3)`, `([2, 3],)` or `size=`.

    Raises TypeError for what is not an int, RuntimeError for a negative one.
    """
    sizes = positional_or_named(name, sizes, keyword, "size")
    if not sizes:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    listed = isinstance(sizes[0], (tuple, list))
    if listed and len(sizes) > 1:
        raise TypeError(f"{name}() takes 1 positional argument but {len(sizes)} were given")
    given = sizes[0] if listed else sizes
    shape = tuple([_size(name, size, i, listed) for i, size in enumerate(given)])
    if shape and min(shape) < 0:
        raise RuntimeError(_negative(name, shape))
    return shape


def positional_or_named(
    name: str, given: Sequence[Any], named: Any, parameter: str
) -> Sequence[Any]:
    """The sizes `given`, or those under their name; TypeError for both, or a bare number."""
    if named is None:
        return given
    if given:
        raise TypeError(f"{name}() got multiple values for argument '{parameter}'")
    if not isinstance(named, (tuple, list)):
        kind = type(named).__name__
        raise TypeError(f"{name}(): argument '{parameter}' must be tuple of ints, not {kind}")
    return (named,)


def named_once(dim: Any, axis: Any, default: int | None = None) -> Any:
    """The dim, or NumPy's word for it; TypeError where both are given. `default` is no dim."""
    if axis is None:
        return dim
    if dim is not None and (default is None or dim != default):
        raise TypeError("argument 'axis' is another name of 'dim', which was given as well")
    return axis


def list_argument(name: str, size: Any) -> tuple[int, ...]:
    """The same for functions that want all sizes in one tuple or list."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, "
            f"not {type(size).__name__}"
        )
    return size_argument(name, (size,))


def _size(name: str, size: Any, position: int, listed: bool) -> int:
    """One size as an int. A bool is none, nor is a float; a tensor with one integer is."""
    kind = type(size)
    if kind is int:
        return size
    try:
        if kind is bool:
            raise TypeError
        return size.__index__()
    except (AttributeError, TypeError):
        pass
    wrong = f"{name}(): argument 'size' "
    if listed and not position:
        wrong += "(position 1) must be tuple of ints, but found element of type "
        wrong += f"{kind.__name__} at pos 0"
    elif position:
        wrong += f"failed to unpack the object at pos {position + 1} with error "
        wrong += f'"type must be tuple of ints,but got {kind.__name__}"'
    else:
        wrong += f"(position 1) must be tuple of ints, not {kind.__name__}"
    raise TypeError(wrong)


def _negative(name: str, shape: tuple[int, ...]) -> str:
    if name == "zeros":
        return "zeros: Dimension size must be non-negative."
    return f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}"


def int_argument(name: str, argument: str, position: int, value: Any) -> int:
    """`value` as an int; TypeError for anything else, a bool and a float included."""
    if type(value) is int:
        return value
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        return value.__index__()
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be int, "
        f"not {type(value).__name__}"
    )


def number_argument(name: str, argument: str, position: int, value: Any) -> Any:
    """`value` as a Python number: one of Python's or NumPy's, or a tensor without dims."""
    if isinstance(value, (int, float, complex)):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "iufcb":
        return value.item()
    if hasattr(value, "_array") and not value._array.ndim:
        return value.item()
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be Number, "
        f"not {type(value).__name__}"
    )


_OF_PYTHON = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def dtype_argument(name: str, dtype: Any, default: Any) -> Any:
    """NumPy's dtype for `dtype`, one of ours or float, int, bool, complex; None is `default`."""
    if dtype is None:
        return None if default is None else default.numpy
    found = getattr(dtype, "numpy", None)
    if isinstance(found, np.dtype):
        return found
    if isinstance(dtype, type) and dtype in _OF_PYTHON:
        return np.dtype(_OF_PYTHON[dtype])
    raise TypeError(
        f"{name}(): argument 'dtype' must be {PACKAGE}.dtype, not {type(dtype).__name__}"
    )


def like_argument(name: str, input: Any, dtype: Any) -> np.dtype:
    """NumPy's dtype for something like `input`: asked for, or its own. TypeError if it is none."""
    if not hasattr(input, "_array"):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    return dtype_argument(name, dtype, input.dtype)


def overflows(values: np.ndarray, target: np.dtype) -> bool:
    """Whether any of `values`, an array, is out of the range of the NumPy dtype `target`.

    Bool takes everything. An unsigned dtype also takes negative integers, and wraps them around.
    """
    if target.kind == "b" or target.kind == "c" or not values.size:
        return False
    if values.dtype.kind == "c":
        return bool((values.imag != 0).any()) or overflows(values.real, target)
    low, high = values.min(), values.max()
    if target.kind == "f":
        limit = np.finfo(target).max
        return bool((np.isfinite(low) and low < -limit) or (np.isfinite(high) and high > limit))
    limits = np.iinfo(target)
    wraps = target.kind == "u" and values.dtype.kind in "iu"
    smallest = -limits.max if wraps else limits.min
    # 2**63 as a float is one too many: compare Python numbers, which are exact.
    return not smallest <= low.item() or not high.item() <= limits.max


def through_int64(array: np.ndarray, target: np.dtype) -> np.ndarray:
    """`array`, ready to be cast to `target`: floats that become unsigned go through int64 first.

    So negative ones wrap around, as PyTorch's do; cast at once, processors differ in them.
    """
    return array.astype(np.int64) if target.kind == "u" and array.dtype.kind == "f" else array


def cast(array: np.ndarray, target: np.dtype, order: Any = "K") -> np.ndarray:
    """A copy of `array` in another dtype, as PyTorch converts."""
    return through_int64(array, target).astype(target, order=order)


_C_NAMES = {"uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int64": "int64_t"}


def must_be_scalar(number: Any) -> None:
    """OverflowError for an int that no 64 bits hold, in Python's words for such a number."""
    if isinstance(number, int) and not -(2**63) <= number < 2**64:
        negative = "can't convert negative int to unsigned"
        raise OverflowError(negative if number < 0 else "int too big to convert")


_USUAL, _SMALL = (int, float), 2**15


def fitted(number: Any, target: np.dtype) -> np.ndarray:
    """A Python number as an array of the NumPy dtype `target`; RuntimeError if out of range."""
    must_be_scalar(number)
    if target.kind == "f" and type(number) in _USUAL and -_SMALL <= number <= _SMALL:
        return np.array(number, target)  # fits, whatever the dtype
    value = np.asarray(number, np.int64 if type(number) is int and number < 2**63 else None)
    if overflows(value, target):
        word = _C_NAMES.get(target.name, OLD_NAMES[target.name][1])
        raise RuntimeError(f"value cannot be converted to type {word} without overflow")
    return value.real.astype(target) if target.kind in "iuf" else value.astype(target)


def computed(number: Any, target: np.dtype) -> np.ndarray:
    """`fitted`, for what PyTorch computes before it rounds: in half, too much becomes inf."""
    wide = np.dtype(np.float32) if target == np.float16 else target
    return fitted(number, wide).astype(target)


def must_be_real(kernel: str, dtype: np.dtype) -> None:
    """NotImplementedError, in the words of PyTorch's `kernel`, unless `dtype` is floating point."""
    if dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{old_name(dtype)}'")


def must_be_differentiable(dtype: np.dtype) -> None:
    """RuntimeError unless numbers of this NumPy dtype can have a gradient."""
    if dtype.kind not in "fc":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")


def array_argument(data: Any, target: np.dtype | None) -> np.ndarray | None:
    """A copy of the tensor, array or NumPy number `data`, in `target` or else its own dtype.

    None for anything else.
    """
    if hasattr(data, "_array"):
        return cast(data._array, target or data._array.dtype)
    if isinstance(data, np.ndarray):
        return cast(supported(data), target or data.dtype, "C")
    if isinstance(data, np.generic):
        return np.array(data, dtype=target or supported(np.asarray(data)).dtype)
    return None


def creation_argument(dtype: np.dtype, device: Any, requires_grad: bool) -> None:
    """An error for a device other than the CPU, and for a gradient that this NumPy dtype bars."""
    require_cpu(device)
    if requires_grad:
        must_be_differentiable(dtype)


def options_argument(requires_grad: Any, layout: Any, pin_memory: Any) -> None:
    """TypeError for options of a new tensor that are no truth values, or no layout."""
    for name, value in (("requires_grad", requires_grad), ("pin_memory", pin_memory)):
        if not isinstance(value, bool):
            raise TypeError(f"argument '{name}' must be bool, not {type(value).__name__}")
    if layout is not None and type(layout).__name__ != "layout":
        raise TypeError(f"argument 'layout' must be torch.layout, not {type(layout).__name__}")


def must_be_single(array: np.ndarray) -> None:
    """RuntimeError, in PyTorch's words, unless there is one element and no more."""
    if array.size != 1:
        raise RuntimeError(f"a Tensor with {array.size} elements cannot be converted to Scalar")


def nested_argument(data: Any) -> tuple[Any, set]:
    """A number, or lists in lists of numbers all as long as those beside them, and their kinds.

    Tensors and arrays among the items are unpacked. A kind is a type of Python's or one of NumPy's
    dtypes. An error, in PyTorch's words, for anything else.
    """
    data, kinds = _leaves(data)
    _must_be_numbers(data, kinds)
    _check_shape(data, _shape(data), not kinds <= {int, bool})
    return data, kinds


# Python's numbers in full, before they are cut to the dtype asked for.
_EXACT = {"b": np.bool_, "u": np.int64, "i": np.int64, "f": np.float64, "c": np.complex128}


def exact_array(data: Any, found: np.dtype) -> np.ndarray:
    """Nested lists of Python's numbers as an array of the widest dtype of the kind of `found`."""
    try:
        return np.array(data, dtype=_EXACT[found.kind])
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None


def narrowed(values: np.ndarray, target: np.dtype) -> np.ndarray:
    """Python's numbers, held exactly, in the dtype asked for."""
    if values.dtype == target:
        return values
    if values.dtype.kind == "c" and target.kind not in "cb":
        real = target.kind == "f"
        raise TypeError(
            "must be real number, not complex"
            if real
            else "'complex' object cannot be interpreted as an integer"
        )
    if target.kind in "iu" and overflows(values, target):
        raise RuntimeError(f"value cannot be converted to type {target.name} without overflow")
    with np.errstate(over="ignore"):
        return values.astype(target)


_PLAIN = {float, int, bool, complex}


def _is_sequence(data: Any) -> bool:
    text = isinstance(data, (str, bytes))
    return hasattr(data, "__getitem__") and hasattr(data, "__len__") and not text


def _is_list(data: Any) -> bool:
    return _is_sequence(data) and not (isinstance(data, dict) or hasattr(data, "_array"))


def _leaves(data: Any) -> tuple[Any, set]:
    """`data` with tensors and arrays among its items unpacked, and the kinds of numbers in it."""
    if not _is_list(data):
        return data, {type(data)}
    leaves = data
    for _ in _shape(data)[1:]:
        if not all(map(_is_sequence, leaves)):
            break
        leaves = list(itertools.chain.from_iterable(leaves))
    kinds = set(map(type, leaves))
    if kinds <= _PLAIN:
        return data, kinds
    kinds = set()
    return _unpacked(data, kinds), kinds


def _unpacked(data: Any, kinds: set) -> Any:
    """A copy of the nested lists in which everything is a Python number; `kinds` collects."""
    if hasattr(data, "_array"):
        kinds.add(data._array.dtype)
        if data._array.size != 1 and data._array.dtype.kind in "iub":
            return data.__index__()  # raises
        if data._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return data.item()
    if isinstance(data, (np.ndarray, np.generic)):
        kinds.add(supported(np.asarray(data)).dtype)
        return data.tolist()
    if _is_sequence(data) and not isinstance(data, dict):
        return [_unpacked(item, kinds) for item in data]
    kinds.add(type(data))
    return data


def _must_be_numbers(data: Any, kinds: set) -> None:
    """Drop the lists from `kinds`; an error names what is no number."""
    kinds -= {list, tuple}
    for kind in kinds - _PLAIN:
        if isinstance(kind, np.dtype):
            continue
        if kind in (str, bytes):
            first = data
            while _is_list(first) and len(first):
                first = first[0]
            if first is not data and isinstance(first, kind):
                raise ValueError(f"too many dimensions '{kind.__name__}'")
            raise TypeError(f"new(): invalid data type '{kind.__name__}'")
        raise RuntimeError(f"Could not infer dtype of {kind.__name__}")


def _shape(data: Any) -> list[int]:
    """The sizes that the first items of nested lists promise."""
    shape = []
    while _is_list(data):
        shape.append(len(data))
        if not len(data):
            break
        data = data[0]
    return shape


def _check_shape(data: Any, shape: list[int], floats: bool, dim: int = 0) -> None:
    """Raise PyTorch's error unless all lists at the same depth have the same length.

    Whether there are `floats` decides how it is said that a list stands among numbers.
    """
    if dim == len(shape):
        if _is_sequence(data) and not (shape and shape[-1] == 0):
            number = "must be real number, not list"
            whole = "'list' object cannot be interpreted as an integer"
            raise TypeError(number if floats else whole)
        return
    if not _is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    if dim + 1 < len(shape) or any(map(_is_sequence, data)):
        for item in data:
            _check_shape(item, shape, floats, dim + 1)


_NAMES = "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint8"


def supported(array: np.ndarray) -> np.ndarray:
    """`array` itself; an error if PyTorch has no dtype, byte order or strides for it."""
    if not array.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. "
            "Conversion between byte orders is currently not supported."
        )
    if array.dtype.name not in [*_NAMES.split(", "), "bool"]:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. "
            f"The only supported types are: {_NAMES}, and bool."
        )
    if min(array.strides, default=0) < 0:
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported. (You can probably work around this by making a "
            "copy of your array  with array.copy().) "
        )
    return array


def counts(value: Any) -> bool:
    """Whether this can be used as an int: an array or a tensor only if it is a single one."""
    try:
        return value.__index__() is not None
    except (AttributeError, TypeError):
        return False


def _as_dim(dim: Any) -> int:
    """A dim that is something else than an int, but counts as one; TypeError if it does not."""
    if isinstance(dim, bool) or not counts(dim):
        raise TypeError(f"argument 'dim' must be int, not {type(dim).__name__}")
    return dim.__index__()


def check_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front; IndexError, in PyTorch's words, where there is no such dim.

    A tensor without dims accepts 0 and -1, as in PyTorch.
    """
    if type(dim) is not int:
        dim = _as_dim(dim)
    limit = ndim or 1
    if not -limit <= dim < limit:
        raise noted(
            IndexError(
                "Dimension out of range "
                f"(expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
            ),
            "dimension",
            dim,
            ndim,
        )
    return dim + limit if dim < 0 else dim


def converted(input: Any, dtype: Any) -> Any:
    """The array of `input` in `dtype` (None: its own), and how to bring its gradient back."""
    array = input._array
    if dtype is None or array.dtype == dtype.numpy:
        return array, None
    return cast(array, dtype.numpy), [(array.shape, array.dtype)]


def argument_along(
    name: str, kernel: str | None, input: Any, dim: Any, dtype: Any
) -> tuple[np.ndarray, Any, Any]:
    """What operation `name` goes along: an array, as `converted` has it, and the axis, () if none.

    `kernel` is what PyTorch calls the operation where it refuses dtypes that are no floats; None:
    it takes all but bools that are asked for. TypeError for what is no tensor, and without `dim`.
    """
    if not hasattr(input, "_array"):
        must_be_tensor(name, ["input"], (input,))
    if dim is None:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
    if not kernel and dtype is not None and dtype.numpy.kind == "b":
        raise NotImplementedError(f"\"{name}_out_cpu\" not implemented for 'Bool'")
    array, fits = converted(input, dtype)
    axis = check_dim(dim, array.ndim)
    nothing = array.size == 0 and "{last}" in (kernel or "")  # a softmax of that may be of ints
    if kernel and array.dtype.kind != "f" and not nothing:
        last = "_lastdim" if axis == max(array.ndim - 1, 0) else ""
        must_be_real(kernel.format(last=last), array.dtype)
    return array, fits, axis if array.ndim else ()


def reduction_argument(
    name: str, input: Any, dim: Any, dtype: Any, out: Any, converts: bool, refuse: Any
) -> tuple[np.ndarray, Any, Any, Any]:
    """What reduction `name` goes over: an array, as `converted` has it, the dims, and the dtype.

    A sum is computed in the dtype of `out`. TypeError for what is
    no tensor, and for a dtype unless the reduction `converts`; `refuse(array, dim)` may raise more.
    """
    if not hasattr(input, "_array"):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    if dtype is NOT_GIVEN:
        dtype = None
    elif not converts:
        raise TypeError(f"{name}() got an unexpected keyword argument 'dtype'")
    if out is not None and dtype is None and name == "sum":
        dtype = out.dtype
    array, fits = converted(input, dtype)
    if refuse is not None:
        refuse(array, dim)
    return array, fits, dim, dtype


def must_differ(axes: Sequence[int]) -> None:
    """RuntimeError for an axis that stands twice among `axes`."""
    for axis in axes:
        if axes.count(axis) > 1:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")


def dim_among(items: tuple[int, ...], dim: int) -> int:
    """`dim` counted from the front; IndexError unless `items`, one for each dim, has it."""
    if not items:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return check_dim(dim, len(items))


NOT_GIVEN: Any = object()  # stands for an argument that was left out
NUMBERS = (int, float, complex, np.number, np.bool_)  # bool is an int


def must_be_tensor(
    name: str, parameters: Sequence[str], inputs: Sequence[Any], numbers: bool = True
) -> None:
    """Raise PyTorch's TypeError for the first of `inputs` that is neither tensor nor number.

    At least one must be a tensor; all of them, unless `numbers` are welcome.
    """
    numbers = numbers and any(hasattr(x, "_array") for x in inputs)
    for position, (parameter, x) in enumerate(zip(parameters, inputs)):
        if not hasattr(x, "_array") and not (numbers and isinstance(x, NUMBERS)):
            raise TypeError(
                f"{name}(): argument '{parameter}' (position {position + 1}) must be Tensor, "
                f"not {type(x).__name__}"
            )
        must_be_scalar(x)


def must_all_be_tensors(items: Sequence[Any]) -> None:
    """Raise PyTorch's TypeError for the first of several that is no tensor."""
    for place, x in enumerate(items):
        if not hasattr(x, "_array"):
            raise TypeError(
                f"expected Tensor as element {place} in argument 0, but got {type(x).__name__}"
            )


def check_broadcast(*arrays: Any) -> None:
    """RuntimeError, in PyTorch's words, where the arrays cannot be broadcast together."""
    check_shapes(*map(np.shape, arrays))


def operands(
    kind: Any,
    inputs: tuple,
    named: dict[str, Any],
    is_operator: bool,
    numbers: bool,
    check: Callable[..., None] | None,
) -> tuple | None:
    """The inputs of a pointwise operation in order, those given by name behind the others.

    `named` loses them. TypeError, in PyTorch's words, for what is missing or no tensor; None for
    what makes Python ask the other side of an operator.
    """
    inputs = tuple([x for x in inputs if x is not NOT_GIVEN])
    for name in kind.parameters[len(inputs) :]:
        spelled = [key for key in named if SPELLINGS.get(key, key) == name]
        if not spelled:
            raise TypeError(f'{kind.operation}() missing 1 required positional arguments: "{name}"')
        inputs += (named.pop(spelled[0]),)
    for name in named:
        if name in SPELLINGS:
            raise TypeError(f"{kind.operation}() got an unexpected keyword argument '{name}'")
    if is_operator and not all(hasattr(x, "_array") or isinstance(x, NUMBERS) for x in inputs):
        return None
    must_be_tensor(kind.operation, kind.parameters, inputs, numbers)
    if check is not None:
        check(*inputs)
    return inputs


def check_shapes(*shapes: tuple[int, ...]) -> None:
    """RuntimeError, in PyTorch's words, where the shapes cannot be broadcast together."""
    so_far: tuple[int, ...] = ()
    for shape in shapes:
        dims = max(len(so_far), len(shape))
        left = (1,) * (dims - len(so_far)) + so_far
        right = (1,) * (dims - len(shape)) + shape
        for dim in reversed(range(dims)):
            if left[dim] != right[dim] and 1 not in (left[dim], right[dim]):
                raise noted(
                    RuntimeError(
                        f"The size of tensor a ({left[dim]}) must match the size of tensor b "
                        f"({right[dim]}) at non-singleton dimension {dim}"
                    ),
                    "broadcast",
                    so_far,
                    shape,
                    dim,
                )
        so_far = tuple(b if a == 1 else a for a, b in zip(left, right))


def with_options(
    operation: Callable[..., Any],
    body: Callable[..., Any],
    names: Sequence[str],
    rounded_once: Callable[..., Any],
) -> Callable[..., Any]:
    """`operation`, a pointwise one made of `body`, with the keyword options of its body.

    In PyTorch's old order the one option may stand second: `add(input, alpha, other)`. Halves are
    computed by what `rounded_once` makes of the body.
    """
    scale = {"add": "alpha", "sub": "alpha", "addcmul": "value", "addcdiv": "value"}
    option = scale.get(body.__name__, "")

    def function(*inputs: Any, out: Any = None, **options: Any) -> Any:
        if option and len(inputs) == len(names) + 1 and isinstance(inputs[1], NUMBERS):
            _warn_of_order(body.__name__, names, option)
            return function(inputs[0], *inputs[2:], out=out, **{option: inputs[1]}, **options)
        if not options:
            return operation(*inputs, out=out)
        named = {n: options.pop(n) for n in list(options) if n in names or n in SPELLINGS}
        compute: Callable[..., Any] = functools.partial(body, **options)
        first = getattr(inputs[0], "_array", None) if inputs else None
        if first is not None and first.dtype == np.float16:
            compute = rounded_once(compute)
        return operation(*inputs, out=out, body=compute, **named)

    return function


def _warn_of_order(name: str, names: Sequence[str], option: str) -> None:
    first, rest = f"Tensor {names[0]}", ", ".join(f"Tensor {other}" for other in names[1:])
    warnings.warn(
        f"This overload of {name} is deprecated:\n\t{name}({first}, Number {option}, {rest}, *, "
        "Tensor out = None)\nConsider using one of the following signatures instead:\n\t"
        f"{name}({first}, {rest}, *, Number {option} = 1, Tensor out = None)",
        stacklevel=3,
    )
