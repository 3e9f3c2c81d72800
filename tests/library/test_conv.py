"""Convolution: results, gradients, errors and modules, compared with PyTorch."""

import random

import numpy as np
import pytest

import eduflow
from eduflow._kernels import conv as convolving
from tests.convolutions.cases import function, inputs, random_case, run
from tests.oracle import raised

CASES = [random_case(random.Random(seed), ("conv",)) for seed in range(60)]


def tensors(torch, *shapes, start=0):
    """Small leaves with numbers that are easy to read, in each of the shapes."""
    leaves = []
    for i, shape in enumerate(shapes):
        count = int(np.prod(shape))
        values = (torch.arange(start, start + count) * (7 + i) % 11 - 5) / 4
        leaves.append(values.reshape(shape).requires_grad_())
    return leaves


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_random_convolutions(same, start):
    def facts(torch):
        found = []
        for case in CASES[start : start + 20]:
            arrays = run(torch, case)
            found.append([[list(a.shape), float(a.sum()), float(abs(a).max())] for a in arrays])
        return found

    same(facts, rtol=1e-9, atol=1e-9)


def test_every_number_of_some_convolutions(same):
    def facts(torch):
        F = torch.nn.functional
        x, w, b = tensors(torch, (2, 4, 5, 6), (6, 2, 3, 2), (6,))
        y = F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2)
        above = torch.arange(float(y.numel())).reshape(y.shape) / 9
        y.backward(above)
        return y, y.grad_fn.name(), x.grad, w.grad, b.grad

    same(facts, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("block", "crowd", "gain"), [(1, 99, 0.1), (40, 2, 0.1), (200, 2, 9), (10**6, 1, 1.5)]
)
def test_however_the_windows_are_visited_the_numbers_are_the_same(monkeypatch, block, crowd, gain):
    cases = [case for case in CASES if case.batch > 1][:15]
    usual = [run(eduflow, case) for case in cases]
    for name, value in (("_BLOCK", block), ("_CROWD", crowd), ("_GAIN", gain)):
        monkeypatch.setattr(convolving, name, value)
    for case, expected in zip(cases, usual, strict=True):
        for a, b in zip(expected, run(eduflow, case), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-12, err_msg=case.call())


def test_second_derivatives():
    small = [case for case in CASES if np.prod(case.size) * np.prod(case.kernel) < 30][:12]
    assert len(small) > 5
    for case in small:
        leaves = inputs(eduflow, case, "float64")
        assert eduflow.autograd.gradgradcheck(function(eduflow, case), leaves), case.call()


def test_second_derivatives_are_right(same):
    def facts(torch):
        x, w = tensors(torch, (1, 2, 4, 4), (2, 2, 3, 3))
        y = torch.nn.functional.conv2d(x, w, padding=1).tanh().sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        (g * g).sum().backward()
        return x.grad, w.grad

    same(facts, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int64", "uint8", "complex64"])
def test_dtypes(same, kind):
    def facts(torch):
        dtype = getattr(torch, kind)
        x = (torch.arange(32).reshape(1, 2, 4, 4) % 5).to(dtype)
        w = (torch.arange(36).reshape(2, 2, 3, 3) % 3).to(dtype)
        return torch.nn.functional.conv2d(x, w, padding=1)

    same(facts, rtol=1e-3)


def test_complex_gradients(same):
    def facts(torch):
        x, w = [
            (t * (1 + 2j)).detach().requires_grad_()
            for t in tensors(torch, (1, 2, 3, 3), (2, 2, 2, 2))
        ]
        y = torch.nn.functional.conv2d(x, w * 1j)
        (y * y.conj()).real.sum().backward()
        return y.detach(), x.grad, w.grad

    same(facts, rtol=1e-4, atol=1e-4)


def test_unbatched_and_empty(same):
    def facts(torch):
        F, (x, w) = torch.nn.functional, tensors(torch, (2, 5), (3, 2, 3))
        one = F.conv1d(x, w)
        empty = F.conv1d(x[None][:0], w)
        return one, type(one.grad_fn).__name__, empty.shape, F.conv1d(x, w, padding="same").shape

    same(facts)


def test_an_expanded_gradient_and_other_memory_orders(same):
    def facts(torch):
        F, (x, w) = torch.nn.functional, tensors(torch, (2, 5, 6, 3), (4, 3, 3, 2))
        F.conv2d(x.permute(0, 3, 1, 2), w).sum().backward()
        return x.grad, w.grad

    same(facts, rtol=1e-4)


ERRORS = {
    "dims": lambda F, x, w: F.conv2d(x[0, 0], w),
    "channels": lambda F, x, w: F.conv2d(x[:, :3], w),
    "unbatched channels": lambda F, x, w: F.conv2d(x[0, :3], w),
    "groups": lambda F, x, w: F.conv2d(x, w, groups=3),
    "groups of outputs": lambda F, x, w: F.conv2d(x, w[:5, :2], groups=2),
    "too few outputs": lambda F, x, w: F.conv2d(x, w[:2, :1], groups=4),
    "no groups": lambda F, x, w: F.conv2d(x, w, groups=0),
    "large kernel": lambda F, x, w: F.conv2d(x[:, :, :2], w),
    "dilated kernel": lambda F, x, w: F.conv2d(x, w, dilation=4),
    "bias": lambda F, x, w: F.conv2d(x, w, w[:5, 0, 0, 0]),
    "bias dtype": lambda F, x, w: F.conv2d(x, w, w[:, 0, 0, 0].double()),
    "input dtype": lambda F, x, w: F.conv2d(x.double(), w),
    "weight dtype": lambda F, x, w: F.conv2d(x, w.double()),
    "bool": lambda F, x, w: F.conv2d(x.bool(), w.bool()),
    "stride": lambda F, x, w: F.conv2d(x, w, stride=0),
    "padding": lambda F, x, w: F.conv2d(x, w, padding=-1),
    "dilation": lambda F, x, w: F.conv2d(x, w, dilation=0),
    "strides": lambda F, x, w: F.conv2d(x, w, stride=(1, 2, 3)),
    "weight dims": lambda F, x, w: F.conv2d(x, w[:, :, 0]),
    "weight of a matrix": lambda F, x, w: F.conv2d(x, w[:, :, 0, 0]),
    "more dims": lambda F, x, w: F.conv1d(x[0], w),
    "same": lambda F, x, w: F.conv2d(x, w, padding="same", stride=2),
    "word": lambda F, x, w: F.conv2d(x, w, padding="full"),
    "float stride": lambda F, x, w: F.conv2d(x, w, stride=1.5),
    "bool stride": lambda F, x, w: F.conv2d(x, w, stride=True),
    "no weight": lambda F, x, w: F.conv2d(x, None),
    "array": lambda F, x, w: F.conv2d(x.detach().numpy(), w),
    "no outputs": lambda F, x, w: F.conv2d(x, w[:0]),
    "no pixels": lambda F, x, w: F.conv2d(x[:, :, :0], w, padding=2),
    "word in a list": lambda F, x, w: F.conv2d(x, w, stride=(1, "2")),
    "list of a word": lambda F, x, w: F.conv2d(x, w, stride=("1", 2)),
    "no groups, no kernel": lambda F, x, w: F.conv2d(x, w[:, :, 0, 0], groups=0),
    "no groups, no word": lambda F, x, w: F.conv2d(x, w, padding="full", groups=0),
    "three strides, same": lambda F, x, w: F.conv2d(x, w, padding="same", stride=(1, 1, 1)),
    "three dilations, same": lambda F, x, w: F.conv2d(x, w, padding="same", dilation=(1, 1, 1)),
    "no stride, same": lambda F, x, w: F.conv2d(x, w, padding="same", stride=0),
    "dilation of one image": lambda F, x, w: F.conv2d(x[:1], w, dilation=(1, 0)),
    "negative dilation": lambda F, x, w: F.conv2d(x, w, dilation=-1),
    "no kernel": lambda F, x, w: F.conv2d(x[:1], w[:, :, :0]),
    "no kernel, dilated": lambda F, x, w: F.conv2d(x[:1], w[:, :, :0], dilation=2),
    "no kernel in 1d": lambda F, x, w: F.conv1d(x[:1, :, 0], w[:, :, 0, :0]),
    "no kernel in 3d": lambda F, x, w: F.conv3d(x[:1, ..., None], w[..., :0, None]),
    "bias before kernel": lambda F, x, w: F.conv2d(x, w[:, :, :0], w[:5, 0, 0, 0]),
    "empty, too large": lambda F, x, w: F.conv2d(x[:0], w, dilation=4),
}


def test_errors(same):
    def facts(torch):
        x, w = tensors(torch, (2, 4, 8, 8), (6, 4, 3, 3))
        found = {
            name: raised(lambda c=c: c(torch.nn.functional, x, w)) for name, c in ERRORS.items()
        }
        for error in found.values():  # PyTorch ends some lines with a space
            error["text"] = [line.strip() for line in error["text"].split("\n")]
        return found

    same(facts)


def test_changing_what_was_saved_is_noticed(same):
    def facts(torch):
        x, w = tensors(torch, (1, 1, 4, 4), (1, 1, 2, 2))
        y = torch.nn.functional.conv2d(x, w)
        with torch.no_grad():
            w.mul_(2)
        return raised(lambda: y.sum().backward())["raised"]

    same(facts)


MODULES = {
    "plain": lambda nn: nn.Conv2d(3, 6, 5),
    "all": lambda nn: nn.Conv2d(4, 6, (3, 2), 2, 1, (2, 1), 2, False, "reflect"),
    "same": lambda nn: nn.Conv1d(3, 6, 4, padding="same"),
    "circular": lambda nn: nn.Conv2d(2, 2, (2, 3), padding="same", padding_mode="circular"),
    "volume": lambda nn: nn.Conv3d(2, 3, 2, padding=(0, 1, 2)),
    "double": lambda nn: nn.Conv1d(2, 4, 3, padding=1, padding_mode="replicate").double(),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_print_begin_and_compute_alike(same, name):
    def facts(torch):
        module = MODULES[name](torch.nn)
        dims = len(module.kernel_size)
        x = torch.arange(2.0 * module.in_channels * 6**dims).sin().to(module.weight.dtype)
        y = module(x.reshape(2, module.in_channels, *[6] * dims))
        weight = module.weight.detach()
        return [
            repr(module), list(module.state_dict()), weight.flatten()[:10], module.padding,
            module._reversed_padding_repeated_twice, list(y.shape), y.sum().item(), y.std().item(),
        ]  # fmt: skip

    same(facts, rtol=1e-4, atol=1e-4)


def test_module_errors(same):
    def facts(torch):
        nn = torch.nn
        calls = [
            lambda: nn.Conv2d(3, 6, 5, groups=2),
            lambda: nn.Conv2d(4, 5, 5, groups=2),
            lambda: nn.Conv2d(4, 6, 5, groups=0),
            lambda: nn.Conv2d(4, 6, 5, padding="same", stride=2),
            lambda: nn.Conv2d(4, 6, 3)(torch.ones(1, 3, 8, 8)),
            lambda: nn.Conv2d(4, 6, 3, padding=5, padding_mode="reflect")(torch.ones(1, 4, 4, 4)),
        ]
        return [raised(call) for call in calls]

    same(facts)


def test_padding_mode_error_names_the_modes():
    with pytest.raises(
        ValueError, match=r"padding_mode must be one of .* got padding_mode='mirror'"
    ):
        eduflow.nn.Conv2d(1, 1, 3, padding_mode="mirror")


def test_names_at_the_top():
    assert eduflow.conv2d is eduflow.nn.functional.conv2d


def test_lazy_modules(same):
    def run(torch):
        nn, found = torch.nn, []
        for name, shape in [
            ("LazyConv1d", (1, 2, 3)),
            ("LazyConv2d", (2, 3, 3)),
            ("LazyConv3d", (1, 4, 2, 2, 2)),
        ]:
            layer = getattr(nn, name)(2, 2, padding=1, groups=2)
            found.append([repr(layer), raised(lambda m=layer: m(torch.ones(3)))])
            found.append([layer(torch.ones(*shape)), repr(layer), type(layer).__name__])
        layer = nn.LazyConv2d(4, 3, 2, 1, 1, 2, bias=False)
        found.append([raised(lambda: layer(torch.ones(1, 3, 4, 4))), repr(layer)])
        layer = nn.LazyConv1d(2, 3, padding="same", padding_mode="circular")
        return [*found, layer(torch.ones(1, 2, 5)), layer.state_dict()]

    same(run)
