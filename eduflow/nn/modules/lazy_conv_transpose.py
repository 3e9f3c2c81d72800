# Built by lessons/08_transposed_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lazy-transposed
"""Transposed convolutions that find out their input channels from the first input."""

from ...grad_mode import no_grad
from ..uninitialized import UninitializedParameter
from .conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .lazy import LazyModuleMixin
from .module import grows


class _LazyTransposed(LazyModuleMixin):
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

    def reset_parameters(self):
        """Draw new first values, if there is room for them already."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()


# %% lazy-initialize
@grows(_LazyTransposed)
class _Initializing:
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
        with no_grad():
            columns = self.out_channels // self.groups
            self.weight.materialize((self.in_channels, columns, *self.kernel_size))
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()


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
