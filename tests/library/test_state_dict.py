"""State dicts: keys, order, values, hooks and every error text equal PyTorch's."""

from collections import OrderedDict

import pytest

from tests.library.test_containers import make_net, tried
from tests.oracle import raised


def filled(torch, net, value=0.0):
    """The net with all parameters and buffers set to a value."""
    with torch.no_grad():
        for tensor in (*net.parameters(), *net.buffers()):
            tensor.fill_(value)
    return net


def loaded(net, state, **options):
    """What loading gives, or raises, and the values of the net after it."""
    outcome = tried(lambda: net.load_state_dict(state, **options))
    return [outcome, list(net.state_dict().values())]


def test_names_order_values_and_metadata(same):
    def run(torch):
        net = make_net(torch)
        state = net.state_dict()
        return [
            type(state).__name__,
            list(state),
            list(state.values()),
            state._metadata,
            list(net.state_dict(prefix="p.")),
            net.state_dict(prefix="p.")._metadata,
            net._version,
        ]

    same(run)


def test_entries_share_the_memory_but_not_the_history(same):
    def run(torch):
        net = make_net(torch)
        state, kept = net.state_dict(), net.state_dict(keep_vars=True)
        with torch.no_grad():
            net.w.add_(4)
        return [
            state["w"],
            state["w"].requires_grad,
            type(state["w"]).__name__,
            state["w"].data_ptr() == net.w.data_ptr(),
            kept["w"] is net.w,
            kept["mean"] is net.mean,
            state["mean"] is net.mean,
        ]

    same(run)


def test_other_destinations(same):
    def run(torch):
        net = make_net(torch)
        plain = {"before": 1}
        ordered = OrderedDict()
        return [
            net.state_dict(destination=plain) is plain,
            list(plain),
            hasattr(net.state_dict(destination=ordered), "_metadata"),
            list(net.state_dict(OrderedDict(), "q.")),
            net.state_dict(OrderedDict(), "", True)["w"] is net.w,
            tried(lambda: net.state_dict(foo=1)),
        ]

    same(run)


def test_loading_all(same):
    def run(torch):
        source, net = filled(torch, make_net(torch), 3.0), make_net(torch)
        before, state = net.w, source.state_dict()
        result = net.load_state_dict(state)
        return [
            repr(result),
            str(result),
            tuple(result),
            result.missing_keys,
            result.unexpected_keys,
            net.w is before,
            net.w._version,
            list(net.state_dict().values()),
            repr(net.load_state_dict(dict(state))),
            raised(lambda: net.load_state_dict(3)),
            raised(lambda: net.load_state_dict([1])),
        ]

    same(run)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("trouble", ["missing", "unexpected", "both", "shapes", "everything"])
def test_loading_what_does_not_fit(same, trouble, strict):
    def run(torch):
        net = filled(torch, make_net(torch))
        state = dict(filled(torch, make_net(torch), 1.0).state_dict())
        if trouble in ("missing", "both", "everything"):
            del state["w"], state["out.bias"]
        if trouble in ("unexpected", "both", "everything"):
            extra = ["foo", "out.extra", "other.y", "body.0.weight.x", "body.1.p", "scratch"]
            state |= dict.fromkeys(extra, torch.ones(1))
        if trouble in ("shapes", "everything"):
            state |= {"out.weight": torch.ones(3, 3), "body.0.bias": torch.ones(())}
        return loaded(net, state, strict=strict)

    same(run)


def test_loading_other_dtypes(same):
    def run(torch):
        net, state = make_net(torch), make_net(torch).state_dict()
        results = []
        for value in (
            torch.ones(1, dtype=torch.float64) * 3,
            torch.tensor([4]),
            torch.tensor([True]),
            torch.ones(1, requires_grad=True) * 2,
        ):
            state["w"] = value
            results.append([repr(net.load_state_dict(state)), net.w, net.w.requires_grad])
        return results

    same(run)


def test_loading_what_is_no_tensor(same):
    def run(torch):
        net, state = filled(torch, make_net(torch)), make_net(torch).state_dict()
        filled(torch, net)
        return [loaded(net, {**state, "w": wrong})[0] for wrong in (3, [1.0], None, "x")]

    same(run)


def test_a_number_may_come_as_a_list_of_one(same):
    def run(torch):
        class Scale(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.p = torch.nn.Parameter(torch.tensor(1.0))

        ones = (torch.tensor([5.0]), torch.tensor([7.0, 8.0]), torch.ones(0), torch.ones(1, 1))
        return [loaded(Scale(), {"p": value}) for value in ones]

    same(run)


def test_errors_while_copying_are_collected(same):
    def run(torch):
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("b", torch.zeros(1).expand(2))
                self.register_buffer("c", torch.zeros(1).expand(3))

        return tried(lambda: Net().load_state_dict({"b": torch.ones(2), "c": torch.ones(3)}))

    same(run)


def test_assigning_instead_of_copying(same):
    def run(torch):
        nn = torch.nn
        net = make_net(torch)
        state = dict(make_net(torch).state_dict())
        state["w"] = torch.ones(1, dtype=torch.float64) * 3
        first = net.w
        result = net.load_state_dict(state, assign=True)
        parameter = nn.Parameter(torch.ones(1), requires_grad=False)
        net.load_state_dict({**state, "w": parameter}, assign=True)
        return [
            repr(result),
            net.w is first,
            net.w is parameter,
            parameter.requires_grad,
            net.mean is state["mean"],
            type(net.out.weight).__name__,
            net.out.weight.data_ptr() == state["out.weight"].data_ptr(),
            net.out.weight.requires_grad,
            tried(
                lambda: net.load_state_dict({**state, "w": torch.ones(2)}, assign=True),
                lambda: net.load_state_dict({**state, "w": 3}, assign=True),
                lambda: net.load_state_dict({**state, "w": torch.tensor([1])}, assign=True),
            ),
        ]

    same(run)


def test_what_is_frozen_stays_frozen(same):
    def run(torch):
        net = torch.nn.Linear(1, 1)
        net.weight.requires_grad_(False)
        state = {"weight": torch.ones(1, 1), "bias": torch.ones(1)}
        net.load_state_dict(state)
        copied = [net.weight.requires_grad, net.bias.requires_grad]
        net.load_state_dict(state, assign=True)
        return [copied, net.weight.requires_grad, net.bias.requires_grad]

    same(run)


def test_extra_state(same):
    def run(torch):
        nn = torch.nn

        class Counting(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.count = nn.Linear(1, 1), 1

            def get_extra_state(self):
                return {"count": self.count}

            def set_extra_state(self, state):
                self.count = state["count"]

        class OneWay(nn.Module):
            def get_extra_state(self):
                return 1

        net = Counting()
        state = nn.Sequential(net).state_dict()
        state["0._extra_state"] = {"count": 7}
        result = nn.Sequential(net).load_state_dict(state)
        del state["0._extra_state"]
        return [
            list(net.state_dict()),
            list(state),
            repr(result),
            net.count,
            tried(
                lambda: nn.Sequential(net).load_state_dict(state),
                lambda: nn.Sequential(net).load_state_dict(state, strict=False),
                lambda: nn.ReLU().load_state_dict({"_extra_state": 1}),
                lambda: OneWay().load_state_dict(OneWay().state_dict()),
            ),
            [
                raised(call)["text"].split(" Please")[0]
                for call in (nn.ReLU().get_extra_state, lambda: nn.ReLU().set_extra_state(1))
            ],
        ]

    same(run)


def test_shared_modules_and_parameters(same):
    def run(torch):
        nn = torch.nn
        a, b = nn.Linear(1, 1), nn.Linear(1, 1)
        b.weight = a.weight
        net = nn.Sequential(a, b, a)
        state = {
            name: torch.full_like(t, i) for i, (name, t) in enumerate(net.state_dict().items())
        }
        copied = loaded(net, state)
        tied = net[0].weight is net[1].weight
        net.load_state_dict(state, assign=True)
        return [copied, tied, net[0].weight is net[1].weight, list(net.state_dict().values())]

    same(run)


def test_a_part_alone(same):
    def run(torch):
        nn = torch.nn
        net = filled(torch, nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)), 2.0)
        part = net[0].state_dict()
        other = filled(torch, nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)))
        longer = {"0." + name: tensor for name, tensor in part.items()}
        return [
            list(part),
            repr(other[0].load_state_dict(part)),
            list(other.state_dict().values()),
            repr(other.load_state_dict(longer, strict=False)),
            raised(lambda: other.load_state_dict(longer)),
        ]

    same(run)


def test_hooks_around_saving(same):
    def run(torch):
        log = []
        net = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Sequential(torch.nn.Linear(2, 1)))
        handles = [
            net.register_state_dict_pre_hook(lambda m, p, k: log.append(("pre", len(m), p, k))),
            net[1].register_state_dict_pre_hook(lambda m, p, k: log.append(("pre 1", p, k))),
            net.register_state_dict_post_hook(
                lambda m, s, p, i: log.append(("post", list(s), p, i))
            ),
            net[1].register_state_dict_post_hook(
                lambda m, s, p, i: log.append(("post 1", list(s), p, i))
            ),
        ]
        net.state_dict(keep_vars=True)
        for handle in handles:
            handle.remove()
        net.state_dict()
        return log

    same(run)


def test_what_saving_hooks_may_return(same):
    def run(torch):
        def pair():
            return torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Linear(1, 1)))

        def with_hook(where, name, result):
            net = pair()
            getattr(where(net), name)(lambda *args: result)
            return tried(lambda: list(net.state_dict()))

        def hook(module, state, prefix, metadata):
            state["added"] = 1

        net = pair()
        net.register_state_dict_post_hook(hook)
        return [
            with_hook(lambda net: net, "register_state_dict_post_hook", 3),
            with_hook(lambda net: net, "register_state_dict_pre_hook", 3),
            with_hook(lambda net: net, "_register_state_dict_hook", {"new": 1}),
            with_hook(lambda net: net[1], "_register_state_dict_hook", {"new": 1}),
            list(net.state_dict()),
            raised(lambda: net._register_state_dict_hook(hook)),
        ]

    same(run)


def test_hooks_around_loading(same):
    def run(torch):
        log = []

        def before(module, state, prefix, info, strict, missing, unexpected, errors):
            log.append([type(module).__name__, list(state), prefix, info, strict])
            log.append([list(missing), list(unexpected), list(errors)])

        def after(module, keys):
            log.append([type(module).__name__, repr(keys)])

        net = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Sequential(torch.nn.Linear(2, 1)))
        for part in (net, net[1]):
            part.register_load_state_dict_pre_hook(before)
            part.register_load_state_dict_post_hook(after)
        net.load_state_dict(net.state_dict())
        net.load_state_dict(dict(net.state_dict()), assign=True)
        state = net.state_dict()
        del state["0.bias"]
        net.load_state_dict({**state, "extra": 1}, strict=False)
        return log

    same(run)


def test_what_loading_hooks_may_change(same):
    def run(torch):
        nn = torch.nn

        def rename(module, state, prefix, *rest):
            state[prefix + "weight"] = state.pop(prefix + "old")

        renamed = nn.Sequential(nn.Linear(1, 1))
        renamed[0].register_load_state_dict_pre_hook(rename)
        old = {"0.old": torch.ones(1, 1), "0.bias": torch.ones(1)}
        forgiving, complaining, returning = (nn.Linear(1, 1) for _ in range(3))
        forgiving.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
        complaining._register_load_state_dict_pre_hook(lambda *args: args[-1].append("no"))
        returning.register_load_state_dict_post_hook(lambda m, keys: 3)
        return [
            loaded(renamed, old),
            list(old),
            tried(
                lambda: forgiving.load_state_dict({}),
                lambda: complaining.load_state_dict(complaining.state_dict()),
                lambda: returning.load_state_dict(returning.state_dict()),
            ),
        ]

    same(run)


def test_modules_with_their_own_way_of_saving_and_loading(same):
    def run(torch):
        log = []

        class Versioned(torch.nn.Module):
            _version = 2

            def __init__(self):
                super().__init__()
                self.p = torch.nn.Parameter(torch.ones(1))

            def _load_from_state_dict(self, state, prefix, info, strict, *lists):
                log.append([dict(info), prefix, strict])
                super()._load_from_state_dict(state, prefix, info, strict, *lists)

        class Talking(torch.nn.Module):
            def _save_to_state_dict(self, destination, prefix, keep_vars):
                destination[prefix + "hi"] = 1

        net = torch.nn.Sequential(Versioned())
        state = net.state_dict()
        versions = {path: dict(info) for path, info in state._metadata.items()}
        net.load_state_dict(state)
        net.load_state_dict(dict(state))
        net.load_state_dict(state, assign=True, strict=False)
        return [versions, log, torch.nn.Sequential(Talking()).state_dict()]

    same(run)
