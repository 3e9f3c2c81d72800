"""F.pad and the padding modules, compared with PyTorch."""

import pytest

from tests.oracle import raised

MODES = ("constant", "reflect", "replicate", "circular")
PADS = [(1, 2), (1, 2, 0, 1), (2, 1, 1, 1, 1, 0), (-1, 2, 1, -1), (0, -2), (3, 0, 0, 0), (0, 0)]
SHAPES = [(2, 5), (2, 3, 5), (2, 2, 3, 5), (1, 2, 2, 3, 5)]


def padded(torch, shape, pad, mode):
    """Value and gradient of a padded tensor, or the error."""
    size = 1
    for n in shape:
        size *= n
    x = torch.arange(float(size)).reshape(shape).requires_grad_()
    found = {}
    error = raised(lambda: found.update(y=torch.nn.functional.pad(x, pad, mode)))
    if error:
        return error
    y = found["y"]
    (y * torch.arange(1.0, y.numel() + 1).reshape(y.shape)).sum().backward()
    return [list(y.shape), y.sum(), y.flatten()[:4], x.grad.flatten()[:12]]


@pytest.mark.parametrize("mode", MODES)
def test_pad(same, mode):
    same(lambda torch: [[padded(torch, s, pad, mode) for pad in PADS] for s in SHAPES], rtol=1e-4)


def test_node_names(same):
    def facts(torch):
        x = torch.ones(1, 1, 4, 4, requires_grad=True)
        modes = ("constant", "reflect", "replicate")
        return [torch.nn.functional.pad(x, (1, 1, 1, 1), mode).grad_fn.name() for mode in modes]

    same(facts)


def test_errors(same):
    def facts(torch):
        F, x = torch.nn.functional, torch.ones(2, 3, 4, 5)
        calls = [
            lambda: F.pad(x, (1,), mode="full"),
            lambda: F.pad(x, (1, 1), mode="full", value=2.0),
            lambda: F.pad(x.bool(), (1, 1, 1, 1), mode="reflect"),
            lambda: F.pad(x.bool(), (1, 1, 1, 1), mode="replicate"),
            lambda: F.pad(x, (1,)),
            lambda: F.pad(x, (1, 2, 3)),
            lambda: F.pad(x, 1),
            lambda: F.pad(x, (1.5, 1)),
            lambda: F.pad(x, (1,) * 10),
            lambda: F.pad(x, (-9, 0)),
            lambda: F.pad(x, (1, 1), "mirror"),
            lambda: F.pad(x, (1, 1), "reflect", 1.0),
            lambda: F.pad(x, (1, 1), "reflect"),
            lambda: F.pad(x, (5, 0, 0, 0), "reflect"),
            lambda: F.pad(x, (6, 0, 0, 0), "circular"),
            lambda: F.pad(x[:, :, :0], (1, 1, 1, 1), "replicate"),
            lambda: F.pad(x, (-3, -3, 0, 0), "replicate"),
            lambda: F.pad(x, (1, 1), value="a"),
        ]
        return [raised(call) for call in calls]

    same(facts)


def test_values_and_dtypes(same):
    def facts(torch):
        F, x = torch.nn.functional, torch.arange(6).reshape(2, 3)
        return [
            F.pad(x, (1, 1), value=7), F.pad(x.bool(), (1, 0), value=True), F.pad(x, [1, 1]),
            F.pad(x.half(), (1, 0), "reflect"), F.pad(x, (2, 2), "circular"), F.pad(x, ()),
        ]  # fmt: skip

    same(facts)


def test_padding_twice_derived():
    import eduflow

    x = eduflow.arange(12.0, dtype=eduflow.float64).reshape(1, 3, 4).requires_grad_()
    for mode in MODES:
        assert eduflow.autograd.gradgradcheck(
            lambda x, mode=mode: eduflow.nn.functional.pad(x, (2, 1), mode).tanh(), [x]
        )


MODULES = {
    "zero": lambda nn: nn.ZeroPad2d(1),
    "zeros": lambda nn: nn.ZeroPad1d((1, 2)),
    "constant": lambda nn: nn.ConstantPad2d((1, 2, 3, 4), 1.5),
    "reflection": lambda nn: nn.ReflectionPad2d([1, 2, 0, 1]),
    "replication": lambda nn: nn.ReplicationPad1d(2),
    "circular": lambda nn: nn.CircularPad2d(1),
    "volume": lambda nn: nn.ReplicationPad3d(1),
    "dims": lambda nn: nn.CircularPad1d(1),
}


def test_modules(same):
    def facts(torch):
        found = []
        for make in MODULES.values():
            module = make(torch.nn)
            dims = module.padding.__len__() // 2
            x = torch.arange(2.0 * 4**dims).reshape(2, *[4] * dims)
            found.append([repr(module), module(x).shape, module(x).sum()])
        return found, raised(lambda: torch.nn.CircularPad1d(1)(torch.ones(4)))

    same(facts)
