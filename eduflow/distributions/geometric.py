"""Counts of trials and successes: Geometric, Binomial."""

import functools

from .._core.type_info import finfo
from ..nn._functional.loss import binary_cross_entropy_with_logits
from ..ops.factories import arange, zeros
from ..ops.rejection import binomial
from . import constraints
from .distribution import ProbsOrLogits
from .utils import broadcast_all, logits_to_probs, probs_to_logits


class _Trials(ProbsOrLogits):
    """What counts trials that succeed with probability `probs`, or sigmoid(logits)."""

    @functools.cached_property
    def logits(self):
        """log(p / (1 - p))."""
        return probs_to_logits(self.probs, is_binary=True)

    @functools.cached_property
    def probs(self):
        """The probability of a success."""
        return logits_to_probs(self.logits, is_binary=True)


class Geometric(_Trials):
    """How many trials fail before the first success. Mirrors torch.distributions.Geometric."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs=None, logits=None, validate_args=None):
        (value,) = broadcast_all(self._one_of(probs, logits))
        vars(self)[self._given] = value
        super().__init__(value.size(), validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            raise ValueError(
                f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) "
                f"of distribution {self!r} to be positive but found invalid values:\n{value}"
            )

    @property
    def mean(self):
        """The mean."""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self):
        """The likeliest count: 0."""
        return self.probs * 0

    @property
    def variance(self):
        """The variance."""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        shape, probs = self._extended_shape(sample_shape), self.probs.detach()
        u = zeros(shape, dtype=probs.dtype).uniform_(finfo(probs.dtype).tiny, 1)
        return (u.log() / (-probs).log1p()).floor()

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self):
        """The entropy, in nats."""
        loss = binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        return loss / self.probs


class Binomial(_Trials):
    """How many of `total_count` trials succeed. Mirrors torch.distributions.Binomial."""

    has_enumerate_support = True
    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        given = self._one_of(probs, logits)
        total_count, value = broadcast_all(total_count, given)
        self.total_count = total_count.type_as(value)
        vars(self)[self._given] = value
        super().__init__(value.size(), validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        names = ("total_count", self._given)
        given = {name: self._expanded(name, batch_shape) for name in names}
        return type(self)(**given, validate_args=False)

    @property
    def support(self):
        """From 0 to total_count."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self):
        """The mean."""
        return self.total_count * self.probs

    @property
    def mode(self):
        """The likeliest count."""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self):
        """The variance."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        shape = self._extended_shape(sample_shape)
        return binomial(self.total_count.expand(shape), self.probs.detach().expand(shape))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        count = self.total_count
        ways = (count + 1).lgamma() - (value + 1).lgamma() - (count - value + 1).lgamma()
        softened = self.logits.clamp(min=0) + (-self.logits.abs()).exp().log1p()
        return ways + value * self.logits - count * softened

    def entropy(self):
        """The entropy, in nats: a sum over all counts, for one `total_count`."""
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError("Inhomogeneous total count not supported by `entropy`.")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand=True):
        """All counts, along a new first dim; for one `total_count`."""
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError(
                "Inhomogeneous total count not supported by `enumerate_support`."
            )
        values = arange(1 + count, dtype=self.total_count.dtype)
        values = values.view((-1, *[1] * len(self._batch_shape)))
        return values.expand((-1, *self._batch_shape)) if expand else values
