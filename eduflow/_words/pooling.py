"""The arguments of pooling, checked in PyTorch's words."""

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name
from .._core.explain import noted
from .._core.tensor import Tensor
from .._core.windows import Windows, for_each_dim
from .conv import check_rest, starts_with_int
from .operands import refuse_kinds


def ints(name, argument, position, value):
    """`value`, an int or a list of them, as a tuple of ints."""
    wrong = f"{name}(): argument '{argument}' "
    start = f"(position {position}) must be tuple of ints, "
    if not isinstance(value, (tuple, list)):
        if not starts_with_int(value, False):
            raise TypeError(wrong + start + f"not {type(value).__name__}")
        return (value.__index__(),)
    if not starts_with_int(value, True):
        found = type(value[0]).__name__
        raise TypeError(wrong + start + f"but found element of type {found} at pos 0")
    check_rest(name, {argument: value})
    return tuple([item.__index__() for item in value])


_NUMBERS = {1: "one int", 2: "two ints", 3: "three ints"}


def window_arguments(name, dims, *given):
    """Kernel, stride, padding and perhaps dilation, each a tuple with one int for each dim."""
    given = dict(zip(("kernel_size", "stride", "padding", "dilation"), given))
    if given["stride"] is None or given["stride"] in ((), []):
        given["stride"] = given["kernel_size"]
    lists = {
        argument: ints(name, argument, position, value)
        for position, (argument, value) in enumerate(given.items(), 2)
    }
    for argument, values in lists.items():
        if len(values) not in (1, dims):
            raise RuntimeError(_wrong_count(name, dims, argument, values))
    return [for_each_dim(values, dims) for values in lists.values()]


def _wrong_count(name, dims, argument, values):
    """The text for a tuple with too many or too few numbers."""
    if name == "max_pool1d":
        none, comma = ("None, ", ",") if argument == "stride" else ("", "")
        comma = "," if argument in ("stride", "padding") else comma
        return (
            f"max_pool1d() {argument} must be {none}an int, list of ints{comma} or tuple of ints "
            f"of size 1 but got size {len(values)}"
        )
    name = name.removesuffix("_with_indices")
    if dims == 1:
        return f"{name}() argument '{argument}' should contain one int (got {len(values)})"
    either = "must be" if name == "avg_pool3d" else "must either be"
    either = "must be either" if argument == "dilation" else either
    omitted = "omitted, " if argument == "stride" else ""
    return f"{name}: {argument} {either} {omitted}a single int, or a tuple of {_NUMBERS[dims]}"


def pooled_array(name, input):
    """The array of a tensor; TypeError for anything else."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    return input._array


def check_dims(name, array, dims):
    """RuntimeError unless there are `dims` dims, one for channels, and perhaps one for a batch."""
    shape, wanted = array.shape, (dims + 1, dims + 2)
    if name == "avg_pool2d" and len(shape) < 3:
        n = len(shape)
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got -3)"
        )
    if len(shape) not in wanted:
        if name == "avg_pool2d":
            raise RuntimeError(_no_picture(shape))
        raise RuntimeError(
            f"non-empty {wanted[0]}D or {wanted[1]}D (batch mode) tensor expected for input"
        )


def _check_not_empty(name, array, dims):
    """RuntimeError for a size of 0, unless it is that of the batch."""
    shape, own = array.shape, array.shape[-dims - 1 :]
    if 0 in own and dims == 2:
        raise RuntimeError(_no_picture(shape))
    if 0 in own:
        template = "max_pool3d_with_indices_out_cpu_template"
        raise RuntimeError(
            f"{template if name == 'max_pool3d' else name}(): Expected input's non-batch "
            f"dimensions to have positive length, but input has a shape of {list(shape)} and "
            "non-batch dimension 0 has length zero!"
        )


def _no_picture(shape):
    return (
        "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, "
        f"but got:{list(shape)}"
    )


def check_rows(name, array):
    """RuntimeError unless there is a dim of channels, one of places, and perhaps a batch."""
    if array.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {array.ndim}-dimensional tensor for argument #1 "
            f"'self' (while checking arguments for {name})"
        )


def must_be_bool(name, argument, position, value):
    """TypeError unless `value` is True or False."""
    if not isinstance(value, bool):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be bool, "
            f"not {type(value).__name__}"
        )


def check_windows(kernel, stride, padding, dilation):
    """RuntimeError for numbers with which no window can be laid."""
    for k, s, p, d in zip(kernel, stride, padding, dilation):
        if s == 0:
            raise RuntimeError("stride should not be zero")
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > int(((k - 1) * d + 1) / 2):
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={p}, kernel_size={k} and dilation={d}"
            )
    names = ("T", "H", "W")[-len(kernel) :]
    for word, letter, values in (("kernel size", "k", kernel), ("stride", "d", stride)):
        _check_positive(word, letter, names, values)
    _check_positive("dilation", "dilation", names, dilation)


def _check_padding(kernel, padding):
    """RuntimeError for a padding that max pooling does not take, however wide its dilation."""
    if all(2 * p <= k for k, p in zip(kernel, padding)):
        return
    if len(kernel) == 3:
        numbers = [("kT", kernel[0]), ("kW", kernel[2]), ("kH", kernel[1])]
        numbers += [("padT", padding[0]), ("padW", padding[2]), ("padH", padding[1])]
        got = " ".join(f"{name}: {number}" for name, number in numbers)
    else:
        height, rows = (kernel[0], padding[0]) if len(kernel) == 2 else (1, 0)
        got = f"padW = {padding[-1]}, padH = {rows}, kW = {kernel[-1]}, kH = {height}"
    raise RuntimeError(f"pad should be smaller than or equal to half of kernel size, but got {got}")


def _check_positive(word, letter, names, values):
    if min(values) <= 0:
        got = " ".join(f"{letter}{name}: {value}" for name, value in zip(names, values))
        raise RuntimeError(f"{word} should be greater than zero, but got {got}")


def check_row_windows(array, kernel, stride, padding, dilation, ceil_mode):
    """RuntimeError, in the words of max_pool1d, for windows that cannot be laid along rows."""
    if array.ndim not in (2, 3) or 0 in array.shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got:{list(array.shape)}"
        )
    for word, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {word} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            "max_pool1d() padding should be at most half of kernel size, but got "
            f"padding={padding} and kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")
    count = Windows(array.shape[-1], kernel, stride, padding, dilation, bool(ceil_mode)).count
    if count < 1:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")


def laid_windows(name, array, kernel, stride, padding, dilation, ceil_mode):
    """The windows along each of the last dims; RuntimeError where they do not fit."""
    dims = len(kernel)
    must_be_bool(name, "ceil_mode", 6 if name.startswith("max") else 5, ceil_mode)
    check_dims(name, array, dims)
    check_windows(kernel, stride, padding, dilation)
    if name.startswith("max"):
        _check_padding(kernel, padding)
    _check_not_empty(name, array, dims)
    given = array.shape[array.ndim - dims :]
    windows = [
        Windows(size, k, s, p, d, ceil_mode)
        for size, k, s, p, d in zip(given, kernel, stride, padding, dilation)
    ]
    if name == "avg_pool3d" and any(size < k for size, k in zip(given, kernel)):
        image, wanted = [
            " ".join(f"{letter}{n}: {v}" for n, v in zip(("T", "H", "W"), values))
            for letter, values in (("", given), ("k", kernel))
        ]
        raise RuntimeError(f"input image ({image}) smaller than kernel size ({wanted})")
    if min(w.count for w in windows) < 1:
        channels = array.shape[-dims - 1]
        before = "x".join(map(str, (channels, *given)))
        after = "x".join(map(str, (channels, *[w.count for w in windows])))
        raise noted(
            RuntimeError(
                f"Given input size: ({before}). Calculated output size: ({after}). "
                "Output size is too small"
            ),
            "too_small",
            given,
            kernel,
        )
    return windows


def max_windows(dims, input, sizes, ceil_mode, return_indices):
    """The windows of a max pooling over the last `dims` dims of a tensor, one for each dim.

    `sizes` are kernel, stride, padding and dilation. TypeError and RuntimeError for what is no
    tensor, has a dtype that cannot be pooled, or where windows do not fit.
    """
    name = f"max_pool{dims}d"
    array = pooled_array(name, input)
    asked = f"{name}_with_indices" if return_indices else name
    windows = laid_windows(name, array, *window_arguments(asked, dims, *sizes), ceil_mode)
    refuse_kinds(name, array, "bc")
    return windows


def check_unpool(name, input, indices, size):
    """RuntimeError, in PyTorch's words, for what does not fit together."""
    dims, shape = len(size), input.shape
    long = f"max_unpooling{dims}d"
    if indices.dtype != np.int64:
        got = "" if dims == 3 else f" but got: {type_name(indices.dtype)}"
        raise RuntimeError(f"elements in indices should be type int64{got}")
    if len(shape) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to {long} should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor "
            f"with {len(shape)} dimensions."
        )
    if indices.shape != shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({list(shape)}) but got indices tensor with shape: {list(indices.shape)}"
        )
    first = len(shape) - dims - 1
    empty = [dim for dim in range(max(first, 1), len(shape)) if not shape[dim]]
    if empty:
        raise RuntimeError(
            f"{long}_forward_out_cpu(): Expected input to have non-zero size for non-batch "
            f"dimensions, but got {list(shape)} with dimension {empty[0]} being empty."
        )
    refuse_kinds(name, input, "iubc")
    wrong = indices[(indices < 0) | (indices >= np.prod(size))]
    if wrong.size:
        raise RuntimeError(
            f"Found an invalid max index: {wrong[-1]} "
            f"(output volumes are of size {'x'.join(map(str, size))})"
        )


def unpooled_size(input, kernel, stride, padding, wanted):
    """The size to unpool to: the smallest that fits, unless another one is wanted and fits, too."""
    dims = len(kernel)
    given = input.shape[-dims:]
    usual = [(given[d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(dims)]
    if wanted is None:
        return usual
    if len(wanted) == dims + 2:
        wanted = wanted[2:]
    if len(wanted) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, "
            f"but it has a length of '{len(wanted)}'"
        )
    for d in range(dims):
        low, high = usual[d] - stride[d], usual[d] + stride[d]
        if not low < wanted[d] < high:
            raise ValueError(
                f'invalid output_size "{wanted}" (dim {d} must be between {low} and {high})'
            )
    return wanted


def _wanted_size(output_size, shape):
    """An int for each dim; None stands for the size that there is."""
    if isinstance(output_size, int):
        return output_size
    if len(shape) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    own = shape[len(shape) - len(output_size) :]
    return [size if wanted is None else wanted for wanted, size in zip(output_size, own)]


def adaptive_size(name, dims, output_size, shape):
    """The wanted sizes as a tuple of ints, checked."""
    size = ints(name, "output_size", 2, _wanted_size(output_size, shape))
    size = size * dims if isinstance(output_size, int) else size
    if len(size) != dims:
        what = "(): internal error: output_size.size()" if "max" in name else ": output_size"
        raise RuntimeError(f"{name}{what} must be {dims}")
    return size


def check_adaptive(name, array, dims, size):
    """RuntimeError for dims that are missing or empty, or a size below 0."""
    shape, average = array.shape, "avg" in name
    if average and min(size) < 0:
        got = ", ".join(map(str, size)) if dims == 2 else "{}, {},{}".format(*size)
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 "
            f"but received {{{got}}}"
        )
    if len(shape) not in (dims + 1, dims + 2):
        got = f"but got{'' if average else ':'} {list(shape)}"
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, {got}")
    counted = dims if name == "adaptive_avg_pool2d" else min(dims + 1, len(shape) - 1)
    for dim in range(len(shape) - counted, len(shape)):
        if not shape[dim]:
            raise RuntimeError(is_empty(name, shape, dim))
    if min(size) < 0:
        wrong = [*shape[: len(shape) - dims], *size]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {wrong}")


def is_empty(name, shape, dim):
    """The text for a dim without elements."""
    return (
        f"{name}(): Expected input to have non-zero size for non-batch dimensions, "
        f"but input has sizes {list(shape)} with dimension {dim} being empty"
    )


def row_size(name, output_size):
    """The size of rows, seen as pictures of height 1."""
    size = ints(name, "output_size", 2, output_size)
    if len(size) != 1:
        raise RuntimeError(
            f"{name}() argument 'output_size' should contain one int (got {len(size)})"
        )
    return [1, *size]


def check_divisor(name, divisor_override):
    """An error for a divisor that is no int, or 0; None is no divisor."""
    if divisor_override is not None:
        if type(divisor_override) is not int:
            kind = type(divisor_override).__name__
            raise TypeError(f"{name}(): argument 'divisor_override' must be int, not {kind}")
        if divisor_override == 0:
            raise RuntimeError("divisor must be not zero")
