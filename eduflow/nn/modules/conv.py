"""Convolutions and transposed convolutions as modules, with their lazy forms."""

import itertools
import math

from ..._words import conv as given
from ...ops.factories import empty
from .._functional.conv import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    transposed_size,
)
from .._functional.padding import pad
from ..init import _calculate_fan_in_and_fan_out, kaiming_uniform_, uniform_
from ..parameter import Parameter, UninitializedParameter
from .lazy import LazyModuleMixin
from .module import Module

_PADDING_MODES = {"zeros", "reflect", "replicate", "circular"}


def _repeated(value, dims):
    """A number once for each dim; a list as a tuple, as it is; a word as it is."""
    if isinstance(value, str):
        return value
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims


class _ConvNd(Module):
    """What all convolutions have in common, but for their parameters: options, checks, printing.

    A class below it has `_dims` and `_function`, which slides its windows.
    """

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
        groups,
        padding_mode,
        output_padding=None,
    ):
        super().__init__()
        moves = (kernel_size, stride, padding, dilation, output_padding or 0)
        kernel_size, stride, padding, dilation, more = [_repeated(x, self._dims) for x in moves]
        _check_conv(in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.dilation, self.transposed = dilation, output_padding is not None
        self.output_padding, self.groups, self.padding_mode = more, groups, padding_mode
        self._reversed_padding_repeated_twice = _ends(padding, kernel_size, dilation)

    def reset_parameters(self):
        """Draw new first values, spread evenly between -1/sqrt(n) and 1/sqrt(n) for n inputs."""
        kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = _calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                uniform_(self.bias, -bound, bound)

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

    def _conv_forward(self, input, weight, bias):
        """Pad as `padding_mode` says, then slide windows with all options that were kept."""
        if self.padding_mode == "zeros":
            return self._function(
                input, weight, bias, self.stride, self.padding, self.dilation, self.groups
            )
        input = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return self._function(input, weight, bias, self.stride, 0, self.dilation, self.groups)


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


# %% lesson 07 conv2d-layer
class Conv2d(_ConvNd):
    """Slides `out_channels` filters over images: (N, C, H, W), or (C, H, W), to (N, O, H', W').

    `kernel_size`, `stride`, `padding` and `dilation` are a number or a pair; padding may be "same"
    or "valid", and shows what `padding_mode` says: "zeros", "reflect", "replicate" or "circular".
    With `groups`, each group of inputs has its own outputs. ValueError unless channels can be
    divided by them. Mirrors torch.nn.Conv2d.
    """

    _dims, _function = 2, staticmethod(conv2d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, dilation, groups, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)


# %% end


class Conv1d(_ConvNd):
    """`Conv2d` for sequences: (N, C, L), or (C, L), to (N, O, L'). Mirrors torch.nn.Conv1d."""

    _dims, _function = 1, staticmethod(conv1d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, dilation, groups, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)


class Conv3d(_ConvNd):
    """`Conv2d` for volumes: (N, C, D, H, W), or (C, D, H, W), to (N, O, D', H', W').

    Mirrors torch.nn.Conv3d.
    """

    _dims, _function = 3, staticmethod(conv3d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, dilation, groups, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)


class _LazyConvMixin(LazyModuleMixin):
    """What lazy convolutions of both kinds do; `_weight_shape` tells them apart."""

    def reset_parameters(self):
        """Draw new first values, if there is room for them already."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()

    def initialize_parameters(self, input, *args, **kwargs):
        """Make weight and bias for inputs with these channels."""
        if not self.has_uninitialized_params():
            return
        dims, shape = len(self.kernel_size), input.shape
        if len(shape) not in (dims + 1, dims + 2):
            raise RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {shape}"
            )
        self.in_channels = shape[-dims - 1]
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        self.weight.materialize((*self._weight_shape(), *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyConv(_LazyConvMixin):
    def __init__(
        self,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, dilation, groups, False, padding_mode)
        super().__init__(0, 0, *moves)
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def _weight_shape(self):
        return self.out_channels, self.in_channels // self.groups


class LazyConv1d(_LazyConv, Conv1d):
    """A Conv1d that learns `in_channels`. Mirrors torch.nn.LazyConv1d."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A Conv2d that learns `in_channels`. Mirrors torch.nn.LazyConv2d."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A Conv3d that learns `in_channels`. Mirrors torch.nn.LazyConv3d."""

    cls_to_become = Conv3d


class _ConvTransposeNd(_ConvNd):
    """What transposed convolutions have in common, but for their parameters."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
        padding_mode,
    ):
        given.check_only_zeros(type(self).__name__, padding_mode)
        moves = (kernel_size, stride, padding, dilation, groups, padding_mode, output_padding)
        super().__init__(in_channels, out_channels, *moves)

    def _output_padding(self, input, output_size):
        """The output_padding with which `input` becomes `output_size`, a number for each dim."""
        if output_size is None:
            return self.output_padding
        size, dims = input.shape, self._dims
        wanted = given.size_of_images(output_size, size, dims)
        moves = (self.kernel_size, self.stride, self.padding, self.dilation)
        more = missing_padding(wanted, size[-dims:], *moves)
        given.check_reach(more, wanted, size, self.stride)
        return more


# %% lesson 08 missing-padding
def missing_padding(wanted, size, kernel, stride, padding, dilation):
    """The output_padding, dim by dim, that makes images of `size` as large as is `wanted`.

    Each argument has a number for each dim. With a kernel of 3 and stride 2, 4 pixels become 9:
    if 10 are wanted, 1 is missing.
    """
    smallest = transposed_size(size, kernel, stride, padding, [0] * len(size), dilation)
    return [n - low for n, low in zip(wanted, smallest)]


# %% end


# %% lesson 08 conv-transpose2d-layer
class ConvTranspose2d(_ConvTransposeNd):
    """Stamps windows into larger images: (N, C, H, W), or (C, H, W), to (N, O, H', W').

    The numbers are as in conv_transpose2d, the first values as in Conv2d. `forward` also takes
    `output_size`. ValueError where that is out of reach. Mirrors torch.nn.ConvTranspose2d.
    """

    _dims, _function = 2, staticmethod(conv_transpose2d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, output_padding, groups, dilation, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input, output_size=None):
        """Enlarge `input`; to `output_size`, if it is given, in place of `output_padding`."""
        more = self._output_padding(input, output_size)
        moves = (self.stride, self.padding, more, self.groups, self.dilation)
        return self._function(input, self.weight, self.bias, *moves)


# %% end


class ConvTranspose1d(_ConvTransposeNd):
    """The same for sequences, (N, C, L). Mirrors torch.nn.ConvTranspose1d."""

    _dims, _function = 1, staticmethod(conv_transpose1d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, output_padding, groups, dilation, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input, output_size=None):
        """Enlarge `input`; to `output_size`, if it is given, in place of `output_padding`."""
        more = self._output_padding(input, output_size)
        moves = (self.stride, self.padding, more, self.groups, self.dilation)
        return self._function(input, self.weight, self.bias, *moves)


class ConvTranspose3d(_ConvTransposeNd):
    """The same for volumes, (N, C, D, H, W). Mirrors torch.nn.ConvTranspose3d."""

    _dims, _function = 3, staticmethod(conv_transpose3d)

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, output_padding, groups, dilation, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        first = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", first)
        self.reset_parameters()

    def forward(self, input, output_size=None):
        """Enlarge `input`; to `output_size`, if it is given, in place of `output_padding`."""
        more = self._output_padding(input, output_size)
        moves = (self.stride, self.padding, more, self.groups, self.dilation)
        return self._function(input, self.weight, self.bias, *moves)


class _LazyTransposed(_LazyConvMixin):
    def __init__(
        self,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        moves = (kernel_size, stride, padding, output_padding, groups, False, dilation)
        super().__init__(0, 0, *moves, padding_mode)
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def _weight_shape(self):
        return self.in_channels, self.out_channels // self.groups


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """A ConvTranspose1d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose1d."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """A ConvTranspose2d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose2d."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """A ConvTranspose3d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose3d."""

    cls_to_become = ConvTranspose3d
