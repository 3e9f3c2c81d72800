# Built by lessons/07_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% conv2d-module
"""Convolutions as modules: they own weight and bias and remember how the window moves."""

from ..functional.conv import conv1d, conv2d, conv3d
from .conv_base import _ConvNd, _moves


class Conv2d(_ConvNd):
    """Slides `out_channels` windows over images: (N, C, H, W), or (C, H, W), to (N, O, H', W').

    `kernel_size`, `stride`, `padding` and `dilation` are a number or a pair; padding may be "same"
    or "valid", and shows what `padding_mode` says: "zeros", "reflect", "replicate" or "circular".
    With `groups`, each group of inputs has its own outputs. ValueError unless channels can be
    divided by them. Mirrors torch.nn.Conv2d.
    """

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
        moves = _moves(2, kernel_size, stride, padding, dilation)
        rest = (False, (0,) * 2, groups, bias, padding_mode, device, dtype)
        super().__init__(in_channels, out_channels, *moves, *rest)

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input, weight, bias):
        return self._convolve(conv2d, 2, input, weight, bias)


# %% conv1d-module
class Conv1d(_ConvNd):
    """`Conv2d` for sequences: (N, C, L), or (C, L), to (N, O, L'). Mirrors torch.nn.Conv1d."""

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
        moves = _moves(1, kernel_size, stride, padding, dilation)
        rest = (False, (0,), groups, bias, padding_mode, device, dtype)
        super().__init__(in_channels, out_channels, *moves, *rest)

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input, weight, bias):
        return self._convolve(conv1d, 1, input, weight, bias)


# %% conv3d-module
class Conv3d(_ConvNd):
    """`Conv2d` for volumes: (N, C, D, H, W), or (C, D, H, W), to (N, O, D', H', W').

    Mirrors torch.nn.Conv3d.
    """

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
        moves = _moves(3, kernel_size, stride, padding, dilation)
        rest = (False, (0,) * 3, groups, bias, padding_mode, device, dtype)
        super().__init__(in_channels, out_channels, *moves, *rest)

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input, weight, bias):
        return self._convolve(conv3d, 3, input, weight, bias)


# %% public names
__all__ = ["Conv1d", "Conv2d", "Conv3d"]
