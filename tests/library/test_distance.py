"""Distances of many rows: what is computed in blocks is what is computed at once."""

import math

import numpy as np
import pytest

import eduflow
from eduflow.ops import distance


def _found(function, p, *arrays):
    """The distances, and their gradients where each counts differently."""
    leaves = [eduflow.from_numpy(array).requires_grad_() for array in arrays]
    result = function(*leaves, p)
    weights = eduflow.arange(1.0, result.numel() + 1).reshape(result.shape)
    (result * weights).sum().backward()
    return [result.detach().numpy(), *[leaf.grad.numpy() for leaf in leaves]]


def _whole(x1, x2, p):
    return eduflow.cdist(x1, x2, p, compute_mode="donot_use_mm_for_euclid_dist")


CASES = [
    (_whole, (5, 3), (4, 3)),
    (_whole, (2, 1, 5, 3), (3, 4, 3)),
    (_whole, (1, 9), (7, 9)),
    (_whole, (4, 0), (3, 0)),
    (eduflow.pdist, (6, 3)),
]


@pytest.mark.parametrize("room", [1, 7, 40])
@pytest.mark.parametrize("p", [0, 0.5, 1, 2, 3, math.inf])
def test_blocks_give_what_all_at_once_gives(p, room, monkeypatch):
    numbers = np.random.default_rng(0)
    for function, *shapes in CASES:
        arrays = [numbers.standard_normal(shape) for shape in shapes]
        arrays[-1][..., 0, :] = arrays[0][(0,) * (arrays[0].ndim - 1)]  # a distance of 0
        expected = _found(function, p, *arrays)
        with monkeypatch.context() as patch:
            patch.setattr(distance, "_ROOM", room)
            found = _found(function, p, *arrays)
        for a, b in zip(found, expected):
            np.testing.assert_allclose(a, b, 1e-12, 1e-12)


def test_blocks_have_no_second_derivative(monkeypatch):
    monkeypatch.setattr(distance, "_ROOM", 7)
    x = eduflow.ones(5, 3, requires_grad=True)
    result = eduflow.cdist(x, eduflow.zeros(4, 3), 3).sum()
    with pytest.raises(NotImplementedError, match=r"derivative for '_cdist_backward' is not impl"):
        eduflow.autograd.grad(result, x, create_graph=True)
