"""Several independent draws seen as one: Independent."""

from .._core.size import Size
from . import constraints
from .distribution import Distribution


class Independent(Distribution):
    """A distribution whose last batch dims count as dims of one draw.

    Mirrors torch.distributions.Independent.
    """

    def __init__(self, base_distribution, reinterpreted_batch_ndims, validate_args=None):
        shape = base_distribution.batch_shape
        if reinterpreted_batch_ndims > len(shape):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual "
                f"{reinterpreted_batch_ndims} vs {len(shape)}"
            )
        split = len(shape) - reinterpreted_batch_ndims
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        super().__init__(
            shape[:split], shape[split:] + base_distribution.event_shape, validate_args
        )

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        inner = (*batch_shape, *self._event_shape[: self.reinterpreted_batch_ndims])
        return type(self)(
            self.base_dist.expand(Size(inner)), self.reinterpreted_batch_ndims, validate_args=False
        )

    @property
    def has_rsample(self):
        """Whether gradients pass through draws."""
        return self.base_dist.has_rsample

    @property
    def support(self):
        """Where the values lie."""
        if self.reinterpreted_batch_ndims:
            return constraints.independent(self.base_dist.support, self.reinterpreted_batch_ndims)
        return self.base_dist.support

    @property
    def mean(self):
        """The mean."""
        return self.base_dist.mean

    @property
    def mode(self):
        """The likeliest value."""
        return self.base_dist.mode

    @property
    def variance(self):
        """The variance."""
        return self.base_dist.variance

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value):
        """The logarithm of the density at `value`, of all its elements together."""
        return together(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self):
        """The entropy, in nats."""
        return together(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def __repr__(self):
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


def together(value, dims):
    """The sum over this many last dims."""
    return value.reshape((*value.shape[: value.dim() - dims], -1)).sum(-1) if dims else value
