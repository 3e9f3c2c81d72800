"""Numbers evenly spread: Uniform."""

from ..ops.distributions import rand
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Uniform(Distribution):
    """Numbers evenly spread over [low, high). Mirrors torch.distributions.Uniform."""

    has_rsample = True

    def __init__(self, low, high, validate_args=None):
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.size(), validate_args=validate_args)

    @property
    def arg_constraints(self):
        """Each end lies on its side of the other."""
        low, high = constraints.less_than(self.high), constraints.greater_than(self.low)
        return {"low": low, "high": high}

    @property
    def support(self):
        """From low to high."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self):
        """The mean."""
        return (self.high + self.low) / 2

    @property
    def mode(self):
        """There is no likeliest value: nan."""
        return float("nan") * self.high

    @property
    def stddev(self):
        """The standard deviation."""
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self):
        """The variance."""
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        values = rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + values * (self.high - self.low)

    def log_prob(self, value):
        """The logarithm of the density at `value`; -inf at high."""
        self._validate_sample(value)
        inside = self.low.le(value).type_as(self.low) * self.high.gt(value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value):
        """The inverse of cdf."""
        return value * (self.high - self.low) + self.low

    def entropy(self):
        """The entropy, in nats."""
        return (self.high - self.low).log()
