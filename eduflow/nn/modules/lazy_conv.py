# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lazy-conv
"""Convolutions that learn their number of input channels from the first input."""

from ..uninitialized import UninitializedParameter
from .conv import Conv1d, Conv2d, Conv3d
from .lazy import LazyModuleMixin


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


# %% lazy-conv-base
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


# %% lazy-conv-classes
class LazyConv1d(_LazyConv, Conv1d):
    """A Conv1d that learns `in_channels`. Mirrors torch.nn.LazyConv1d."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A Conv2d that learns `in_channels`. Mirrors torch.nn.LazyConv2d."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A Conv3d that learns `in_channels`. Mirrors torch.nn.LazyConv3d."""

    cls_to_become = Conv3d


# %% public names
__all__ = ["LazyConv1d", "LazyConv2d", "LazyConv3d"]
