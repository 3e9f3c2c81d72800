"""Largest and smallest elements: values, places, ties, nan, and where gradients go."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers

COMPLEX = np.array([1 + 1j, 2.0])


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
@pytest.mark.parametrize("key", list(ARRAYS))
def test_over_all_and_along_a_dim(same, name, key):
    arguments = [(), (0,), (-1, True), (4,)]
    same(
        lambda torch: [
            graded(torch, lambda torch, x, a=a: getattr(torch, name)(x, *a), ARRAYS[key])
            for a in arguments
        ],
        rtol=2e-3 if key == "float16" else 1e-5,
    )


def test_of_two_tensors(same):
    x, y = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.5]])
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y: torch.max(x, y), x, y),
            graded(torch, lambda torch, x, y: x.min(y), x, y),
            graded(torch, lambda torch, x, y: torch.max(x, other=y), x, y),
        ]
    )


def test_named_results(same):
    def check(torch):
        result = torch.tensor([[1.0, 5.0], [7.0, 2.0]]).max(dim=1)
        values, indices = result
        return [result.values, result.indices, values, indices, repr(result)]

    same(check)


def test_whole_tensor_as_a_matrix_of_one(same):
    same(lambda torch: torch.arange(6.0).reshape(2, 3).argmax(keepdim=True))


@pytest.mark.parametrize(
    "name", ["max", "min", "amax", "argmin", "aminmax", "sort", "mode", "median"]
)
def test_complex_numbers_have_no_order(same, name):
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x), COMPLEX))


@pytest.mark.parametrize("name", ["max", "min"])
def test_derivatives_are_the_slopes(name):
    gradients_are_slopes(eduflow, lambda torch, x: getattr(x, name)(), numbers(2, 3))
    gradients_are_slopes(eduflow, lambda torch, x: getattr(x, name)(1)[0], numbers(2, 3))
    gradients_are_slopes(eduflow, lambda torch, x: getattr(x, name)(0, True)[0], numbers(2, 3))
