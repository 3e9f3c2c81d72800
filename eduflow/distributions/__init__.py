"""Random numbers of known kinds, as torch.distributions has them."""

from .._words.absent import absent as _absent
from . import constraints
from .bernoulli import Bernoulli
from .categorical import Categorical, Multinomial, OneHotCategorical
from .distribution import Distribution
from .exponential import Exponential, Poisson
from .independent import Independent
from .kl import kl_divergence, register_kl
from .normal import Laplace, Normal
from .uniform import Uniform

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Exponential",
    "Independent",
    "Laplace",
    "Multinomial",
    "Normal",
    "OneHotCategorical",
    "Poisson",
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
