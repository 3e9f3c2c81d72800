"""Random numbers that are drawn until one is taken: gamma, Dirichlet and binomial, one by one."""

import math

import numpy as np

from .._core.calls import answering
from .._core.dispatch import Kind, finish, like, must_be_tensor, no_slope
from .._core.dtype import type_name
from .._core.generator import generator_argument
from .._core.numpy_warnings import quiet
from .._core.tensor import wrap

_THIRD, _SQUEEZE = float(np.float32(1) / np.float32(3)), float(np.float32(0.0331))


def _gamma(alpha, source, shape_of):
    """One number of the gamma distribution of this shape (Marsaglia and Tsang, 2000).

    A shape below 1 is drawn as one more, and brought down by a power of a uniform number.
    `shape_of` is the NumPy type that PyTorch computes with before the draws, in float64.
    """
    scale = 1.0
    if alpha < 1:
        if alpha == 0:
            return 0.0
        root = float(shape_of(1) / shape_of(alpha))
        scale = (1 - source.uniform(1, np.float64)[0]) ** root
        alpha += 1
    d = float(shape_of(alpha) - shape_of(_THIRD))
    c = 1 / math.sqrt(9 * d)
    while True:
        x = source.normal_pairs(1)[0]
        if 1 + c * x <= 0:
            continue
        v = (1 + c * x) ** 3
        u = 1 - source.uniform(1, np.float64)[0]
        if u < 1 - _SQUEEZE * x**4 or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v


def _gammas(alphas, source, shape_of):
    """Gamma numbers for an array of shapes, in float64; never 0."""
    flat = [_gamma(float(alpha), source, shape_of) for alpha in alphas.ravel()]
    return np.maximum(np.array(flat).reshape(alphas.shape), np.finfo(shape_of).tiny)


# Places between 0 and 1 that crowd towards both ends (Takahasi and Mori, 1974), by their logarithm,
# what is left to 1, and the logarithm of the step there: integrals of whatever goes to infinity
# at an end come out exact.
_STEP = 0.02
_U = np.arange(-7.5, 5, _STEP)
_S = math.pi / 2 * np.sinh(_U)
_LOG_PLACE, _LEFT = -np.logaddexp(0, -2 * _S), np.exp(-np.logaddexp(0, 2 * _S))
_LOG_STEP = np.log(_STEP * math.pi / 2 * np.cosh(_U)) + _LOG_PLACE - np.logaddexp(0, 2 * _S)
_LOG_STEP += math.log(2)


def _digamma(array):
    return wrap(np.asarray(array, np.float64)).digamma()._array


def _slope(x, log_ratio, score):
    """How a draw x moves with a parameter that it was drawn with, where its chance below stays.

    That is minus the derivative of the chance, an integral of density times score, over the
    density: `log_ratio` is that of the densities at the places of the integral and at x.
    """
    terms = np.exp(log_ratio + _LOG_STEP + np.log(x)[..., None]) * score
    return -terms.sum(-1)


def gamma_slope(alpha, x):
    """The derivative of gamma draws by their shapes, float64 arrays both."""
    a, wide = alpha[..., None], x[..., None]
    score = np.log(wide) + _LOG_PLACE - _digamma(a)
    return _slope(x, (a - 1) * _LOG_PLACE + wide * _LEFT, score)


def beta_slope(a, b, x):
    """The derivative of draws of the beta distribution by their first parameters, float64."""
    first, second, wide = a[..., None], b[..., None], x[..., None]
    score = np.log(wide) + _LOG_PLACE - (_digamma(first) - _digamma(first + second))
    far = np.log1p(-wide * (1 - _LEFT)) - np.log1p(-wide)
    return _slope(x, (first - 1) * _LOG_PLACE + (second - 1) * far, score)


_GAMMA = Kind("StandardGammaBackward0", ("input",), once=True)
_DIRICHLET = Kind("DirichletBackward0", ("input",), once=True)


def _check(name, tensor):
    must_be_tensor(name, ("input",), (tensor,))
    if tensor._array.dtype.kind != "f":
        kind = type_name(tensor._array.dtype)
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{kind}'")


@quiet
def standard_gamma(input, generator=None):
    """Gamma numbers for a tensor of shapes, of rate 1: PyTorch's from the same seed.

    Gradients pass through to the shapes.
    """
    _check("gamma", input)
    alphas, source = input._array, generator_argument("standard_gamma", generator)
    result = _gammas(alphas, source, alphas.dtype.type).astype(alphas.dtype)

    def derivative(grad):
        slope = gamma_slope(alphas.astype(np.float64), result.astype(np.float64))
        return grad * like(grad, slope.astype(alphas.dtype))

    return finish(_GAMMA, (result, derivative), (input,))


@quiet
def dirichlet(input, generator=None):
    """Positive numbers that add up to 1 along the last dim: PyTorch's from the same seed.

    Gradients pass through to the concentrations.
    """
    _check("dirichlet", input)
    alphas, source = input._array, generator_argument("dirichlet", generator)
    gammas = _gammas(alphas, source, np.float64)
    kind = alphas.dtype
    highest = np.nextafter(kind.type(1), kind.type(0))
    shares = (gammas / gammas.sum(-1, keepdims=True)).astype(kind)
    result = np.clip(shares, np.finfo(kind).tiny, highest)

    def derivative(grad):
        a, x = alphas.astype(np.float64), result.astype(np.float64)
        slope = beta_slope(a, a.sum(-1, keepdims=True) - a, x) / (1 - x)
        common = (like(grad, result) * grad).sum(axis=-1, keepdims=True)
        return (grad - common) * like(grad, slope.astype(kind))

    return finish(_DIRICHLET, (result, derivative), (input,))


_BINOMIAL = Kind("BinomialBackward0", ("count", "prob"))


@answering
@quiet
def binomial(count, prob, generator=None):
    """How many of `count` trials succeed, each with probability `prob`: PyTorch's draws.

    Both are tensors of one shape and one float dtype. Mirrors torch.binomial.
    """
    must_be_tensor("binomial", ("count", "prob"), (count, prob), numbers=False)
    if count._array.dtype.kind != "f":
        kind = type_name(count._array.dtype)
        raise ValueError(f"binomial only supports floating-point dtypes for count, got: {kind}")
    if count.dtype is not prob.dtype:
        names = [type_name(x._array.dtype) for x in (prob, count)]
        raise RuntimeError(f"Found dtype {names[0]} but expected {names[1]}")
    source = generator_argument("binomial", generator)
    counts, probs = np.broadcast_arrays(count._array, prob._array)
    pairs = zip(counts.ravel().tolist(), probs.ravel().tolist())
    drawn = np.array([_successes(n, p, source) for n, p in pairs], counts.dtype)
    return finish(_BINOMIAL, (drawn.reshape(counts.shape), no_slope, no_slope), (count, prob))


def _successes(count, prob, source):
    """One count; of the likelier outcome the other is counted."""
    if count <= 0 or prob <= 0:
        return 0.0
    if prob >= 1:
        return count
    if prob > 0.5:
        return count - _successes(count, 1 - prob, source)
    if not prob <= 0.5:
        return math.nan
    draw = _by_rejection if count * prob >= 10 else _by_waits
    return draw(count, prob, source)


def _by_waits(count, prob, source):
    """Add up the trials until each next success, until there have been too many."""
    trials, successes = 0, 0
    while True:
        u = source.uniform(1, np.float64)[0]
        trials += math.ceil(math.log(u) / math.log1p(-prob)) if u else math.inf
        if trials > count:
            return float(successes)
        successes += 1


def _tail(k):
    """What Stirling's formula leaves over for the logarithm of k!."""
    formula = (k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi)
    return math.lgamma(k + 1) - formula


def _by_rejection(count, prob, source):
    """The transformed rejection of Hörmann (1993), "BTRS": a draw or two suffice."""
    spread = math.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    middle, v_r, odds = count * prob + 0.5, 0.92 - 4.2 / b, prob / (1 - prob)
    alpha, mode = (2.83 + 5.1 / b) * spread, math.floor((count + 1) * prob)
    while True:
        u, v = source.uniform(2, np.float64) - (0.5, 0)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + middle)
        if k < 0 or k > count:
            continue
        if us >= 0.07 and v <= v_r:
            return float(k)
        bound = (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
        bound += (count + 1) * math.log((count - mode + 1) / (count - k + 1))
        bound += (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
        bound += _tail(mode) + _tail(count - mode) - _tail(k) - _tail(count - k)
        if math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return float(k)
