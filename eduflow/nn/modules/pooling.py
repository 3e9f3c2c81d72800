"""Pooling as modules."""

from .._functional import pooling
from .._functional.pooling import sizes_given
from .module import Module


class _MaxPoolNd(Module):
    __constants__ = [
        *("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"),
    ]

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        return_indices=False,
        ceil_mode=False,
    ):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input):
        return getattr(pooling, self._function)(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self):
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window of (N, C, L) or (C, L). Mirrors torch.nn.MaxPool1d."""

    _function = "max_pool1d"


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of (N, C, H, W) or (C, H, W); see F.max_pool2d.

    Mirrors torch.nn.MaxPool2d.
    """

    _function = "max_pool2d"


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of (N, C, D, H, W). Mirrors torch.nn.MaxPool3d."""

    _function = "max_pool3d"


class _MaxUnpoolNd(Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        stride = kernel_size if stride is None else stride
        values = (kernel_size, stride, padding)
        self.kernel_size, self.stride, self.padding = [sizes_given(self._dims, v) for v in values]

    def forward(self, input, indices, output_size=None):
        unpool = getattr(pooling, f"max_unpool{self._dims}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The values of MaxPool1d back at their places. Mirrors torch.nn.MaxUnpool1d."""

    _dims = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """The values of MaxPool2d back at their places. Mirrors torch.nn.MaxUnpool2d."""

    _dims = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The values of MaxPool3d back at their places. Mirrors torch.nn.MaxUnpool3d."""

    _dims = 3


class _AvgPoolNd(Module):
    __constants__ = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"]

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
    ):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad = count_include_pad

    def _arguments(self):
        windows = (self.kernel_size, self.stride, self.padding)
        return *windows, self.ceil_mode, self.count_include_pad

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPoolNd):
    """The mean of each window of (N, C, L) or (C, L). Mirrors torch.nn.AvgPool1d."""

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
    ):
        stride = kernel_size if stride is None else stride
        windows = [sizes_given(1, value) for value in (kernel_size, stride, padding)]
        super().__init__(*windows, ceil_mode, count_include_pad)

    def forward(self, input):
        return pooling.avg_pool1d(input, *self._arguments())


class _Divided(_AvgPoolNd):
    __constants__ = [*_AvgPoolNd.__constants__, "divisor_override"]

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.divisor_override = divisor_override


class AvgPool2d(_Divided):
    """The mean of each window of (N, C, H, W) or (C, H, W). Mirrors torch.nn.AvgPool2d."""

    def forward(self, input):
        return pooling.avg_pool2d(input, *self._arguments(), self.divisor_override)


class AvgPool3d(_Divided):
    """The mean of each window of (N, C, D, H, W). Mirrors torch.nn.AvgPool3d."""

    def forward(self, input):
        return pooling.avg_pool3d(input, *self._arguments(), self.divisor_override)


class _LPPoolNd(Module):
    __constants__ = ["norm_type", "kernel_size", "stride", "ceil_mode"]

    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        super().__init__()
        self.norm_type, self.kernel_size = norm_type, kernel_size
        self.stride, self.ceil_mode = stride, ceil_mode

    def forward(self, input):
        pool = getattr(pooling, self._function)
        windows = (float(self.norm_type), self.kernel_size, self.stride)
        return pool(input, *windows, self.ceil_mode)

    def extra_repr(self):
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPoolNd):
    """The norm of each window of (N, C, L) or (C, L). Mirrors torch.nn.LPPool1d."""

    _function = "lp_pool1d"


class LPPool2d(_LPPoolNd):
    """The norm of each window of (N, C, H, W) or (C, H, W). Mirrors torch.nn.LPPool2d."""

    _function = "lp_pool2d"


class LPPool3d(_LPPoolNd):
    """The norm of each window of (N, C, D, H, W). Mirrors torch.nn.LPPool3d."""

    _function = "lp_pool3d"


class _AdaptiveAvgPoolNd(Module):
    __constants__ = ["output_size"]

    def __init__(self, output_size):
        super().__init__()
        self.output_size = output_size

    def forward(self, input):
        return getattr(pooling, self._function)(input, self.output_size)

    def extra_repr(self):
        return f"output_size={self.output_size}"


class _AdaptiveMaxPoolNd(_AdaptiveAvgPoolNd):
    __constants__ = ["output_size", "return_indices"]

    def __init__(self, output_size, return_indices=False):
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input):
        pool = getattr(pooling, self._function)
        return pool(input, self.output_size, self.return_indices)


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The means of `output_size` windows of (N, C, L). Mirrors torch.nn.AdaptiveAvgPool1d."""

    _function = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The means of `output_size` windows of (N, C, H, W). Mirrors torch.nn.AdaptiveAvgPool2d."""

    _function = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The means of `output_size` windows of (N, C, D, H, W). Mirrors torch.nn.AdaptiveAvgPool3d."""

    _function = "adaptive_avg_pool3d"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The largest of `output_size` windows of (N, C, L). Mirrors torch.nn.AdaptiveMaxPool1d."""

    _function = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The largest of `output_size` windows of (N, C, H, W). Mirrors torch.nn.AdaptiveMaxPool2d."""

    _function = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The largest of windows of (N, C, D, H, W). Mirrors torch.nn.AdaptiveMaxPool3d."""

    _function = "adaptive_max_pool3d"
