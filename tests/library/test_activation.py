"""Activations: PyTorch's values, slopes, nodes and errors, also at corners and in place."""

import contextlib
import copy
import importlib
import math
import pickle
import warnings

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers
from tests.oracle import TORCH_INSTALLED, raised

# name in nn.functional -> arguments after the input
PLAIN = {
    "leaky_relu": [(), (0.2,), (-0.5,)],
    "elu": [(), (0.5,), (-0.5,)],
    "selu": [()],
    "celu": [(), (0.5,), (-2.0,)],
    "gelu": [()],
    "silu": [()],
    "mish": [()],
    "softplus": [(), (2.0,), (0.5, 3.0)],
    "softsign": [()],
    "logsigmoid": [()],
    "hardtanh": [(), (-2.0, 0.5)],
    "relu6": [()],
    "hardsigmoid": [()],
    "hardswish": [()],
    "rrelu": [(), (0.2, 0.6)],
    "threshold": [(0.5, 20.0), (-1.0, -3.0)],
    "tanhshrink": [()],
    "hardshrink": [(), (1.5,)],
    "softshrink": [(), (1.5,)],
}
CASES = [(name, args) for name, several in PLAIN.items() for args in several]
IN_PLACE = ["leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "relu6",
            "hardsigmoid", "hardswish", "rrelu", "threshold"]  # fmt: skip
CORNERS = np.array(
    [-math.inf, -200, -6, -3, -1, -0.5, 0, 0.5, 1, 3, 6, 25, 200, math.inf, math.nan], "float32"
)


def call(name, args, **options):
    return lambda torch, x: getattr(torch.nn.functional, name)(x, *args, **options)


@contextlib.contextmanager
def without_onednn():
    """Let PyTorch compute by its own kernels, where it is installed.

    oneDNN's gelu of infinity is nan on processors with AVX-512 and infinity on others; PyTorch's
    own kernels, which every dtype but float32 has anyway, say infinity everywhere.
    """
    if not TORCH_INSTALLED:
        yield
        return
    onednn = importlib.import_module("torch").backends.mkldnn
    with warnings.catch_warnings(action="ignore"), onednn.flags(enabled=False):
        yield


def named(case):
    return str(case) if isinstance(case, str) else " ".join(map(str, case)) or "default"


@pytest.mark.parametrize(("name", "args"), CASES, ids=named)
def test_values_and_slopes(same, name, args):
    keys = ["no dims", "float32", "turned", "empty", "three dims"]
    same(lambda torch: [graded(torch, call(name, args), ARRAYS[key]) for key in keys])


@pytest.mark.parametrize(("name", "args"), CASES, ids=named)
def test_corners(same, name, args):
    with without_onednn():
        same(lambda torch: graded(torch, call(name, args), CORNERS))


@pytest.mark.parametrize(("name", "args"), CASES, ids=named)
def test_half(same, name, args):
    same(lambda torch: graded(torch, call(name, args), ARRAYS["float16"]), rtol=4e-3, atol=2e-3)


@pytest.mark.parametrize("name", PLAIN)
def test_second_derivative(same, name):
    if name == "hardsigmoid":
        return  # PyTorch has none

    def check(torch):
        x = torch.tensor([-40.0, -3.5, -2.0, -1.0, -0.3, 0.0, 0.3, 1.0, 2.0, 3.5, 40.0])
        x = x.double().requires_grad_()
        y = call(name, PLAIN[name][0])(torch, x)
        (slope,) = torch.autograd.grad(y, x, torch.linspace(1, 2, 11).double(), create_graph=True)
        return (
            torch.autograd.grad(slope, x, torch.linspace(2, -1, 11).double())
            if slope.requires_grad
            else None
        )

    same(check)


@pytest.mark.parametrize(("name", "args"), CASES, ids=named)
def test_derivatives_are_the_slopes(name, args):
    gradients_are_slopes(eduflow, call(name, args), numbers(2, 3) * 2)


@pytest.mark.parametrize("name", PLAIN)
def test_other_dtypes(same, name):
    def check(torch):
        inputs = [torch.tensor([-2, 0, 1]), torch.tensor([True, False]), torch.tensor([1j, 2.0])]
        inputs += [torch.tensor([0, 9], dtype=torch.uint8), [1.0], 1.0]
        return [value_or_error(lambda x=x: call(name, PLAIN[name][0])(torch, x)) for x in inputs]

    def value_or_error(function):
        found = []
        return raised(lambda: found.append(function())) or found[0]

    if name in ("softsign", "tanhshrink"):  # made of other operations, whose errors they give
        return
    same(check)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(same, name):
    args = PLAIN[name][0]

    def check(torch):
        x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0, 7.0])
        result = call(name, args, inplace=True)(torch, x)
        leaf = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0, 7.0], requires_grad=True)
        y = leaf * 1
        z = call(name, args, inplace=True)(torch, y)
        nodes = [z.grad_fn.name(), z.grad_fn.next_functions[0][0].name()]
        z.backward(torch.linspace(1, 2, 6))
        view = torch.ones(2, 3) * -1
        call(name, args, inplace=True)(torch, view[0])
        return {
            "result": x,
            "same object": [result is x, z is y],
            "version": [x._version, y._version, view._version],
            "nodes": nodes,
            "grad": leaf.grad,
            "view": view,
            "leaf": raised(lambda: call(name, args, inplace=True)(torch, leaf)),
            "no tensor": raised(lambda: call(name, args, inplace=True)(torch, [1.0])),
        }

    same(check)


def test_in_place_functions(same):
    def check(torch):
        f = torch.nn.functional
        rows = [torch.tensor([-2.0, -0.5, 0.5]) for _ in range(13)]
        f.leaky_relu_(rows[0])
        f.leaky_relu_(rows[1], 0.5)
        f.elu_(rows[2], alpha=2.0)
        f.selu_(rows[3])
        f.celu_(rows[4], 2.0)
        f.hardtanh_(rows[5], -0.7, 0.2)
        f.rrelu_(rows[6], 0.1, 0.3)
        f.threshold_(rows[7], 0.1, 7.0)
        torch.selu_(rows[8])
        torch.celu_(rows[9])
        torch.rrelu_(rows[10])
        torch.threshold_(rows[11], 0.1, 7.0)
        torch.rrelu_(rows[12], 0.1, 0.3, True)
        return rows

    same(check)


def test_in_place_needs_a_positive_slope(same):
    def check(torch):
        f, y = torch.nn.functional, torch.tensor([-1.0, 2.0], requires_grad=True)
        calls = [
            lambda: f.leaky_relu(y * 1, -0.5, inplace=True),
            lambda: f.elu(y * 1, -0.5, inplace=True),
            lambda: f.celu(y * 1, -0.5, inplace=True),
            lambda: f.rrelu(y * 1, -0.5, -0.2, inplace=True),
        ]
        return [raised(lambda c=c: c().sum().backward()) for c in calls]

    same(check)


def test_the_version_check_knows_what_was_saved(same):
    def check(torch):
        f, found = torch.nn.functional, {}
        for name in ("leaky_relu", "elu", "silu", "hardtanh"):
            x = torch.tensor([-1.0, 2.0], requires_grad=True) * 1
            y = getattr(f, name)(x)
            y.add_(1)  # does no harm: the input was saved
            y.sum().backward()
            z = getattr(f, name)(torch.tensor([-1.0, 2.0], requires_grad=True) * 1, inplace=True)
            z.add_(1)
            found[name] = raised(lambda z=z: z.sum().backward())
        return found

    same(check)


def test_gelu_with_tanh(same):
    def check(torch):
        gelu = torch.nn.functional.gelu
        tanh = [
            graded(torch, lambda torch, x: gelu(x, approximate="tanh"), a)
            for a in (CORNERS[1:-2], ARRAYS["no dims"])
        ]
        return [*tanh, raised(lambda: gelu(torch.ones(2), approximate="sinh"))]

    same(check)
    gradients_are_slopes(
        eduflow, lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"), numbers(2, 3)
    )


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_glu(same, dim):
    def function(torch, x):
        return torch.nn.functional.glu(x, dim)

    same(lambda torch: graded(torch, function, numbers(4, 6)))
    gradients_are_slopes(eduflow, function, numbers(2, 4))


def test_glu_of_odd_sizes(same):
    def check(torch):
        glu = torch.nn.functional.glu
        calls = [
            lambda: glu(torch.tensor(1.0)),
            lambda: glu(torch.ones(3)),
            lambda: glu(torch.ones(3, 4), 0),
            lambda: glu(torch.ones(3, 4), 5),
            lambda: glu(torch.ones(2, dtype=torch.int64)),
        ]
        return [raised(call) for call in calls]

    same(check)


PRELU_SHAPES = [
    ((3,), (1,)),
    ((2, 3), (3,)),
    ((2, 3, 2), (3,)),
    ((2, 3), (1,)),
    ((), (1,)),
    ((2, 3), ()),
    ((0, 3), (3,)),
]


@pytest.mark.parametrize("shapes", PRELU_SHAPES)
def test_prelu(same, shapes):
    arrays = [numbers(*shape) for shape in shapes]

    def function(torch, x, weight):
        return torch.nn.functional.prelu(x, weight)

    same(lambda torch: graded(torch, function, *arrays))
    if arrays[0].size:
        gradients_are_slopes(eduflow, function, *arrays)


def test_prelu_refuses(same):
    def check(torch):
        def refusal(x, weight):
            return raised(lambda: torch.prelu(x, weight))

        x = torch.ones(2, 3)
        return [
            refusal(x, torch.ones(2)),
            refusal(torch.tensor(-1.0), torch.ones(2)),
            refusal(torch.ones(3), torch.ones(3)),
            refusal(x, torch.ones(3, 1)),
            refusal(x, torch.ones(1, dtype=torch.float64)),
            refusal(torch.tensor([1, 2]), torch.ones(1)),
        ]

    same(check)


def test_rrelu_draws_like_pytorch(same):
    def check(torch):
        x = torch.linspace(-3, 3, 30).reshape(5, 6)
        double = x.double().requires_grad_()
        y = torch.nn.functional.rrelu(double, 0.1, 0.9, training=True)
        y.backward(torch.linspace(1, 2, 30).reshape(5, 6).double())
        z = torch.rrelu(x.clone(), training=True)
        w = torch.nn.functional.rrelu(x.clone(), training=True, inplace=True)
        return [y, double.grad, z, w, torch.rand(1), y.grad_fn.name()]

    same(check)
    same(
        lambda torch: [
            raised(lambda: torch.rrelu(torch.ones(2), 1.0, 0.5)),
            raised(lambda: torch.rrelu(torch.tensor([1]), training=True)),
        ]
    )


def test_softshrink_refuses(same):
    def check(torch):
        f = torch.nn.functional.softshrink
        return [
            raised(lambda d=d: f(torch.ones(2, dtype=d), -1.0))
            for d in (torch.float32, torch.float64)
        ]

    same(check)


def test_limits(same):
    same(
        lambda torch: [
            raised(lambda: torch.nn.functional.hardtanh(torch.ones(2), 1.0, -1.0)),
            raised(lambda: torch.nn.functional.hardtanh_(torch.ones(2), 1.0, -1.0)),
            raised(lambda: torch.celu(torch.ones(2), 0.0)),
            raised(lambda: torch.celu_(torch.ones(2), 0.0)),
            torch.nn.functional.hardtanh(torch.tensor([-2, 0, 3]), -0.5, 1.5),
        ]
    )


def test_names_of_torch(same):
    def check(torch):
        x = torch.tensor([-2.0, -0.3, 0.4, 2.0])
        return [
            torch.selu(x),
            torch.celu(x, 0.5),
            torch.celu(x, alpha=0.5),
            torch.rrelu(x),
            torch.prelu(x, torch.tensor([0.3])),
            x.prelu(torch.tensor([0.3])),
            torch.threshold(x, 0, -9),
            torch.hardshrink(x, lambd=0.35),
            x.hardshrink(0.35),
            raised(lambda: torch.selu([1.0])),
        ]

    same(check)


def test_soft_functions_stay_finite():
    x = eduflow.tensor([-1e4, 1e4], dtype=eduflow.float64, requires_grad=True)
    for name in ("gelu", "silu", "mish", "softplus", "logsigmoid", "elu", "selu", "celu"):
        y = getattr(eduflow.nn.functional, name)(x)
        (slope,) = eduflow.autograd.grad(y.sum(), x, create_graph=True)
        (bend,) = eduflow.autograd.grad(slope.sum(), x)
        assert np.isfinite(y.detach().numpy()).all(), name
        assert np.isfinite(slope.detach().numpy()).all(), name
        assert np.isfinite(bend.numpy()).all(), name


def test_float32_stays_float32():
    for name, several in PLAIN.items():
        x = eduflow.tensor([-0.3, 0.6], requires_grad=True)
        getattr(eduflow.nn.functional, name)(x, *several[0]).backward(eduflow.tensor([1.0, 2.0]))
        assert x.grad.dtype is eduflow.float32, name


# Modules: how they are made, how often, and with which input.
MODULES = {
    "SELU": [(), (True,)],
    "SiLU": [(), (True,)],
    "Mish": [(), (True,)],
    "Hardsigmoid": [(), (True,)],
    "Hardswish": [(), (True,)],
    "Hardtanh": [(), (-2, 0.5, True)],
    "ReLU6": [(), (True,)],
    "LeakyReLU": [(), (0.2, True)],
    "RReLU": [(), (0.1, 0.6, True)],
    "ELU": [(), (0.5, True)],
    "CELU": [(), (0.5, True)],
    "Threshold": [(0.1, 20), (0.1, 20, True)],
    "PReLU": [(), (4, 0.1)],
    "GELU": [(), ("tanh",)],
    "Softplus": [(), (2, 3)],
    "Hardshrink": [(), (0.3,)],
    "Softshrink": [(), (0.3,)],
    "LogSigmoid": [()],
    "Softsign": [()],
    "Tanhshrink": [()],
    "GLU": [(), (0,)],
    "Softmin": [(1,), (0,)],
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(same, name):
    def check(torch):
        found = []
        for args in MODULES[name]:
            module, x = getattr(torch.nn, name)(*args), torch.linspace(-3, 3, 24).reshape(6, 4)
            found += [repr(module), module(x.clone()), module.eval()(x), list(module.state_dict())]
        return found

    same(check)


def test_softmax2d(same):
    def check(torch):
        module = torch.nn.Softmax2d()
        images = torch.linspace(-1, 1, 24).reshape(2, 3, 2, 2)
        errors = [raised(lambda s=s: module(torch.ones(s))) for s in ((2, 2), (1, 1, 1, 1, 1))]
        return [repr(module), module(images), module(images[0]), errors]

    same(check)


def test_modules_refuse(same):
    def check(torch):
        nn = torch.nn
        calls = [
            lambda: nn.Hardtanh(3, 1),
            lambda: repr(nn.Hardtanh(min_value=-3, max_value=4)),
            lambda: nn.SiLU(inplace=True)(torch.ones(2, requires_grad=True)),
            lambda: nn.Softsign(3),
            lambda: nn.GELU("sinh")(torch.ones(2)),
            lambda: str(nn.PReLU(dtype=torch.float64).weight),
        ]
        return [raised(call) or call() for call in calls]

    same(check)


def test_modules_survive_a_pickle():

    x = eduflow.linspace(-3, 3, 24).reshape(6, 4)
    for name, several in MODULES.items():
        for args in several:
            module = getattr(eduflow.nn, name)(*args).eval()
            for twin in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module)):
                assert repr(twin) == repr(module)
                assert twin(x.clone()).tolist() == module(x.clone()).tolist()
