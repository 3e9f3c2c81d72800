"""Parameters and modules: what is registered, walked over, converted, printed and copied."""

import copy
import pickle

import pytest

import eduflow
from eduflow import nn
from eduflow._core.extend_class import grows
from tests.oracle import raised


def small(torch):
    """A module with two layers, a buffer of each kind and one layer under two names."""
    net = torch.nn.Module()
    net.first = torch.nn.Linear(3, 2)
    net.inner = torch.nn.Module()
    net.inner.second = torch.nn.Linear(2, 2, bias=False)
    net.again = net.first
    net.register_buffer("kept", torch.tensor([1.0, 2.0]))
    net.register_buffer("left", torch.tensor([3]), persistent=False)
    net.register_parameter("none", None)
    return net


def attempts(*calls):
    return [raised(call) for call in calls]


def test_parameter(same):
    def check(torch):
        x = torch.ones(2)
        p = torch.nn.Parameter(x)
        x.add_(1)
        p.grad = torch.ones(2)
        deep, pickled = copy.deepcopy(p), pickle.loads(pickle.dumps(p))
        return [
            [repr(y) for y in (p, deep, pickled, torch.nn.Parameter(), torch.nn.Parameter(x * 1))],
            [y.grad is None for y in (deep, pickled)],
            [type(y).__name__ for y in (p, p + 1, p.data, p.detach(), p.clone(), deep, pickled)],
            [p._version, p.is_leaf, torch.nn.Parameter(p * 2).is_leaf],
            repr(torch.nn.Parameter(torch.arange(3), requires_grad=False)),
            isinstance(p, torch.Tensor),
            isinstance(x, torch.nn.Parameter),
        ]

    same(check)


def test_parameter_refuses(same):
    same(
        lambda torch: attempts(
            lambda: torch.nn.Parameter(torch.arange(3)),
            lambda: torch.nn.Parameter([1.0]),
            lambda: torch.nn.Parameter(3.0),
        )
    )


def test_before_init(same):
    def check(torch):
        class Net(torch.nn.Module):
            def __init__(self):
                pass

        net, p = Net(), torch.nn.Parameter(torch.ones(1))
        net.plain = torch.ones(1)
        return attempts(
            lambda: setattr(net, "a", p),
            lambda: setattr(net, "a", torch.nn.Linear(1, 1)),
            lambda: net.register_buffer("a", torch.ones(1)),
            lambda: net.register_parameter("a", p),
            lambda: net.add_module("a", torch.nn.Linear(1, 1)),
            lambda: net.missing,
            lambda: net(1),
            lambda: list(net.parameters()),
            lambda: repr(net),
            lambda: delattr(net, "missing"),
        )

    same(check)


@pytest.mark.parametrize("name", ["weight", "buffer", "child", "plain"])
def test_assigning_onto(same, name):
    def check(torch, value):
        net = torch.nn.Linear(2, 2)
        net.register_buffer("buffer", torch.ones(1))
        net.child, net.plain = torch.nn.Linear(1, 1), 5
        error = raised(lambda: setattr(net, name, value))
        rooms = [list(room) for room in (net._parameters, net._buffers, net._modules)]
        return [error, *rooms, name in net.__dict__, type(getattr(net, name)).__name__]

    values = [
        lambda torch: torch.ones(2),
        lambda torch: torch.nn.Parameter(torch.ones(2)),
        lambda torch: torch.nn.ReLU(),
        lambda torch: None,
        lambda torch: 3,
        lambda torch: [1],
    ]
    same(lambda torch: [check(torch, value(torch)) for value in values])


@pytest.mark.parametrize("name", [3, "", "a.b", "training", "forward", "mine", "fresh"])
def test_registering_by_name(same, name):
    def check(torch):
        net = torch.nn.Module()
        net.mine = torch.nn.Parameter(torch.ones(1))
        return attempts(
            lambda: net.register_parameter(name, torch.nn.Parameter(torch.ones(1))),
            lambda: net.register_buffer(name, torch.ones(1)),
            lambda: net.add_module(name, torch.nn.ReLU()),
        )

    same(check)


def test_buffers_that_register_themselves(same):
    def check(torch):
        nn, net = torch.nn, torch.nn.Module()
        data = torch.ones(2)
        net.kept, net.left = nn.Buffer(data), nn.Buffer(torch.zeros(1), persistent=False)
        data.add_(1)
        net.kept_too = nn.Buffer()
        found = [net._buffers, sorted(net._non_persistent_buffers_set)]
        net.left = torch.zeros(2)
        found += [sorted(net._non_persistent_buffers_set), repr(net.kept), type(net.kept).__name__]
        layer = nn.Linear(1, 1)
        found += attempts(
            lambda: setattr(layer, "weight", nn.Buffer(data)),
            lambda: setattr(net, "left", 3),
            lambda: nn.Buffer([1]),
        )
        net.layer = layer
        net.layer, buffer = None, nn.Buffer(data)
        found += [isinstance(x, nn.Buffer) for x in (buffer, data, layer.weight)]
        return [*found, nn.Buffer(data, persistent=False).persistent, buffer.requires_grad]

    same(check)


def test_registering_the_wrong_thing(same):
    def check(torch):
        net = torch.nn.Module()
        return attempts(
            lambda: net.register_parameter("a", torch.ones(1)),
            lambda: net.register_parameter("a", 3),
            lambda: net.register_buffer("a", 3),
            lambda: net.register_buffer("b", torch.nn.Parameter(torch.ones(1))),
            lambda: net.register_module("a", 3),
            lambda: net.add_module("a", torch.nn.ReLU),
            lambda: net.add_module("c", None),
        )

    same(check)


def test_deleting(same):
    def check(torch):
        net = small(torch)
        del net.first, net.kept, net.none
        net.plain = 1
        del net.plain
        return [
            [name for name, _ in net.named_parameters()],
            attempts(lambda: delattr(net, "plain"), lambda: net.first, lambda: net.plain),
        ]

    same(check)


def test_walking(same):
    def check(torch):
        net = small(torch)
        return [
            [name for name, _ in net.named_modules()],
            [name for name, _ in net.named_modules(prefix="a", remove_duplicate=False)],
            [name for name, _ in net.named_parameters()],
            [name for name, _ in net.named_parameters("p", remove_duplicate=False)],
            [name for name, _ in net.first.named_parameters("p", recurse=False)],
            [name for name, _ in net.named_buffers()],
            [len(list(walk)) for walk in (net.modules(), net.parameters(), net.buffers())],
            [len(list(net.parameters(recurse=False))), len(list(net.buffers(False)))],
        ]

    same(check)


def test_modes(same):
    def check(torch):
        net = small(torch)
        found = [net.training, net.eval() is net, net.inner.second.training, net.first.training]
        found += [net.train().inner.training, net.requires_grad_(False) is net]
        found += [[p.requires_grad for p in net.parameters()]]
        found += attempts(lambda: net.train(1), lambda: net.train(None))
        net.requires_grad_()
        net.first(torch.ones(3)).sum().backward()
        grads = [p.grad for p in net.parameters()]
        net.zero_grad(set_to_none=False)
        zeros = [p.grad for p in net.parameters()]
        net.zero_grad()
        return [*found, grads, zeros, [p.grad is None for p in net.parameters()]]

    same(check)


def test_converting(same):
    def check(torch):
        net = small(torch)
        weight = net.first.weight
        net.first(torch.ones(3)).sum().backward()
        grad = weight.grad
        dtypes = []
        for convert in (
            lambda: net.double(),
            lambda: net.half(),
            lambda: net.float(),
            lambda: net.to(torch.float64),
            lambda: net.to("cpu"),
            lambda: net.to(torch.ones(1)),
            lambda: net.to(device="cpu", dtype=torch.float16),
            lambda: net.cpu(),
            lambda: net.type(torch.float64),
            lambda: net.to(),
        ):
            assert convert() is net
            tensors = [*net.parameters(), *net.buffers(), weight.grad]
            dtypes.append([str(t.dtype).split(".")[1] for t in tensors])
        return [dtypes, net.first.weight is weight, weight.grad is grad, weight.is_leaf]

    same(check)


def test_converting_refuses(same):
    same(
        lambda torch: attempts(
            lambda: small(torch).to(torch.int64),
            lambda: small(torch).to("cuda"),
            lambda: small(torch).cuda(),
            lambda: torch.nn.ReLU().cuda(),
        )
    )


def test_calling(same):
    def check(torch):
        class Net(torch.nn.Module):
            def forward(self, x, *, times=1):
                return x * times

        class Greedy(torch.nn.Module):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)

        return [
            Net()(torch.ones(2), times=3),
            attempts(
                lambda: torch.nn.Module()(1),
                lambda: torch.nn.Module().forward(1),
                lambda: Greedy(1, 2),
                lambda: Greedy(x=1),
                lambda: torch.nn.Linear(2, 2)(),
                lambda: torch.nn.Linear(2, 2)(None),
                lambda: torch.nn.Linear(2, 2)(torch.ones(3)),
                lambda: torch.nn.Module().register_buffer(),
            ),
        ]

    same(check)


def test_property_that_fails(same):
    def check(torch):
        class Net(torch.nn.Module):
            @property
            def broken(self):
                return self.missing

        return attempts(lambda: Net().broken, lambda: Net().missing)

    same(check)


MODULES = [
    lambda nn: nn.Linear(2, 3),
    lambda nn: nn.Linear(2, 3, bias=False),
    lambda nn: nn.Identity(3, a=4),
    lambda nn: nn.ReLU(),
    lambda nn: nn.ReLU(True),
    lambda nn: nn.Sigmoid(),
    lambda nn: nn.Tanh(),
    lambda nn: nn.Softmax(1),
    lambda nn: nn.Softmax(),
    lambda nn: nn.LogSoftmax(-1),
    lambda nn: nn.MSELoss(),
    lambda nn: nn.NLLLoss(),
    lambda nn: nn.CrossEntropyLoss(label_smoothing=0.1),
    lambda nn: nn.Dropout(),
    lambda nn: nn.Dropout(0.2, True),
    lambda nn: nn.Flatten(),
    lambda nn: nn.Flatten(0, 2),
    lambda nn: nn.Unflatten(1, (2, 3)),
]


def test_printing_and_state(same):
    def check(torch):
        found = []
        for make in MODULES:
            module = make(torch.nn)
            own = {k: v for k, v in vars(module).items() if not k.startswith("_")}
            rooms = [module._parameters, module._buffers, list(module._modules)]
            found.append([repr(module), own, *rooms])
        return found

    same(check)


def test_printing_a_tree(same):
    def check(torch):
        class Net(torch.nn.Module):
            def extra_repr(self):
                return "a=1,\nb=2"

        net = Net()
        texts = [repr(net)]
        net.first, net.none = torch.nn.Linear(1, 1), None
        net.inner = Net()
        net.inner.relu = torch.nn.ReLU()
        net.add_module("nothing", None)
        net.first.child = torch.nn.Linear(1, 2)
        return [*texts, repr(net), net._get_name()]

    same(check)


def test_dir():
    names = dir(small(eduflow))
    assert {"first", "inner", "kept", "none", "forward", "parameters", "training"} <= set(names)
    assert names == sorted(names)


def test_copies(same):
    def check(torch):
        net = small(torch)
        net.first(torch.ones(3)).sum().backward()
        deep, shallow, pickled = copy.deepcopy(net), copy.copy(net), pickle.loads(pickle.dumps(net))
        found = []
        for twin in (deep, pickled):
            found.append(
                [
                    [torch.equal(a, b) for a, b in zip(net.parameters(), twin.parameters())],
                    [a is b for a, b in zip(net.parameters(), twin.parameters())],
                    [p.grad is None for p in twin.parameters()],
                    twin.again is twin.first,
                    repr(twin),
                ]
            )
        return [*found, shallow._parameters is net._parameters, shallow.first is net.first]

    same(check)


def test_one_parameter_under_two_names(same):
    def check(torch):
        net = torch.nn.Linear(2, 2)
        net.tied = net.weight
        pickled = pickle.loads(pickle.dumps(net))
        deep = copy.deepcopy(net)
        return [
            [name for name, _ in net.named_parameters()],
            [name for name, _ in net.named_parameters(remove_duplicate=False)],
            pickled.tied is pickled.weight,
            deep.tied is deep.weight,
        ]

    same(check)


def test_typename(same):
    same(
        lambda torch: [
            torch.typename(x)
            for x in (3, None, [1], torch.ones(1), torch.nn.Linear(1, 1), torch.nn.Linear)
        ]
    )


def test_grows_adds_methods_and_properties():
    class Kind(nn.Module):
        pass

    @grows(Kind)
    class _Room:
        def twice(self, x):
            return 2 * x

        @property
        def one(self):
            return 1

    assert Kind().twice(3) == 6
    assert Kind().one == 1
    assert Kind.twice.__qualname__ == "Kind.twice"
    assert Kind.__module__ == __name__
