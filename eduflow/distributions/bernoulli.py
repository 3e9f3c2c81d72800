"""One or zero: Bernoulli."""

import functools

from .._core.tensor import Tensor
from ..nn._functional.loss import binary_cross_entropy_with_logits
from ..ops.broadcast import broadcast_tensors
from ..ops.distributions import bernoulli
from ..ops.factories import arange
from . import constraints
from .distribution import ProbsOrLogits
from .utils import broadcast_all, logits_to_probs, probs_to_logits


class Bernoulli(ProbsOrLogits):
    """1 with probability `probs`, or sigmoid(logits), else 0.

    Mirrors torch.distributions.Bernoulli.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        value = self._one_of(probs, logits)
        vars(self)[self._given] = value if isinstance(value, Tensor) else broadcast_all(value)[0]
        super().__init__(vars(self)[self._given].size(), validate_args=validate_args)

    @functools.cached_property
    def logits(self):
        """log(p / (1 - p))."""
        return probs_to_logits(self.probs, is_binary=True)

    @functools.cached_property
    def probs(self):
        """The probability of 1."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def mean(self):
        """The mean."""
        return self.probs

    @property
    def mode(self):
        """The likelier value; nan where both are alike."""
        return (self.probs >= 0.5).to(self.probs).masked_fill(self.probs == 0.5, float("nan"))

    @property
    def variance(self):
        """The variance."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        return bernoulli(self.probs.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        logits, value = broadcast_tensors(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self):
        """The entropy, in nats."""
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand=True):
        """0 and 1, along a new first dim."""
        given = vars(self)[self._given]
        values = arange(2, dtype=given.dtype).view((-1, *[1] * len(self._batch_shape)))
        return values.expand((-1, *self._batch_shape)) if expand else values
