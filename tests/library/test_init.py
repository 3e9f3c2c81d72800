"""First values of parameters: PyTorch's numbers from the same seed, and its errors."""

import pytest

from tests.oracle import raised


@pytest.mark.parametrize("sizes", [(3, 2), (64, 10), (1, 1), (5, 300)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(same, sizes, bias):
    def check(torch):
        layer = torch.nn.Linear(*sizes, bias=bias)
        weights = [layer.weight[:, :5], layer.bias] if bias else [layer.weight[:, :5]]
        return [*weights, torch.rand(1), [p._version for p in layer.parameters()]]

    same(check)


def test_linear_dtypes(same):
    def check(torch):
        layers = [torch.nn.Linear(2, 3, dtype=d) for d in (torch.float64, torch.float16)]
        return [[layer.weight, layer.bias] for layer in layers]

    same(check)


def test_linear_refuses(same):
    same(
        lambda torch: [
            raised(lambda: torch.nn.Linear(-1, 2)),
            raised(lambda: torch.nn.Linear(2, 2, device="cuda")),
            raised(lambda: torch.nn.Linear(0, 2)),
            raised(lambda: torch.nn.Linear(2, 0)),
        ]
    )


def test_filling(same):
    def check(torch):
        init, found = torch.nn.init, []
        for fill in (
            lambda t: init.uniform_(t, -2, 5),
            lambda t: init.uniform_(t),
            lambda t: init.constant_(t, 4),
            lambda t: init.ones_(t),
            lambda t: init.zeros_(t),
            lambda t: init.kaiming_uniform_(t),
            lambda t: init.kaiming_uniform_(t, a=1, mode="fan_out"),
            lambda t: init.kaiming_uniform_(t, nonlinearity="relu"),
        ):
            p = torch.nn.Parameter(torch.ones(2, 3, 2))
            assert fill(p) is p
            found.append([p, p.is_leaf, p._version])
        return found

    same(check)


def test_gains(same):
    def check(torch):
        gain = torch.nn.init.calculate_gain
        names = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu", "conv2d"]
        return [[gain(n) for n in names], gain("leaky_relu", 0.2), gain("leaky_relu", 5)]

    same(check)


def test_refusals(same):
    def check(torch):
        init = torch.nn.init
        return [
            raised(lambda: init.calculate_gain("foo")),
            raised(lambda: init.calculate_gain("leaky_relu", "x")),
            raised(lambda: init.kaiming_uniform_(torch.ones(3))),
            raised(lambda: init.kaiming_uniform_(torch.ones(3, 2), mode="foo")),
            init.kaiming_uniform_(torch.ones(0, 2)),
        ]

    same(check)
