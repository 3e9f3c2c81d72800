"""Elementwise operations: right derivatives, and PyTorch's values, dtypes and errors."""

import math
import re

import numpy as np
import pytest

import eduflow
from tests.library.pointwise_table import BINARY, FORMS, SMOOTH, UNARY, form
from tests.oracle import raised

SHAPES = [(2, 3), (3,), (2, 1)]  # broadcast against each other


def leaves(ranges, shapes=SHAPES):
    """A float64 leaf for each range, with numbers spread over it."""
    numbers = np.random.default_rng(3)
    return [
        eduflow.tensor(numbers.uniform(low, high, shape)).requires_grad_()
        for (low, high), shape in zip(ranges, shapes)
    ]


@pytest.mark.parametrize("name", [*SMOOTH, *FORMS])
def test_derivatives_are_the_slopes(name):
    function, ranges = form(name)
    inputs = leaves(ranges)
    assert eduflow.autograd.gradcheck(lambda *x: function(eduflow, *x), inputs)
    assert eduflow.autograd.gradgradcheck(lambda *x: function(eduflow, *x), inputs)


COMPLEX = [
    "abs",
    "add",
    "mul",
    "sub",
    "div",
    "exp",
    "log",
    "sin",
    "cos",
    "tanh",
    "sqrt",
    "square",
    "neg",
    "reciprocal",
    "sgn",
    "angle",
    "conj",
    "real",
    "imag",
    "view_as_real",
    "sigmoid",
    "pow",
]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_derivatives_are_the_slopes(name):
    numbers = np.random.default_rng(4)
    inputs = [
        eduflow.tensor(
            numbers.uniform(0.5, 1.5, s) + 1j * numbers.uniform(0.5, 1.5, s)
        ).requires_grad_()
        for s in SHAPES[: 2 if name in ("add", "mul", "sub", "div", "pow") else 1]
    ]
    function = getattr(eduflow, name)
    assert eduflow.autograd.gradcheck(function, inputs)
    if name not in ("view_as_real", "angle", "sgn"):
        assert eduflow.autograd.gradgradcheck(function, inputs)


def results(torch, function, *inputs):
    """The value, the node and, for a non-uniform upstream, the gradient of each input."""
    for x in inputs:
        if x.is_floating_point() or x.is_complex():
            x.requires_grad_()
    y = function(torch, *inputs)
    if not y.requires_grad:
        return [y, None]
    name = y.grad_fn and re.sub(r"\d$", "", y.grad_fn.name())
    y.backward(torch.linspace(0.5, 2, y.numel()).reshape(y.shape).to(y.dtype))
    return [y, name, *[x.grad + 0 for x in inputs]]


POINTS = [-2.5, -1.0, -0.5, -0.0, 0.0, 0.3, 0.5, 1.0, 1.5, 2.5, float("inf"), float("nan")]


@pytest.mark.parametrize("name", UNARY)
def test_unary(same, name):
    def check(torch):
        function = getattr(torch, name)
        points = [p for p in POINTS if name != "logit" or p]  # its kernels disagree at -0.0
        wide = torch.tensor(points, dtype=torch.float64)
        return {
            "float32": results(torch, lambda _, x: function(x), torch.tensor(points)),
            "float64": results(torch, lambda _, x: function(x), wide),
            "float16": function(torch.tensor([0.25, 0.5], dtype=torch.float16)),
            "dims": results(torch, lambda _, x: function(x), torch.tensor(0.25)),
            "empty": results(torch, lambda _, x: function(x), torch.zeros(0, 3)),
            "method": getattr(torch.tensor([0.25]), name)()
            if hasattr(torch.Tensor, name)
            else None,
        }

    same(check, rtol=2e-5 if name != "tan" else 1e-3)


def attempt(call):
    """What a call returns; of an exception only its type: PyTorch's kernels name themselves."""
    try:
        return call()
    except Exception as error:
        return type(error).__name__


# PyTorch's integer kernels of these are odd (or missing) in ways nobody relies on.
INTEGERS = [name for name in UNARY if name not in ("nan_to_num", "deg2rad", "rad2deg", "positive")]


@pytest.mark.parametrize("name", INTEGERS)
def test_unary_of_integers_and_bools(same, name):
    same(
        lambda torch: [
            attempt(lambda: getattr(torch, name)(torch.tensor([0, 1, 3]))),
            attempt(lambda: getattr(torch, name)(torch.tensor([1, 3], dtype=torch.uint8))),
            attempt(lambda: getattr(torch, name)(torch.tensor([True, False]))),
        ]
    )


@pytest.mark.parametrize("name", BINARY)
def test_binary(same, name):
    def check(torch):
        def run(*inputs):
            return results(torch, lambda _, *x: getattr(torch, name)(*x), *inputs)

        a, b = [-2.0, -0.5, 0.0, 0.5, 1.0, 1.0], [0.5, -1.0, 2.0, 0.5, -3.0, 1.0]
        return {
            "alike": run(torch.tensor(a), torch.tensor(b)),
            "broadcast": run(torch.tensor([a]), torch.tensor([[1.5], [-0.5]])),
            "no dims": run(torch.tensor(a), torch.tensor(1.5)),
            "no dims at all": run(torch.tensor(0.5), torch.tensor(1.5)),
            "empty": run(torch.zeros(0, 2), torch.ones(2)),
            "two floats": run(torch.tensor(a), torch.tensor(b, dtype=torch.float64)),
            "no dims float64": run(torch.tensor(a), torch.tensor(1.5, dtype=torch.float64)),
        }

    same(check)


@pytest.mark.parametrize("name", BINARY)
def test_binary_dtypes(same, name):
    def check(torch):
        values = {
            "float32": torch.tensor([0.5, 1.5]),
            "float16": torch.tensor([0.5, 1.5], dtype=torch.float16),
            "int64": torch.tensor([2, 3]),
            "int32": torch.tensor([2, 3], dtype=torch.int32),
            "uint8": torch.tensor([2, 3], dtype=torch.uint8),
            "bool": torch.tensor([True, True]),
            "int64 no dims": torch.tensor(2),
            "number": 2.5,
            "int": 2,
        }
        return {
            f"{a}, {b}": attempt(lambda x=x, y=y: getattr(torch, name)(x, y))
            for a, x in values.items()
            for b, y in values.items()
            if hasattr(x, "dtype")
        }

    same(check, rtol=2e-3)


@pytest.mark.parametrize("name", FORMS)
def test_forms(same, name):
    function, ranges = form(name)

    def check(torch):
        numbers = np.random.default_rng(5)
        inputs = [torch.tensor(numbers.uniform(low, high, 6)) for low, high in ranges]
        return results(torch, function, *inputs)

    same(check)


# Corners where a formula alone would give nan, or where conventions decide.
CORNERS = {
    "0 ** 0": lambda torch, x: x**0,
    "x ** 1": lambda torch, x: x**1,
    "x ** 2": lambda torch, x: x**2,
    "x ** 3": lambda torch, x: x**3,
    "x ** 0.5": lambda torch, x: x**0.5,
    "x ** -1": lambda torch, x: x**-1,
    "x ** 1.5": lambda torch, x: x**1.5,
    "0 ** x": lambda torch, x: 0**x,
    "2.5 ** x": lambda torch, x: 2.5**x,
    "-2 ** x": lambda torch, x: (-2) ** x,
    "x ** x": lambda torch, x: x**x,
    "x ** 0-d": lambda torch, x: x ** torch.tensor(2),
    "abs": lambda torch, x: x.abs(),
    "sqrt": lambda torch, x: x.sqrt(),
    "clamp border": lambda torch, x: x.clamp(-1, 1),
    "clamp crossed": lambda torch, x: x.clamp(1, -1),
    "clamp nan": lambda torch, x: (x * float("nan")).clamp(0, 1),
    "clamp tensors": lambda torch, x: x.clamp(torch.tensor(-1.0), torch.tensor(1.0)),
    "maximum tie": lambda torch, x: torch.maximum(x, torch.ones_like(x)),
    "minimum tie": lambda torch, x: torch.minimum(x, x.detach()),
    "where keeps nan away": lambda torch, x: torch.where(x > 0, x.log(), 0),
    "where broken anyway": lambda torch, x: torch.where(x > 0, x, x.sqrt()),
    "xlogy": lambda torch, x: torch.xlogy(x, x),
    "x / 0": lambda torch, x: x / 0,
    "x % 0.5": lambda torch, x: x % 0.5,
    "fmod": lambda torch, x: torch.fmod(x, -0.75),
    "sgn": lambda torch, x: torch.sgn(x),
    "hypot": lambda torch, x: torch.hypot(x, torch.zeros_like(x)),
    "chain": lambda torch, x: (2 * x - 1) / (x * x + 1) + (x + 3) * 0.5 - x,
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners(same, name):
    points = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
    same(lambda torch: results(torch, CORNERS[name], torch.tensor(points)))


# The words of errors.
ERRORS = {
    "negative power": lambda torch: torch.tensor([1, 2]) ** -1,
    "two bools": lambda torch: torch.tensor([True]) - torch.tensor([True]),
    "bool and number": lambda torch: torch.tensor([True]) - 1,
    "number and bool": lambda torch: 1 - torch.tensor([True]),
    "bool and float": lambda torch: torch.tensor([True]) - torch.tensor([1.5]),
    "minus bool": lambda torch: -torch.tensor([True]),
    "plus bool": lambda torch: +torch.tensor([True]),
    "shapes": lambda torch: torch.ones(2, 3) + torch.ones(4),
    "shapes of where": lambda torch: torch.where(
        torch.tensor([True]), torch.ones(2), torch.ones(3)
    ),
    "condition": lambda torch: torch.where(torch.tensor([1]), 1.0, 0.0),
    "a string": lambda torch: torch.mul(torch.ones(2), "a"),
    "None": lambda torch: torch.mul(torch.ones(2), None),
    "a list": lambda torch: torch.exp([1.0]),
    "no tensor": lambda torch: torch.exp(1.0),
    "a number": lambda torch: torch.maximum(torch.ones(2), 2),
    "operator with a string": lambda torch: torch.ones(2) + "a",
    "operator with None": lambda torch: torch.ones(2) * None,
    "operator with a list": lambda torch: torch.ones(2) / [1, 2],
    "reflected string": lambda torch: "a" - torch.ones(2),
    "float alpha": lambda torch: torch.add(torch.tensor([1]), 1, alpha=1.5),
    "bool alpha": lambda torch: torch.add(torch.tensor([1.0]), 1, alpha=True),
    "complex alpha": lambda torch: torch.add(torch.tensor([1.0]), 1, alpha=1j),
    "rounding mode": lambda torch: torch.div(torch.ones(2), 2, rounding_mode="up"),
    "integer division by zero": lambda torch: torch.tensor([1]) // 0,
    "integer remainder by zero": lambda torch: torch.tensor([1]) % 0,
    "no border": lambda torch: torch.clamp(torch.ones(2)),
    "addcdiv": lambda torch: torch.addcdiv(torch.tensor([1]), torch.tensor([1]), torch.tensor([1])),
    "sign of complex": lambda torch: torch.sign(torch.tensor([1j])),
    "clamp of complex": lambda torch: torch.clamp(torch.tensor([1j]), 0),
    "maximum of complex": lambda torch: torch.maximum(torch.tensor([1j]), torch.tensor([1j])),
    "abs of bool": lambda torch: torch.abs(torch.tensor([True])),
    "bool power": lambda torch: torch.tensor([True]) ** torch.tensor([True]),
    "frac": lambda torch: torch.frac(torch.tensor([1])),
    "imag": lambda torch: torch.ones(2).imag,
    "heaviside": lambda torch: torch.heaviside(torch.ones(2), torch.tensor([1, 2])),
    "no derivative": lambda torch: (torch.ones(2, requires_grad=True) // 2).sum().backward(),
    "no gradient for 5 % x": lambda torch: (
        (5 // torch.ones(2, requires_grad=True)).sum().backward()
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(same, name):
    same(lambda torch: raised(lambda: ERRORS[name](torch)))


def test_integers(same):
    def check(torch):
        i, b = torch.tensor([-7, 0, 7]), torch.tensor([True, False, True])
        return {
            "division": [
                i / 2,
                i // 2,
                i % 3,
                -i,
                i // -2,
                i % -3,
                torch.fmod(i, 3),
                7 // torch.tensor([2]),
            ],
            "rounding": [torch.div(i, 2, rounding_mode=m) for m in (None, "trunc", "floor")],
            "powers": [
                i**2,
                i**0,
                2 ** torch.tensor([3, 0]),
                torch.tensor([2, 1, -1]) ** torch.tensor([-1, -2, -3]),
            ],
            "floats": [
                i + 0.5,
                i * 1.5,
                i**0.5,
                2.5**i,
                i / b,
                i.clamp(0.5),
                i.clamp(0, 5),
                i.clamp(min=-2.5),
            ],
            "bools": [
                b + b,
                b * b,
                b + 1,
                b * 2.5,
                b / 2,
                b**2,
                torch.sign(b),
                torch.maximum(b, ~b),
            ],
            "small": [
                torch.tensor([200], dtype=torch.uint8) + 100,
                torch.tensor([100], dtype=torch.int8) * 2,
            ],
            "numpy": [
                i + np.int64(2),
                i * np.float32(0.5),
                torch.ones(2) * np.float64(2),
                torch.ones(2) ** np.int64(2),
            ],
            "numbers first": [
                torch.mul(2, i),
                torch.add(2, i),
                torch.sub(2, i),
                torch.div(2.5, i),
                torch.pow(2, b + 0),
            ],
        }

    same(check)


def test_no_gradient_to_integers(same):
    def check(torch):
        x = torch.tensor([0.5, 1.5], requires_grad=True)
        (x * torch.tensor([2, 3]) + torch.tensor([True, False])).backward(torch.tensor([1.0, 2.0]))
        return x.grad

    same(check)


def test_complex_gradients(same):
    def check(torch):
        def grad(function, *numbers):
            z = torch.tensor(numbers, requires_grad=True)
            function(z).backward()
            return z.grad

        numbers = [1 + 2j, -0.5 + 0.25j, 0j]
        return {
            "|z|^2": grad(lambda z: (z * z.conj()).real.sum(), *numbers),
            "abs squared": grad(lambda z: (z.abs() ** 2).sum(), *numbers),
            "abs": grad(lambda z: z.abs().sum(), *numbers),
            "parts": grad(lambda z: (z.real**2 + 3 * z.imag).sum(), *numbers),
            "angle": grad(lambda z: z[:2].angle().sum(), *numbers),
            "exp": grad(lambda z: z.exp().real.sum(), *numbers),
            "square": grad(lambda z: (z**2).imag.sum(), *numbers),
            "quotient": grad(lambda z: (1 / (z + 2)).real.sum(), *numbers),
            "from real": grad(lambda x: (x * (1 + 2j)).abs().sum(), 1.0, -2.0),
            "complex": grad(lambda x: torch.complex(x, x * 2).abs().sum(), 1.0, -2.0),
            "polar": grad(lambda x: torch.polar(x, x * 2).real.sum(), 1.0, 2.0),
        }

    same(check)


def test_numpy_functions_are_recorded():
    x = eduflow.tensor([0.5, 1.0], requires_grad=True)
    y = np.exp(x) * np.ones(2, dtype=np.float32) + np.array([1.0, 2.0], dtype=np.float32) * x
    assert isinstance(y, eduflow.Tensor)
    y.backward(eduflow.tensor([1.0, 3.0]))
    np.testing.assert_allclose(x.grad.numpy(), [np.exp(0.5) + 1, 3 * (np.exp(1) + 2)], rtol=1e-6)
    array = np.ones(2)
    array += eduflow.tensor([1.0, 2.0])
    assert type(array) is np.ndarray
    assert array.tolist() == [2.0, 3.0]


def test_float32_stays_float32():
    x = eduflow.tensor([0.3, 0.6], requires_grad=True)
    for name in UNARY:
        if name != "acosh":
            x.grad = None
            getattr(eduflow, name)(x).backward(eduflow.tensor([1.0, 2.0]))
            assert x.grad.dtype is eduflow.float32, name


def test_erf_is_exact():
    points = np.concatenate([np.linspace(-7, 28, 3001), np.logspace(-200, 0, 100)])
    for name in ("erf", "erfc"):
        found = getattr(eduflow, name)(eduflow.tensor(points)).numpy()
        expected = np.array([getattr(math, name)(x) for x in points])
        np.testing.assert_allclose(found, expected, rtol=2e-15, atol=1e-300)
    short = points.astype(np.float32)
    expected = [math.erf(x) for x in short.astype(float)]
    np.testing.assert_allclose(
        eduflow.erf(eduflow.tensor(short)).numpy(), expected, rtol=6e-7, atol=1e-40
    )
