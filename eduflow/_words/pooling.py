"""The arguments of pooling, checked in PyTorch's words."""

from .._core.dispatch import must_be_tensor
from .._core.tensor import Tensor
from .._core.windows import Windows
from .conv import check_rest, starts_with_int


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
    return [values * dims if len(values) == 1 else values for values in lists.values()]


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
        raise RuntimeError(
            f"Given input size: ({before}). Calculated output size: ({after}). "
            "Output size is too small"
        )
    return windows
