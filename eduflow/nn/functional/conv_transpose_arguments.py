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
        listed = isinstance(value, (tuple, list)) and argument != "groups"
        for number in value if listed else (value,):
            if type(number) is not int and not hasattr(type(number), "__index__"):
                wanted = "int" if argument == "groups" else "tuple of ints"
                given_kind = type(value).__name__
                raise TypeError(
                    f"{name}(): argument '{argument}' must be {wanted}, not {given_kind}"
                )


# %% transposed-numbers
_DIMS = ("depth", "height", "width")


def _listed(word, values, joint=" "):
    """stride_height: 2 stride_width: 2, as PyTorch's texts list one number for each dim."""
    names = _DIMS[-len(values) :]
    return joint.join(f"{word}_{name}: {value}" for name, value in zip(names, values))


def _check_numbers(stride, padding, output_padding, dilation):
    """RuntimeError for steps below 1, for negative padding, for output_padding out of range."""
    if min(padding) >= 0 > min(output_padding):
        raise RuntimeError("negative output_padding is not supported")
    given.check_steps([padding], stride)
    if min(dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if len(stride) == 1:  # PyTorch computes one dim as two, the first of size 1
        stride, dilation = (1, *stride), (1, *dilation)
        output_padding = (0, *output_padding)
    if 0 in dilation:
        got = _listed("dilation", dilation, ", ")
        raise RuntimeError(f"dilation should be greater than zero, but got {got}")
    if any(more >= max(s, d) for more, s, d in zip(output_padding, stride, dilation)):
        got = f"{_listed('output_padding', output_padding)} {_listed('stride', stride)} "
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"{got}{_listed('dilation', dilation)}"
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
def _check_sizes(shape, weight, size):
    """RuntimeError unless there is something to stamp, and something left of the result."""
    one = [1] * (4 - len(shape))  # one dim is computed as two
    if 0 in shape[2:] and 0 not in shape[:2]:
        raise RuntimeError(
            "Only zero batch or zero channel inputs are supported, but got input shape: "
            f"{[*shape[:2], *one, *shape[2:]]}"
        )
    if 0 in weight.shape:
        raise RuntimeError(
            f"a weight without elements cannot stamp anything: got one of size {[*weight.shape]}"
        )
    if min(size) < 1 and 0 not in shape:
        before, after = (" x ".join(map(str, [*one, *sizes])) for sizes in (shape[2:], size))
        raise RuntimeError(
            f"Given input size per channel: ({before}). "
            f"Calculated output size per channel: ({after}). Output size is too small"
        )


# %% check-transposed
def check_transposed(input, weight, bias, size, *, groups, **numbers):
    """All that must fit before a transposed convolution can be computed, to a result of `size`."""
    _check_numbers(**numbers)
    _check_channels(tuple(input.shape), weight, bias, groups)
    _check_sizes(tuple(input.shape), weight, size)
    given.check_dtypes(input, weight)
    given.check_bias_dtype(input, bias)


# %% public names
__all__ = ["check_kinds", "check_transposed"]
