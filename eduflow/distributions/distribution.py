"""The base of all distributions."""

import warnings

from .._core.size import Size
from .._core.tensor import Tensor
from ..autograd.grad_mode import no_grad


class Distribution:
    """Random numbers of a kind. `batch_shape` are independent ones, `event_shape` one draw's shape.

    Parameters and values are checked unless `validate_args` is False: ValueError. Mirrors
    torch.distributions.Distribution.
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints = {}
    _validate_args = True

    @staticmethod
    def set_default_validate_args(value):
        """Whether parameters and values are checked from now on."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    def __init__(self, batch_shape=(), event_shape=(), validate_args=None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self):
        for name, constraint in self.arg_constraints.items():
            computed = isinstance(getattr(type(self), name, None), property)
            value = getattr(self, name) if computed else vars(self).get(name)
            if not isinstance(value, Tensor) or type(constraint).__name__ == "_Dependent":
                continue
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape "
                    f"{tuple(value.shape)}) of distribution {self!r} to satisfy the constraint "
                    f"{constraint!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        names = [n for n in self.arg_constraints if n in vars(self)]
        given = {n: self._expanded(n, Size(batch_shape)) for n in names}
        return type(self)(**given, validate_args=False)

    def _expanded(self, name, batch_shape):
        value = vars(self)[name]
        return value.expand((*batch_shape, *value.shape[len(self._batch_shape) :]))

    @property
    def batch_shape(self):
        """The shape of the independent distributions."""
        return self._batch_shape

    @property
    def event_shape(self):
        """The shape of one draw from one of them."""
        return self._event_shape

    @property
    def support(self):
        """Where the values lie, a constraint."""
        raise NotImplementedError

    @property
    def mean(self):
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self):
        """The likeliest value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self):
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self):
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape=()):
        """Draws of this shape before the batch shape; no gradient passes."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, to the parameters."""
        raise NotImplementedError

    def sample_n(self, n):
        """`n` draws; `sample((n,))` is the newer way."""
        warnings.warn(
            "sample_n(n) will be deprecated. Use .sample((n,)) instead",
            UserWarning,
            stacklevel=2,
        )
        return self.sample((n,))

    def log_prob(self, value):
        """The logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError

    def cdf(self, value):
        """How likely a draw is at most `value`."""
        raise NotImplementedError

    def icdf(self, value):
        """The inverse of cdf."""
        raise NotImplementedError

    def enumerate_support(self, expand=True):
        """All values, along a new first dim."""
        raise NotImplementedError

    def entropy(self):
        """The entropy, in nats."""
        raise NotImplementedError

    def perplexity(self):
        """exp(entropy)."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape=()):
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value):
        """ValueError unless `value` is a tensor that fits, inside the support."""
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        start = value.dim() - len(self._event_shape)
        if value.shape[max(start, 0) :] != self._event_shape:
            raise ValueError(
                "The right-most size of value must match event_shape: "
                f"{value.shape} vs {self._event_shape}."
            )
        expected = self._batch_shape + self._event_shape
        for i, j in zip(reversed(value.shape), reversed(expected)):
            if 1 not in (i, j) and i != j:
                raise ValueError(
                    "Value is not broadcastable with batch_shape+event_shape: "
                    f"{value.shape} vs {expected}."
                )
        support = self.support
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) "
                f"to be within the support ({support!r}) of the distribution {self!r}, but found "
                f"invalid values:\n{value}"
            )

    def __repr__(self):
        names = [name for name in self.arg_constraints if name in vars(self)]
        values = [vars(self)[name] for name in names]
        shown = [
            f"{name}: {value if value.numel() == 1 else value.size()}"
            for name, value in zip(names, values)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


class ProbsOrLogits(Distribution):
    """A distribution that is given by probabilities or by their logits, and keeps which."""

    def _one_of(self, probs, logits):
        """The one that is given; ValueError for both or none."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        self._given = "logits" if probs is None else "probs"
        return logits if probs is None else probs

    def expand(self, batch_shape):
        """The same with its parameter expanded to this batch shape."""
        given = {self._given: self._expanded(self._given, batch_shape)}
        return type(self)(**given, validate_args=False)

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return vars(self)[self._given].size()
