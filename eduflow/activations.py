# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% activation-names
"""The activations that PyTorch also has in `torch` itself."""

from .nn.functional.clipped import _threshold
from .nn.functional.clipped import hardshrink as hardshrink
from .nn.functional.clipped import threshold_ as threshold_
from .nn.functional.rectifiers import celu as _celu
from .nn.functional.rectifiers import celu_ as celu_
from .nn.functional.rectifiers import prelu as prelu
from .nn.functional.rectifiers import rrelu as _rrelu
from .nn.functional.rectifiers import rrelu_ as rrelu_
from .nn.functional.rectifiers import selu as _selu
from .nn.functional.rectifiers import selu_ as selu_


def selu(input):
    """See `nn.functional.selu`. Mirrors torch.selu."""
    return _selu(input)


def celu(input, alpha=1.0):
    """See `nn.functional.celu`. Mirrors torch.celu."""
    return _celu(input, alpha)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, generator=None):
    """See `nn.functional.rrelu`. Mirrors torch.rrelu."""
    return _rrelu(input, lower, upper, training, generator=generator)


def threshold(input, threshold, value):
    """See `nn.functional.threshold`. Mirrors torch.threshold."""
    return _threshold(input, threshold=threshold, value=value)


# %% public names
__all__ = [
    "celu",
    "celu_",
    "hardshrink",
    "prelu",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "threshold",
    "threshold_",
]
