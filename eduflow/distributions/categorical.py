"""One of several: Categorical, OneHotCategorical, Multinomial."""

import functools

from .._core.size import Size
from .._core.tensor import Tensor
from .._core.type_info import finfo
from ..nn._functional.sparse import one_hot
from ..ops.broadcast import broadcast_tensors
from ..ops.distributions import multinomial
from ..ops.factories import arange, ones_like, zeros
from . import constraints
from .distribution import Distribution, ProbsOrLogits
from .utils import broadcast_all, logits_to_probs, normalized, probs_to_logits


class Categorical(ProbsOrLogits):
    """Ints from 0 on, with these probabilities, or their logits, along the last dim.

    Probabilities are divided by their sum. Mirrors torch.distributions.Categorical.
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        value = self._one_of(probs, logits)
        if value.dim() < 1:
            raise ValueError(f"`{self._given}` parameter must be at least one-dimensional.")
        if probs is None:
            self.logits = normalized(value)
        else:
            self.probs = value / value.sum(-1, keepdim=True)
        self._num_events = value.size()[-1]
        super().__init__(value.size()[:-1], validate_args=validate_args)

    @functools.cached_property
    def logits(self):
        """The logs of the probabilities."""
        return probs_to_logits(self.probs)

    @functools.cached_property
    def probs(self):
        """The probabilities."""
        return logits_to_probs(self.logits)

    @property
    def support(self):
        """The ints that can come."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self):
        """There is none: nan."""
        return self.probs.sum(-1) * float("nan")

    @property
    def variance(self):
        """There is none: nan."""
        return self.mean

    @property
    def mode(self):
        """The likeliest int."""
        return self.probs.argmax(dim=-1)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        shape = Size(sample_shape)
        rows = self.probs.detach().reshape(-1, self._num_events)
        return multinomial(rows, shape.numel(), True).T.reshape(self._extended_shape(shape))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        value, logs = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logs.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self):
        """The entropy, in nats."""
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand=True):
        """All ints, along a new first dim."""
        values = arange(self._num_events).view((-1, *[1] * len(self._batch_shape)))
        return values.expand((-1, *self._batch_shape)) if expand else values


class _OverCategorical(Distribution):
    """A distribution that draws from a Categorical."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def _take(self, probs, logits, validate_args):
        self._categorical = Categorical(probs, logits)
        batch, event = self._categorical.batch_shape, self._categorical.param_shape[-1:]
        Distribution.__init__(self, batch, event, validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameter expanded to this batch shape."""
        inner = self._categorical.expand(Size(batch_shape))
        given = {inner._given: getattr(inner, inner._given)}
        return type(self)(**given, **self._more(), validate_args=False)

    def _more(self):
        """What else it was made with."""
        return {}

    @property
    def logits(self):
        """The logs of the probabilities."""
        return self._categorical.logits

    @property
    def probs(self):
        """The probabilities."""
        return self._categorical.probs

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._categorical.param_shape


class OneHotCategorical(_OverCategorical):
    """Vectors with a single 1, at a place drawn as by Categorical.

    Mirrors torch.distributions.OneHotCategorical.
    """

    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        self._take(probs, logits, validate_args)

    @property
    def mean(self):
        """The mean."""
        return self.probs

    @property
    def mode(self):
        """The likeliest vector."""
        return one_hot(self.probs.argmax(-1), self.probs.shape[-1]).to(self.probs)

    @property
    def variance(self):
        """The variance."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        places = self._categorical.sample(sample_shape)
        return one_hot(places, self.probs.shape[-1]).to(self.probs)

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        return self._categorical.log_prob(value.max(-1)[1])

    def entropy(self):
        """The entropy, in nats."""
        return self._categorical.entropy()


class Multinomial(_OverCategorical):
    """How often each of several came in `total_count` draws.

    Mirrors torch.distributions.Multinomial.
    """

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        if isinstance(total_count, Tensor):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._take(probs, logits, validate_args)

    def _more(self):
        return {"total_count": self.total_count}

    @property
    def support(self):
        """Counts that add up to total_count."""
        return constraints.multinomial(self.total_count)

    @property
    def mean(self):
        """The mean."""
        return self.probs * self.total_count

    @property
    def variance(self):
        """The variance."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape, PyTorch's from the same seed."""
        shape = Size(sample_shape)
        drawn = self._categorical.sample((self.total_count, *shape))
        drawn = drawn.permute(*range(1, drawn.dim()), 0)
        counts = zeros(self._extended_shape(shape), dtype=drawn.dtype)
        counts.scatter_add_(-1, drawn, ones_like(drawn))
        return counts.type_as(self.probs)

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.masked_fill((value == 0) & (logits == -float("inf")), 0)
        ways = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return ways + (logits * value).sum(-1)
