# Built by lessons/08_transposed_convolution.ipynb. Edit it there, or here and `make scatter`.
# %% modules
"""Transposed convolutions as modules."""

from ..functional.conv_transpose import (
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    transposed_size,
)
from .conv_base import _ConvNd, _repeated


class _ConvTransposeNd(_ConvNd):
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
        if padding_mode != "zeros":
            name = type(self).__name__
            raise ValueError(f'Only "zeros" padding mode is supported for {name}')
        moves = [_repeated(x, self._dims) for x in (kernel_size, stride, padding, dilation)]
        rest = (groups, bias, padding_mode, device, dtype)
        more = _repeated(output_padding, self._dims)
        super().__init__(in_channels, out_channels, *moves, True, more, *rest)

    def forward(self, input, output_size=None):
        """Enlarge `input`; to `output_size`, if it is given, in place of `output_padding`."""
        more = self.output_padding
        if output_size is not None:
            how = {name: getattr(self, name) for name in ("stride", "padding", "dilation")}
            how["kernel"], name = self.kernel_size, f"ConvTranspose{self._dims}D"
            more = _output_padding(name, input.shape, output_size, self._dims, how)
        moves = (self.stride, self.padding, more, self.groups, self.dilation)
        return self._function(input, self.weight, self.bias, *moves)


# %% module-classes
class ConvTranspose2d(_ConvTransposeNd):
    """Stamps kernels into larger images: (N, C, H, W), or (C, H, W), to (N, O, H', W').

    The numbers are as in conv_transpose2d, the first values as in Conv2d. `forward` also takes
    `output_size`. ValueError where that is out of reach. Mirrors torch.nn.ConvTranspose2d.
    """

    _dims, _function = 2, staticmethod(conv_transpose2d)


class ConvTranspose1d(_ConvTransposeNd):
    """The same for sequences, (N, C, L). Mirrors torch.nn.ConvTranspose1d."""

    _dims, _function = 1, staticmethod(conv_transpose1d)


class ConvTranspose3d(_ConvTransposeNd):
    """The same for volumes, (N, C, D, H, W). Mirrors torch.nn.ConvTranspose3d."""

    _dims, _function = 3, staticmethod(conv_transpose3d)


def _output_padding(name, shape, output_size, dims, how):
    """The output_padding that gives `output_size`; ValueError for a size out of reach."""
    front = len(shape) - dims
    if len(output_size) == len(shape):
        output_size = output_size[front:]
    if len(output_size) != dims:
        raise ValueError(
            f"{name}: for {len(shape)}D input, output_size must have {dims} "
            f"or {len(shape)} elements (got {len(output_size)})"
        )
    smallest = transposed_size(shape[front:], output_padding=[0] * dims, **how)
    largest = [size + s - 1 for size, s in zip(smallest, how["stride"])]
    if any(not low <= n <= high for low, n, high in zip(smallest, output_size, largest)):
        raise ValueError(
            f"requested an output size of {output_size}, but valid sizes range "
            f"from {smallest} to {largest} (for an input of {shape[2:]})"
        )
    return [n - low for n, low in zip(output_size, smallest)]


# %% public names
__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]
