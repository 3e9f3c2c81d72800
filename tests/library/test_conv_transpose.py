"""Transposed convolutions: values, gradients, sizes and errors as in PyTorch."""

import math

import numpy as np
import pytest

import eduflow
from eduflow.autograd import gradcheck, gradgradcheck
from tests.library.graded import graded, numbers
from tests.oracle import raised


def function(torch, dims):
    return getattr(torch.nn.functional, f"conv_transpose{dims}d")


def random_case(seed, dims):
    """Shapes and options of one transposed convolution, all drawn at random."""
    rng = np.random.default_rng((seed, dims))

    def each(low, high):
        return [int(n) for n in rng.integers(low, high + 1, dims)]

    groups = int(rng.choice([1, 1, 2, 3]))
    channels = [groups * int(n) for n in rng.integers(1, 3, 2)]
    size, kernel, stride, dilation = each(1, 4), each(1, 3), each(1, 3), each(1, 3)
    padding = each(0, 2)
    more = [int(rng.integers(0, max(s, d))) for s, d in zip(stride, dilation)]
    out = [
        (n - 1) * s + d * (k - 1) + 1 - 2 * p + o
        for n, k, s, d, p, o in zip(size, kernel, stride, dilation, padding, more)
    ]
    if min(out) < 1:
        return random_case(seed + 1000, dims)
    shapes = (int(rng.integers(1, 3)), channels[0], *size), (channels[0], channels[1] // groups)
    options = {"stride": stride, "padding": padding, "output_padding": more}
    options |= {"groups": groups, "dilation": dilation}
    return shapes[0], (*shapes[1], *kernel), channels[1], options


def reduced(torch, results):
    """A few numbers in which every element of a tensor counts."""
    return [
        list(results.shape),
        (results * torch.arange(1, results.numel() + 1).reshape(results.shape)).sum(),
    ]


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_random_configurations(same, dims):
    def run(torch):
        found = []
        for seed in range(25):
            x, weight, channels, options = random_case(seed, dims)
            arrays = numbers(*x), numbers(*weight, seed=1), numbers(channels, seed=2)
            answer = graded(torch, lambda t, *xs, o=options: function(t, dims)(*xs, **o), *arrays)
            tensors = [*answer.pop("results"), *answer.pop("grads")]
            found.append([answer["nodes"], *[reduced(torch, t.detach()) for t in tensors]])
        return found

    same(run, rtol=1e-10, atol=1e-10)


def test_values_in_full(same):
    def run(torch):
        x, weight, bias = numbers(1, 2, 2, 3), numbers(2, 2, 3, 2, seed=1), numbers(2, seed=2)
        calls = {
            "plain": {},
            "stride": {"stride": 2, "padding": 1, "output_padding": 1},
            "two numbers": {"stride": (2, 3), "padding": (0, 1), "output_padding": (1, 2)},
            "dilation": {"dilation": (1, 3), "output_padding": (0, 2)},
        }
        two = function(torch, 2)
        return {
            name: graded(torch, lambda t, *xs, o=options: two(*xs, **o), x, weight, bias)
            for name, options in calls.items()
        }

    same(run)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unbatched_input(same, dims):
    def run(torch):
        x, weight = numbers(2, *(3, 2, 2)[:dims]), numbers(2, 3, *(2, 2, 2)[:dims], seed=1)
        return graded(torch, lambda t, *xs: function(t, dims)(*xs, stride=2), x, weight)

    same(run)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "complex64"])
def test_dtypes(same, dtype):
    def run(torch):
        x = torch.arange(8).reshape(1, 2, 4).to(getattr(torch, dtype))
        weight = torch.arange(12).reshape(2, 2, 3).to(getattr(torch, dtype))
        y = torch.nn.functional.conv_transpose1d(x, weight, stride=2)
        return str(y.dtype), y.tolist()

    same(run)


def test_empty_batch(same):
    def run(torch):
        return function(torch, 2)(torch.ones(0, 2, 3, 3), torch.ones(2, 3, 2, 2)).shape

    same(run)


def test_derivatives_of_derivatives():
    for dims, options in [
        (1, {"stride": 2, "padding": 1, "output_padding": 1}),
        (2, {"stride": (2, 1), "padding": (1, 0), "groups": 2}),
        (2, {"dilation": 2, "output_padding": 1}),
        (3, {"stride": 2}),
    ]:
        groups = options.get("groups", 1)
        x = eduflow.tensor(numbers(1, 2, *[2] * dims), requires_grad=True)
        weight = eduflow.tensor(numbers(2, 2 // groups, *[2] * dims, seed=1), requires_grad=True)
        bias = eduflow.tensor(numbers(2, seed=2), requires_grad=True)

        def run(*tensors, o=options, d=dims):
            return function(eduflow, d)(*tensors, **o)

        assert gradcheck(run, (x, weight, bias))
        assert gradgradcheck(run, (x, weight, bias))


def test_it_is_the_gradient_of_a_convolution():
    """For every input size: output_padding is what tells those sizes apart."""
    functional = eduflow.nn.functional
    weight = eduflow.tensor(numbers(3, 2, 3, 3))
    for size in range(4, 12):
        for stride in (1, 2, 3):
            x = eduflow.tensor(numbers(1, 2, size, size), requires_grad=True)
            y = functional.conv2d(x, weight, stride=stride, padding=1)
            grad = eduflow.tensor(numbers(*y.shape, seed=1))
            y.backward(grad)
            more = (size + 2 - 3) % stride
            back = functional.conv_transpose2d(
                grad, weight, stride=stride, padding=1, output_padding=more
            )
            assert np.allclose(back.numpy(), x.grad.numpy(), atol=1e-12)


def test_both_inputs_are_saved(same):
    def run(torch):
        found = []
        for changed in (0, 1):
            tensors = [torch.ones(1, 1, 3, requires_grad=True) * 1 for _ in range(2)]
            y = torch.nn.functional.conv_transpose1d(*tensors)
            tensors[changed].add_(1)
            found.append(raised(lambda y=y: y.sum().backward()))
        return [error["text"].split(" Hint")[0] for error in found]

    same(run)


ERRORS = {
    "too much": {"stride": 2, "output_padding": 2},
    "too much in one dim": {"stride": 2, "output_padding": (1, 2)},
    "above dilation": {"stride": 2, "dilation": 3, "output_padding": 3},
    "negative output_padding": {"stride": 2, "output_padding": -1},
    "negative both": {"padding": -1, "output_padding": -1},
    "negative padding": {"padding": -1},
    "no stride": {"stride": 0},
    "negative stride": {"stride": -1},
    "no dilation": {"dilation": 0},
    "negative dilation": {"dilation": -1},
    "no groups": {"groups": 0},
    "many groups": {"groups": 3},
    "three strides": {"stride": (1, 2, 3)},
    "three paddings": {"padding": (1, 2, 3)},
    "three output_paddings": {"output_padding": (1, 0, 0)},
    "nothing left": {"padding": 5},
    "fraction": {"stride": 2.0},
    "word": {"padding": "same"},
    "fraction of groups": {"groups": 1.0},
    "word in a list": {"stride": (1, "2")},
    "list of a word": {"padding": ("1", 2)},
    "bool": {"dilation": True},
    "bool of groups": {"groups": True},
    "groups before output_padding": {"groups": 3, "output_padding": 5},
    "negative dilation before channels": {"groups": 3, "dilation": -1},
}
SHAPES = {
    "channels": ((1, 3, 4, 4), (2, 3, 3, 3)),
    "unbatched channels": ((3, 4, 4), (2, 3, 3, 3)),
    "two dims": ((4, 4), (2, 3, 3, 3)),
    "five dims": ((1, 2, 4, 4, 4), (2, 3, 3, 3)),
    "flat weight": ((1, 2, 4, 4), (2, 3)),
    "short weight": ((1, 2, 4, 4), (2, 3, 3)),
    "empty input": ((1, 2, 0, 2), (2, 3, 3, 3)),
    "no channels": ((1, 0, 2, 2), (0, 3, 3, 3)),
    "bias": ((1, 2, 4, 4), (2, 3, 3, 3), (2,)),
    "bias of two dims": ((1, 2, 4, 4), (2, 3, 3, 3), (3, 1)),
    "no kernel": ((1, 2, 4, 4), (2, 3, 0, 3)),
    "no images": ((0, 2, 4, 4), (2, 3, 3, 3), (3,)),
    "no images of no size": ((0, 2, 0, 4), (2, 3, 3, 3), (3,)),
}


def test_errors(same):
    def run(torch):
        x, weight = torch.ones(1, 2, 4, 4), torch.ones(2, 3, 3, 3)
        two = function(torch, 2)
        found = {
            name: raised(lambda o=options: two(x, weight, None, **o))
            for name, options in ERRORS.items()
        }
        for name, shapes in SHAPES.items():
            found[name] = raised(lambda s=shapes: two(*[torch.ones(*shape) for shape in s]))
        found["groups do not divide"] = raised(
            lambda: two(torch.ones(1, 4, 4, 4), torch.ones(4, 3, 3, 3), groups=3)
        )
        found["dtypes"] = raised(lambda: two(x.double(), weight))
        found["list"] = raised(lambda: two([1], weight))
        found["none"] = raised(lambda: two(x, None))
        return found

    same(run)


@pytest.mark.parametrize("dims", [1, 3])
def test_errors_in_other_dims(same, dims):
    def run(torch):
        x, weight = torch.ones(1, 2, *[4] * dims), torch.ones(2, 3, *[3] * dims)
        return [
            raised(lambda o=options: function(torch, dims)(x, weight, None, **o))
            for options in (
                {"stride": 2, "output_padding": 2},
                {"dilation": 0},
                {"padding": 7},
                {"stride": (1,) * 4},
            )
        ] + [
            raised(lambda: function(torch, dims)(x, weight[..., :0])),
            raised(lambda: function(torch, dims)(x[:0], weight, output_padding=9)),
            raised(lambda: function(torch, dims)(x[:0], weight, padding=(5,) + (1,) * (dims - 1))),
            raised(lambda: function(torch, dims)(torch.ones(4), weight)),
            raised(lambda: function(torch, dims)(x[..., :0], weight)),
        ]

    same(run)


def test_a_weight_or_bias_that_does_not_fit_is_refused():
    two = function(eduflow, 2)
    with pytest.raises(RuntimeError, match="a weight without elements"):
        two(eduflow.ones(1, 2, 3, 3), eduflow.ones(2, 0, 1, 1))
    with pytest.raises(RuntimeError, match="should be the same"):
        two(
            eduflow.ones(1, 2, 3, 3),
            eduflow.ones(2, 3, 1, 1),
            eduflow.ones(3, dtype=eduflow.float64),
        )


def test_modules(same):
    def run(torch):
        nn, found = torch.nn, []
        for module, shape in [
            (nn.ConvTranspose1d(2, 3, 3, 2, 1, 1), (1, 2, 4)),
            (nn.ConvTranspose2d(2, 3, 3), (1, 2, 2, 2)),
            (nn.ConvTranspose2d(4, 2, (3, 2), stride=(2, 1), groups=2, bias=False), (4, 2, 2)),
            (nn.ConvTranspose2d(1, 1, 2, 3, dilation=2, output_padding=2), (1, 1, 2, 2)),
            (nn.ConvTranspose3d(1, 2, 2, stride=2), (1, 1, 2, 1, 2)),
        ]:
            y = module(torch.ones(*shape))
            y.sum().backward()
            found.append([repr(module), module.state_dict(), y, module.weight.grad])
        return found

    same(run)


def test_output_size(same):
    def run(torch):
        nn, x = torch.nn, torch.ones(1, 2, 4, 4)
        module = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
        sizes = [(8, 8), (7, 8), (9, 8), (6, 6), (1, 3, 8, 8), (8,), [8, 7], (1, 2, 3, 8, 8)]
        found = [
            raised(lambda s=size: module(x, output_size=s)) or module(x, output_size=size).shape
            for size in sizes
        ]
        found.append(module(x[0], output_size=(3, 8, 7)).shape)
        found.append(raised(lambda: module(x[0], output_size=(8, 9))))
        found.append(nn.ConvTranspose1d(2, 3, 3, 2)(x[0, :, 0], [10]).shape)
        found.append(raised(lambda: nn.ConvTranspose3d(2, 3, 3, 2)(x[..., None], [9, 10])))
        found.append(raised(lambda: nn.ConvTranspose2d(2, 3, 3, dilation=2)(x, (9, 9))))
        return found

    same(run)


def test_errors_of_modules(same):
    def run(torch):
        layer = torch.nn.ConvTranspose2d
        return [
            raised(lambda: layer(2, 3, 3, padding_mode="reflect")),
            raised(lambda: layer(2, 3, 3, padding_mode="odd")),
            raised(lambda: layer(3, 4, 3, groups=2)),
            raised(lambda: layer(2, 3, 3, groups=2)),
            raised(lambda: layer(2, 3, 3, groups=0)),
            raised(lambda: layer(2, 3, 3, stride=2, output_padding=2)(torch.ones(1, 2, 3, 3))),
        ]

    same(run)


def test_it_takes_little_memory_to_enlarge_a_thin_signal():
    """A long signal goes in blocks: the stamps of all of it never lie in memory at once."""
    x = eduflow.ones(64, 1, 1000)
    y = eduflow.nn.functional.conv_transpose1d(x, eduflow.ones(1, 1, 16), stride=4)
    assert y.shape == (64, 1, 999 * 4 + 16)
    assert math.isclose(y.sum().item(), 64 * 1000 * 16, rel_tol=1e-6)


def test_lazy_modules(same):
    def run(torch):
        nn, found = torch.nn, []
        for name, shape in [
            ("LazyConvTranspose1d", (1, 2, 3)),
            ("LazyConvTranspose2d", (2, 2, 2)),
            ("LazyConvTranspose3d", (1, 4, 1, 2, 1)),
        ]:
            layer = getattr(nn, name)(2, 2, stride=2, groups=2)
            found.append([repr(layer), raised(lambda m=layer: m(torch.ones(3)))])
            found.append([layer(torch.ones(*shape)), repr(layer), type(layer).__name__])
        layer = nn.LazyConvTranspose2d(4, 3, 2, 1, 1, 2, bias=False)
        found.append([raised(lambda: layer(torch.ones(1, 3, 2, 2))), repr(layer)])
        layer = nn.LazyConvTranspose1d(2, 3, stride=2)
        return [*found, layer(torch.ones(1, 2, 3), output_size=[8]).shape, layer.state_dict()]

    same(run)


def test_complex_gradients(same):
    def facts(torch):
        x = ((torch.arange(8.0).reshape(1, 2, 4) - 3) * (1 + 2j)).requires_grad_()
        w = ((torch.arange(12.0).reshape(2, 2, 3) - 5) * (2 - 1j)).requires_grad_()
        y = torch.nn.functional.conv_transpose1d(x, w, stride=2, padding=1)
        (y * y.conj()).real.sum().backward()
        return y.detach(), x.grad, w.grad

    same(facts, rtol=1e-5)


@pytest.mark.parametrize("stride", [1, 2])
def test_output_padding_may_reach_beyond_the_last_stamp(same, stride):
    def facts(torch):
        x = torch.arange(1.0, 7).reshape(1, 1, 2, 3).requires_grad_()
        w = torch.ones(1, 1, 2, 2, requires_grad=True)
        options = {"stride": stride, "dilation": 3, "output_padding": (2, 1)}
        y = torch.nn.functional.conv_transpose2d(x, w, **options)
        (y * torch.arange(float(y.numel())).reshape(y.shape)).sum().backward()
        return y, x.grad, w.grad

    same(facts)
