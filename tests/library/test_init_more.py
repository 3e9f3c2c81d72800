"""First values of weights: the same numbers as PyTorch's from the same seed, and its errors."""

import warnings

import pytest

import eduflow
from tests.oracle import raised

FILLS = {
    "normal": lambda init, x: init.normal_(x, 1.0, 0.5),
    "truncated": lambda init, x: init.trunc_normal_(x),
    "truncated to a range": lambda init, x: init.trunc_normal_(x, 1.0, 2.0, 0.0, 1.5),
    "xavier uniform": lambda init, x: init.xavier_uniform_(x, gain=2.0),
    "xavier normal": lambda init, x: init.xavier_normal_(x),
    "kaiming normal": lambda init, x: init.kaiming_normal_(x),
    "kaiming normal fan out": lambda init, x: init.kaiming_normal_(
        x, mode="fan_out", nonlinearity="relu"
    ),
    "kaiming normal leaky": lambda init, x: init.kaiming_normal_(x, 0.3),
    "orthogonal": lambda init, x: init.orthogonal_(x),
    "orthogonal gain": lambda init, x: init.orthogonal_(x, gain=3.0),
    "ones": lambda init, x: init.ones_(x),
}


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("shape", [(3, 4), (5, 2), (4, 4), (4, 2, 3)], ids=str)
def test_fills(same, name, shape):
    def check(torch):
        x = torch.zeros(shape, requires_grad=True)
        result = FILLS[name](torch.nn.init, x)
        return [x, result is x, x._version > 0, x.requires_grad, x.grad_fn, torch.rand(2)]

    same(check, rtol=1e-4, atol=1e-5)


def test_fills_in_float64(same):
    def check(torch):
        x = torch.zeros(6, 3, dtype=torch.float64)
        return [FILLS[name](torch.nn.init, x).clone() for name in FILLS]

    same(check, rtol=1e-6)


def test_patterns(same):
    def check(torch):
        init = torch.nn.init
        shapes = [(4, 2, 3), (4, 2, 3, 3), (2, 4, 2, 2), (2, 2, 1, 3, 3)]
        return [
            [init.eye_(torch.ones(s)) for s in ((3, 3), (2, 4), (4, 2))],
            [init.dirac_(torch.ones(s)) for s in shapes],
            [init.dirac_(torch.ones(s), groups=2) for s in shapes],
            init.sparse_(torch.zeros(5, 3), 0.3),
            init.sparse_(torch.zeros(4, 6), sparsity=0.5, std=2.0),
        ]

    same(check)


def test_orthogonal_is_orthogonal():
    x = eduflow.nn.init.orthogonal_(eduflow.zeros(5, 3, dtype=eduflow.float64))
    assert (x.T @ x - eduflow.eye(3, dtype=eduflow.float64)).abs().max() < 1e-12


def test_a_generator_of_ones_own(same):
    def check(torch):
        init, source = torch.nn.init, torch.Generator().manual_seed(7)
        names = ["normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_",
                 "kaiming_normal_", "orthogonal_"]  # fmt: skip
        return [getattr(init, name)(torch.zeros(2, 3), generator=source) for name in names]

    same(check, rtol=1e-4)


ERRORS = {
    "xavier uniform": lambda init, t: init.xavier_uniform_(t.zeros(3)),
    "xavier normal": lambda init, t: init.xavier_normal_(t.zeros(3)),
    "kaiming normal": lambda init, t: init.kaiming_normal_(t.zeros(3)),
    "mode": lambda init, t: init.kaiming_normal_(t.zeros(3, 2), mode="fan"),
    "nonlinearity": lambda init, t: init.kaiming_normal_(t.zeros(3, 2), nonlinearity="gelu"),
    "orthogonal": lambda init, t: init.orthogonal_(t.zeros(3)),
    "eye": lambda init, t: init.eye_(t.zeros(3)),
    "dirac": lambda init, t: init.dirac_(t.zeros(3, 2)),
    "dirac groups": lambda init, t: init.dirac_(t.zeros(3, 2, 1), 2),
    "sparse": lambda init, t: init.sparse_(t.zeros(3), 0.1),
    "truncated": lambda init, t: init.trunc_normal_(t.zeros(3), 0.0, 1.0, 2.0, 1.0),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(same, name):
    same(lambda torch: raised(lambda: ERRORS[name](torch.nn.init, torch)))


def test_warnings(same):
    def check(torch):
        init = torch.nn.init
        calls = [
            lambda: init.trunc_normal_(torch.zeros(3), 5.0),
            lambda: init.kaiming_normal_(torch.zeros(0, 3)),
            lambda: init.orthogonal_(torch.zeros(0, 3)),
            lambda: init.xavier_uniform(torch.zeros(2, 3)),
            lambda: init.constant(torch.zeros(2), 3.0),
        ]
        found = []
        for call in calls:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found += [call(), [[w.category.__name__, str(w.message)] for w in caught]]
        return found

    same(check)


def test_old_names(same):
    def check(torch):
        names = ["uniform", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform",
                 "kaiming_normal", "orthogonal", "eye"]  # fmt: skip
        return [getattr(torch.nn.init, name)(torch.zeros(2, 3)) for name in names]

    same(check, rtol=1e-4)
