"""Lazy modules: no shapes until the first input has come, and then ordinary layers."""

import copy
import pickle

import pytest

import eduflow
from tests.oracle import raised


@pytest.mark.parametrize("bias", [True, False])
def test_lazy_linear(same, bias):
    def check(torch):
        layer = torch.nn.LazyLinear(3, bias=bias)
        before = [repr(layer), layer.has_uninitialized_params(), isinstance(layer, torch.nn.Linear)]
        weight = layer.weight
        torch.manual_seed(3)
        y = layer(torch.linspace(-1, 1, 8).reshape(2, 4))
        y.sum().backward()
        return {
            "before": before,
            "after": [repr(layer), type(layer).__name__, type(layer.weight).__name__],
            "same object": layer.weight is weight,
            "hooks": len(layer._forward_pre_hooks),
            "attributes": [hasattr(layer, "_initialize_hook"), layer.in_features],
            "result": y,
            "state": layer.state_dict(),
            "grad": layer.weight.grad,
            "next": torch.rand(1),
        }

    same(check)


def test_without_a_shape(same):
    def check(torch):
        layer = torch.nn.LazyLinear(3)
        weight = layer.weight
        return {
            "repr": [repr(weight), repr(torch.nn.UninitializedBuffer())],
            "facts": [weight.requires_grad, weight.is_leaf, weight.grad, weight.dtype],
            "kind": [isinstance(weight, torch.nn.Parameter), torch.nn.parameter.is_lazy(weight)],
            "shape": raised(lambda: weight.shape),
            "parameters": [repr(p) for p in layer.parameters()],
            "copy": repr(copy.deepcopy(layer)),
        }

    same(check)


def test_computing_without_a_shape_is_an_error():
    weight = eduflow.nn.UninitializedParameter()
    for call in (lambda: weight + 1, lambda: weight.sum()):
        with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
            call()


def test_dtypes(same):
    def check(torch):
        made = torch.nn.LazyLinear(2, dtype=torch.float64)
        turned = torch.nn.LazyLinear(2).double()
        x = torch.ones(1, 2).double()
        return [made(x).dtype, turned(x).dtype, turned.bias.dtype]

    same(check)


def test_a_layer_of_ones_own(same):
    def check(torch):
        nn = torch.nn

        class Nothing(nn.modules.lazy.LazyModuleMixin, nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.UninitializedParameter()

            def forward(self, x):
                return x + self.weight

        class Half(Nothing):
            def initialize_parameters(self, x):
                pass

        class Whole(Nothing):
            def initialize_parameters(self, x):
                self.weight.materialize(x.shape)
                nn.init.ones_(self.weight)

        found = [raised(lambda kind=kind: kind()(torch.ones(2))) for kind in (Nothing, Half)]
        whole = Whole()
        return [*found, whole(torch.ones(2)), whole(torch.ones(2)), type(whole).__name__]

    same(check)


def test_uninitialized_buffer(same):
    def check(torch):
        buffer = torch.nn.UninitializedBuffer(dtype=torch.float64)
        before = [buffer.requires_grad, torch.nn.parameter.is_lazy(buffer)]
        buffer.materialize((2, 3))
        return [before, type(buffer).__name__, list(buffer.shape), buffer.dtype]

    same(check)


def test_states(same):
    def check(torch):
        nn, full = torch.nn, torch.nn.Linear(4, 3)
        lazy = nn.LazyLinear(3)
        loaded = str(lazy.load_state_dict(full.state_dict()))
        kept = [repr(value) for value in nn.LazyLinear(2).state_dict().values()]
        error = raised(lambda: full.load_state_dict(nn.LazyLinear(3).state_dict()))["raised"]
        result = lazy(torch.ones(1, 4))
        return [loaded, kept, error == "RuntimeError", result, repr(lazy), full(torch.ones(1, 4))]

    same(check)


def test_pickle(same):
    def check(torch):
        lazy = pickle.loads(pickle.dumps(torch.nn.LazyLinear(2)))
        return [repr(lazy), lazy.has_uninitialized_params(), lazy(torch.ones(1, 3)).shape]

    same(check)
