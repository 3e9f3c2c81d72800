"""Normal numbers that hang together: MultivariateNormal."""

import functools
import math

from .._core.size import Size
from ..ops.broadcast import broadcast_shapes
from ..ops.decomposition import linalg_cholesky
from ..ops.distributions import normal
from ..ops.factories import eye, ones, zeros
from ..ops.flip import flip
from ..ops.inverse import cholesky_inverse, linalg_solve_triangular
from ..ops.linalg import matmul
from . import constraints
from .distribution import Distribution

_FORMS = ("covariance_matrix", "precision_matrix", "scale_tril")


def _root_of_inverse(precision):
    """The lower L with L L^T the inverse of a positive definite matrix."""
    upside_down = linalg_cholesky(flip(precision, (-2, -1)))
    root = flip(upside_down, (-2, -1)).mT
    unit = eye(precision.shape[-1], dtype=precision.dtype)
    return linalg_solve_triangular(root, unit.expand(root.shape), upper=False)


class MultivariateNormal(Distribution):
    """Normal vectors with a mean and a covariance, its inverse, or its lower Cholesky factor.

    Mirrors torch.distributions.MultivariateNormal.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc,
        covariance_matrix=None,
        precision_matrix=None,
        scale_tril=None,
        validate_args=None,
    ):
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = dict(zip(_FORMS, (covariance_matrix, precision_matrix, scale_tril)))
        given = {name: matrix for name, matrix in given.items() if matrix is not None}
        if len(given) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be "
                "specified."
            )
        ((self._given, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError(
                f"{self._given} must be at least two-dimensional, with optional leading batch "
                "dimensions"
            )
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        vars(self)[self._given] = matrix.expand((*batch, -1, -1))
        self.loc = loc.expand((*batch, -1))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape):
        """The same with its parameters expanded to this batch shape."""
        given = {n: self._expanded(n, Size(batch_shape)) for n in ("loc", self._given)}
        return type(self)(**given, validate_args=False)

    @functools.cached_property
    def scale_tril(self):
        """The lower Cholesky factor of the covariance."""
        if self._given == "covariance_matrix":
            return linalg_cholesky(self.covariance_matrix)
        return _root_of_inverse(self.precision_matrix)

    @functools.cached_property
    def covariance_matrix(self):
        """The covariance."""
        return matmul(self.scale_tril, self.scale_tril.mT)

    @functools.cached_property
    def precision_matrix(self):
        """The inverse of the covariance."""
        return cholesky_inverse(self.scale_tril)

    @property
    def mean(self):
        """The mean."""
        return self.loc

    @property
    def mode(self):
        """The likeliest value."""
        return self.loc

    @property
    def variance(self):
        """The variance of each element."""
        return self.scale_tril.pow(2).sum(-1)

    def rsample(self, sample_shape=()):
        """Draws that gradients pass through, PyTorch's from the same seed."""
        shape, dtype = self._extended_shape(sample_shape), self.loc.dtype
        eps = normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype))
        return self.loc + matmul(self.scale_tril, eps.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        away = (value - self.loc).unsqueeze(-1)
        root = self.scale_tril.expand((*away.shape[:-2], -1, -1))
        distance = linalg_solve_triangular(root, away, upper=False).squeeze(-1).pow(2).sum(-1)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + distance) - self._half_log_det()

    def entropy(self):
        """The entropy, in nats."""
        constant = self._event_shape[0] * (1.0 + math.log(2 * math.pi))
        return 0.5 * constant + self._half_log_det()

    def _half_log_det(self):
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
