"""Batch norm as modules, with their running statistics."""

from ..._core.dtype import int64
from ..._core.extend_class import grows
from ...ops.factories import empty, ones, tensor, zeros
from .._functional.normalization import batch_norm
from ..init import ones_, zeros_
from ..parameter import Parameter
from .module import Module


class NormBase(Module):
    _version = 2
    __constants__ = ["track_running_stats", "momentum", "eps", "num_features", "affine"]

    def __init__(
        self,
        num_features,
        eps=1e-05,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            values = empty(num_features, device=device, dtype=dtype) if wanted else None
            self.register_parameter(name, Parameter(values) if wanted else None)
        statistics = self._fresh_statistics(device, dtype) if track_running_stats else (None,) * 3
        for name, values in zip(("running_mean", "running_var", "num_batches_tracked"), statistics):
            self.register_buffer(name, values)
        self.reset_parameters()


@grows(NormBase)
class _Statistics:
    def _fresh_statistics(self, device, dtype):
        size, options = self.num_features, {"device": device, "dtype": dtype}
        return zeros(size, **options), ones(size, **options), tensor(0, dtype=int64)

    def reset_running_stats(self):
        """Forget the running statistics."""
        if self.track_running_stats:
            zeros_(self.running_mean)
            ones_(self.running_var)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Forget the running statistics; a scale of 1, an offset of 0."""
        self.reset_running_stats()
        if self.affine:
            ones_(self.weight)
            if self.bias is not None:
                zeros_(self.bias)

    def _check_input_dim(self, input):
        """ValueError unless the input has a number of dims that this class takes."""
        if input.dim() not in self._dims:
            words = " or ".join(f"{dims}D" for dims in self._dims)
            raise ValueError(f"expected {words} input (got {input.dim()}D input)")

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


@grows(NormBase)
class _Loading:
    def _load_from_state_dict(self, state_dict, prefix, metadata, strict, *rest):
        """State dicts of the first version did not count batches yet."""
        version = metadata.get("version", None)
        key = f"{prefix}num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            count = self.num_batches_tracked
            state_dict[key] = tensor(0, dtype=int64) if count is None else count
        super(NormBase, self)._load_from_state_dict(state_dict, prefix, metadata, strict, *rest)


class _BatchNorm(NormBase):
    def forward(self, input):
        self._check_input_dim(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        tracking = self.training and self.track_running_stats
        if tracking and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the average of all batches, each counting the same
                momentum = 1.0 / float(self.num_batches_tracked)
        mean, var = self.running_mean, self.running_var
        own = self.training or (mean is None and var is None)
        given = (mean, var) if not self.training or self.track_running_stats else (None, None)
        return batch_norm(input, *given, self.weight, self.bias, own, momentum, self.eps)


class BatchNorm1d(_BatchNorm):
    """Each feature of (N, C) or (N, C, L) with mean 0 and variance 1 over the batch.

    Then times `weight` plus `bias` if `affine`. In eval mode the running statistics are used,
    unless `track_running_stats` is off. Ioffe and Szegedy (2015). Mirrors torch.nn.BatchNorm1d.
    """

    _dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """The same for the channels of pictures (N, C, H, W). Mirrors torch.nn.BatchNorm2d."""

    _dims = (4,)


class BatchNorm3d(_BatchNorm):
    """The same for the channels of volumes (N, C, D, H, W). Mirrors torch.nn.BatchNorm3d."""

    _dims = (5,)
