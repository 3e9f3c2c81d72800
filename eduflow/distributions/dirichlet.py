"""Shares of a whole: Dirichlet, and of two parts Beta."""

from .._core.size import Size
from .._core.tensor import Tensor
from ..nn._functional.sparse import one_hot
from ..ops.choose import where
from ..ops.factories import tensor
from ..ops.join import stack
from ..ops.rejection import dirichlet
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Dirichlet(Distribution):
    """Positive numbers that add up to 1. Mirrors torch.distributions.Dirichlet."""

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration, validate_args=None):
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        shape = concentration.shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self):
        """The likeliest shares; a corner where all concentrations are below 1."""
        above = (self.concentration - 1).clamp(min=0.0)
        found = above / above.sum(-1, True)
        corner = one_hot(found.argmax(dim=-1), self.concentration.shape[-1]).to(found)
        return where((self.concentration < 1).all(dim=-1, keepdim=True), corner, found)

    @property
    def variance(self):
        """The variance."""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        return dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        powers = (self.concentration - 1.0).xlogy(value).sum(-1)
        return powers + self.concentration.sum(-1).lgamma() - self.concentration.lgamma().sum(-1)

    def entropy(self):
        """The entropy, in nats."""
        count, total = self.concentration.size(-1), self.concentration.sum(-1)
        found = self.concentration.lgamma().sum(-1) - total.lgamma()
        found = found - (count - total) * total.digamma()
        return found - ((self.concentration - 1.0) * self.concentration.digamma()).sum(-1)


class Beta(Distribution):
    """A share between 0 and 1. Mirrors torch.distributions.Beta."""

    arg_constraints = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1, concentration0, validate_args=None):
        if not isinstance(concentration1, Tensor) and not isinstance(concentration0, Tensor):
            both = tensor([float(concentration1), float(concentration0)])
        else:
            both = stack(broadcast_all(concentration1, concentration0), -1)
        self._dirichlet = Dirichlet(both, validate_args=validate_args)
        super().__init__(self._dirichlet.batch_shape, validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        shape = Size(batch_shape)
        given = self.concentration1.expand(shape), self.concentration0.expand(shape)
        return type(self)(*given, validate_args=False)

    @property
    def concentration1(self):
        """The weight of 1."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self):
        """The weight of 0."""
        return self._dirichlet.concentration[..., 1]

    @property
    def mean(self):
        """The mean."""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self):
        """The likeliest value."""
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self):
        """The variance."""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return self._dirichlet.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self):
        """The entropy, in nats."""
        return self._dirichlet.entropy()
