"""Random numbers of known kinds, as torch.distributions has them."""

from .._words.absent import absent as _absent
from . import constraints
from .bernoulli import Bernoulli
from .categorical import Categorical, Multinomial, OneHotCategorical
from .dirichlet import Beta, Dirichlet
from .distribution import Distribution
from .exponential import Exponential, Poisson
from .gamma import Chi2, Gamma, StudentT
from .geometric import Binomial, Geometric
from .independent import Independent
from .kl import kl_divergence, register_kl
from .log_normal import Gumbel, HalfNormal, LogNormal
from .multivariate_normal import MultivariateNormal
from .normal import Laplace, Normal
from .uniform import Uniform

__all__ = [
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Chi2",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "Gamma",
    "Geometric",
    "Gumbel",
    "HalfNormal",
    "Independent",
    "Laplace",
    "LogNormal",
    "Multinomial",
    "MultivariateNormal",
    "Normal",
    "OneHotCategorical",
    "Poisson",
    "StudentT",
    "Uniform",
    "constraints",
    "kl_divergence",
    "register_kl",
]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name)


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of the files."""
    return __all__
