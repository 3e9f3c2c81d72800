"""nn.utils that make a layer's weight another way: weight_norm, fusion with batch norm."""

import copy
import warnings

import pytest

from tests.oracle import raised

LAYERS = {
    "linear": lambda n: n.Linear(3, 4),
    "no bias": lambda n: n.Linear(3, 4, bias=False),
    "conv": lambda n: n.Conv2d(3, 4, 2),
    "transposed": lambda n: n.ConvTranspose1d(3, 4, 2),
}
SHAPES = {"linear": (2, 3), "no bias": (2, 3), "conv": (2, 3, 4, 4), "transposed": (2, 3, 5)}


def _normed(torch, layer, *options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nn.utils.weight_norm(layer, *options)


@pytest.mark.parametrize("case", list(LAYERS))
@pytest.mark.parametrize("dim", [0, 1, None, -1])
def test_weight_norm(same, case, dim):
    def run(torch):
        layer, x = LAYERS[case](torch.nn), torch.randn(SHAPES[case])
        module = _normed(torch, layer, "weight", dim)
        found = [module is layer, list(module.state_dict().items()), repr(module), module.weight]
        (module(x) ** 2).sum().backward()
        found += [[n, p.grad] for n, p in module.named_parameters()]
        torch.optim.SGD(module.parameters(), 0.1).step()
        found += [module(x), copy.deepcopy(module.state_dict())]
        module = torch.nn.utils.remove_weight_norm(module)
        return [*found, module(x), list(module.state_dict()), type(module.weight).__name__]

    same(run, rtol=1e-4, atol=1e-5)


def test_weight_norm_of_a_recurrent_layer(same):
    def run(torch):
        layer = _normed(torch, torch.nn.LSTM(3, 4), "weight_hh_l0")
        output, _ = layer(torch.randn(5, 2, 3))
        output.sum().backward()
        return [output, layer.weight_hh_l0_g.grad, layer.weight_hh_l0_v.grad]

    same(run, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("case", list(LAYERS))
def test_fusion(same, case, affine):
    def run(torch):
        layer, x = LAYERS[case](torch.nn), torch.randn(SHAPES[case])
        linear = case in ("linear", "no bias")
        kinds = {"conv": torch.nn.BatchNorm2d}
        bn = kinds.get(case, torch.nn.BatchNorm1d)(4, affine=affine or linear)
        for _ in range(3):
            bn(layer(torch.randn(SHAPES[case])))
        layer.eval(), bn.eval()
        utils = torch.nn.utils
        if linear:
            fused = utils.fuse_linear_bn_eval(layer, bn)
        else:
            fused = utils.fuse_conv_bn_eval(layer, bn, case == "transposed")
        grads = [p.requires_grad for p in fused.parameters()]
        return [fused(x), bn(layer(x)), list(fused.state_dict()), grads]

    same(run, rtol=1e-4, atol=1e-5)


WRONG = {
    "twice": lambda t, u: _normed(t, _normed(t, t.nn.Linear(2, 2))),
    "no such weight": lambda t, u: _normed(t, t.nn.Linear(2, 2), "x"),
    "lazy": lambda t, u: _normed(t, t.nn.LazyLinear(2)),
    "never there": lambda t, u: u.remove_weight_norm(t.nn.Linear(2, 2)),
    "training": lambda t, u: u.fuse_conv_bn_eval(t.nn.Conv2d(2, 2, 1), t.nn.BatchNorm2d(2)),
    "not measured": lambda t, u: u.fuse_linear_bn_eval(
        t.nn.Linear(2, 2).eval(), t.nn.BatchNorm1d(2, track_running_stats=False).eval()
    ),
    "features": lambda t, u: u.fuse_linear_bn_eval(
        t.nn.Linear(2, 2).eval(), t.nn.BatchNorm1d(3).eval()
    ),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch, torch.nn.utils)))


def test_a_word_on_what_is_old(same):
    def run(torch):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            torch.nn.utils.weight_norm(torch.nn.Linear(2, 2))
        return [[w.category.__name__, str(w.message)] for w in said]

    same(run)
