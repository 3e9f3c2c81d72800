# Built by lessons/08_transposed_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lazy-transposed
"""Transposed convolutions that find out their input channels from the first input."""

from ..uninitialized import UninitializedParameter
from .conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .lazy_conv import _LazyConvMixin


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


# %% lazy-classes
class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """A ConvTranspose1d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose1d."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """A ConvTranspose2d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose2d."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """A ConvTranspose3d that learns `in_channels`. Mirrors torch.nn.LazyConvTranspose3d."""

    cls_to_become = ConvTranspose3d


# %% public names
__all__ = ["LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d"]
