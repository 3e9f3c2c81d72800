# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lazy-norm
"""Batch norm and instance norm that learn their number of channels from the first input."""

from ...creation import tensor
from ...dtypes import int64
from ..uninitialized import UninitializedBuffer, UninitializedParameter
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from .instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .lazy import LazyModuleMixin


class _Sized(LazyModuleMixin):
    def reset_parameters(self):
        """A scale of 1 and an offset of 0, if there is room for them already."""
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()

    def initialize_parameters(self, input):
        """Make parameters and buffers for inputs with this number of channels."""
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        values = [self.weight, self.bias] if self.affine else []
        values += [self.running_mean, self.running_var] if self.track_running_stats else []
        for value in values:
            if value is not None:
                value.materialize((self.num_features,))
        self.reset_parameters()


# %% lazy-norm-base
class _LazyNormBase(_Sized):
    def __init__(
        self,
        eps=1e-05,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__(0, eps, momentum, False, False)
        self.affine, self.track_running_stats = affine, track_running_stats
        options = {"device": device, "dtype": dtype}
        if affine:
            self.weight = UninitializedParameter(**options)
            self.bias = UninitializedParameter(**options) if bias else None
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**options)
            self.running_var = UninitializedBuffer(**options)
            self.num_batches_tracked = tensor(0, dtype=int64)


# %% lazy-norm-classes
class LazyBatchNorm1d(_LazyNormBase, BatchNorm1d):
    """A BatchNorm1d for as many channels as come. Mirrors torch.nn.LazyBatchNorm1d."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNormBase, BatchNorm2d):
    """A BatchNorm2d for as many channels as come. Mirrors torch.nn.LazyBatchNorm2d."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNormBase, BatchNorm3d):
    """A BatchNorm3d for as many channels as come. Mirrors torch.nn.LazyBatchNorm3d."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNormBase, InstanceNorm1d):
    """An InstanceNorm1d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm1d."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNormBase, InstanceNorm2d):
    """An InstanceNorm2d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm2d."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNormBase, InstanceNorm3d):
    """An InstanceNorm3d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm3d."""

    cls_to_become = InstanceNorm3d


# %% public names
__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]
