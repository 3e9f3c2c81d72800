# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% conv-module
"""What all convolutions have in common as modules: weight, bias, options, printing."""

import itertools
import math

from ...creation_more import empty
from ..functional.pad import pad
from ..init import _calculate_fan_in_and_fan_out, kaiming_uniform_, uniform_
from ..parameter import Parameter
from .module import Module, grows

_PADDING_MODES = {"zeros", "reflect", "replicate", "circular"}


def _repeated(value, dims):
    """A number once for each dim; a list as a tuple, as it is."""
    return (value,) * dims if not isinstance(value, (tuple, list)) else tuple(value)


def _moves(dims, kernel_size, stride, padding, dilation):
    """Kernel, stride, padding and dilation with a number for each dim."""
    padding = padding if isinstance(padding, str) else _repeated(padding, dims)
    kernel_size, stride = _repeated(kernel_size, dims), _repeated(stride, dims)
    return kernel_size, stride, padding, _repeated(dilation, dims)


# %% conv-nd-module
class _ConvNd(Module):
    __constants__ = ["stride", "padding", "dilation", "groups", "padding_mode"]
    __constants__ += ["output_padding", "in_channels", "out_channels", "kernel_size"]

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        dilation,
        transposed,
        output_padding,
        groups,
        bias,
        padding_mode,
        device=None,
        dtype=None,
    ):
        super().__init__()
        _check_conv(in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.dilation, self.transposed, self.output_padding = dilation, transposed, output_padding
        self.groups, self.padding_mode = groups, padding_mode
        self._reversed_padding_repeated_twice = _ends(padding, kernel_size, dilation)
        rows, columns = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        shape = (rows, columns // groups, *kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values, spread evenly between -1/sqrt(n) and 1/sqrt(n) for n inputs."""
        kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = _calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                uniform_(self.bias, -bound, bound)


# %% check-conv
def _check_conv(in_channels, out_channels, stride, padding, groups, padding_mode):
    """ValueError for what no convolution can be made of."""
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    if in_channels % groups != 0:
        raise ValueError("in_channels must be divisible by groups")
    if out_channels % groups != 0:
        raise ValueError("out_channels must be divisible by groups")
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(
                f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}"
            )
        if padding == "same" and any(s != 1 for s in stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
    if padding_mode not in _PADDING_MODES:
        modes = "{'circular', 'zeros', 'replicate', 'reflect'}"
        raise ValueError(f"padding_mode must be one of {modes}, but got {padding_mode=}")


def _ends(padding, kernel, dilation):
    """Padding as F.pad wants it: before and after the last dim, then the dim before it, ..."""
    if padding == "valid":
        return [0, 0] * len(kernel)
    if padding == "same":
        totals = [d * (k - 1) for d, k in zip(reversed(dilation), reversed(kernel))]
        return [n for total in totals for n in (total // 2, total - total // 2)]
    return tuple(itertools.chain.from_iterable((n, n) for n in reversed(padding)))


# %% conv-repr
@grows(_ConvNd)
class _Printing:
    def extra_repr(self):
        n = len(self.kernel_size)
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"]
        parts += [f"stride={self.stride}"]
        usual = {"padding": (0,) * n, "dilation": (1,) * n, "output_padding": (0,) * n, "groups": 1}
        for name, value in usual.items():
            if getattr(self, name) != value:
                parts.append(f"{name}={getattr(self, name)}")
        parts += ["bias=False"] if self.bias is None else []
        parts += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(parts)

    def _convolve(self, function, dims, input, weight, bias):
        """Pad as the mode says, then let `function` slide the window."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = (0,) * dims
        return function(input, weight, bias, self.stride, padding, self.dilation, self.groups)


# %% public names
__all__ = []
