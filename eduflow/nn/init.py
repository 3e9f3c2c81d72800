# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% init
"""First values of parameters. All functions write in place, record nothing, return the tensor."""

import math
import warnings

from ..grad_mode import no_grad


@no_grad()
def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Numbers evenly spread from `a` to `b`. Mirrors torch.nn.init.uniform_."""
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def constant_(tensor, val):
    """`val` everywhere. Mirrors torch.nn.init.constant_."""
    return tensor.fill_(val)


def zeros_(tensor):
    """0 everywhere. Mirrors torch.nn.init.zeros_."""
    return constant_(tensor, 0.0)


def ones_(tensor):
    """1 everywhere. Mirrors torch.nn.init.ones_."""
    return constant_(tensor, 1.0)


# %% fans
_GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4, "linear": 1, "sigmoid": 1}


def calculate_gain(nonlinearity, param=None):
    """How much larger first weights may be before this nonlinearity; `param`: the leaky slope.

    ValueError for names there are none of. Mirrors torch.nn.init.calculate_gain.
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity.startswith("conv"):
        return 1
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor):
    """How many numbers come into one output of a weight, and how many one input goes to."""
    if tensor.dim() < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
        )
    area = math.prod(tensor.shape[2:])
    return tensor.size(1) * area, tensor.size(0) * area


# %% kaiming
def _calculate_correct_fan(tensor, mode):
    fans = dict(zip(("fan_in", "fan_out"), _calculate_fan_in_and_fan_out(tensor)))
    if mode.lower() not in fans:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(fans)}")
    return fans[mode.lower()]


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Spread so that numbers neither fade nor grow from layer to layer. `a`: the leaky slope.

    He et al., "Delving deep into rectifiers" (2015). Mirrors torch.nn.init.kaiming_uniform_.
    """
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    bound = math.sqrt(3) * (calculate_gain(nonlinearity, a) / math.sqrt(fan))
    return uniform_(tensor, -bound, bound, generator)


# %% public names
__all__ = ["calculate_gain", "constant_", "kaiming_uniform_", "ones_", "uniform_", "zeros_"]
