"""Sums of waits, and what is made of them: Gamma, Chi2, StudentT."""

import math

from .._core.size import Size
from .._core.type_info import finfo
from ..ops.distributions import normal
from ..ops.factories import as_tensor, ones, zeros
from ..ops.rejection import standard_gamma
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Gamma(Distribution):
    """Waits for the `concentration`-th of what comes at this rate.

    Mirrors torch.distributions.Gamma.
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration, rate, validate_args=None):
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.concentration / self.rate

    @property
    def mode(self):
        """The likeliest value."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self):
        """The variance."""
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        shape = self._extended_shape(sample_shape)
        value = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=finfo(value.dtype).tiny)  # never 0, whose logarithm is none
        return value

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        value = as_tensor(value, dtype=self.rate.dtype)
        self._validate_sample(value)
        shape = self.concentration
        found = shape.xlogy(self.rate) + (shape - 1).xlogy(value)
        return found - self.rate * value - shape.lgamma()

    def entropy(self):
        """The entropy, in nats."""
        shape = self.concentration
        return shape - self.rate.log() + shape.lgamma() + (1.0 - shape) * shape.digamma()


class Chi2(Gamma):
    """Sums of `df` squared normal numbers. Mirrors torch.distributions.Chi2."""

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df, validate_args=None):
        (df,) = broadcast_all(df)
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameter expanded to this batch shape."""
        return type(self)(self.df.expand(Size(batch_shape)), validate_args=False)

    @property
    def df(self):
        """The degrees of freedom: how many squares."""
        return self.concentration * 2


class StudentT(Distribution):
    """Normal numbers over the root of a Chi2 mean, moved by `loc` and stretched by `scale`.

    Mirrors torch.distributions.StudentT.
    """

    arg_constraints = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True

    def __init__(self, df, loc=0.0, scale=1.0, validate_args=None):
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.size(), validate_args=validate_args)

    @property
    def mean(self):
        """The mean; nan where there is none."""
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self):
        """The likeliest value."""
        return self.loc

    @property
    def variance(self):
        """The variance: inf where it is without bound, nan where there is none."""
        found = self.scale.pow(2) * self.df / (self.df - 2)
        return found.masked_fill(self.df <= 2, math.inf).masked_fill(self.df <= 1, math.nan)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        shape, dtype = self._extended_shape(sample_shape), self.df.dtype
        x = normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype))
        return self.loc + self.scale * (x * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        y, half = (value - self.loc) / self.scale, 0.5 * self.df
        whole = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        whole = whole + half.lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (y**2.0 / self.df).log1p() - whole

    def entropy(self):
        """The entropy, in nats."""
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = half.lgamma() + math.log(math.sqrt(math.pi)) - more.lgamma()
        found = self.scale.log() + more * (more.digamma() - half.digamma())
        return found + 0.5 * self.df.log() + log_beta
