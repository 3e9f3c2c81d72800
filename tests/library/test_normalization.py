"""Normalisation: batch, layer, group, instance, RMS and local response norm."""

import itertools

import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers
from tests.oracle import raised

SHAPES = [(4, 3), (3, 2, 3), (2, 2, 2, 2), (2, 2, 1, 2, 2), (2, 2, 17)]


def parameters(channels):
    """A weight and a bias."""
    return numbers(channels, seed=1), numbers(channels, seed=2)


def with_running(torch, shape, training, dtype, weight, bias, **options):
    """Batch norm with running statistics, which are returned after it."""
    channels, results = shape[1], []
    mean, var = [torch.from_numpy(v) for v in (numbers(channels, seed=3), numbers(channels) ** 2)]
    mean, var = mean.to(getattr(torch, dtype)), var.to(getattr(torch, dtype))

    def call(torch, x, *pair):
        pair = pair if len(pair) == 2 else (pair if weight else (None, *pair))
        return torch.nn.functional.batch_norm(x, mean, var, *pair, training=training, **options)

    given = [p for p, wanted in zip(parameters(channels), (weight, bias)) if wanted]
    x = numbers(*shape) * 3 + 2
    results.append(graded(torch, call, *[a.astype(dtype) for a in (x, *given)]))
    return results, mean, var, mean._version


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(same, shape, training):
    for weight, bias in itertools.product((True, False), repeat=2):
        same(
            lambda torch, w=weight, b=bias: with_running(torch, shape, training, "float64", w, b),
            rtol=1e-9,
            atol=1e-10,
        )
    same(lambda torch: with_running(torch, shape, training, "float32", True, True), atol=1e-5)
    options = {"eps": 0.1, "momentum": 0.5}
    same(lambda torch: with_running(torch, shape, training, "float64", True, True, **options))


def test_batch_norm_without_running_statistics(same):
    x = numbers(3, 2, 4)
    same(
        lambda torch: graded(
            torch, lambda t, x: t.nn.functional.batch_norm(x, None, None, training=True), x
        )
    )


def test_batch_norm_far_from_zero(same):
    x = (numbers(16, 2, 8, 8) + 1000).astype("float32")

    def check(torch):
        y = torch.nn.functional.batch_norm(torch.from_numpy(x), None, None, training=True)
        return y.mean((0, 2, 3)), y.var((0, 2, 3)), y[0]

    same(check, atol=2e-4)


def test_batch_norm_in_float16(same):
    def check(torch):
        x = torch.from_numpy(numbers(4, 3, dtype="float16"))
        return torch.nn.functional.batch_norm(x, torch.zeros(3), torch.ones(3), training=True)

    same(check, rtol=2e-3, atol=2e-3)


def test_wrong_batch_norm(same):
    def check(torch):
        norm, mean, var = torch.nn.functional.batch_norm, torch.zeros(3), torch.ones(3)
        x = torch.zeros(2, 3)
        grad = torch.zeros(3, requires_grad=True)
        return [
            raised(lambda: norm(x, None, None)),
            raised(lambda: norm(x, mean, None)),
            raised(lambda: norm(x, mean, None, training=True)),
            raised(lambda: norm(x, None, var, training=True)),
            raised(lambda: norm(torch.zeros(2, 4), mean, var)),
            raised(lambda: norm(x, mean, torch.ones(4))),
            raised(lambda: norm(x, mean, var, torch.ones(4))),
            raised(lambda: norm(x, mean, var, None, torch.ones(4))),
            raised(lambda: norm(x[0], mean, var)),
            raised(lambda: norm(x[:1], mean, var, training=True)),
            raised(lambda: norm(torch.zeros(1, 3, 1, 1), mean, var, training=True)),
            raised(lambda: norm(x.long(), mean, var)),
            raised(lambda: norm(x.double(), mean, var)),
            raised(lambda: norm(x, grad, var)),
            raised(lambda: norm(x, mean, var, training=True, eps=0)),
            raised(lambda: norm(x, mean, var, training=True, momentum=None)),
            raised(lambda: norm([1.0], mean, var)),
            norm(torch.zeros(0, 3), mean, var),
        ]

    same(check)


def test_changed_inputs_are_found_out(same):
    def check(torch, changed):
        x, w = [torch.from_numpy(a).requires_grad_() for a in (numbers(4, 3), numbers(3))]
        tensors = {"x": x * 1, "w": w * 1, "b": torch.zeros(3).double() * w}
        tensors["mean"] = torch.zeros(3).double()
        y = torch.nn.functional.batch_norm(
            tensors["x"],
            tensors["mean"],
            torch.ones(3).double(),
            tensors["w"],
            tensors["b"],
            training=True,
        )
        tensors[changed].detach().add_(1)
        return raised(lambda: y.sum().backward())

    for changed in ("x", "w", "b", "mean"):
        same(lambda torch, c=changed: check(torch, c))


def layer(torch, x, *pair, dims=1):
    """Layer norm over the last dims."""
    return torch.nn.functional.layer_norm(x, x.shape[-dims:], *pair)


def group(torch, x, *pair, groups=2):
    """Group norm."""
    return torch.nn.functional.group_norm(x, groups, *pair)


@pytest.mark.parametrize("shape", [(3, 4), (2, 4, 3), (2, 6, 2, 3)], ids=str)
def test_layer_and_group_norm(same, shape):
    x = numbers(*shape) + 2
    pairs = [(), parameters(shape[-1])[:1], parameters(shape[-1])]
    same(lambda torch: [graded(torch, layer, x, *pair) for pair in pairs], rtol=1e-8)
    last = [numbers(*shape[-2:], seed=s) for s in (1, 2)]
    same(lambda torch: graded(torch, lambda t, *a: layer(t, *a, dims=2), x, *last), rtol=1e-8)
    pairs = [(), parameters(shape[1])[:1], parameters(shape[1])]
    same(lambda torch: [graded(torch, group, x, *pair) for pair in pairs], rtol=1e-8)
    same(lambda torch: graded(torch, group, x.astype("float32")), atol=1e-5)
    same(lambda torch: graded(torch, layer, x.astype("float16")), rtol=5e-3, atol=5e-3)


def test_wrong_layer_norm(same):
    def check(torch):
        norm, x, ones = torch.nn.functional.layer_norm, torch.zeros(2, 3), torch.ones
        return [
            raised(lambda: norm(x, (4,))),
            raised(lambda: norm(x, (2, 2, 3))),
            raised(lambda: norm(x, (3,), ones(4))),
            raised(lambda: norm(x, (3,), None, ones(1))),
            raised(lambda: norm(x, ())),
            raised(lambda: norm(x, 3)),
            raised(lambda: norm(x.long(), (3,))),
            raised(lambda: norm(x.double(), (3,), ones(3))),
            norm(torch.zeros(0, 3), (3,)),
            norm(torch.zeros(3, 0), (0,)),
        ]

    same(check)


def test_wrong_group_norm(same):
    def check(torch):
        norm, x, ones = torch.nn.functional.group_norm, torch.zeros(2, 4, 3), torch.ones
        return [
            raised(lambda: norm(x, 3)),
            raised(lambda: norm(x[0, :, 0], 2)),
            raised(lambda: norm(x, 2, ones(3))),
            raised(lambda: norm(x, 2, None, ones(3))),
            raised(lambda: norm(x[:1, :, 0], 4)),
            raised(lambda: norm(x, 0)),
            raised(lambda: norm(x.long(), 2)),
            norm(torch.zeros(0, 4, 2), 2),
        ]

    same(check)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 2, 3, 3), (1, 2, 2, 2, 2)], ids=str)
def test_instance_norm(same, shape):
    x, (weight, bias) = numbers(*shape), parameters(shape[1])

    def norm(torch, x, *pair, training=True, running=False):
        mean, var = torch.zeros(shape[1]).double(), torch.ones(shape[1]).double() * 2
        given = (mean, var) if running else (None, None)
        function = torch.nn.functional.instance_norm
        out = function(x, *given, *pair, use_input_stats=training)
        return (out, mean, var)

    same(lambda torch: graded(torch, norm, x))
    same(lambda torch: graded(torch, norm, x, weight, bias))
    for training in (True, False):
        same(
            lambda torch, training=training: graded(
                torch, lambda t, x: norm(t, x, training=training, running=True), x
            )
        )


def test_wrong_instance_norm(same):
    def check(torch):
        norm, x = torch.nn.functional.instance_norm, torch.zeros(2, 3, 4)
        return [
            raised(lambda: norm(x[:, :, :1])),
            raised(lambda: norm(x[:, :, 0])),
            raised(lambda: norm(x, use_input_stats=False)),
            raised(lambda: norm(x, weight=torch.ones(4))),
            raised(lambda: norm(x, torch.ones(4), torch.ones(4))),
            raised(lambda: norm(x.long())),
        ]

    same(check)


def test_rms_norm(same):
    x = numbers(2, 3, 4)

    def norm(torch, x, *weight, dims=1, eps=None):
        return torch.nn.functional.rms_norm(x, x.shape[-dims:], *weight, eps=eps)

    same(lambda torch: graded(torch, norm, x))
    same(lambda torch: graded(torch, norm, x, numbers(4)))
    same(lambda torch: graded(torch, lambda t, x: norm(t, x, dims=2, eps=0.1), x))
    same(lambda torch: graded(torch, norm, (x * 1e-4).astype("float32")))

    def refused(torch, shape, *weight):
        x = torch.ones(2, 3)
        return raised(lambda: torch.nn.functional.rms_norm(x, shape, *weight))

    same(lambda torch: [refused(torch, shape) for shape in ((4,), 3, ())])
    same(lambda torch: refused(torch, (3,), torch.ones(2)))
    same(lambda torch: raised(lambda: norm(torch, torch.ones(2).long())))


def test_local_response_norm(same):
    def norm(torch, x, size=2, alpha=0.5):
        return torch.nn.functional.local_response_norm(x, size, alpha, 0.6, 1.5)

    for shape in ((1, 4, 3), (2, 3, 2, 2), (1, 3, 2, 2, 2)):
        for size in (1, 2, 3, 5):
            same(
                lambda torch, shape=shape, size=size: graded(
                    torch, lambda t, x: norm(t, x, size), numbers(*shape)
                )
            )
    same(lambda torch: raised(lambda: norm(torch, torch.ones(2, 3))))
    same(lambda torch: norm(torch, torch.ones(0, 3, 4)))


def test_derivatives_are_the_slopes():
    f = eduflow.nn.functional
    pair, mean, var = parameters(2), eduflow.zeros(2).double(), eduflow.ones(2).double()
    x = numbers(3, 2, 2)
    for training in (True, False):
        gradients_are_slopes(
            eduflow,
            lambda t, x, w, b, training=training: f.batch_norm(
                x, mean * 1, var * 1, w, b, training
            ),
            x,
            *pair,
        )
    gradients_are_slopes(eduflow, layer, x, *pair)
    gradients_are_slopes(eduflow, lambda t, *a: group(t, *a, groups=1), x, *pair)
    gradients_are_slopes(eduflow, lambda t, x, w, b: f.instance_norm(x, None, None, w, b), x, *pair)
    gradients_are_slopes(eduflow, lambda t, x, w: f.rms_norm(x, (2,), w), x, pair[0])
    gradients_are_slopes(eduflow, lambda t, x: f.local_response_norm(x, 2, 0.5), x)


NORMS = {
    "BatchNorm1d": [((3,), (4, 3)), ((3,), (2, 3, 4)), ((3, 0.1, 0.3), (4, 3))],
    "BatchNorm2d": [((2,), (3, 2, 2, 2)), ((2, 1e-5, None), (3, 2, 2, 2))],
    "BatchNorm3d": [
        ((2, 1e-5, 0.1, False), (2, 2, 2, 2, 1)),
        ((2, 1, 1, True, False), (2, 2, 2, 1, 1)),
    ],
    "InstanceNorm1d": [((3,), (2, 3, 4)), ((3,), (3, 4))],
    "InstanceNorm2d": [((2, 1e-5, 0.1, True, True), (2, 2, 2, 3)), ((4,), (1, 2, 2, 3))],
    "InstanceNorm3d": [((2,), (2, 2, 2, 1)), ((2,), (1, 2, 2, 2, 1))],
    "LayerNorm": [
        ((4,), (2, 4)),
        (([2, 3],), (2, 2, 3)),
        ((4, 0.1, False), (2, 4)),
        ((4, 1, True, False), (2, 4)),
    ],
    "GroupNorm": [((2, 4), (2, 4, 3)), ((1, 2, 0.1, False), (2, 2))],
    "RMSNorm": [((4,), (2, 4)), (((2, 2), 0.1, False), (3, 2, 2))],
    "LocalResponseNorm": [((2,), (1, 3, 2)), ((3, 1.0, 0.5, 2.0), (1, 4, 2, 2))],
}


@pytest.mark.parametrize("name", NORMS)
def test_modules(same, name):
    def check(torch, arguments, shape):
        module = getattr(torch.nn, name)(*arguments)
        for i, parameter in enumerate(module.parameters()):
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(numbers(*parameter.shape, seed=i)))
        found = []
        for mode in (True, True, False):
            module.train(mode)
            x = numbers(*shape, dtype="float32", seed=len(found))
            found.append(graded(torch, lambda t, x: module(x), x))
            found.append([p.grad for p in module.parameters()])
        return repr(module), found, dict(module.state_dict()), module.state_dict()._metadata

    for arguments, shape in NORMS[name]:
        same(lambda torch, a=arguments, s=shape: check(torch, a, s), rtol=1e-4, atol=1e-5)


def test_options_by_keyword(same):
    def check(torch):
        nn = torch.nn
        modules = [
            nn.BatchNorm1d(2, bias=False),
            nn.BatchNorm2d(2, dtype=torch.float64),
            nn.GroupNorm(2, 4, bias=False),
            nn.InstanceNorm1d(3, affine=True, bias=False),
            nn.LayerNorm(2, bias=False),
        ]
        return [(repr(module), dict(module.state_dict())) for module in modules]

    same(check)


def test_wrong_modules(same):
    def check(torch):
        nn, x = torch.nn, torch.zeros
        return [
            raised(lambda: nn.BatchNorm1d(3)(x(2, 3, 2, 2))),
            raised(lambda: nn.BatchNorm2d(3)(x(3, 2, 2))),
            raised(lambda: nn.BatchNorm2d(3)(x(2, 4, 2, 2))),
            raised(lambda: nn.BatchNorm3d(3)(x(2, 3, 2, 2))),
            raised(lambda: nn.BatchNorm1d(3)(x(1, 3))),
            raised(lambda: nn.InstanceNorm2d(3)(x(2, 3))),
            raised(lambda: nn.InstanceNorm2d(3, affine=True)(x(2, 4, 2, 2))),
            raised(lambda: nn.GroupNorm(3, 4)),
            raised(lambda: nn.LayerNorm(3)(x(2, 4))),
        ]

    same(check)


def test_loading_state(same):
    def check(torch):
        nn = torch.nn
        state = nn.BatchNorm1d(2).state_dict()
        del state["num_batches_tracked"]
        tracked = nn.InstanceNorm1d(2, track_running_stats=True).state_dict()
        return [
            raised(lambda: nn.BatchNorm1d(2).load_state_dict(state)),
            raised(lambda: nn.BatchNorm1d(2).load_state_dict(dict(state))),
            raised(lambda: nn.InstanceNorm1d(2).load_state_dict(tracked)),
            raised(lambda: nn.InstanceNorm1d(2).load_state_dict(dict(tracked))),
        ]

    same(check)


def test_statistics_can_be_reset(same):
    def check(torch):
        norm = torch.nn.BatchNorm1d(3)
        norm(torch.from_numpy(numbers(4, 3, dtype="float32")))
        norm.reset_running_stats()
        return dict(norm.state_dict())

    same(check)


@pytest.mark.parametrize("kind", ["BatchNorm", "InstanceNorm"])
def test_lazy_modules(same, kind):
    def check(torch, dims, options):
        module = getattr(torch.nn, f"Lazy{kind}{dims}d")(**options)
        before = repr(module), [type(p).__name__ for p in module.parameters()]
        out = module(torch.from_numpy(numbers(2, 2, 2, *[1] * (dims - 1), dtype="float32")))
        names = [name for name, _ in module.named_parameters()]
        return before, out, repr(module), names, dict(module.state_dict())

    for dims in (1, 2, 3):
        for options in ({}, {"affine": False}, {"track_running_stats": False, "bias": False}):
            same(lambda torch, d=dims, o=options: check(torch, d, o), rtol=1e-4, atol=1e-5)
