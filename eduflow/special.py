"""Special functions, as torch.special has them."""

from ._words.absent import absent as _absent
from .ops.bessel import (
    i0,
)
from .ops.bessel import (
    special_i0e as i0e,
)
from .ops.bessel import (
    special_i1 as i1,
)
from .ops.bessel import (
    special_i1e as i1e,
)
from .ops.binary import (
    xlogy,
)
from .ops.gamma import (
    digamma,
    polygamma,
)
from .ops.gamma import (
    digamma as psi,
)
from .ops.gamma import (
    lgamma as gammaln,
)
from .ops.gamma import (
    mvlgamma as multigammaln,
)
from .ops.gamma import (
    special_zeta as zeta,
)
from .ops.softmax import (
    log_softmax,
    logsumexp,
    softmax,
)
from .ops.special import (
    erf,
    erfc,
    erfinv,
)
from .ops.special import (
    special_entr as entr,
)
from .ops.special import (
    special_erfcx as erfcx,
)
from .ops.special import (
    special_log_ndtr as log_ndtr,
)
from .ops.special import (
    special_ndtr as ndtr,
)
from .ops.special import (
    special_ndtri as ndtri,
)
from .ops.special import (
    special_xlog1py as xlog1py,
)
from .ops.unary import (
    exp2,
    expm1,
    log1p,
    logit,
    round,
    sinc,
)
from .ops.unary import (
    sigmoid as expit,
)

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlog1py",
    "xlogy",
    "zeta",
]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name)


def __dir__() -> list[str]:
    return __all__
