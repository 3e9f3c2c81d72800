"""Expanding and broadcasting: views without copies, gradients that add up."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers
from tests.oracle import raised

EXPAND = [(2, 3), ((2, 3),), (4, 2, 3), (-1, 3), (2, -1), (0, 3), (3, 3), (3,), (), (-1, 2, 3)]


@pytest.mark.parametrize("shape", [(1, 3), (3,), (2, 3), (1, 1), ()])
def test_expand(same, shape):
    same(
        lambda torch: [
            graded(torch, lambda torch, x, s=s: x.expand(*s), numbers(*shape))
            for s in EXPAND
            if shape or -1 not in s
        ]
    )


def test_expand_copies_nothing(same):
    def check(torch):
        x = torch.arange(3.0)
        y = x.expand(2, 3)
        x[1] = 7.0
        return [y, y.stride(), y.data_ptr() == x.data_ptr(), y._version == x._version]

    same(check)


def test_others_that_expand(same):
    x, y = numbers(3), numbers(2, 1)
    same(
        lambda torch: [
            graded(torch, lambda torch, x: torch.broadcast_to(x, (2, 3)), x),
            graded(torch, lambda torch, x: x.broadcast_to((2, 2)), x),
            graded(torch, lambda torch, x, y: x.expand_as(y.expand(2, 3)), x, y),
            graded(torch, lambda torch, x, y: torch.broadcast_tensors(x, y), x, y),
            graded(torch, lambda torch, x, y: torch.broadcast_tensors(x, y), x, numbers(2, 2)),
        ]
    )


SHAPES = [
    [(2, 3), (3,)],
    [(2, 1), (4,), ()],
    [(5,), (2, 1, 1), (3, 1)],
    [(2, 3), 3],
    [(0,), (1,)],
    [(2, 3), (4,)],
    [(2,), (3, 1), (3, 4)],
    [()],
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_broadcast_shapes(same, shapes):
    def check(torch):
        error = raised(lambda: torch.broadcast_shapes(*shapes))
        return error or list(torch.broadcast_shapes(*shapes))

    same(check)


def test_derivative_is_the_slope():
    gradients_are_slopes(eduflow, lambda torch, x: x.expand(4, 2, 3), np.array([[1.0], [2.0]]))
