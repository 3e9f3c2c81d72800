"""Pooling in all its forms: sizes, winners, gradients, and PyTorch's errors."""

import itertools

import numpy as np
import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers
from tests.oracle import raised

SHAPES = {1: (2, 2, 7), 2: (1, 1, 6, 5), 3: (1, 1, 3, 3, 4)}
TIES = np.random.default_rng(0).integers(-2, 3, (1, 2, 6, 5)).astype("float64")


def pooled(name, dims, *arguments, **options):
    """A function for `graded` that pools with these arguments."""

    def call(torch, x):
        return getattr(torch.nn.functional, f"{name}_pool{dims}d")(x, *arguments, **options)

    return call


def cases(dims, name):
    """Windows of all kinds: kernel, stride, padding, and what the family has besides."""
    mixed = {1: (3,), 2: (2, 3), 3: (1, 3, 2)}[dims]
    for kernel, stride, padding, ceil in [
        *itertools.product((2, mixed), (None, 1), (0, 1), (False, True)),
        (3, 2, 1, True),
        (2, 3, 0, False),
    ]:
        fits = min((kernel,) * dims if isinstance(kernel, int) else kernel) // 2 >= padding
        if fits:
            yield (kernel, stride, padding, *([1] if name == "max" else []), ceil)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", ["max", "avg"])
def test_windows(same, name, dims):
    array = numbers(*SHAPES[dims])
    same(lambda torch: [graded(torch, pooled(name, dims, *c), array) for c in cases(dims, name)])


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_max_pool_indices_and_dilation(same, dims):
    array = numbers(*SHAPES[dims])
    same(
        lambda torch: [
            graded(torch, pooled("max", dims, 2, 1, 0, 2, return_indices=True), array),
            graded(torch, pooled("max", dims, 3, 2, 1, 1, True, True), array),
            graded(torch, pooled("max", 1, 2, 2, 0, 2, True), numbers(1, 6)),
            graded(torch, pooled("max", 2, 3, 3, 0, (2, 1), True), numbers(1, 6, 5)),
        ]
    )


# Small windows are looked through at once, large and overlapping ones dim by dim.
LOOKS = [
    (2,),
    (2, 1),
    (3, 2),
    (3, 2, 1),
    (3, 1, 1),
    (4,),
    (5,),
    ((1, 6), 1),
    (2, 1, 0, 2),
    (3, 2, 1, 2),
]


@pytest.mark.parametrize("windows", LOOKS, ids=str)
def test_ties_nans_and_infinities_in_windows_of_all_kinds(same, windows):
    def facts(torch):
        numbers = np.random.default_rng(1)
        x = numbers.integers(-1, 2, (20, 2, 8, 8)).astype("float64")
        x[numbers.random(x.shape) < 0.02] = np.nan
        x[numbers.random(x.shape) < 0.4] = -np.inf
        x = torch.from_numpy(x).requires_grad_()
        y, places = torch.nn.functional.max_pool2d(x, *windows, return_indices=True)
        (y.nan_to_num(0, 0, -3) * torch.arange(y.numel()).reshape(y.shape)).sum().backward()
        return y[:2], y.isnan().sum(), places.sum((1, 2, 3)), x.grad.sum((1, 2)), x.grad[:2]

    same(facts)


def test_the_first_of_equals_wins(same):
    for arguments in ((2,), (3, 1, 1), ((2, 3), 2), ((6, 5),)):
        same(
            lambda torch, a=arguments: graded(
                torch, pooled("max", 2, *a, return_indices=True), TIES
            )
        )
    same(lambda torch: graded(torch, pooled("adaptive_max", 2, (4, 3), True), TIES))


def test_nan_and_infinity(same):
    array = numbers(1, 4, 6)
    array[0, 1, 2], array[0, 1, 3], array[0, 3, 5], array[0, 2, 0] = np.nan, np.nan, np.inf, -np.inf
    array[0, :2, :2] = -np.inf
    for name, arguments in (("max", (2,)), ("max", (3, 2, 1)), ("avg", (2,)), ("avg", (3, 1, 1))):
        same(lambda torch, n=name, a=arguments: graded(torch, pooled(n, 2, *a), array))
    same(lambda torch: graded(torch, pooled("max", 2, 2, return_indices=True), array))
    same(lambda torch: graded(torch, pooled("adaptive_max", 2, (3, 4), True), array))


def test_an_infinite_gradient_goes_to_the_winner_alone(same):
    def check(torch, name):
        x = torch.arange(8.0).view(1, 2, 4).requires_grad_()
        y = getattr(torch.nn.functional, name)(x, 2)
        y.backward(torch.tensor([[[float("inf"), 1.0]]]))
        return x.grad

    same(lambda torch: check(torch, "max_pool2d"))


def test_avg_pool_divisors(same):
    array = numbers(1, 1, 5, 6)
    same(
        lambda torch: [
            graded(torch, pooled("avg", 2, 3, 2, 1, ceil, padded, divisor), array)
            for ceil in (False, True)
            for padded in (False, True)
            for divisor in (None, 5, -2)
        ]
    )
    same(lambda torch: graded(torch, pooled("avg", 3, 2, 1, 1, True, False), numbers(1, 3, 3, 3)))
    same(lambda torch: graded(torch, pooled("avg", 1, 3, 2, 1, True, False), numbers(1, 6)))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_adaptive(same, dims):
    array = numbers(*SHAPES[dims])
    sizes = [1, 2, 3, 8, {1: 4, 2: (None, 3), 3: (2, None, 7)}[dims]]
    for name in ("adaptive_avg", "adaptive_max"):
        same(lambda torch, n=name: [graded(torch, pooled(n, dims, s), array) for s in sizes])
    same(lambda torch: graded(torch, pooled("adaptive_max", dims, 3, return_indices=True), array))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpool(same, dims):
    def there_and_back(torch, x, kernel=2, stride=None, padding=0, size=None):
        function = torch.nn.functional
        pool, unpool = [getattr(function, f"max_{word}{dims}d") for word in ("pool", "unpool")]
        values, indices = pool(x, kernel, stride, padding, return_indices=True)
        return unpool(values * 2, indices, kernel, stride, padding, size)

    array = numbers(*SHAPES[dims])
    same(lambda torch: graded(torch, there_and_back, array))
    same(lambda torch: graded(torch, there_and_back, array[0]))
    size = SHAPES[dims]
    same(lambda torch: graded(torch, lambda t, x: there_and_back(t, x, size=size), array))
    same(lambda torch: graded(torch, lambda t, x: there_and_back(t, x, size=size[2:]), array))


def test_dtypes(same):
    for dims, name in itertools.product((1, 2, 3), ("max", "avg", "adaptive_avg", "adaptive_max")):
        kinds = ["float32", "float16", "int64", "uint8", "bool", "complex64"]
        if (dims, name) == (3, "avg"):
            kinds.remove("float16")  # which PyTorch cannot do here
        same(
            lambda torch, d=dims, n=name, kinds=kinds: [
                graded(torch, pooled(n, d, 2), np.ones((1, *[4] * d)).astype(kind))
                for kind in kinds
            ]
        )
    ints = np.array([[[-3, -2, 7], [0, -1, 9]]], "int64")
    same(lambda torch: graded(torch, pooled("avg", 2, 2, 1), ints))
    same(lambda torch: graded(torch, pooled("max", 2, 2, 1, 1), ints))


WRONG = [(2.0,), (None,), (0,), (-1,), ((2, 2, 2, 2),), (2, 0), (2, -1), (2, 2, 2), (2, 2, -1)]
WRONG += [(9,), ((2.0, 2),), ((2, 2.0),), (2, 2.5), (2, 2, 1.5), (2, (1, 1, 1, 1)), (True,)]


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", ["max", "avg"])
def test_wrong_windows(same, name, dims):
    def check(torch):
        x = torch.zeros(1, *[5] * dims)
        calls = [*WRONG, *([(2, 2, 1, 0), (2, 2, 1, (1, 1, 1, 1))] if name == "max" else [])]
        return [raised(lambda c=c: pooled(name, dims, *c)(torch, x)) for c in calls]

    same(check)


def test_what_must_be_a_bool(same):
    def check(torch):
        x = torch.zeros(1, 4, 4)
        return [
            raised(lambda: pooled("max", 2, 2, 2, 0, 1, None)(torch, x)),
            raised(lambda: pooled("avg", 2, 2, 2, 0, None)(torch, x)),
            raised(lambda: pooled("avg", 2, 2, 2, 0, False, 1)(torch, x)),
            raised(lambda: pooled("max", 2, (2, "2"))(torch, x)),
            raised(lambda: pooled("avg", 2, (True, 2))(torch, x)),
            torch.nn.functional.max_pool2d(x, (2, True)).shape,
        ]

    same(check)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", ["max", "avg", "adaptive_avg", "adaptive_max"])
def test_wrong_dims(same, name, dims):
    shapes = [(4,) * d for d in range(1, 7)] + [(2, 0, *[4] * dims), (2, 3, *[0] * dims)]
    same(
        lambda torch: [
            raised(lambda s=s: pooled(name, dims, 2)(torch, torch.zeros(s))) for s in shapes
        ]
    )
    same(lambda torch: pooled(name, dims, 2)(torch, torch.zeros(0, 3, *[4] * dims)))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_wrong_adaptive_sizes(same, dims):
    sizes = [1.5, None, (1,) * (dims + 1), (1.5, 2), -1, (2,) * 5]
    for name in ("adaptive_avg", "adaptive_max"):
        same(
            lambda torch, n=name: [
                raised(lambda s=s: pooled(n, dims, s)(torch, torch.zeros(2, 2, *[4] * dims)))
                for s in sizes
            ]
        )


def test_wrong_unpooling(same):
    def check(torch):
        f, x, index = torch.nn.functional, torch.ones(1, 1, 2, 2), torch.arange(4).view(1, 1, 2, 2)
        return [
            raised(lambda: f.max_unpool2d(x, index + 13, 2)),
            raised(lambda: f.max_unpool2d(x, index - 1, 2)),
            raised(lambda: f.max_unpool2d(x, index.int(), 2)),
            raised(lambda: f.max_unpool2d(x, index[..., :1], 2)),
            raised(lambda: f.max_unpool2d(x[0, 0], index[0, 0], 2)),
            raised(lambda: f.max_unpool2d(x, index, 2, output_size=(9, 9))),
            raised(lambda: f.max_unpool2d(x, index, 2, output_size=(5,))),
            raised(lambda: f.max_unpool2d(x.long(), index, 2)),
            raised(lambda: f.max_unpool3d(x, 0 * index + 99, 2)),
            raised(lambda: f.max_unpool1d(x[0], 0 * index[0] + 99, 2)),
        ]

    same(check)


def test_changed_input_is_found_out(same):
    def check(torch, name, *arguments):
        x = torch.ones(1, 4, 4, requires_grad=True)
        h = x * 1
        y = getattr(torch.nn.functional, name)(h, *arguments)
        h.add_(1)
        return raised(lambda: y.sum().backward())

    for name in ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"):
        same(lambda torch, n=name: check(torch, n, 2))


def test_lp_pool(same):
    array = np.abs(numbers(1, 2, 4, 4)) + 0.1
    same(lambda torch: [graded(torch, pooled("lp", 2, p, 2), array) for p in (1, 2, 3.5)])
    same(lambda torch: graded(torch, pooled("lp", 2, 2, (2, 3), 1, True), array))
    same(lambda torch: graded(torch, pooled("lp", 1, 2, 3), array[0]))
    same(lambda torch: graded(torch, pooled("lp", 3, 2, 2), array))
    zeros = np.array([[[0.0, 0, 1, 0]]])
    same(lambda torch: graded(torch, pooled("lp", 1, 2, 2), zeros))


@pytest.mark.parametrize("name", ["max", "avg", "adaptive_avg", "adaptive_max"])
def test_derivatives_are_the_slopes(name):
    for dims in (1, 2):
        array = np.arange(8.0).reshape(2, 4) if dims == 1 else np.arange(12.0).reshape(1, 3, 4)
        array = np.random.default_rng(0).permuted(array)
        arguments = (3, 2, 1) if name in ("max", "avg") else (2,)
        gradients_are_slopes(eduflow, pooled(name, dims, *arguments), array)


def test_large_windows_and_many_images(same):
    long = numbers(1, 700, dtype="float32")
    same(lambda torch: graded(torch, pooled("max", 1, 300, 100, return_indices=True), long))

    def check(torch):
        x = torch.arange(4 * 32 * 128.0).view(1, 4, 32, 128)
        x = ((x * 7919) % 1000).repeat(64, 1, 1, 1).requires_grad_()  # several blocks
        y = torch.nn.functional.max_pool2d(x, 2)
        (y * torch.arange(64.0).view(64, 1, 1, 1)).sum().backward()
        return y[::16].sum((1, 2, 3)), x.grad[::16].sum((1, 2, 3)), x.grad[1, 0, :4, :8]

    same(check)


MODULES = {
    "MaxPool1d": [(2,), (3, 1, 1, 2, True, True)],
    "MaxPool2d": [(2,), ((2, 3), 1, (1, 0), 1, False, True)],
    "MaxPool3d": [(2,)],
    "AvgPool1d": [(2,), (3, [1], 1, True, False)],
    "AvgPool2d": [(2,), ((2, 3), 1, 1, False, False, 4)],
    "AvgPool3d": [((2, 1, 1), 1, 0, False, True, 3)],
    "LPPool1d": [(2, 2)],
    "LPPool2d": [(2, (2, 3), 1, True)],
    "LPPool3d": [(1, 2)],
    "AdaptiveAvgPool1d": [(2,)],
    "AdaptiveAvgPool2d": [((None, 2),), (1,)],
    "AdaptiveAvgPool3d": [(2,)],
    "AdaptiveMaxPool1d": [(2, True)],
    "AdaptiveMaxPool2d": [((None, 2),)],
    "AdaptiveMaxPool3d": [((2, 1, None), True)],
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(same, name):
    dims = int(name[-2])

    def check(torch, arguments):
        module = getattr(torch.nn, name)(*arguments)
        x = np.abs(numbers(*SHAPES[dims]))
        return repr(module), list(module.state_dict()), graded(torch, lambda t, x: module(x), x)

    for arguments in MODULES[name]:
        same(lambda torch, a=arguments: check(torch, a))


def test_unpool_modules(same):
    def check(torch, dims):
        pool = getattr(torch.nn, f"MaxPool{dims}d")(2, return_indices=True)
        unpool = getattr(torch.nn, f"MaxUnpool{dims}d")(2)
        x = torch.from_numpy(numbers(1, 1, *[4] * dims))
        return repr(unpool), unpool(*pool(x)), unpool(*pool(x), output_size=x.size())

    for dims in (1, 2, 3):
        same(lambda torch, d=dims: check(torch, d))
