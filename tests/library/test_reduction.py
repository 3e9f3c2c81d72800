"""Sums, means, products, variances, norms: PyTorch's values, gradients, dtypes and errors."""

import math

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers

REDUCTIONS = [
    "sum",
    "mean",
    "amax",
    "amin",
    "var",
    "std",
    "all",
    "any",
    "nansum",
    "nanmean",
    "norm",
]
DIMS = [{}, {"dim": 0}, {"dim": -1, "keepdim": True}, {"dim": (0, 1)}, {"dim": 3}]
ZEROS = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [1.0, 2.0, 0.5]])


def call(name, **options):
    return lambda torch, x: getattr(torch, name)(x, **options)


@pytest.mark.parametrize("name", [*REDUCTIONS, "logsumexp", "count_nonzero"])
def test_over_all_dims_and_over_some(same, name):
    dims = DIMS if name != "logsumexp" else DIMS[1:]
    if name == "count_nonzero":
        dims = [{}, {"dim": 0}, {"dim": (0, 1)}]
    known = {key for key in ARRAYS if not (ARRAYS[key].dtype.kind in "iub" and name in _FLOATS)}
    known = [key for key in known if not (name in _REFUSING and ARRAYS[key].size == 0)]

    def check(torch, keys):
        return {
            f"{key} {options}": graded(torch, call(name, **options), ARRAYS[key])
            for key in sorted(keys)
            for options in dims
        }

    same(lambda torch: check(torch, [key for key in known if key != "float16"]))
    same(lambda torch: check(torch, ["float16"]), rtol=2e-3, atol=2e-3)


_FLOATS = ("mean", "nanmean", "norm")  # refuse integers: whatever else is wrong, too
_REFUSING = ("amax", "amin")  # refuse nothing: whatever else is wrong, too


@pytest.mark.parametrize("name", ["mean", "nanmean", "norm", "var", "std", "amax", "argmax", "max"])
def test_errors(same, name):
    same(
        lambda torch: [
            graded(torch, call(name), np.arange(3, dtype="int64")),
            graded(torch, call(name), np.array([True])),
            graded(torch, call(name), np.zeros(0)),
            graded(torch, call(name, dim=0), np.zeros((0, 3))),
            graded(torch, call(name, dim=0), np.zeros(3) + 1j),
            graded(torch, call(name, dim=-4), np.zeros((2, 2))),
        ]
    )


def test_dims_twice(same):
    same(
        lambda torch: [graded(torch, call(n, dim=(0, -2)), numbers(2, 2)) for n in ("sum", "amax")]
    )


@pytest.mark.parametrize("name", ["sum", "mean", "prod"])
def test_dtype(same, name):
    def check(torch):
        return [
            graded(torch, lambda torch, x: getattr(x, name)(0, dtype=torch.float64), array)
            for array in (np.arange(6, dtype="int64").reshape(2, 3), np.ones((2, 3), "float32"))
        ]

    same(check)
    same(lambda torch: torch.tensor([200, 100]).sum(dtype=torch.uint8))


def test_words_of_numpy(same):
    x = numbers(2, 3)
    same(
        lambda torch: [
            graded(torch, lambda torch, x: x.sum(axis=(0, 1), keepdims=True), x),
            graded(torch, lambda torch, x: x.max(axis=0), x),
            graded(torch, lambda torch, x: torch.sum(input=x, dim=0), x),
            graded(torch, lambda torch, x: x.mean([]), x),
        ]
    )


@pytest.mark.parametrize("key", list(ARRAYS))
def test_product(same, key):
    options = [{}, {"dim": 0}, {"dim": -1, "keepdim": True}]
    same(
        lambda torch: [graded(torch, call("prod", **o), ARRAYS[key]) for o in options],
        rtol=2e-3 if key == "float16" else 1e-5,
    )
    same(lambda torch: [graded(torch, call("prod", **o), ZEROS) for o in options])


@pytest.mark.parametrize("name", ["var", "std", "var_mean", "std_mean"])
def test_corrections(same, name):
    options = [{"unbiased": False}, {"correction": 0}, {"correction": 2, "dim": 0}]
    same(lambda torch: [graded(torch, call(name, **o), numbers(4, 3)) for o in options])
    same(lambda torch: [graded(torch, call(name, dim=1), np.ones((2, 1)))])
    same(lambda torch: graded(torch, lambda torch, x: x.std(False), numbers(4)))
    same(lambda torch: graded(torch, lambda torch, x: x.var(0, False, True), numbers(4, 2)))


@pytest.mark.parametrize("p", [2, 1, 3, 0.5, 2.5, -1, math.inf, -math.inf, "fro", None])
def test_norm(same, p):
    def check(torch):
        arrays = [numbers(2, 3), ZEROS, ARRAYS["ties"], ARRAYS["nan"], numbers(2, 2) + 1j]
        return [
            graded(torch, lambda torch, x, o=o: torch.norm(x, p, **o), array)
            for array in arrays
            for o in ({}, {"dim": 1, "keepdim": True})
        ]

    same(check)


def test_norm_without_elements(same):
    same(
        lambda torch: [
            graded(torch, lambda torch, x, p=p, o=o: torch.norm(x, p, **o), np.zeros(0))
            for p in (2, math.inf, -1)
            for o in ({}, {"dim": 0})
        ]
    )


def test_aminmax_trace_dist(same):
    x, y = numbers(3, 4), numbers(3, 4, seed=1)
    same(
        lambda torch: [
            graded(torch, lambda torch, x: torch.aminmax(x), x),
            graded(torch, lambda torch, x: torch.aminmax(x, dim=0, keepdim=True), x),
            graded(torch, lambda torch, x: torch.aminmax(x), np.zeros(0)),
            graded(torch, lambda torch, x: x.trace(), x),
            graded(torch, lambda torch, x: x.trace(), np.arange(6, dtype="int64").reshape(2, 3)),
            graded(torch, lambda torch, x: x.trace(), np.zeros(3)),
            graded(torch, lambda torch, x: x.trace(), np.eye(2, dtype=bool)),
            graded(torch, lambda torch, x, y: [torch.dist(x, y).detach()], x, y),
            graded(torch, lambda torch, x: torch.dist(x, x), np.arange(3, dtype="int64")),
        ]
    )


def test_sums_of_many_numbers_are_accurate():
    for shape, dim in [((100_000, 8), 0), ((8, 100_000), 1), ((50, 2000, 8), 1), ((300_001,), 0)]:
        array = numbers(*shape, dtype="float32") + 1
        exact = array.sum(dim, dtype="float64")
        for x in (eduflow.from_numpy(array), eduflow.from_numpy(np.asfortranarray(array))):
            assert np.allclose(x.sum(dim).numpy(), exact, rtol=1e-6)
            assert np.allclose(x.mean(dim).numpy(), exact / shape[dim], rtol=1e-6)


def test_results_are_contiguous(same):
    def check(torch):
        x = torch.ones(4, 3, 2)
        results = [x.sum(1), x.mean(0, True), x.amax(2), x.var((0, 1)), x.max(0)[1]]
        return [y.is_contiguous() for y in results]

    same(check)


SLOPES = {
    f"{name} {options}": call(name, **options)
    for name in ["sum", "mean", "amax", "var", "std", "nansum", "nanmean", "norm", "logsumexp"]
    for options in DIMS[:4]
    if options or name != "logsumexp"
}
SLOPES |= {f"norm {p}": call("norm", p=p, dim=1) for p in (0, 1, 0.5, 3, -1, math.inf)}
SLOPES |= {f"{name}": call(name, dim=0) for name in ("prod", "aminmax", "var_mean", "std_mean")}
SLOPES |= {"trace": lambda torch, x: x[0].trace(), "dist": lambda torch, x: torch.dist(x, x.exp())}


@pytest.mark.parametrize("name", list(SLOPES))
def test_derivatives_are_the_slopes(name):
    gradients_are_slopes(eduflow, SLOPES[name], numbers(2, 3, 2))


@pytest.mark.parametrize("options", [{}, {"dim": 0}, {"dim": 1, "keepdim": True}])
def test_product_of_zeros_has_second_derivatives(options):
    gradients_are_slopes(eduflow, call("prod", **options), ZEROS)
