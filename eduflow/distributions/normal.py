"""Numbers around a mean: Normal, Laplace."""

import math

from ..ops.distributions import normal
from ..ops.factories import ones, zeros
from ..ops.special import erf, erfinv
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class _LocScale(Distribution):
    """A distribution with a place and a width."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.loc

    @property
    def mode(self):
        """The likeliest value."""
        return self.loc


class Normal(_LocScale):
    """Normal numbers with mean `loc` and deviation `scale`. Mirrors torch.distributions.Normal."""

    @property
    def stddev(self):
        """The standard deviation."""
        return self.scale

    @property
    def variance(self):
        """The variance."""
        return self.stddev.pow(2)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        shape = self._extended_shape(sample_shape)
        return normal(self.loc.detach().expand(shape), self.scale.detach().expand(shape))

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through: loc + scale * standard normal numbers."""
        shape, dtype = self._extended_shape(sample_shape), self.loc.dtype
        return self.loc + normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype)) * self.scale

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        away = (value - self.loc) ** 2 / (2 * self.variance)
        return -away - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return 0.5 * (1 + erf((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)))

    def icdf(self, value):
        """The inverse of cdf."""
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self):
        """The entropy, in nats."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Laplace(_LocScale):
    """Numbers that fall off exponentially on both sides. Mirrors torch.distributions.Laplace."""

    @property
    def variance(self):
        """The variance."""
        return 2 * self.scale.pow(2)

    @property
    def stddev(self):
        """The standard deviation."""
        return 2**0.5 * self.scale

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through."""
        shape, dtype = self._extended_shape(sample_shape), self.loc.dtype
        eps = 2.0**-23 if dtype.itemsize == 4 else 2.0**-52
        u = zeros(shape, dtype=dtype).uniform_(eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * (-away.abs() / self.scale).expm1()

    def icdf(self, value):
        """The inverse of cdf."""
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self):
        """The entropy, in nats."""
        return 1 + (2 * self.scale).log()
