"""Padding as modules, for use in nn.Sequential."""

from .._functional.padding import pad
from .module import Module


class _PadNd(Module):
    """Pads the last `dims` dims; a class below says with what."""

    __constants__ = ["padding"]
    dims, mode, value = 1, "constant", None

    def __init__(self, padding):
        super().__init__()
        listed = isinstance(padding, (tuple, list))
        self.padding = tuple(padding) if listed else (padding,) * (2 * self.dims)

    def forward(self, input):
        return pad(input, self.padding, self.mode, self.value)

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPadNd(_PadNd):
    __constants__ = ["padding", "value"]

    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """`value` around sequences; padding is a number or (left, right).

    Mirrors torch.nn.ConstantPad1d.
    """


class ConstantPad2d(_ConstantPadNd):
    """`value` around images; padding is a number or (left, right, top, bottom).

    Mirrors torch.nn.ConstantPad2d.
    """

    dims = 2


class ConstantPad3d(_ConstantPadNd):
    """`value` around volumes; padding is a number or six of them.

    Mirrors torch.nn.ConstantPad3d.
    """

    dims = 3


class _Zeros:
    """Printed without the value, which is always 0."""

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ZeroPad1d(_Zeros, ConstantPad1d):
    """Zeros around sequences. Mirrors torch.nn.ZeroPad1d."""


class ZeroPad2d(_Zeros, ConstantPad2d):
    """Zeros around images. Mirrors torch.nn.ZeroPad2d."""


class ZeroPad3d(_Zeros, ConstantPad3d):
    """Zeros around volumes. Mirrors torch.nn.ZeroPad3d."""


class _ReflectionPadNd(_PadNd):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Sequences mirrored at their ends. Mirrors torch.nn.ReflectionPad1d."""


class ReflectionPad2d(_ReflectionPadNd):
    """Images mirrored at their borders. Mirrors torch.nn.ReflectionPad2d."""

    dims = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Volumes mirrored at their borders. Mirrors torch.nn.ReflectionPad3d."""

    dims = 3


class _ReplicationPadNd(_PadNd):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Sequences whose ends are repeated. Mirrors torch.nn.ReplicationPad1d."""


class ReplicationPad2d(_ReplicationPadNd):
    """Images whose borders are repeated. Mirrors torch.nn.ReplicationPad2d."""

    dims = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Volumes whose borders are repeated. Mirrors torch.nn.ReplicationPad3d."""

    dims = 3


class _CircularPadNd(_PadNd):
    mode = "circular"

    def forward(self, input):
        self._check_input_dim(input)
        return super().forward(input)

    def _check_input_dim(self, input):
        if input.dim() not in (self.dims + 1, self.dims + 2):
            raise ValueError(
                f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.dim()}D input)"
            )


class CircularPad1d(_CircularPadNd):
    """Sequences that go on at the other end. Mirrors torch.nn.CircularPad1d."""


class CircularPad2d(_CircularPadNd):
    """Images that go on at the opposite border. Mirrors torch.nn.CircularPad2d."""

    dims = 2


class CircularPad3d(_CircularPadNd):
    """Volumes that go on at the opposite border. Mirrors torch.nn.CircularPad3d."""

    dims = 3
