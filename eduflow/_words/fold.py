"""What unfold and fold are handed, checked in PyTorch's words."""

from .._core.dispatch import must_be_tensor
from .._core.tensor import Tensor
from .conv import check_rest, starts_with_int
from .operands import refuse_kinds


def pairs(name, input, **arguments):
    """Each argument, a number or two, as a pair of ints; TypeError or RuntimeError for others."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    lists = {
        key: tuple(value) if isinstance(value, (tuple, list)) else (value, value)
        for key, value in arguments.items()
    }
    for position, (key, values) in enumerate(lists.items(), 2):
        if values and not starts_with_int(values[0], False):
            raise TypeError(
                f"{name}(): argument '{key}' (position {position}) must be tuple of ints, but "
                f"found element of type {type(values[0]).__name__} at pos 0"
            )
    check_rest(name, lists)
    for key, values in lists.items():
        if len(values) != 2:
            raise RuntimeError(f"It is expected {key} equals to 2, but got size {len(values)}")
    return [tuple([number.__index__() for number in values]) for values in lists.values()]


def check_moves(kernel, dilation, padding, stride):
    """RuntimeError for numbers that make no windows."""
    for words, short, numbers in (
        ("kernel size", "kernel", kernel),
        ("stride", "stride", stride),
        ("dilation", "dilation", dilation),
    ):
        if min(numbers) <= 0:
            raise RuntimeError(
                f"{words} should be greater than zero, but got {short}_height: {numbers[0]} "
                f"{short}_width: {numbers[1]}"
            )
    if min(padding) < 0:
        raise RuntimeError(
            f"padding should be non-negative, but got pad_height: {padding[0]} "
            f"pad_width: {padding[1]}"
        )


def _numbers(kernel, how):
    padding = tuple([lo for lo, _ in how.padding])
    return f"kernel_size={kernel}, dilation={how.dilation}, padding={padding}"


def check_windows(input, kernel, how, out):
    """RuntimeError unless this is an image, or a batch, with a window: `out` of them each way."""
    shape = list(input.shape)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    size = tuple(shape[-2:])
    if min(out) < 1:
        raise RuntimeError(
            f"Given input with spatial size {size}, {_numbers(kernel, how)}, calculated shape of "
            f"the array of sliding blocks as ({out[0]}, {out[1]}), but its components must be at "
            "least one."
        )
    refuse_kinds("im2col_out_cpu", input._array, "iu")


def check_columns(input, size, kernel, how, out):
    """RuntimeError unless these are the columns of an image of this size, `out` each way."""
    shape = list(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {shape}"
        )
    if shape[-2] % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, "
            f"but got input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, columns = out
    if shape[-1] != rows * columns or min(rows, columns) < 1:
        raise RuntimeError(
            f"Given output_size={size}, {_numbers(kernel, how)}, stride={how.stride}, expected "
            "size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{rows} * {columns} = {rows * columns}, but got input.size(2)={shape[-1]}."
        )
    refuse_kinds("col2im_out_cpu", input._array, "iu")
