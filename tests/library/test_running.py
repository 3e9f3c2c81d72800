"""Running totals, quantiles, counts and differences."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers

RUNNING = ["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"]
ZEROS = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [1.0, 2.0, 0.5]])


@pytest.mark.parametrize("name", RUNNING)
def test_running(same, name):
    def check(torch, keys):
        return {
            f"{key} {dim}": graded(
                torch, lambda torch, x, dim=dim: getattr(torch, name)(x, dim), ARRAYS[key]
            )
            for key in keys
            for dim in (0, -1)
        }

    plain = [key for key in ARRAYS if key not in ("float16", "infinite", "nan")]
    same(lambda torch: check(torch, plain))
    same(lambda torch: check(torch, ["float16"]), rtol=4e-3, atol=4e-3)
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x, 1), ZEROS))
    same(lambda torch: getattr(torch, name)(torch.tensor([1.0, np.nan, 3.0]), 0))
    same(lambda torch: graded(torch, lambda torch, x: getattr(torch, name)(x, 2), np.ones((2, 2))))


def test_running_dtype(same):
    same(lambda torch: torch.arange(4).cumsum(0, dtype=torch.float32))
    same(lambda torch: torch.arange(4).cumprod(0, dtype=torch.float64))


def without_ties(array):
    return array.size == len(np.unique(array))


@pytest.mark.parametrize("name", ["median", "nanmedian", "mode"])
@pytest.mark.parametrize("key", [key for key in ARRAYS if key not in ("empty", "empty rows")])
def test_middle_and_mode(same, name, key):
    arguments = [(0,), (-1, True), (4,)] + ([] if name == "mode" else [()])

    def call(torch, x, a):
        found = getattr(torch, name)(x, *a)
        known = without_ties(ARRAYS[key]) or name == "mode"  # which of equal ones is left open
        return found if known or not isinstance(found, tuple) else found[0]

    same(
        lambda torch: [
            graded(torch, lambda torch, x, a=a: call(torch, x, a), ARRAYS[key]) for a in arguments
        ]
    )


QUANTILES = [
    {"q": 0.3},
    {"q": 1.0, "dim": 0},
    {"q": [0.1, 0.5], "dim": 1},
    {"q": [0.1, 0.5], "dim": 1, "keepdim": True},
    {"q": 0.25, "keepdim": True},
    {"q": []},
    *[{"q": 0.4, "interpolation": way} for way in ("lower", "higher", "midpoint", "nearest")],
    {"q": 0.4, "interpolation": "other"},
    {"q": 1.5},
    {"q": [1.5]},
    {"q": [[0.5]]},
    {"q": 0.5, "dim": 2},
]


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
@pytest.mark.parametrize("options", QUANTILES, ids=str)
def test_quantile(same, name, options):
    x = numbers(4, 5)
    holes = np.where(x > 0.7, np.nan, x)

    def call(torch, x):
        q = options["q"]
        q = torch.tensor(q, dtype=torch.float64) if isinstance(q, list) else q
        return getattr(torch, name)(x, q, **{k: v for k, v in options.items() if k != "q"})

    same(lambda torch: [graded(torch, call, array) for array in (x, holes)])
    if options["q"] != 1.5:
        same(
            lambda torch: [
                graded(torch, call, array) for array in (x[:0], np.arange(3, dtype="int64"))
            ]
        )


def test_bincount(same):
    def check(torch):
        x = torch.tensor([1, 2, 2])

        def call(*arguments, **options):
            return graded(torch, lambda torch: torch.bincount(*arguments, **options))

        return [
            call(x),
            call(x, minlength=6),
            call(x, torch.ones(3)),
            call(x, torch.ones(3, dtype=torch.int32)),
            call(x[:0]),
            call(x, torch.ones(2)),
            call(-x),
            call(x.float()),
            call(x.reshape(1, 3)),
            call(x, minlength=-1),
        ]

    same(check)


def test_histc(same):
    def check(torch):
        x = torch.tensor([3.0, 1.0, 2.0, 2.0, 7.5])

        def call(*arguments, x=x, **options):
            return graded(torch, lambda torch: torch.histc(x, *arguments, **options))

        return [
            call(bins=4),
            call(4, 0, 3),
            call(),
            call(bins=3, x=torch.ones(3)),
            call(bins=3, x=torch.zeros(0)),
            call(x=torch.arange(3)),
            call(bins=0),
            call(3, 2, 1),
            call(x=torch.tensor([1.0, np.nan])),
        ]

    same(check)


def test_diff(same):
    x, edge = numbers(3, 4), numbers(3, 2)

    def check(torch):
        calls = [graded(torch, lambda torch, x, n=n: x.diff(n), x) for n in range(5)]
        calls += [
            graded(torch, lambda torch, x: torch.diff(x, dim=0), x),
            graded(torch, lambda torch, x: x.diff(-1), x),
            graded(torch, lambda torch, x: x.diff(), np.array(1.0)),
            graded(torch, lambda torch, x: x.diff(), np.array([1, 5, 3], "int64")),
            graded(torch, lambda torch, x, y: x.diff(prepend=y, append=y), x, edge),
        ]
        return [{k: v for k, v in call.items() if k != "nodes"} for call in calls]

    same(check)
    same(lambda torch: torch.tensor([True, False, False]).diff())


SLOPES = {name: lambda torch, x, name=name: getattr(x, name)(1) for name in ("cumsum", "cumprod")}
SLOPES |= {n: lambda torch, x, n=n: getattr(x, n)(1)[0] for n in ("cummax", "cummin", "mode")}
SLOPES |= {n: lambda torch, x, n=n: getattr(x, n)(0)[0] for n in ("median", "nanmedian")}
SLOPES |= {
    "logcumsumexp": lambda torch, x: x.logcumsumexp(1),
    "median of all": lambda torch, x: x.median(),
    "quantile": lambda torch, x: x.quantile(0.35, dim=1),
    "quantiles": lambda torch, x: x.quantile(torch.tensor([0.3, 0.7], dtype=torch.float64)),
    "diff": lambda torch, x: x.diff(2),
    "prepended": lambda torch, x: x.diff(prepend=x, dim=0),
}


@pytest.mark.parametrize("name", list(SLOPES))
def test_derivatives_are_the_slopes(name):
    gradients_are_slopes(eduflow, SLOPES[name], numbers(3, 4))


def test_running_product_of_zeros_has_second_derivatives():
    gradients_are_slopes(eduflow, lambda torch, x: x.cumprod(1), ZEROS)
