"""unfold and fold, compared with PyTorch."""

import pytest

import eduflow
from tests.oracle import raised

MOVES = [
    {"kernel_size": 2},
    {"kernel_size": (2, 3), "padding": 1},
    {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)},
    {"kernel_size": 3, "stride": 3},
]


@pytest.mark.parametrize("moves", MOVES, ids=str)
def test_unfold_and_fold(same, moves):
    def facts(torch):
        F = torch.nn.functional
        x = torch.arange(60.0).reshape(1, 2, 5, 6).requires_grad_()
        columns = F.unfold(x, **moves)
        (columns * torch.arange(columns.numel()).reshape(columns.shape)).sum().backward()
        leaf = columns.detach().requires_grad_()
        back = F.fold(leaf, (5, 6), **moves)
        (back * torch.arange(60).reshape(back.shape)).sum().backward()
        names = columns.grad_fn.name(), back.grad_fn.name()
        return names, columns.shape, columns.sum(1), x.grad, back, leaf.grad.sum(2)

    same(facts, rtol=1e-4)


def test_unbatched_and_empty(same):
    def facts(torch):
        F, x = torch.nn.functional, torch.arange(12.0).reshape(1, 3, 4).requires_grad_()
        columns = F.unfold(x, 2)
        back = F.fold(columns, (3, 4), 2)
        back.sum().backward()
        return columns, back, x.grad, F.unfold(x[None][:0], 2).shape, F.unfold(x.bool(), 2)

    same(facts)


@pytest.mark.parametrize("moves", [{"kernel_size": (1, 3)}, {"kernel_size": 1, "stride": 2}])
def test_columns_have_memory_of_their_own(same, moves):
    def facts(torch):
        x = torch.arange(1.0, 11).reshape(1, 2, 1, 5)
        columns = torch.nn.functional.unfold(x, **moves)
        columns.mul_(10)
        return x, columns, columns.reshape(-1), columns.view(-1)[1:], columns.stride()

    same(facts)


def test_errors(same):
    def facts(torch):
        F, x, z = torch.nn.functional, torch.ones(2, 3, 4, 5), torch.ones(2, 12, 6)
        calls = [
            lambda: F.unfold(x[None], 2),
            lambda: F.unfold(x, 6),
            lambda: F.unfold(x, 2, stride=0),
            lambda: F.unfold(x, 0),
            lambda: F.unfold(x, 2, dilation=0),
            lambda: F.unfold(x, 2, padding=-1),
            lambda: F.unfold(x, (2, 2, 2)),
            lambda: F.unfold(x.long(), 2),
            lambda: F.unfold(x, 2.0),
            lambda: F.fold(z, (4, 4), 2),
            lambda: F.fold(z, (3, 4), (5, 1)),
            lambda: F.fold(z[None], (3, 4), 2),
            lambda: F.fold(z, (1, 1), 2),
            lambda: F.fold(z.long(), (3, 4), 2),
            lambda: F.fold(z, (3, 4, 5), 2),
            lambda: F.unfold(x, True),
            lambda: F.unfold(x, (2, "2")),
            lambda: F.unfold(x, 2, padding="1"),
            lambda: F.fold(z, (3, 4, 5), (2, None)),
            lambda: F.fold(z, 1.5, 2),
            lambda: F.fold(z, (3, 4), 2, stride=None),
            lambda: F.unfold(x.long(), 6),
        ]
        return [raised(call) for call in calls]

    same(facts)


def test_modules(same):
    def facts(torch):
        nn, x = torch.nn, torch.arange(24.0).reshape(1, 2, 3, 4)
        unfold, fold = nn.Unfold(2, padding=1), nn.Fold((3, 4), 2, padding=1)
        return repr(unfold), repr(fold), unfold(x).sum(2), fold(unfold(x))

    same(facts)


def test_second_derivatives():
    x = eduflow.arange(12.0, dtype=eduflow.float64).reshape(1, 1, 3, 4).requires_grad_()
    unfold, fold = eduflow.nn.functional.unfold, eduflow.nn.functional.fold
    assert eduflow.autograd.gradgradcheck(lambda x: fold(unfold(x, 2).tanh(), (3, 4), 2), [x])
