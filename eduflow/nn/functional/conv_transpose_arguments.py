# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% transposed-kinds
"""What transposed convolutions are handed, checked in PyTorch's words."""

from ...tensors import Tensor
from . import conv_arguments as given


def check_kinds(name, tensors, **options):
    """TypeError unless tensors are tensors, and options ints or lists of them; bias may be None."""
    for position, argument in enumerate(("input", "weight", "bias")):
        x = tensors[position]
        if not (isinstance(x, Tensor) or (x is None and argument == "bias")):
            where = f"'{argument}' (position {position + 1})"
            raise TypeError(f"{name}(): argument {where} must be Tensor, not {type(x).__name__}")
    for argument, value in options.items():
        if not given.starts_with_int(value, argument != "groups"):
            wanted = "int" if argument == "groups" else "tuple of ints"
            found = type(value).__name__
            raise TypeError(f"{name}(): argument '{argument}' must be {wanted}, not {found}")
    given.check_rest(name, options)


# %% transposed-numbers
def _check_output_padding(stride, output_padding, dilation):
    """RuntimeError for a dilation of 0, and for more output_padding than there is a choice."""
    if len(stride) == 1:  # PyTorch computes one dim as two, the first of size 1
        stride, dilation = (1, *stride), (1, *dilation)
        output_padding = (0, *output_padding)
    if 0 in dilation:
        got = given.listed("dilation", dilation, ", ")
        raise RuntimeError(f"dilation should be greater than zero, but got {got}")
    if any(more >= max(s, d) for more, s, d in zip(output_padding, stride, dilation)):
        got = f"{given.listed('output_padding', output_padding)} {given.listed('stride', stride)} "
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"{got}{given.listed('dilation', dilation)}"
        )


# %% transposed-channels
def _check_channels(shape, weight, bias, groups):
    """RuntimeError unless input, weight, bias and groups go together."""
    sizes = list(weight.shape)
    if sizes[0] < groups or sizes[0] % groups:
        given.check_channels(shape, weight, groups)
    start = f"Given transposed=1, weight of size {sizes}, expected "
    if shape[1] != sizes[0]:
        raise RuntimeError(
            f"{start}input{list(shape)} to have {sizes[0]} channels, "
            f"but got {shape[1]} channels instead"
        )
    channels = sizes[1] * groups
    if bias is not None and bias.shape != (channels,):
        raise RuntimeError(
            f"{start}bias to be 1-dimensional with {channels} elements, "
            f"but got bias of size {list(bias.shape)} instead"
        )


# %% transposed-sizes
def _check_weight(weight):
    """RuntimeError for a weight without elements."""
    sizes = list(weight.shape)
    if len(sizes) == 5 and 0 in sizes:
        planes = "n_output_plane x n_input_plane x kernel_depth x kernel_height x kernel_width"
        raise RuntimeError(f"non-empty 5D ({planes}) tensor expected for weight, but got: {sizes}")
    given.check_kernel(sizes[2:], [1] * len(sizes[2:]))
    if 0 in sizes:
        raise RuntimeError(
            f"a weight without elements cannot stamp anything: got one of size {sizes}"
        )


def _check_size(shape, size):
    """RuntimeError unless something is left of the result."""
    one = [1] * (4 - len(shape))  # one dim is computed as two
    if min(size) < 1:
        before, after = (" x ".join(map(str, [*one, *sizes])) for sizes in (shape[2:], size))
        raise RuntimeError(
            f"Given input size per channel: ({before}). "
            f"Calculated output size per channel: ({after}). Output size is too small"
        )


# %% check-transposed
def check_transposed(input, weight, bias, size, *, groups, **numbers):
    """All that must fit before a transposed convolution can be computed, to a result of `size`."""
    shape = input._array.shape
    given.check_steps(**numbers)
    _check_channels(shape, weight, bias, groups)
    given.check_not_empty(shape)
    if 0 in shape:
        return _check_empty(shape, weight, size, groups)
    _check_weight(weight)
    numbers.pop("padding")
    _check_output_padding(**numbers)
    _check_size(shape, size)
    kernels = [f"slow_conv_transpose{dims}d_out_cpu" for dims in (2, 3)]
    given.check_dtypes(input, weight, kernels)
    given.check_bias_dtype(input, bias)


def _check_empty(shape, weight, size, groups):
    """RuntimeError where no images would become images of a size that cannot be."""
    given.check_kernel(weight.shape[2:], [1] * len(size))
    one = [1] * (4 - len(shape))  # one dim is computed as two
    result = [shape[0], weight.shape[1] * groups, *one, *size]
    wrong = next((i for i, n in enumerate(result) if n < 0), None)
    if wrong is not None:
        raise RuntimeError(
            f"invalid shape dimension {result[wrong]} at index {wrong} of shape {result}"
        )


# %% public names
__all__ = ["check_kinds", "check_transposed"]
