"""How variables go together: cov and corrcoef."""

import numpy as np

from .._core.calls import answering
from .._core.dispatch import must_be_tensor
from .._core.tensor import method
from .choose import clip
from .complex import complex as complex_of
from .linalg import matmul
from .unary import sqrt


@method("cov")
@answering
def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariance of variables, one a row; each column is an observation. (n, m) to (n, n).

    `fweights`, ints, say how often an observation came, `aweights`, floats, what it counts. A
    vector is one variable. RuntimeError for more dims. Mirrors torch.cov.
    """
    must_be_tensor("cov", ("input",), (input,))
    _check_cov(input._array)
    values = input.reshape(1, -1) if input.ndim < 2 else input
    count = values.shape[1]
    weights = _weights(count, fweights, aweights)
    total = count if weights is None else weights.sum()
    if weights is None:
        mean = values.sum(1) / count if count else values.sum(1) * float("nan")
    else:
        mean = (values * weights).sum(1) / total
    away = values - mean.unsqueeze(1)
    weighted = away if weights is None else away * weights
    product = matmul(weighted, away.transpose(0, 1).conj())
    return (product / _factor(total, correction, fweights, aweights, weights)).squeeze()


def _factor(total, correction, fweights, aweights, weights):
    """What the products are divided by, 0 at least."""
    if weights is None:
        return max(total - correction, 0) if total else float("nan")
    if aweights is None or not correction:
        return (total - correction).clamp(min=0)
    return (total - correction * (weights * aweights).sum() / total).clamp(min=0)


def _check_cov(array):
    if array.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{array.ndim} dimensions"
        )
    if array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")


def _weights(count, fweights, aweights):
    """What each observation counts; None if all count alike."""
    for name, weights, kinds, said in (
        ("fweights", fweights, "iu", "integral"),
        ("aweights", aweights, "f", "floating point"),
    ):
        if weights is not None:
            _check_weights(name, weights, kinds, said, count)
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


def _check_weights(name, weights, kinds, said, count):
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
            f"{weights.ndim} dimensions"
        )
    if weights._array.dtype.kind not in kinds:
        legacy = weights.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"cov(): expected {name} to have {said} dtype but got {name} with {legacy} dtype"
        )
    if weights.numel() != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input "
            f"but got {weights.numel()} != {count}"
        )
    if (np.asarray(weights._array) < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


@method("corrcoef")
@answering
def corrcoef(input):
    """How variables, one a row, go together, from -1 to 1: cov divided by both deviations.

    Mirrors torch.corrcoef.
    """
    must_be_tensor("corrcoef", ("input",), (input,))
    if input.ndim > 2:
        raise RuntimeError(
            "corrcoef(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions"
        )
    found = cov(input)
    if not found.ndim:
        return found / found
    diagonal = found.diagonal()
    deviation = sqrt(diagonal.real if found.is_complex() else diagonal)
    found = found / deviation.unsqueeze(1) / deviation
    if found.is_complex():
        return complex_of(clip(found.real, -1, 1), clip(found.imag, -1, 1))
    return clip(found, -1, 1)
