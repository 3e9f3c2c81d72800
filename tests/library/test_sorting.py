"""Order: sort, topk, kthvalue, unique, searchsorted."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers

UNTIED = [key for key in ARRAYS if key not in ("ties", "nan", "bools")]


@pytest.mark.parametrize("name", ["sort", "argsort"])
@pytest.mark.parametrize("key", list(ARRAYS))
def test_sort(same, name, key):
    options = [{}, {"dim": 0}, {"descending": True}, {"stable": True}, {"dim": 4}]
    options.append({"stable": True, "descending": True, "dim": 0})
    same(
        lambda torch: [
            graded(torch, lambda torch, x, o=o: getattr(torch, name)(x, **o), ARRAYS[key])
            for o in options
        ]
    )
    same(lambda torch: torch.msort(torch.tensor([[3, 1], [2, 5]])))


@pytest.mark.parametrize("key", UNTIED)
def test_topk_and_kthvalue(same, key):
    topk = [{"k": 1}, {"k": 2, "largest": False}, {"k": 0}, {"k": 3, "dim": 0}, {"k": -1}]
    kth = [{"k": 1}, {"k": 2, "keepdim": True}, {"k": 3, "dim": 0}, {"k": 0}]
    same(
        lambda torch: (
            [graded(torch, lambda torch, x, o=o: torch.topk(x, **o), ARRAYS[key]) for o in topk]
            + [
                graded(torch, lambda torch, x, o=o: torch.kthvalue(x, **o), ARRAYS[key])
                for o in kth
            ]
        )
    )


def test_topk_of_many(same):
    x = numbers(3, 200)
    same(
        lambda torch: [
            graded(torch, lambda torch, x, o=o: x.topk(5, 1, o), x) for o in (True, False)
        ]
    )


VALUES = [
    np.array([3.0, 1.0, 2.0, 2.0]),
    np.array([[1, 2], [1, 2], [0, 1]], "int64"),
    np.array([1, 1, 2, 1], "int64"),
    np.array([1.0, np.nan, np.nan]),
    np.array([True, False, True]),
    np.zeros(0),
    np.array(3, "int64"),
]


@pytest.mark.parametrize("name", ["unique", "unique_consecutive"])
def test_unique(same, name):
    options = [{}, {"return_inverse": True}, {"return_inverse": True, "return_counts": True}]

    def check(torch):
        found = [getattr(torch, name)(torch.from_numpy(x), **o) for x in VALUES for o in options]
        matrix = torch.tensor([[1, 2, 1], [1, 2, 1], [0, 1, 0]])
        return found + [getattr(torch, name)(matrix, dim=d, **o) for d in (0, 1) for o in options]

    same(check)
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x, dim=3), VALUES[1]))
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x, dim=0), VALUES[-1]))
    assert getattr(eduflow, name)(eduflow.ones(2, requires_grad=True)).requires_grad


def test_nonzero(same):
    def check(torch):
        tensors = [torch.tensor(x) for x in ([[0, 1], [2, 0]], [0.0], 3, 0, [True, False])]
        return [[x.nonzero(), torch.nonzero(x, as_tuple=True)] for x in tensors]

    same(check)


SEARCH = [{}, {"right": True}, {"side": "right"}, {"out_int32": True}, {"side": "x"}]
SEARCH.append({"side": "left", "right": True})


@pytest.mark.parametrize("options", SEARCH, ids=str)
def test_searchsorted(same, options):
    row, rows = np.array([1.0, 2.0, 3.0]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    wanted = [np.array([0.0, 2.0, np.nan]), np.array([[2.0, 3.0], [5.0, 1.0]]), np.array(2.0)]

    def check(torch):
        def search(torch, x, y):
            return torch.searchsorted(x.detach(), y.detach(), **options)

        return [graded(torch, search, x, y) for x in (row, rows) for y in wanted]

    same(check)


def test_more_searches(same):
    def check(torch):
        row = torch.tensor([1.0, 2.0, 3.0])
        turned = torch.tensor([3.0, 1.0, 2.0])
        return [
            torch.searchsorted(row, 2.5),
            torch.searchsorted(turned, row, sorter=torch.tensor([1, 2, 0])),
            torch.bucketize(torch.tensor([[0.0, 2.0], [5.0, 1.0]]), row),
            torch.bucketize(2, row, right=True),
            graded(torch, lambda torch, x: torch.bucketize(x, x), np.ones((2, 2))),
        ]

    same(check)


def test_derivatives_are_the_slopes():
    x = numbers(3, 4)
    for call in (
        lambda torch, x: x.sort(1)[0],
        lambda torch, x: x.sort(0, True)[0],
        lambda torch, x: x.topk(2, 1)[0],
        lambda torch, x: x.kthvalue(2, 0, True)[0],
        lambda torch, x: x.kthvalue(3)[0],
    ):
        gradients_are_slopes(eduflow, call, x)
