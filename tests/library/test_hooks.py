"""Hooks of modules: what they see, what they change, in which order, and their errors."""

import warnings

import pytest

import eduflow
from tests.oracle import raised


def two(torch):
    """A module with two results."""

    class Two(torch.nn.Module):
        def forward(self, x, y=1):
            return x * y, x + y

    return Two()


def linear(torch):
    net = torch.nn.Linear(2, 1)
    torch.nn.init.ones_(net.weight)
    torch.nn.init.ones_(net.bias)
    return net


def broken(torch):
    class Broken(torch.nn.Module):
        def forward(self, x):
            raise ValueError("forward failed")

    return Broken()


def warned(call):
    found = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        error = raised(lambda: found.append(call()))
    return [error or found[0], *[[w.category.__name__, str(w.message)] for w in caught]]


def test_forward_pre_hooks(same):
    def check(torch):
        net, pair = linear(torch), two(torch)
        x, found = torch.ones(1, 2), {}

        def run(module, hook, *args, **options):
            with module.register_forward_pre_hook(hook, **options):
                return [
                    raised(lambda: module(*args)),
                    raised(lambda: module(*args)) or module(*args),
                ]

        found["one"] = run(net, lambda m, args: args[0] * 2, x)
        found["tuple"] = run(net, lambda m, args: (args[0] * 3,), x)
        found["nothing"] = run(net, lambda m, args: None, x)
        found["no tensor"] = run(net, lambda m, args: 3, x)
        found["kwargs"] = run(pair, lambda m, a, k: (a, {**k, "y": 3}), x, with_kwargs=True)
        found["bad kwargs"] = run(pair, lambda m, a, k: 3, x, with_kwargs=True)
        found["after"] = net(x)
        return found

    same(check)


def test_forward_hooks(same):
    def check(torch):
        pair, x, found = two(torch), torch.ones(2), {}
        for name, hook, options in (
            ("changed", lambda m, args, out: out[0] * 5, {}),
            ("seen", lambda m, args, out: None, {}),
            ("kwargs", lambda m, a, k, out: (a, k), {"with_kwargs": True}),
        ):
            with pair.register_forward_hook(hook, **options):
                found[name] = pair(x, y=2)
        found["after"] = pair(x)
        return found

    same(check)


def test_the_order_of_hooks(same):
    def check(torch):
        net, order = torch.nn.Identity(), []
        module_file = torch.nn.modules.module

        def note(name):
            return lambda *args: order.append(name)

        handles = [net.register_forward_hook(note(f"hook {i}")) for i in range(3)]
        net.register_forward_hook(note("first"), prepend=True)
        net.register_forward_pre_hook(note("before"))
        net.register_forward_pre_hook(note("very first"), prepend=True)
        everywhere = [
            module_file.register_module_forward_hook(note("global")),
            module_file.register_module_forward_pre_hook(note("global before")),
        ]
        net(1)
        order.append("--")
        handles[1].remove()
        handles[1].remove()
        for handle in everywhere:
            handle.remove()
        net(1)
        return order

    same(check)


def test_hooks_that_are_always_called(same):
    def check(torch):
        seen, module = [], broken(torch)
        module.register_forward_hook(lambda m, a, out: seen.append(["normal", out]))
        module.register_forward_hook(
            lambda m, a, out: seen.append(["always", out]), always_call=True
        )
        result = warned(lambda: module(1))

        def fails(*args):
            raise KeyError("the hook failed")

        module.register_forward_hook(fails, always_call=True)
        again = warned(lambda: module(1))
        healthy = torch.nn.Identity()
        healthy.register_forward_hook(fails)
        healthy.register_forward_hook(
            lambda m, a, out: seen.append(["rest", out]), always_call=True
        )
        return [result, again, raised(lambda: healthy(1)), seen]

    same(check)


@pytest.mark.parametrize("prepend", [True, False])
def test_full_backward_hooks(same, prepend):
    def check(torch):
        seen = []

        def note(name, factor=None):
            def hook(module, grad_in, grad_out):
                seen.append([name, list(grad_in), list(grad_out)])
                if factor is not None:
                    return tuple(None if g is None else g * factor for g in grad_in)
                return None

            return hook

        pair, x = two(torch), torch.ones(2, requires_grad=True)
        handles = [
            pair.register_full_backward_hook(note("see")),
            pair.register_full_backward_hook(note("change", 10), prepend),
        ]
        a, b = pair(x, 2.0)
        names = [a.grad_fn.name(), b.grad_fn.name()]
        (a * torch.tensor([1.0, 3.0])).sum().backward()
        a, b = pair(x, 2.0)
        (a.sum() + 2 * b.sum()).backward()
        for handle in handles:
            handle.remove()
        pair(x, 2.0)[0].sum().backward()
        return [names, seen, x.grad]

    same(check)


def test_full_backward_pre_hooks(same):
    def check(torch):
        seen, net, x = [], linear(torch), torch.ones(1, 2, requires_grad=True)
        net.register_full_backward_pre_hook(lambda m, out: (out[0] * 5,))
        net.register_full_backward_hook(lambda m, i, out: seen.append([list(i), list(out)]))
        net(x).sum().backward()
        grads = [x.grad, net.weight.grad]
        other = linear(torch)
        other.register_full_backward_pre_hook(lambda m, out: (out[0] * 7,))
        other(x).sum().backward()
        other.register_full_backward_pre_hook(lambda m, out: (out[0], out[0]))
        return [grads, seen, x.grad, raised(lambda: other(x).sum().backward())]

    same(check)


def test_backward_hooks_without_gradients_for_the_input(same):
    def check(torch):
        seen, net = [], linear(torch)
        net.register_full_backward_hook(lambda m, i, out: seen.append([list(i), list(out)]))
        loss = warned(lambda: net(torch.ones(1, 2)).sum().backward())
        with torch.no_grad():
            quiet = net(torch.ones(1, 2)).requires_grad
        return [loss, seen, quiet, net.weight.grad]

    same(check)


def test_backward_hooks_refuse(same):
    def check(torch):
        pair, x = two(torch), torch.ones(2, requires_grad=True)
        with pair.register_full_backward_hook(lambda m, i, out: (i[0],) * 3):
            wrong = raised(lambda: pair(x, 2.0)[0].sum().backward())

        class Odd(torch.nn.Module):
            def forward(self, x):
                return {"a": x * 2}

        odd = Odd()
        odd.register_full_backward_hook(lambda m, i, out: None)
        found = warned(lambda: odd(x))
        return [wrong, [part if isinstance(part, dict) else str(part) for part in found]]

    same(check)


def test_hooks_in_a_network(same):
    def check(torch):
        seen = []
        first, second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)
        for name, layer in (("first", first), ("second", second)):
            layer.register_forward_hook(lambda m, i, o, n=name: seen.append([n, list(o.shape)]))
            layer.register_full_backward_hook(lambda m, i, o, n=name: seen.append([n, i[0], o[0]]))
        x = torch.linspace(-1, 1, 6).reshape(2, 3).requires_grad_()
        second(first(x).relu()).square().sum().backward()
        return [seen, x.grad, first.weight.grad]

    same(check)


def test_hooks_of_all_modules(same):
    def check(torch):
        module_file, seen = torch.nn.modules.module, []
        handles = [
            module_file.register_module_full_backward_hook(
                lambda m, i, o: seen.append([repr(m), list(i), list(o)])
            ),
            module_file.register_module_full_backward_pre_hook(lambda m, o: (o[0] * 2,)),
            module_file.register_module_forward_hook(
                lambda m, a, k, out: seen.append([repr(m), len(k)]), with_kwargs=True
            ),
        ]
        x = torch.ones(1, 2, requires_grad=True)
        linear(torch)(x).sum().backward()
        for handle in handles:
            handle.remove()
        linear(torch)(x).sum().backward()
        return [seen, x.grad]

    same(check)


def test_gradients_through_hooks_can_be_differentiated(same):
    def check(torch):
        net, x = linear(torch), torch.tensor([[0.5, 2.0]], requires_grad=True)
        net.register_full_backward_hook(lambda m, i, out: (i[0] * 3,))
        (slope,) = torch.autograd.grad((net(x) ** 3).sum(), x, create_graph=True)
        return torch.autograd.grad(slope.sum(), x)

    same(check)


def test_a_module_with_hooks_is_copied_and_pickled():
    import copy

    net = linear(eduflow)
    net.register_forward_hook(print_nothing)
    assert len(copy.deepcopy(net)._forward_hooks) == 1


def print_nothing(module, args, output):
    """A hook at the top level of a module, which a pickle can find again."""


def test_parameters_as_a_vector(same):
    def check(torch):
        net, utils = linear(torch), torch.nn.utils
        vector = utils.parameters_to_vector(net.parameters())
        vector.backward(torch.tensor([1.0, 2.0, 3.0]))
        utils.vector_to_parameters(torch.tensor([5.0, 6.0, 7.0]), net.parameters())
        return [
            vector,
            vector.grad_fn.name(),
            net.weight.grad,
            net.weight,
            net.bias,
            net.weight.requires_grad,
            raised(lambda: utils.vector_to_parameters([1.0], net.parameters())),
            raised(lambda: utils.vector_to_parameters(torch.ones(2), net.parameters())),
        ]

    same(check)


@pytest.mark.parametrize("order", [2.0, 1, 0.5, float("inf")])
def test_clipping_the_norm(same, order):
    def check(torch):
        clip, found = torch.nn.utils.clip_grad_norm_, []
        for limit in (1.0, 100):
            parameters = [torch.nn.Parameter(torch.ones(2)) for _ in range(3)]
            parameters[0].grad = torch.tensor([3.0, -4.0])
            parameters[2].grad = torch.tensor([0.5, 12.0])
            total = clip(parameters, limit, norm_type=order)
            found.append([total, parameters[0].grad, parameters[1].grad, parameters[2].grad])
        return found

    same(check)


def test_clipping_corners(same):
    def check(torch):
        utils, one = torch.nn.utils, torch.nn.Parameter(torch.ones(3))
        found = [
            utils.clip_grad_norm_([], 1.0),
            warned(lambda: utils.clip_grad_norm_(iter(()), 1.0)),
        ]
        found.append(warned(lambda: utils.clip_grad_norm_((p for p in ()), 1.0)))
        found.append(utils.clip_grad_norm_(one, 1.0))
        one.grad = torch.tensor([3.0, -4.0, 0.0])
        found += [utils.clip_grad_value_(one, 3.5), one.grad.clone()]
        found += [warned(lambda: utils.clip_grad_norm([one], 0.5)), one.grad.clone()]
        found.append(utils.get_total_norm([torch.ones(2), torch.ones(7)]))
        utils.clip_grads_with_norm_([one], 1.0, torch.tensor(4.0))
        found.append(one.grad.clone())
        one.grad[0] = float("nan")
        found.append(raised(lambda: utils.clip_grad_norm_(one, 1.0, error_if_nonfinite=True)))
        found += [utils.clip_grad_norm_(one, 1.0), one.grad]
        return found

    same(check)
