"""Softmax and its logarithm: stable, differentiable, and with PyTorch's errors."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers

NAMES = ["softmax", "log_softmax", "logsumexp"]
LARGE = np.array([[1000.0, 1001.0], [-1000.0, -1001.0], [np.inf, 1.0], [-np.inf, -np.inf]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [0, -1, 3])
def test_along_a_dim(same, name, dim):
    def check(torch, keys):
        return {
            key: graded(torch, lambda torch, x: getattr(torch, name)(x, dim), ARRAYS[key])
            for key in keys
        }

    same(
        lambda torch: check(torch, [k for k in ARRAYS if ARRAYS[k].itemsize != 2 and "y" not in k])
    )
    same(lambda torch: check(torch, ["float16"]), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("name", NAMES)
def test_large_numbers(same, name):
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x, 1), LARGE))


@pytest.mark.parametrize("name", NAMES[:2])
def test_dtype(same, name):
    def check(torch):
        return [
            graded(torch, lambda torch, x: getattr(x, name)(-1, dtype=torch.float64), array)
            for array in (np.arange(3), numbers(3, dtype="float32"))
        ]

    same(check)


def test_missing_dim():
    for name in NAMES[:2]:
        with pytest.raises(TypeError, match=f'{name}.. missing 1 required positional.*"dim"'):
            getattr(eduflow.ones(2), name)()


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_the_slopes(name):
    for dim in (0, 1):
        gradients_are_slopes(
            eduflow, lambda torch, x, dim=dim: getattr(torch, name)(x, dim), numbers(2, 3)
        )
