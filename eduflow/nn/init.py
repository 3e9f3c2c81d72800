"""First values of parameters. All functions write in place, record nothing, return the tensor."""

import functools
import math
import warnings

import numpy as np

from .._core.dtype import bool as boolean
from .._words.inference import must_be_changeable
from ..autograd.grad_mode import no_grad
from ..ops.choose import where
from ..ops.distributions import randperm
from ..ops.factories import empty_like, ones_like
from ..ops.inplace import write

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here."""
    return __all__


@no_grad()
def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Numbers evenly spread from `a` to `b`. Mirrors torch.nn.init.uniform_."""
    return tensor.uniform_(a, b, generator=generator)


def constant_(tensor, val):
    """`val` everywhere. Mirrors torch.nn.init.constant_."""
    if type(val) is float and -1 <= val <= 1 and tensor._array.dtype.kind == "f":
        must_be_changeable(tensor._counter)
        write(tensor, val)  # nothing can go wrong, and most layers start with zeros or ones
        return tensor
    with no_grad():
        return tensor.fill_(val)


def zeros_(tensor):
    """0 everywhere. Mirrors torch.nn.init.zeros_."""
    return constant_(tensor, 0.0)


def ones_(tensor):
    """1 everywhere. Mirrors torch.nn.init.ones_."""
    return constant_(tensor, 1.0)


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


@no_grad()
def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Normal numbers of this mean and deviation. Mirrors torch.nn.init.normal_."""
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Normal numbers that stay between `a` and `b`. Mirrors torch.nn.init.trunc_normal_."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    below = [(1 + math.erf((end - mean) / std / math.sqrt(2))) / 2 for end in (a, b)]
    draw = _drawn_again if below[1] - below[0] > 0.3 else _thrown_below_the_curve
    return draw(tensor, mean, std, a, b, generator)


def _drawn_again(tensor, mean, std, a, b, generator):
    """Normal numbers; those outside are drawn again until none is left."""
    low, high = tensor.new_tensor([a, b]).tolist()
    tensor.normal_(mean, std, generator=generator)
    while (outside := (tensor < low) | (tensor > high)).any():
        again = empty_like(tensor).normal_(mean, std, generator=generator)
        tensor.copy_(where(outside, again, tensor))
    return tensor


def _thrown_below_the_curve(tensor, mean, std, a, b, generator):
    """For narrow ranges: points thrown evenly into a box; those below the normal curve count."""
    top = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    above = ones_like(tensor, dtype=boolean)
    while above.any():
        throw = empty_like(tensor).uniform_(a, b, generator=generator)
        tensor.copy_(where(above, throw, tensor))
        curve = -0.5 * ((throw - mean) / std) ** 2 - top
        above = above & (empty_like(tensor).uniform_(generator=generator).log() > curve)
    return tensor


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """Evenly spread, so that neither numbers nor gradients fade or grow from layer to layer.

    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
    (2010). Mirrors torch.nn.init.xavier_uniform_.
    """
    bound = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """The same with normal numbers. Mirrors torch.nn.init.xavier_normal_."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor, gain):
    return gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """`kaiming_uniform_` with normal numbers. Mirrors torch.nn.init.kaiming_normal_."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    std = calculate_gain(nonlinearity, a) / math.sqrt(fan)
    return normal_(tensor, 0.0, std, generator)


@no_grad()
def orthogonal_(tensor, gain=1, generator=None):
    """Rows (or columns, if these are fewer) of length `gain` at right angles to each other.

    Dims after the first count as one. ValueError for less than two dims. Saxe et al., "Exact
    solutions to the nonlinear dynamics of learning" (2013). Mirrors torch.nn.init.orthogonal_.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows = tensor.size(0)
    numbers = tensor.new_empty((rows, tensor.numel() // rows))
    numbers = numbers.normal_(0, 1, generator=generator).numpy()
    wide = rows < numbers.shape[1]
    q, r = np.linalg.qr(numbers.T if wide else numbers)
    q = q * np.sign(np.diag(r))
    must_be_changeable(tensor._counter)
    tensor._array[...] = ((q.T if wide else q) * gain).reshape(tensor.shape)
    tensor._counter[0] += 1
    return tensor


@no_grad()
def eye_(tensor):
    """The identity matrix: a Linear layer that changes nothing. Mirrors torch.nn.init.eye_."""
    if tensor.ndimension() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return tensor.copy_(tensor.new_tensor(np.eye(*tensor.shape).tolist()))


@no_grad()
def dirac_(tensor, groups=1):
    """A convolution that passes its channels on unchanged, as many as there are in each group.

    Mirrors torch.nn.init.dirac_.
    """
    if tensor.ndimension() not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.size(0) % groups:
        raise ValueError("dim 0 must be divisible by groups")
    group = tensor.size(0) // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    tensor.zero_()
    for channel in range(min(group, tensor.size(1))):
        for number in range(groups):
            tensor[(number * group + channel, channel, *middle)] = 1
    return tensor


@no_grad()
def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Normal numbers, but in every column a share of zeros, rounded up (Martens, 2010).

    Mirrors torch.nn.init.sparse_.
    """
    if tensor.ndimension() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[randperm(rows)[: math.ceil(sparsity * rows)], column] = 0
    return tensor


def _deprecated(function):
    """A function under its old name, without the underscore: it still works, and warns."""
    name = function.__name__
    old = name.rstrip("_")

    @functools.wraps(function)
    def warning(*args, **options):
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{name}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **options)

    warning.__name__ = warning.__qualname__ = old
    return warning


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
