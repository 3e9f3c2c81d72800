"""Waits and counts of what comes at a rate: Exponential, Poisson."""

from ..ops.distributions import poisson
from ..ops.factories import zeros
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Exponential(Distribution):
    """Waits for what comes at this rate. Mirrors torch.distributions.Exponential."""

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate, validate_args=None):
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.rate.reciprocal()

    @property
    def mode(self):
        """The likeliest value: 0."""
        return self.rate * 0

    @property
    def stddev(self):
        """The standard deviation."""
        return self.rate.reciprocal()

    @property
    def variance(self):
        """The variance."""
        return self.rate.pow(-2)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        shape = self._extended_shape(sample_shape)
        return zeros(shape, dtype=self.rate.dtype).exponential_() / self.rate

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value):
        """The inverse of cdf."""
        return -(-value).log1p() / self.rate

    def entropy(self):
        """The entropy, in nats."""
        return 1 - self.rate.log()


class Poisson(Distribution):
    """How often something at this rate comes in a unit of time.

    Mirrors torch.distributions.Poisson.
    """

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate, validate_args=None):
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.rate

    @property
    def mode(self):
        """The likeliest count."""
        return self.rate.floor()

    @property
    def variance(self):
        """The variance."""
        return self.rate

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape."""
        return poisson(self.rate.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()
