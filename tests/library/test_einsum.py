"""einsum and the products made of it: equations, diagonals, ellipses, errors, derivatives."""

import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers

EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij->ji", (2, 3)),
    ("ij", (2, 3)),
    ("ba", (2, 3)),
    ("bA", (2, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iij->j", (3, 3, 2)),
    ("iji->ij", (3, 2, 3)),
    ("i,i", (3,), (3,)),
    ("i,j", (3,), (2,)),
    ("i,i->i", (3,), (1,)),
    ("ij,kl->ik", (2, 3), (2, 3)),
    ("ij,kj->ik", (2, 5), (3, 1)),
    ("is,sj->ij", (2, 5), (1, 3)),
    ("bij,bjk->bik", (4, 2, 3), (4, 3, 5)),
    ("...ij,...jk->...ik", (1, 2, 3), (4, 3, 5)),
    ("...ij,jk->i...k", (6, 4, 2, 3), (3, 5)),
    ("...i,...i->...", (2, 1, 3), (4, 3)),
    ("i...->i", (2, 3, 4)),
    ("...->...", (2, 3)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("i,ij,j", (3,), (3, 4), (4,)),
    ("bi,ijk,bj->bk", (2, 3), (3, 4, 5), (2, 4)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("ii,ij->j", (3, 3), (3, 2)),
    (" i j , j k -> i k", (2, 3), (3, 4)),
    ("", ()),
    (",i->i", (), (3,)),
    ("ij,jk", (2, 0), (0, 3)),
    ("i->...i", (3,)),
]
WRONG = [
    ("i,i", (3,), (2,)),
    ("ij", (3,)),
    ("i", (2, 3)),
    ("ij...k", (2, 3)),
    ("i->j", (3,)),
    ("i->ii", (3,)),
    ("i,j->i", (3,)),
    ("i", (3,), (3,)),
    ("i1", (2, 3)),
    ("i..", (2, 3)),
    ("i->i->i", (3,)),
    ("......i", (3,)),
    ("i->i....", (3,)),
    ("ii", (2, 3)),
    ("ij,jk->i.k", (2, 3), (3, 4)),
    ("...ij,...jk", (2, 3, 4), (3, 4, 5)),
]


def arrays(shapes):
    return [numbers(*shape, seed=i) for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("case", [*EQUATIONS, *WRONG], ids=str)
def test_einsum(same, case):
    equation, *shapes = case
    same(lambda torch: graded(torch, lambda torch, *x: torch.einsum(equation, *x), *arrays(shapes)))


def test_other_ways_to_call(same):
    x, y = arrays([(2, 3), (3, 4)])
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y: torch.einsum("ij,jk", [x, y]), x, y),
            graded(torch, lambda torch, x, y: torch.einsum(x, [0, 1], y, [1, 2]), x, y),
            graded(torch, lambda torch, x, y: torch.einsum(x, [0, 1], y, [1, 2], [2, 0]), x, y),
            graded(torch, lambda torch, x, y: torch.einsum(x, [..., 1], y, [1, 2]), x, y),
            graded(torch, lambda torch: torch.einsum("ij")),
            torch.einsum("ij,kj->ik", torch.arange(6).reshape(2, 3), torch.ones(2, 3).long()),
        ]
    )
    z = x + 1j
    same(lambda torch: graded(torch, lambda torch, x, y: torch.einsum("ij,kj", x, y), z, z * 2j))


TENSORDOT = [0, 1, 2, 3, -1, ([0], [0]), ([1], [0]), ([0, 1], [0, 1]), ([0, 1], [0]), ([], [])]


@pytest.mark.parametrize("dims", TENSORDOT, ids=str)
def test_tensordot(same, dims):
    def call(torch, x, y):
        return torch.tensordot(x, y, dims=dims)

    same(lambda torch: graded(torch, call, *arrays([(2, 3), (2, 3)])))


def test_tensordot_of_more_dims(same):
    x, y = arrays([(2, 3, 4), (3, 2, 5)])
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y: torch.tensordot(x, y, ([1, 0], [0, 1])), x, y),
            graded(torch, lambda torch, x, y: torch.tensordot(x, y.float(), ([0], [1])), x, y),
        ]
    )


def test_kron(same):
    shapes = [((2, 3), (3, 2)), ((2,), (3, 2)), ((2, 3, 2), (2,)), ((), (2, 3)), ((2, 2), ())]
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y: torch.kron(x, y), *arrays(pair)) for pair in shapes
        ]
    )


def test_cross(same):
    calls = [((3,), (3,), {}), ((2, 3), (2, 3), {"dim": 1}), ((2, 3), (1, 3), {"dim": 1})]
    calls += [((3, 3), (3, 3), {}), ((2, 2), (2, 2), {}), ((3,), (2,), {}), ((2, 3), (3,), {})]
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y, o=o: torch.cross(x, y, **o), *arrays([a, b]))
            for a, b, o in calls
        ]
    )


@pytest.mark.parametrize("case", [case for case in EQUATIONS if "0" not in str(case)], ids=str)
def test_derivatives_are_the_slopes(case):
    equation, *shapes = case
    small = [tuple(min(size, 3) for size in shape) for shape in shapes]
    if len(equation) > 14 or "..." in equation:
        return  # the same steps as in the short ones, and long to check
    gradients_are_slopes(eduflow, lambda torch, *x: torch.einsum(equation, *x), *arrays(small))


@pytest.mark.parametrize("name", ["kron", "cross", "tensordot"])
def test_more_derivatives_are_the_slopes(name):
    def call(torch, x, y):
        return getattr(torch, name)(x, y)

    gradients_are_slopes(eduflow, call, *arrays([(2, 3), (2, 3)]))
