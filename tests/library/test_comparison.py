"""Comparisons, logical and bitwise operations against PyTorch."""

import pytest

import eduflow
from tests.oracle import raised

COMPARISONS = [
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "not_equal",
]


def values(torch):
    return {
        "float32": torch.tensor([0.5, 1.0, float("nan")]),
        "float64 column": torch.tensor([[1.0], [0.5]], dtype=torch.float64),
        "int64": torch.tensor([0, 1, 2]),
        "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "no dims": torch.tensor(1.0),
        "empty": torch.ones(0, 1, 1),
        "number": 0.5,
        "int": 1,
    }


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(same, name):
    def check(torch):
        pairs = values(torch)
        return {
            f"{a}, {b}": getattr(torch, name)(x, y)
            for a, x in pairs.items()
            for b, y in pairs.items()
            if hasattr(x, "dtype")
        }

    same(check)


def test_operators(same):
    def check(torch):
        x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([3, 2, 1])
        return [
            x == y,
            x != y,
            x < y,
            x <= y,
            x > y,
            x >= y,
            x > 2,
            y <= 2,
            x == 2,
            y == 1,
            x < True,
        ]

    same(check)


def test_equality_with_other_things(same):
    def check(torch):
        x = torch.ones(2)
        return [x == None, x != None, x == "a", x == [1, 1], x == None, x in [x], {x: 1}[x]]  # noqa: E711

    same(check)


def test_order_with_other_things(same):
    same(lambda torch: [raised(lambda: torch.ones(2) < None), raised(lambda: torch.ones(2) >= "a")])


def test_complex(same):
    def check(torch):
        z = torch.tensor([1 + 2j, 1.0])
        orders = [raised(lambda op=op: getattr(torch, op)(z, z)) for op in ("lt", "le", "gt", "ge")]
        return [z == 1, z != 1 + 2j, torch.isnan(z), torch.isfinite(z), torch.isreal(z), orders]

    same(check)


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite", "logical_not", "signbit"])
def test_kinds_of_numbers(same, name):
    def check(torch):
        numbers = torch.tensor([1.0, -0.0, float("nan"), float("inf"), -float("inf")])
        function = getattr(torch, name)
        return [
            function(numbers),
            function(numbers.double()),
            function(torch.tensor([0, -3])),
            function(torch.tensor([True, False])),
            getattr(numbers, name)(),
            function(torch.tensor(0.0)),
        ]

    same(check)


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_xor"])
def test_logical(same, name):
    def check(torch):
        function = getattr(torch, name)
        a, b = torch.tensor([0, 1, 2, 0]), torch.tensor([0.0, 0.5, 0.0, float("nan")])
        return [
            function(a, b),
            function(a > 0, b > 0),
            getattr(a, name)(b),
            raised(lambda: function(a, 1)),
        ]

    same(check)


@pytest.mark.parametrize(
    "name",
    ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"],
)
def test_bitwise(same, name):
    def check(torch):
        function, a = getattr(torch, name), torch.tensor([0, 5, -8])
        found = [
            function(a, torch.tensor([1, 3, 2])),
            function(a, 3),
            getattr(a, name)(torch.tensor([[1], [2]])),
        ]
        small = function(torch.tensor([1, 200], dtype=torch.uint8), torch.tensor(1))
        return [*found, small, raised(lambda: function(torch.ones(2), torch.ones(2)))]

    same(check)


def test_bitwise_operators(same):
    def check(torch):
        b, i = torch.tensor([True, False]), torch.tensor([6, 3])
        return [
            b & True,
            b | ~b,
            b ^ b,
            ~i,
            i & 3,
            i | 8,
            i ^ 1,
            5 & i,
            1 | i,
            7 ^ i,
            True & b,
            i << 2,
            i >> 1,
            1 << i,
            64 >> i,
            b & i,
            raised(lambda: ~torch.ones(2)),
            raised(lambda: torch.ones(2) & 1),
        ]

    same(check)


def test_close(same):
    def check(torch):
        x = torch.tensor([1.0, 2.0, float("nan"), float("inf")])
        y = torch.tensor([1.0 + 1e-6, 2.1, float("nan"), float("inf")])
        return [
            torch.isclose(x, y),
            torch.isclose(x, y, equal_nan=True),
            x.isclose(y, rtol=0.1),
            torch.isclose(x, y, atol=0.2, rtol=0.0),
            torch.allclose(x, y),
            torch.allclose(x[:1], y[:1]),
            x.allclose(y, 0.1, equal_nan=True),
            torch.isclose(torch.tensor([1, 2]), torch.tensor([1, 3])),
            raised(lambda: torch.isclose(x, x.double())),
            raised(lambda: torch.allclose(x, torch.tensor(1))),
        ]

    same(check)


def test_equal(same):
    def check(torch):
        x = torch.tensor([1.0, 2.0])
        return [
            torch.equal(x, x.clone()),
            x.equal(torch.ones(2)),
            torch.equal(x, torch.ones(3)),
            torch.equal(x, x.double()),
            torch.equal(x * float("nan"), x),
            raised(lambda: torch.equal(x, 1)),
        ]

    same(check)


def test_integers(same):
    def check(torch):
        a, b = torch.tensor([12, -18, 0]), torch.tensor([8, 12, 5])
        return [
            torch.gcd(a, b),
            torch.lcm(a, b),
            torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5)),
        ]

    same(check)


def test_comparisons_pass_no_gradient():
    x = eduflow.tensor([1.0, 2.0], requires_grad=True)
    for y in (x > 1, x == x, x.isnan(), x.isclose(x), eduflow.logical_not(x), x.argmax()):
        assert not y.requires_grad
        assert y.grad_fn is None
