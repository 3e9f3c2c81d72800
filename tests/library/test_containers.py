"""Containers and the module tree: behaviour, names, texts and error texts equal PyTorch's."""

import copy
import pickle
from collections import OrderedDict
from operator import add

import pytest

from tests.oracle import raised


def tried(*calls):
    """What each call gives as text, or the exception it raises."""
    results = []
    for call in calls:
        failed = raised(lambda call=call, results=results: results.append(repr(call())))
        if failed:
            results.append(failed)
    return results


def row(torch, *sizes):
    """A Sequential of square linear layers."""
    return torch.nn.Sequential(*[torch.nn.Linear(size, size) for size in sizes])


def listed(torch, *sizes):
    """A ModuleList of square linear layers."""
    return torch.nn.ModuleList([torch.nn.Linear(size, size) for size in sizes])


def named(torch):
    """A Sequential whose layers have names."""
    layers = OrderedDict(a=torch.nn.Linear(1, 1), b=torch.nn.ReLU(), c=torch.nn.Linear(1, 2))
    return torch.nn.Sequential(layers)


def state(container):
    """How a container prints, and the names of what it holds."""
    return [repr(container), list(container._modules)]


def changed(container, change):
    """A container after a change that is made to it in place."""
    change(container)
    return state(container)


def make_net(torch):
    """A module with a bit of everything."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(3, 1)
            self.body = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
            self.w = nn.Parameter(torch.ones(1))
            self.register_buffer("mean", torch.zeros(2))
            self.register_buffer("scratch", torch.zeros(2), persistent=False)
            self.register_buffer("empty", None)
            self.text = "hi"

        def forward(self, x):
            return self.out(torch.tanh(self.body(x))) * self.w

    return Net()


# Sequential


def test_sequential_of_modules_names_and_none(same):
    def run(torch):
        nn = torch.nn
        return tried(
            nn.Sequential,
            lambda: row(torch, 1, 2),
            lambda: named(torch),
            lambda: nn.Sequential(None),
            lambda: nn.Sequential(row(torch, 1, 1), row(torch, 2), nn.Tanh()),
            lambda: nn.Sequential(OrderedDict([("a", nn.ReLU()), ("0", nn.Tanh())])),
        )

    same(run)


def test_sequential_refuses_what_is_no_module(same):
    def run(torch):
        nn = torch.nn
        return tried(
            lambda: nn.Sequential(3),
            lambda: nn.Sequential([nn.ReLU()]),
            lambda: nn.Sequential({"a": nn.ReLU()}),
            lambda: nn.Sequential(nn.ReLU),
            lambda: nn.Sequential(OrderedDict(a=nn.ReLU()), nn.ReLU()),
            lambda: nn.Sequential(OrderedDict([(1, nn.ReLU())])),
            lambda: nn.Sequential(OrderedDict([("a.b", nn.ReLU())])),
            lambda: nn.Sequential(torch.ones(2)),
        )

    same(run)


def test_a_function_does_not_fit_into_a_sequential(same):
    def run(torch):
        return raised(lambda: torch.nn.Sequential(torch.flatten))["raised"]

    same(run)


def test_sequential_runs_its_layers_in_order(same):
    def run(torch):
        nn = torch.nn
        x = torch.arange(6.0).reshape(2, 3)
        net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        out = net(x)
        out.sum().backward()
        return [out, [p.grad for p in net.parameters()], nn.Sequential()(x), net(input=x)]

    same(run)


def test_sequential_call_errors(same):
    def run(torch):
        nn = torch.nn
        return tried(
            lambda: nn.Sequential(None)(1),
            lambda: nn.Sequential()(1, 2),
            lambda: nn.Sequential()(x=1),
            lambda: nn.Sequential(),
            lambda: nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 3))(torch.ones(1, 2)),
        )

    same(run)


@pytest.mark.parametrize("make", [row, listed])
def test_positions(same, make):
    def run(torch):
        box = make(torch, 1, 2, 3)
        return tried(
            lambda: box[0],
            lambda: box[-1],
            lambda: box[True],
            lambda: box[3],
            lambda: box[-4],
            lambda: box[1.0],
            lambda: box["0"],
            lambda: state(box[1:]),
            lambda: state(box[::-2]),
            lambda: state(box[5:]),
            lambda: (len(box), bool(box), bool(box[:0]), box[1] in box),
            lambda: list(reversed(box)),
            lambda: next(box),
            lambda: getattr(box, "1"),
            lambda: [name for name in dir(box) if name[0].isdigit()],
            lambda: box[:1] == box[:1],
        )

    same(run)


@pytest.mark.parametrize("make", [row, listed])
def test_replacing_and_deleting(same, make):
    def run(torch):
        nn = torch.nn

        def after(change):
            return lambda: changed(make(torch, 1, 2, 3, 4), change)

        return tried(
            after(lambda box: box.__setitem__(0, nn.ReLU())),
            after(lambda box: box.__setitem__(-1, nn.ReLU())),
            after(lambda box: box.__setitem__(1, None)),
            after(lambda box: box.__setitem__(1, 3)),
            after(lambda box: box.__setitem__(9, nn.ReLU())),
            after(lambda box: box.__delitem__(1)),
            after(lambda box: box.__delitem__(-1)),
            after(lambda box: box.__delitem__(slice(1, 3))),
            after(lambda box: box.__delitem__(9)),
            after(lambda box: box.__delitem__("x")),
            after(lambda box: box.pop(1)),
            after(lambda box: box.pop(slice(0, 2))),
            after(lambda box: box.pop(9)),
            lambda: make(torch, 1, 2).pop(0),
            lambda: make(torch, 1, 2, 3).pop(slice(1, None)),
        )

    same(run)


def test_inserting_into_a_sequential(same):
    def run(torch):
        nn = torch.nn
        insert = [
            lambda at=at: state(row(torch, 1, 2).insert(at, nn.ReLU())) for at in (0, 1, 2, -1, -2)
        ]
        return tried(
            *insert,
            lambda: row(torch, 1, 2).insert(5, nn.ReLU()),
            lambda: row(torch, 1, 2).insert(-3, nn.ReLU()),
            lambda: row(torch, 1, 2).insert(0, 3),
            lambda: named(torch).insert(0, nn.ReLU()),
        )

    same(run)


def test_appending_and_extending(same):
    def run(torch):
        nn = torch.nn
        return tried(
            lambda: row(torch, 1).append(nn.ReLU()),
            lambda: row(torch, 1).append(None),
            lambda: row(torch, 1).append(3),
            lambda: state(named(torch).append(nn.ReLU())),
            lambda: row(torch, 1).extend([nn.ReLU(), nn.Tanh()]),
            lambda: row(torch, 1).extend(row(torch, 2, 3)),
            lambda: row(torch, 1).extend(3),
            lambda: listed(torch, 1).append(nn.ReLU()),
            lambda: listed(torch, 1).append(None),
            lambda: listed(torch, 1).append(3),
            lambda: listed(torch, 1).extend(nn.Linear(i, i) for i in (2, 3)),
            lambda: listed(torch, 1).extend(3),
            lambda: listed(torch, 1).extend([3]),
        )

    same(run)


def test_joining_and_repeating_sequentials(same):
    def run(torch):
        a, b = row(torch, 1), named(torch)
        repeated = a * 2
        grown = row(torch, 1)
        kept = grown
        grown += b
        grown *= 2
        return [
            tried(
                lambda: state(a + b),
                lambda: add(a, [1]),
                lambda: add([1], a),
                lambda: state(b * 2),
                lambda: state(2 * a),
                lambda: a * 0,
                lambda: a * -1,
                lambda: a * 1.5,
                lambda: a.__imul__(0),
                lambda: a.__imul__("a"),
                lambda: a.__iadd__([1]),
            ),
            repeated[0] is repeated[1],
            (a + b)[1] is b[0],
            grown is kept,
            state(grown),
        ]

    same(run)


def test_subclasses_of_sequential(same):
    def run(torch):
        class Sub(torch.nn.Sequential):
            def extra_repr(self):
                return "special"

        sub = Sub(torch.nn.ReLU(), torch.nn.Tanh())
        return [type(x).__name__ for x in (sub[:1], sub + sub, sub * 2)] + [repr(sub), repr(Sub())]

    same(run)


def test_changes_of_named_layers(same):
    def run(torch):
        return [
            state(named(torch)[1:]),
            changed(named(torch), lambda net: net.__delitem__(0)),
            changed(named(torch), lambda net: net.pop(1)),
            changed(named(torch), lambda net: net.__setitem__(1, torch.nn.Tanh())),
        ]

    same(run)


# ModuleList and ModuleDict


def test_module_lists(same):
    def run(torch):
        nn = torch.nn
        return tried(
            nn.ModuleList,
            lambda: nn.ModuleList([]),
            lambda: nn.ModuleList([None]),
            lambda: nn.ModuleList(row(torch, 1, 2)),
            lambda: nn.ModuleList(nn.Linear(i, 1) for i in (1, 2)),
            lambda: nn.ModuleList(3),
            lambda: nn.ModuleList([3]),
            lambda: nn.ModuleList(nn.ReLU()),
            lambda: nn.ModuleList({"a": nn.ReLU()}),
            lambda: listed(torch, 1)(torch.ones(1)),
            lambda: listed(torch, 1) + listed(torch, 2),
            lambda: add(listed(torch, 1), [nn.ReLU()]),
            lambda: listed(torch, 1) + (nn.Linear(i, i) for i in (2, 3)),
            lambda: listed(torch, 1) + 3,
            lambda: add([1], listed(torch, 1)),
            lambda: listed(torch, 1).__iadd__([nn.ReLU()]),
            lambda: listed(torch, 1).index(3),
            lambda: isinstance(listed(torch, 1), list),
        )

    same(run)


def test_module_lists_print_repeated_layers_once(same):
    def run(torch):
        nn = torch.nn
        blocks = nn.ModuleList([nn.Sequential(nn.Linear(1, 2), nn.ReLU()) for _ in range(3)])
        return [
            repr(listed(torch, 1, 1, 2)),
            repr(listed(torch, 1, 1, 2, 1, 1, 1)),
            repr(blocks),
            repr(nn.ModuleList([listed(torch, 1, 1), blocks])),
            repr(nn.Sequential(listed(torch, 2, 2), nn.ReLU())),
        ]

    same(run)


def test_inserting_into_a_module_list(same):
    def run(torch):
        def insert(at):
            return lambda: changed(listed(torch, 1, 2), lambda box: box.insert(at, torch.nn.ReLU()))

        return tried(*[insert(at) for at in (0, 1, 2, 9, -1)])

    same(run)


def test_a_module_list_takes_in_modules_only():
    import eduflow

    refused = raised(lambda: listed(eduflow, 1).insert(0, 3))
    assert refused == {"raised": "TypeError", "text": "int is not a Module subclass"}


def test_module_dicts(same):
    def run(torch):
        nn = torch.nn

        def box():
            return nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})

        def after(change):
            return lambda: changed(box(), change)

        return tried(
            nn.ModuleDict,
            box,
            lambda: nn.ModuleDict([("x", nn.ReLU()), ["y", nn.Tanh()]]),
            lambda: nn.ModuleDict(OrderedDict(z=nn.ReLU(), a=nn.ReLU())),
            lambda: nn.ModuleDict(box()),
            lambda: nn.ModuleDict(3),
            lambda: box()["a"],
            lambda: box()["x"],
            lambda: box()[0],
            lambda: (list(box()), len(box()), "a" in box(), 3 in box(), box().keys()),
            lambda: (box().items(), box().values()),
            lambda: box()(1),
            lambda: box().a,
            lambda: box().pop("x"),
            lambda: box().pop("a", 3),
            after(lambda d: d.pop("a")),
            after(lambda d: d.clear()),
            after(lambda d: d.__delitem__("a")),
            after(lambda d: d.__delitem__("x")),
            after(lambda d: d.__setitem__("a", nn.Tanh())),
            after(lambda d: d.__setitem__("z", None)),
            after(lambda d: d.__setitem__("z", 3)),
            after(lambda d: d.__setitem__(3, nn.ReLU())),
            after(lambda d: d.__setitem__("keys", nn.ReLU())),
            after(lambda d: d.__setitem__("type", nn.ReLU())),
            after(lambda d: d.__setitem__("a.b", nn.ReLU())),
            after(lambda d: d.__setitem__("", nn.ReLU())),
        )

    same(run)


def test_updating_a_module_dict(same):
    def run(torch):
        nn = torch.nn

        def updated(other):
            box = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
            return lambda: changed(box, lambda d: d.update(other))

        return tried(
            updated({"b": nn.Tanh(), "c": nn.ReLU()}),
            updated([["b", nn.Tanh()], ("c", nn.ReLU())]),
            updated(iter([("c", nn.ReLU())])),
            updated(nn.ModuleDict({"q": nn.ReLU()})),
            updated(3),
            updated([3]),
            updated([("a", nn.ReLU(), 1)]),
            updated(["ab"]),
            updated({"a": 3}),
        )

    same(run)


# ParameterList and ParameterDict


def test_parameter_lists(same):
    def run(torch):
        nn = torch.nn

        def box():
            return nn.ParameterList([nn.Parameter(torch.ones(n)) for n in (1, 2, 3)])

        def after(change):
            def call():
                values = box()
                change(values)
                return repr(values), [name for name, _ in values.named_parameters()]

            return call

        return tried(
            nn.ParameterList,
            box,
            lambda: nn.ParameterList(torch.ones(n) for n in (1, 2)),
            lambda: nn.ParameterList(box()),
            lambda: nn.ParameterList("ab"),
            lambda: nn.ParameterList({"a": 1}),
            lambda: nn.ParameterList(3),
            lambda: nn.ParameterList(torch.ones(2, 2)),
            lambda: nn.ParameterList([torch.arange(3)]),
            lambda: (box()[0], box()[-1], len(box()), [len(p) for p in box()]),
            lambda: box()[3],
            lambda: box()["0"],
            lambda: box()[1.5],
            lambda: box()[1:],
            lambda: box()[::-1],
            lambda: box()(1),
            lambda: box() + box(),
            lambda: 3 in nn.ParameterList([3]),
            lambda: list(box().state_dict()),
            after(lambda p: p.__setitem__(0, nn.Parameter(torch.ones(7)))),
            after(lambda p: p.__setitem__(-1, torch.ones(7))),
            after(lambda p: p.__setitem__(0, 3)),
            after(lambda p: p.__setitem__(9, torch.ones(7))),
            after(lambda p: p.append(torch.ones(9))),
            after(lambda p: p.append(3)),
            after(lambda p: p.extend(nn.ParameterList([torch.ones(4)]))),
            after(lambda p: p.extend(torch.ones(2))),
            after(lambda p: p.extend(3)),
            after(lambda p: p.__iadd__([torch.ones(4)])),
        )

    same(run)


def test_parameter_lists_hold_anything(same):
    def run(torch):
        nn = torch.nn
        frozen = nn.Parameter(torch.ones((), dtype=torch.float64), requires_grad=False)
        values = [torch.ones(2, 3), 3, "x", None, nn.ReLU(), nn.ParameterList([frozen]), frozen]
        box = nn.ParameterList(values)
        return [
            repr(box),
            [name for name, _ in box.named_parameters()],
            [type(value).__name__ for value in box],
            box[0].requires_grad,
        ]

    same(run)


def test_parameter_dicts(same):
    def run(torch):
        nn = torch.nn

        def box():
            return nn.ParameterDict({"b": torch.ones(2, 3), "a": torch.ones(2)})

        def after(change):
            def call():
                values = box()
                result = change(values)
                return result, repr(values), list(values)

            return call

        return tried(
            nn.ParameterDict,
            box,
            lambda: list(nn.ParameterDict({"z": 1, "a": 2})),
            lambda: list(nn.ParameterDict(OrderedDict(z=1, a=2))),
            lambda: list(nn.ParameterDict([("z", 1), ("a", 2)])),
            lambda: nn.ParameterDict(3),
            lambda: nn.ParameterDict({"keys": torch.ones(1)}),
            lambda: nn.ParameterDict({"a.b": torch.ones(1)}),
            lambda: nn.ParameterDict({"": torch.ones(1)}),
            lambda: (box()["a"], box().a, box().get("a"), box().get("x"), box().get("x", 3)),
            lambda: box()["x"],
            lambda: box()[3],
            lambda: (len(box()), list(box()), list(reversed(box())), "a" in box(), "q" in box()),
            lambda: (box().keys(), list(box().values()), list(box().items())),
            lambda: box()(1),
            lambda: list(box().state_dict()),
            lambda: nn.ParameterDict().popitem(),
            lambda: box().fromkeys(["q", "r"], torch.ones(1)),
            lambda: box().fromkeys(["q", "r"]),
            lambda: box().copy(),
            after(lambda d: d.__setitem__("z", torch.ones(3))),
            after(lambda d: d.__setitem__("a", torch.ones(5))),
            after(lambda d: d.__setitem__(3, torch.ones(1))),
            after(lambda d: d.__delitem__("a")),
            after(lambda d: d.__delitem__("x")),
            after(lambda d: d.setdefault("a", 3)),
            after(lambda d: d.setdefault("q", torch.ones(1))),
            after(lambda d: d.setdefault("q")),
            after(lambda d: d.pop("a")),
            after(lambda d: d.pop("x")),
            after(lambda d: d.popitem()),
            after(lambda d: d.clear()),
        )

    same(run)


def test_joining_parameter_dicts(same):
    def run(torch):
        nn = torch.nn

        def box(**values):
            return nn.ParameterDict({key: torch.ones(size) for key, size in values.items()})

        def updated(other):
            def call():
                values = box(a=1, b=2)
                values.update(other)
                return repr(values)

            return call

        return tried(
            lambda: box(a=1, b=2) | box(b=9, c=1),
            lambda: box(a=1) | {"q": torch.ones(1)},
            lambda: {"z": 3} | box(a=1),
            lambda: box(a=1) | 3,
            lambda: box(a=1).__ior__({"z": torch.ones(1)}),
            updated({"z": torch.ones(1), "a": torch.ones(4), "c": 3}),
            updated([("z", torch.ones(1)), ["a", torch.ones(1)]]),
            updated(box(q=1)),
            updated(3),
            updated([3]),
            updated([(1, 2, 3)]),
        )

    same(run)


# The tree


def test_walking_through_the_tree(same):
    def run(torch):
        net = make_net(torch)
        relu = torch.nn.ReLU()
        twice = torch.nn.Sequential(relu, None, relu)
        return [
            [type(m).__name__ for m in net.children()],
            [name for name, _ in net.named_children()],
            [type(m).__name__ for m in net.modules()],
            [name for name, _ in net.named_modules()],
            [name for name, _ in net.named_modules(prefix="p")],
            [name for name, _ in net.named_parameters(prefix="p")],
            [name for name, _ in net.named_parameters(recurse=False)],
            [name for name, _ in net.named_buffers()],
            len(twice),
            [name for name, _ in twice.named_children()],
            [name for name, _ in twice.named_modules()],
            [name for name, _ in twice.named_modules(remove_duplicate=False)],
            len(list(twice.modules(remove_duplicate=False))),
            type(net.children()).__name__,
            raised(lambda: net.children()[-1:]),
        ]

    same(run)


PATHS = ["", "body", "body.0", "body.0.weight", "nope", "body.nope", "w", "text", "body.", ".body"]
PATHS += ["mean", "scratch", "empty", "out.weight.data", "body.7", "x.y"]


@pytest.mark.parametrize("path", PATHS)
def test_paths_through_the_tree(same, path):
    def run(torch):
        net = make_net(torch)
        return tried(
            lambda: net.get_submodule(path),
            lambda: net.get_parameter(path).shape,
            lambda: net.get_buffer(path),
        )

    same(run)


@pytest.mark.parametrize("path", PATHS)
def test_setting_at_a_path(same, path):
    def run(torch):
        def after(**options):
            net = make_net(torch)
            net.set_submodule(path, torch.nn.Tanh(), **options)
            return net

        return tried(after, lambda: after(strict=True))

    same(run)


def test_only_modules_are_set_at_a_path(same):
    def run(torch):
        return tried(
            lambda: make_net(torch).set_submodule("out", 3),
            lambda: make_net(torch).set_submodule("out", None),
        )

    same(run)


def test_apply_goes_from_the_leaves_to_the_root(same):
    def run(torch):
        net, relu, visited = make_net(torch), torch.nn.ReLU(), []
        result = net.apply(lambda m: visited.append(type(m).__name__))
        torch.nn.Sequential(relu, relu).apply(lambda m: visited.append(type(m).__name__))
        return [result is net, visited, raised(lambda: net.apply(3))]

    same(run)


def test_adding_modules_by_name(same):
    def run(torch):
        net, relu = make_net(torch), torch.nn.ReLU()
        return [
            *tried(
                lambda: net.add_module("a.b", relu),
                lambda: net.add_module("", relu),
                lambda: net.add_module("forward", relu),
                lambda: net.add_module("text", relu),
                lambda: net.add_module("w", relu),
                lambda: net.add_module("mean", relu),
                lambda: net.add_module("x", 3),
                lambda: net.add_module(3, relu),
                lambda: net.add_module("out", relu),
                lambda: net.register_module("extra", relu),
                lambda: net.add_module("nothing", None),
            ),
            repr(net),
            [name for name, _ in net.named_children()],
        ]

    same(run)


def test_an_added_module_runs_only_in_a_sequential(same):
    def run(torch):
        nn = torch.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(2, 2)

            def forward(self, x):
                return self.fc(x)

        nets = [nn.Sequential(nn.Linear(2, 2)), Net()]
        for net in nets:
            net.add_module("extra", nn.Linear(2, 5))
        return [[net(torch.ones(1, 2)).shape, list(net.state_dict())] for net in nets]

    same(run)


def test_replacing_layers_and_parameters(same):
    def run(torch):
        nn = torch.nn
        net = make_net(torch)
        net.out = nn.Linear(3, 4)
        outcome = tried(
            lambda: setattr(net, "out", 3),
            lambda: setattr(net.out, "weight", torch.ones(4, 3)),
            lambda: setattr(net, "mean", 3),
            lambda: delattr(net, "nope"),
        )
        net.out.weight = nn.Parameter(torch.ones(4, 7))
        wrong = raised(lambda: net(torch.ones(1, 2)))
        net.out = None
        return [outcome, wrong, repr(net), list(net.state_dict())]

    same(run)


def test_freezing_a_part(same):
    def run(torch):
        net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
        net[0].requires_grad_(False)
        net(torch.ones(4, 2)).sum().backward()
        return [
            [p.requires_grad for p in net.parameters()],
            [p.grad is None for p in net.parameters()],
            sum(p.numel() for p in net.parameters() if p.requires_grad),
        ]

    same(run)


def test_what_is_shared_is_listed_once(same):
    def run(torch):
        nn = torch.nn
        a, b = nn.Linear(2, 2), nn.Linear(2, 2)
        b.weight = a.weight
        net = nn.Sequential(a, b, a)
        net(torch.ones(1, 2)).sum().backward()
        return [
            [name for name, _ in net.named_parameters()],
            [name for name, _ in net.named_parameters(remove_duplicate=False)],
            [name for name, _ in net.named_modules()],
            list(net.state_dict()),
            [p.grad for p in net.parameters()],
        ]

    same(run)


def test_a_plain_list_hides_its_layers(same):
    def run(torch):
        nn = torch.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.plain = [nn.Linear(1, 1)]
                self.listed = nn.ModuleList([nn.Linear(1, 1)])

        return [list(Net().state_dict()), repr(Net()), raised(lambda: Net()(torch.ones(1)))]

    same(run)


def test_before_init_there_is_nothing_to_register_in(same):
    def run(torch):
        class Early(torch.nn.Module):
            def __init__(self):
                self.fc = torch.nn.Linear(1, 1)

        class Added(torch.nn.Module):
            def __init__(self):
                self.add_module("x", torch.nn.ReLU())

        return tried(Early, Added)

    same(run)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_and_pickles(copied):
    import eduflow as torch

    nn = torch.nn
    lists = nn.ParameterList([torch.ones(2)]), nn.ParameterDict({"a": torch.zeros(1)})
    shared = nn.Linear(2, 2)
    net = nn.Sequential(shared, nn.ModuleList([shared, nn.ModuleDict({"x": nn.ReLU()})]), *lists)
    other = copied(net)
    assert repr(other) == repr(net)
    assert other[0] is other[1][0]
    assert other[0] is not net[0]
    for (name, a), (other_name, b) in zip(net.state_dict().items(), other.state_dict().items()):
        assert name == other_name
        assert torch.equal(a, b)
        assert a.data_ptr() != b.data_ptr()


def test_same_seed_same_network(same):
    def run(torch):
        nn = torch.nn
        net = nn.Sequential(OrderedDict(a=nn.Linear(3, 2), b=row(torch, 2, 2), c=nn.Linear(2, 1)))
        return [list(net.state_dict()), list(net.state_dict().values())]

    same(run)


def test_memory_of_other_kinds(same):
    def run(torch):
        net = torch.nn.Linear(2, 3)
        weight = net.weight
        empty = net.to_empty(device="cpu")
        return [empty is net, net.weight is weight, net.weight.shape, repr(net)]

    same(run)


def test_memory_is_not_shared_between_processes():
    import eduflow as torch

    refused = raised(torch.nn.Linear(1, 1).share_memory)
    assert refused["raised"] == "RuntimeError"
    assert "state_dict" in refused["text"]
