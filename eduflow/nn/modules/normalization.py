"""Layer norm and its kin as modules."""

from ...ops.factories import empty
from .._functional.normalization import group_norm, layer_norm, local_response_norm, rms_norm
from ..init import ones_, zeros_
from ..parameter import Parameter
from .module import Module


def _register(module, shape, device, dtype, **wanted):
    """Give a module parameters of this shape, as far as they are wanted."""
    for name, is_wanted in wanted.items():
        values = empty(shape, device=device, dtype=dtype) if is_wanted else None
        module.register_parameter(name, Parameter(values) if is_wanted else None)


class _Affine(Module):
    """A module with a scale and an offset."""

    def reset_parameters(self):
        """A scale of 1, an offset of 0."""
        if self.weight is not None:
            ones_(self.weight)
        if getattr(self, "bias", None) is not None:
            zeros_(self.bias)


class LayerNorm(_Affine):
    """The last dims, those of `normalized_shape`, with mean 0 and variance 1 in each sample.

    Then times `weight` plus `bias` if `elementwise_affine`. Ba et al. (2016). Mirrors
    torch.nn.LayerNorm.
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]

    def __init__(
        self,
        normalized_shape,
        eps=1e-05,
        elementwise_affine=True,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape = tuple(shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        wanted = {"weight": elementwise_affine, "bias": elementwise_affine and bias}
        _register(self, self.normalized_shape, device, dtype, **wanted)
        self.reset_parameters()

    def forward(self, input):
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class GroupNorm(_Affine):
    """The channels of each sample in `num_groups` groups with mean 0 and variance 1.

    Wu and He (2018). Mirrors torch.nn.GroupNorm.
    """

    __constants__ = ["num_groups", "num_channels", "eps", "affine"]

    def __init__(
        self,
        num_groups,
        num_channels,
        eps=1e-05,
        affine=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        _register(self, num_channels, device, dtype, weight=affine, bias=affine and bias)
        self.reset_parameters()

    def forward(self, input):
        parameters = (self.weight, self.bias, self.eps)
        return group_norm(input, self.num_groups, *parameters)

    def extra_repr(self):
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
            f"affine={self.affine}, bias={self.bias is not None}"
        )


class RMSNorm(_Affine):
    """The last dims divided by their root mean square in each sample; see F.rms_norm.

    Zhang and Sennrich (2019). Mirrors torch.nn.RMSNorm.
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]

    def __init__(
        self, normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None
    ):
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape = tuple(shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        _register(self, self.normalized_shape, device, dtype, weight=elementwise_affine)
        self.reset_parameters()

    def forward(self, x):
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class LocalResponseNorm(Module):
    """Each number divided by what its neighbour channels have there; see F.local_response_norm.

    Krizhevsky et al. (2012). Mirrors torch.nn.LocalResponseNorm.
    """

    __constants__ = ["size", "alpha", "beta", "k"]

    def __init__(self, size, alpha=0.0001, beta=0.75, k=1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input):
        return local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self):
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
