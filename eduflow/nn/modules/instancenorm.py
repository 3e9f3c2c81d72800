"""Instance norm as modules."""

import warnings

from ..._core.extend_class import grows
from .._functional.normalization import instance_norm
from .batchnorm import NormBase


class _InstanceNorm(NormBase):
    def __init__(
        self,
        num_features,
        eps=1e-05,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        given = (num_features, eps, momentum, affine, track_running_stats, device, dtype)
        super().__init__(*given, bias=bias)

    def forward(self, input):
        self._check_input_dim(input)
        self._check_channels(input)
        unbatched = input.dim() == self._dims[0]
        x = input.unsqueeze(0) if unbatched else input
        momentum = 0.0 if self.momentum is None else self.momentum
        running = (self.running_mean, self.running_var, self.weight, self.bias)
        own = self.training or not self.track_running_stats
        out = instance_norm(x, *running, own, momentum, self.eps)
        return out.squeeze(0) if unbatched else out


@grows(_InstanceNorm)
class _Checks:
    def _check_channels(self, input):
        """ValueError for another number of channels; a warning where that does not matter."""
        dim = input.dim() - self._dims[0]
        if input.size(dim) == self.num_features:
            return
        if self.affine:
            raise ValueError(
                f"expected input's size at dim={dim} to match num_features "
                f"({self.num_features}), but got: {input.size(dim)}."
            )
        warnings.warn(
            f"input's size at dim={dim} does not match num_features. You can silence this warning "
            "by not passing in num_features, which is not used because affine=False",
            stacklevel=3,
        )

    def _load_from_state_dict(
        self, state_dict, prefix, metadata, strict, missing, unexpected, errors
    ):
        """State dicts of the first version held running statistics that were never used."""
        names = [f"{prefix}{name}" for name in ("running_mean", "running_var")]
        found = [name for name in names if name in state_dict]
        if metadata.get("version", None) is None and not self.track_running_stats and found:
            errors.append(_unexpected(self, found))
            for name in found:
                state_dict.pop(name)
        NormBase._load_from_state_dict(
            self, state_dict, prefix, metadata, strict, missing, unexpected, errors
        )


def _unexpected(module, names):
    """The text for running statistics that a module does not have."""
    kind, names = type(module).__name__, " and ".join(f'"{name}"' for name in names)
    return (
        f"Unexpected running stats buffer(s) {names} for {kind} with track_running_stats=False. If "
        "state_dict is a checkpoint saved before 0.4.0, this may be expected because "
        f"{kind} does not track running stats by default since 0.4.0. Please remove these keys "
        "from state_dict. If the running stats are actually needed, instead set "
        f"track_running_stats=True in {kind} to enable them. See the documentation of {kind} for "
        "details."
    )


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each sample of (N, C, L) or (C, L) with mean 0 and variance 1.

    Ulyanov et al. (2016). Mirrors torch.nn.InstanceNorm1d.
    """

    _dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors torch.nn.InstanceNorm2d."""

    _dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """The same for volumes (N, C, D, H, W). Mirrors torch.nn.InstanceNorm3d."""

    _dims = (4, 5)
