"""Functions of other random numbers: LogNormal, HalfNormal, Gumbel."""

import math

from .._core.size import Size
from .._core.tensor import Tensor
from .._core.type_info import finfo
from ..ops.choose import where
from ..ops.factories import full_like
from . import constraints
from .distribution import Distribution
from .normal import Normal
from .uniform import Uniform
from .utils import broadcast_all


class LogNormal(Distribution):
    """exp of normal numbers. Mirrors torch.distributions.LogNormal."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        self.base_dist = Normal(loc, scale, validate_args=validate_args)
        super().__init__(self.base_dist.batch_shape, validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        shape = Size(batch_shape)
        return type(self)(self.loc.expand(shape), self.scale.expand(shape), validate_args=False)

    @property
    def loc(self):
        """The mean of the logarithms."""
        return self.base_dist.loc

    @property
    def scale(self):
        """The deviation of the logarithms."""
        return self.base_dist.scale

    @property
    def mean(self):
        """The mean."""
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self):
        """The likeliest value."""
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self):
        """The variance."""
        squared = self.scale.pow(2)
        return squared.expm1() * (2 * self.loc + squared).exp()

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        return self.base_dist.sample(sample_shape).exp()

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through."""
        return self.base_dist.rsample(sample_shape).exp()

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        logarithm = value.log()
        return self.base_dist.log_prob(logarithm) - logarithm

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return self.base_dist.cdf(value.log())

    def icdf(self, value):
        """The inverse of cdf."""
        return self.base_dist.icdf(value).exp()

    def entropy(self):
        """The entropy, in nats."""
        return self.base_dist.entropy() + self.loc


class HalfNormal(Distribution):
    """Normal numbers around 0 without their signs. Mirrors torch.distributions.HalfNormal."""

    arg_constraints = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, scale, validate_args=None):
        self.base_dist = Normal(0, scale, validate_args=False)
        super().__init__(self.base_dist.batch_shape, validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameter expanded to this batch shape."""
        return type(self)(self.scale.expand(Size(batch_shape)), validate_args=False)

    @property
    def scale(self):
        """The deviation of the normal numbers."""
        return self.base_dist.scale

    @property
    def mean(self):
        """The mean."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def mode(self):
        """The likeliest value: 0."""
        return self.scale * 0

    @property
    def variance(self):
        """The variance."""
        return self.scale.pow(2) * (1 - 2 / math.pi)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        return self.base_dist.sample(sample_shape).abs()

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through."""
        return self.base_dist.rsample(sample_shape).abs()

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        found = self.base_dist.log_prob(value) + math.log(2)
        return where(value >= 0, found, -math.inf)

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value):
        """The inverse of cdf."""
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self):
        """The entropy, in nats."""
        return self.base_dist.entropy() - math.log(2)


_EULER = 0.57721566490153286060


class Gumbel(Distribution):
    """The largest of many numbers, moved and stretched. Mirrors torch.distributions.Gumbel."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        if isinstance(loc, Tensor) or isinstance(scale, Tensor):
            ends = full_like(self.loc, limits.tiny), full_like(self.loc, 1 - limits.eps)
        else:
            ends = limits.tiny, 1 - limits.eps
        self.base_dist = Uniform(*ends, validate_args=False)
        super().__init__(self.loc.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.loc + self.scale * _EULER

    @property
    def mode(self):
        """The likeliest value."""
        return self.loc

    @property
    def stddev(self):
        """The standard deviation."""
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self):
        """The variance."""
        return self.stddev.pow(2)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        return self.loc - self.scale * (-self.base_dist.rsample(sample_shape).log()).log()

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return (-((self.loc - value) / self.scale).exp()).exp()

    def icdf(self, value):
        """The inverse of cdf."""
        return self.loc - self.scale * (-value.log()).log()

    def entropy(self):
        """The entropy, in nats."""
        return self.scale.log() + (1 + _EULER)
