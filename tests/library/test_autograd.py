"""The tape: backward and grad, their options and errors, leaves, hooks, second derivatives."""

import itertools
import time
import warnings

import numpy as np
import pytest

import eduflow
from eduflow.autograd.gradcheck import GradcheckError
from tests.machine import needs_threads
from tests.oracle import raised


def test_a_chain_of_100000_operations():
    x = y = eduflow.ones(2).requires_grad_()
    for _ in range(50_000):
        y = y * 1.0 + 0.0
    y.backward(eduflow.ones(2))
    assert x.grad.tolist() == [1.0, 1.0]
    del y


def test_a_deep_diamond_takes_linear_time():
    x = y = eduflow.ones(1, dtype=eduflow.float64).requires_grad_()
    for _ in range(200):
        y = (y + y) * 0.5
    start = time.perf_counter()
    y.backward(eduflow.ones(1, dtype=eduflow.float64))
    assert time.perf_counter() - start < 1.0  # 2 ** 200 paths
    assert x.grad.tolist() == [1.0]
    (g,) = eduflow.autograd.grad((x * x) * x, x, create_graph=True)
    assert g.tolist() == [3.0]


def leaf(torch, *numbers, dtype=None):
    return torch.tensor(numbers, dtype=dtype, requires_grad=True)


def test_backward_accumulates(same):
    def check(torch):
        x, y = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, -1.0)
        (x * y + x).sum().backward()
        first = [x.grad.clone(), y.grad.clone()]
        (x * x).sum().backward()
        kept = x.grad
        (x * 3).sum().backward()
        return [first, x.grad, y.grad, kept is x.grad, x.grad.requires_grad, x.grad.is_leaf]

    same(check)


def test_upstream_gradients(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        (x * x).backward(torch.tensor([1.0, 10.0]))
        a = x.grad.clone()
        torch.autograd.backward([x * 2, (x * 3).sum()], [torch.tensor([1.0, 2.0]), None])
        given = torch.autograd.grad(
            [x * 2, x * 3], x, [torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])]
        )
        return [a, x.grad, given]

    same(check)


def test_shared_gradients_are_not_shared_memory(same):
    def check(torch):
        x, y = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
        g = torch.ones(2)
        (x + y).backward(g)
        (x + x).backward(torch.ones(2))
        return [x.grad, y.grad, g]

    same(check)


def test_graph_names(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = x * 2
        z = (y + x).exp()
        fn = z.grad_fn
        add = fn.next_functions[0][0]
        return [
            fn.name(),
            add.name(),
            [n.name().split("::")[-1] for n, _ in add.next_functions],
            [i for _, i in add.next_functions],
            y.grad_fn.next_functions[1],
            x.grad_fn,
            x.is_leaf,
            y.is_leaf,
            y.requires_grad,
            y.output_nr,
            y.detach().requires_grad,
            y.detach().is_leaf,
            (y * 1).detach_().is_leaf,
            add.next_functions[1][0].variable is x,
            (x > 0).is_leaf,
        ]

    same(check)


def test_retained_graphs(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = x.exp().sum()
        y.backward(retain_graph=True)
        y.backward()
        again = raised(lambda: y.backward())
        z = (x + 1).sum()  # an addition saves nothing, so nothing is missing afterwards
        z.backward()
        z.backward()
        return [x.grad, again]

    same(check)


def test_asking_for_an_inner_gradient_leaves_the_rest_alone(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = x.exp()
        z = (y * 2).sum()
        first = torch.autograd.grad(z, y)
        y.sum().backward()
        return [first, x.grad]

    same(check)


def test_grad_options(same):
    def check(torch):
        x, y, unused = leaf(torch, 1.0, 2.0), leaf(torch, 3.0), leaf(torch, 5.0)
        z = (x * y).sum()
        return [
            torch.autograd.grad(z, [x, y], retain_graph=True),
            torch.autograd.grad(z, x, retain_graph=True),
            torch.autograd.grad(z, (x, unused), retain_graph=True, allow_unused=True),
            torch.autograd.grad(z, (x, unused), retain_graph=True, materialize_grads=True),
            torch.autograd.grad(z, [x, x], retain_graph=True),
            raised(lambda: torch.autograd.grad(z, (x, unused), retain_graph=True)),
            x.grad,
        ]

    same(check)


def test_backward_with_inputs(same):
    def check(torch):
        x, y = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
        middle = x * y
        middle.retain_grad()
        middle.sum().backward(inputs=[y])
        return [x.grad, y.grad, raised(lambda: (x * 2).sum().backward(inputs=[]))]

    same(check)


ERRORS = {
    "no grad": lambda torch: torch.ones(2).sum().backward(),
    "not a scalar": lambda torch: (leaf(torch, 1.0, 2.0) * 2).backward(),
    "complex scalar": lambda torch: (leaf(torch, 1j) * 2).sum().backward(),
    "shape of gradient": lambda torch: (leaf(torch, 1.0, 2.0) * 2).backward(torch.ones(3)),
    "input needs none": lambda torch: torch.autograd.grad(leaf(torch, 1.0).sum(), torch.ones(1)),
    "no inputs": lambda torch: torch.autograd.grad(leaf(torch, 1.0).sum(), []),
    "unused is not allowed": lambda torch: torch.autograd.grad(
        leaf(torch, 1.0).sum(), leaf(torch, 1.0), allow_unused=False, materialize_grads=True
    ),
    "integers": lambda torch: torch.tensor([1]).requires_grad_(),
    "integers again": lambda torch: setattr(torch.tensor([1]), "requires_grad", True),
    "integers from the start": lambda torch: torch.tensor([1], requires_grad=True),
    "not a leaf": lambda torch: setattr(leaf(torch, 1.0) * 2, "requires_grad", False),
    "retain_grad": lambda torch: torch.ones(1).retain_grad(),
    "hook": lambda torch: torch.ones(1).register_hook(print),
    "hook after accumulation": lambda torch: (
        leaf(torch, 1.0) * 2
    ).register_post_accumulate_grad_hook(print),
    "grad is a number": lambda torch: setattr(leaf(torch, 1.0), "grad", 3.0),
    "grad of another shape": lambda torch: setattr(leaf(torch, 1.0), "grad", torch.ones(2)),
    "numpy": lambda torch: leaf(torch, 1.0).numpy(),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(same, name):
    same(lambda torch: raised(lambda: ERRORS[name](torch)))


def test_grad_of_another_dtype_or_itself():
    x = eduflow.ones(1)
    with pytest.raises(RuntimeError, match="dtype 'double'"):
        x.grad = eduflow.ones(1, dtype=eduflow.float64)
    with pytest.raises(RuntimeError, match="can't assign Variable as its own grad"):
        x.grad = x


def test_setting_grad(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        (x * 2).sum().backward()
        x.grad = None
        (x * 3).sum().backward()
        g = torch.tensor([5.0, 5.0])
        before = x.grad
        x.grad = g
        (x * 3).sum().backward()
        del x.grad
        return [before, g, x.grad]

    same(check)


def test_a_warning_where_no_gradient_will_be():
    y = eduflow.ones(1).requires_grad_() * 2
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert y.grad is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.retain_grad()
        assert y.grad is None
        assert eduflow.ones(1).grad is None


def test_retain_grad(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = x * 3
        y.retain_grad()
        x.retain_grad()
        (y * y).sum().backward(retain_graph=True)
        (y * 2).sum().backward()
        return [y.grad, x.grad, y.retains_grad, x.retains_grad]

    same(check)


def test_retain_grad_keeps_what_other_hooks_have_left(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = x * x
        y.retain_grad()
        y.register_hook(lambda g: g * 10)
        y.sum().backward()
        return [y.grad, x.grad]

    same(check)


def test_hooks(same):
    def check(torch):
        seen, x = [], leaf(torch, 1.0, 2.0)
        y = x * 3
        handle = y.register_hook(lambda g: seen.append(g.clone()))
        y.register_hook(lambda g: g * 10)
        x.register_hook(lambda g: seen.append(g.clone()))
        after = x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.clone()))
        (y * y).sum().backward(retain_graph=True)
        handle.remove()
        handle.remove()
        after.remove()
        (y * y).sum().backward()
        return [seen, x.grad]

    same(check)


def test_a_hook_after_accumulation_may_drop_the_gradient(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)

        def step(p):
            p.data -= 0.1 * p.grad
            p.grad = None

        x.register_post_accumulate_grad_hook(step)
        (x * x).sum().backward()
        return [x, x.grad]

    same(check)


def test_modes(same):
    def check(torch):
        x = leaf(torch, 1.0)
        with torch.no_grad():
            a = x * 2
            with torch.enable_grad():
                b = x * 2
        with torch.set_grad_enabled(False):
            c = x * 2

        @torch.no_grad()
        def function():
            return x * 2

        with torch.inference_mode():
            d = (x * 2).requires_grad
        return [a.requires_grad, b.requires_grad, c.requires_grad, function().requires_grad, d,
                torch.is_grad_enabled(), (x * 2).requires_grad]  # fmt: skip

    same(check)


def test_derivatives_of_derivatives(same):
    def check(torch):
        x = leaf(torch, 0.5, 1.5, dtype=torch.float64)
        y, found = (x.sin() * x.exp()).sum(), []
        for _ in range(4):
            (g,) = torch.autograd.grad(y, x, create_graph=True)
            found.append(g)
            y = (g * g).sum()
        return [*found, found[0].requires_grad]

    same(check)


def test_backward_with_create_graph(same):
    def check(torch):
        x = leaf(torch, 2.0, 3.0)
        (x**3).sum().backward(create_graph=True)
        g = x.grad
        x.grad = None
        g.sum().backward()
        return [g, x.grad]

    same(check)


def test_a_gradient_penalty(same):
    def check(torch):
        w, x = leaf(torch, 0.5, -1.0), leaf(torch, 1.0, 2.0)
        (g,) = torch.autograd.grad((w * x).tanh().sum(), x, create_graph=True)
        ((g * g).sum() - 1).abs().backward()
        return [w.grad, x.grad]

    same(check)


def test_broadcasting_in_second_derivatives(same):
    def check(torch):
        x, y = leaf(torch, 1.0, 2.0, 3.0), torch.tensor([[2.0], [0.5]], requires_grad=True)
        (g,) = torch.autograd.grad(((x * y) ** 2).sum(), x, create_graph=True)
        (g * g).sum().backward()
        return [x.grad, y.grad]

    same(check)


def test_anomalies():
    def zero_times_inf(torch):
        x = leaf(torch, 0.0)
        (x.sqrt() * 0).sum().backward()

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with (
            eduflow.autograd.detect_anomaly(),
            pytest.raises(
                RuntimeError,
                match="Function 'SqrtBackward0' returned nan values in its 0th output",
            ),
        ):
            zero_times_inf(eduflow)
    assert "zero_times_inf" in str(seen[-1].message)
    assert "x.sqrt()" in str(seen[-1].message)
    zero_times_inf(eduflow)  # off again
    with eduflow.autograd.set_detect_anomaly(True, check_nan=False):
        zero_times_inf(eduflow)


def test_anomalies_as_in_pytorch(same):
    def check(torch):
        x = leaf(torch, 0.0)
        with torch.autograd.detect_anomaly():
            return raised(lambda: (x.sqrt() * 0).sum().backward())

    same(check)


def test_gradcheck_finds_what_is_wrong():
    class Wrong(eduflow.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return grad * 3

    x = eduflow.tensor([1.5, 2.0], dtype=eduflow.float64, requires_grad=True)
    with pytest.raises(GradcheckError) as caught:
        eduflow.autograd.gradcheck(Wrong.apply, x)
    text = str(caught.value)
    assert text.startswith("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:")
    assert "element 1 of the input and element 1 of the output: numerical 4" in text
    assert "analytical 3" in text
    assert not eduflow.autograd.gradcheck(Wrong.apply, x, raise_exception=False)

    class Constant(Wrong):  # right, but its backward hides that it depends on x
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return grad * 2 * ctx.saved_tensors[0].detach()

    assert eduflow.autograd.gradcheck(Constant.apply, x)
    with pytest.raises(GradcheckError):
        eduflow.autograd.gradgradcheck(Constant.apply, x)
    with pytest.raises(GradcheckError, match="expected to be zero"):
        eduflow.autograd.gradcheck(lambda x: x.detach() * 2, x)
    with pytest.raises(GradcheckError):
        eduflow.autograd.gradcheck(lambda x: x * x.detach(), x)


def test_gradcheck_inputs(same):
    def check(torch):
        x, n = leaf(torch, 1.0, 2.0, dtype=torch.float64), torch.tensor([1.0], dtype=torch.float64)
        return [
            torch.autograd.gradcheck(lambda x, n: (x * n, x + n), (x, n)),
            torch.autograd.gradcheck(lambda x, k: x * k, (x, 3)),
            torch.autograd.gradgradcheck(lambda x: x**3, x),
            x, raised(lambda: torch.autograd.gradcheck(lambda x: x * 2, n)),
        ]  # fmt: skip

    same(check)


def test_variable(same):
    def check(torch):
        x = torch.ones(2)
        v = torch.autograd.Variable(x, requires_grad=True)
        return [
            v,
            v.requires_grad,
            isinstance(x, torch.autograd.Variable),
            v.data_ptr() == x.data_ptr(),
            x.requires_grad,
            raised(lambda: torch.autograd.Variable(3)),
        ]

    same(check)


def test_leaves_do_not_live_longer_than_needed():
    import gc
    import weakref

    gc.disable()
    try:
        x = eduflow.ones(2).requires_grad_()
        y = (x * 2).exp()
        dead = [weakref.ref(x), weakref.ref(y), weakref.ref(y.grad_fn)]
        y.sum().backward()
        del x, y
        assert [reference() for reference in dead] == [None] * 3  # no circles
    finally:
        gc.enable()


@needs_threads
def test_threads_have_modes_of_their_own():
    import threading

    seen = []
    with eduflow.no_grad():
        thread = threading.Thread(target=lambda: seen.append(eduflow.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_gradients_are_right_for_random_programs():
    numbers = np.random.default_rng(0)
    steps = [
        lambda a, b: a * b,
        lambda a, b: a + 2 * b,
        lambda a, b: (a - b).tanh(),
        lambda a, b: a.sigmoid() / (b * b + 1),
    ]
    for _ in range(20):
        choice = numbers.integers(0, len(steps), 6)
        places = numbers.integers(0, 2, (6, 2))

        def program(x, y, choice=choice, places=places):
            values = [x, y]
            for step, (i, j) in zip(choice, places):
                values = [values[-1 - j], steps[step](values[i], values[j])]
            return values[-1]

        inputs = [
            eduflow.tensor(numbers.uniform(-1, 1, s)).requires_grad_() for s in ((2, 1), (3,))
        ]
        assert eduflow.autograd.gradcheck(program, inputs)
        assert eduflow.autograd.gradgradcheck(program, inputs)


@pytest.mark.parametrize(
    "change",
    [
        lambda torch, x: x[0].fill_(0),
        lambda torch, x: x.t().add_(1),
        lambda torch, x: x.__setitem__(x > 1, 0.0),
        lambda torch, x: x.__setitem__((slice(None), [0, 1]), 0.0),
        lambda torch, x: x.add_(1),
        lambda torch, x: x.zero_(),
        lambda torch, x: x.sort()[0],
        lambda torch, x: x.topk(1)[0],
        lambda torch, x: x.max(0)[0],
        lambda torch, x: x.sum(0),
        lambda torch, x: x.cummax(0)[0],
        lambda torch, x: torch.nn.functional.pad(x, (1, 1), mode="reflect"),
        lambda torch, x: torch.nn.functional.pad(x, (1, 1)),
        lambda torch, x: x[[0, 1]],
        lambda torch, x: x[1:, [0, 1]],
        lambda torch, x: x[True],
        lambda torch, x: x[x > 1],
        lambda torch, x: x[torch.tensor([1])],
        lambda torch, x: x[1],
        lambda torch, x: x[:, None, 1:],
        lambda torch, x: x.index_select(0, torch.tensor([1])),
        lambda torch, x: x.gather(0, torch.zeros(1, 3, dtype=torch.int64)),
        lambda torch, x: torch.nn.functional.embedding(torch.tensor([1]), x),
        lambda torch, x: x.t().reshape(6),
        lambda torch, x: x.roll(1),
    ],
)
def test_which_graphs_go_backward_only_once(same, change):
    def facts(torch):
        x = torch.arange(6.0).reshape(2, 3).requires_grad_()
        y = x + 0
        result = change(torch, y)
        y = y if result is None else result
        y.sum().backward(retain_graph=True)
        y.sum().backward()
        try:
            y.sum().backward()
        except RuntimeError as error:
            return str(error), x.grad
        return "three times", x.grad

    same(facts)


def test_inputs_that_retain_their_gradient(same):
    """findings E2: what `inputs=` collects and what retain_grad keeps is one gradient, not two."""

    def check(torch):
        x, found = torch.tensor([1.0, 2.0], requires_grad=True), []
        for retain, inputs in itertools.product((True, False), ("y", "xy", "yx")):
            y = x * 2
            if retain:
                y.retain_grad()
            total = (y * torch.tensor([1.0, 5.0])).sum()
            wanted = [{"x": x, "y": y}[name] for name in inputs]
            total.backward(inputs=wanted, retain_graph=True)
            total.backward(inputs=wanted)
            found += [y.grad, x.grad]
            x.grad = None
        return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # .grad of what is no leaf
        same(check)


def test_retained_gradients_follow_changes_in_place(same):
    """findings E2: it is the gradient of the new values that is kept."""

    def changes(torch, x):
        yield lambda y: y.mul_(3)
        yield lambda y: y.add_(x)
        yield lambda y: y[0].mul_(3)
        yield lambda y: y.view(2, 1)[1].exp_()
        yield lambda y: y.__setitem__(0, 7.0)
        yield lambda y: y.copy_(x * 5)

    def check(torch):
        x, found = torch.tensor([1.0, 2.0], requires_grad=True), []
        for look in (lambda y: y, lambda y: y[:], lambda y: y.view(2)):
            for change in changes(torch, x):
                y = look(x * 2)
                y.retain_grad()
                y.retain_grad()
                before = y.register_hook(lambda g, found=found: found.append(g.clone()))
                change(y)
                (y * torch.tensor([1.0, 5.0])).sum().backward()
                before.remove()
                found += [y.grad, x.grad.clone(), y.retains_grad]
                x.grad = None
        return found

    same(check)


def test_second_derivatives_after_indexed_writes(same):
    """findings E5."""

    def writes(torch, x):
        yield lambda c: c.__setitem__(0, c[0] + 1)
        yield lambda c: c[1:].mul_(x[0])
        yield lambda c: c.__setitem__(x > 1.5, 5.0)
        yield lambda c: c.__setitem__(torch.tensor([0, 2]), x[1:] * x[1:])
        yield lambda c: c.__setitem__(slice(None, None, 2), x[:2])
        yield lambda c: c.view(3, 1)[2].add_(x[0] * x[1])
        yield lambda c: c.masked_fill_(x > 2.5, 1.5)

    def check(torch):
        found = []
        x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        for write in writes(torch, x):
            c = x * x
            write(c)
            (first,) = torch.autograd.grad((c * c).sum(), x, create_graph=True)
            found += [first.detach(), torch.autograd.grad((first * first).sum(), x)]
        return found

    same(check)


def test_hooks_of_nodes(same):
    """findings E7: after a node has run, and before it."""

    def check(torch):
        x, found = torch.tensor([1.0, 2.0], requires_grad=True), []

        def run(make, **hooks):
            y = make()
            for name, hook in hooks.items():
                getattr(y.grad_fn, f"register_{name}")(hook)
            error = raised(lambda: y.backward(torch.ones(y.shape)))
            found.extend([error, x.grad])
            x.grad = None

        def see(*grads):
            found.append([[g if g is None else g.clone() for g in part] for part in grads])

        run(lambda: x * x, hook=see, prehook=see)
        run(lambda: x * 3, hook=lambda inputs, outputs: (inputs[0] * 10, *inputs[1:]))
        run(lambda: x * 3, prehook=lambda outputs: (outputs[0] * 10,))
        run(lambda: x * 3, hook=lambda inputs, outputs: inputs[0])
        run(lambda: x * 3, hook=lambda inputs, outputs: (inputs[0],))
        run(lambda: x * 3, prehook=lambda outputs: outputs[0])
        run(lambda: x * 3, prehook=lambda outputs: outputs * 2)
        run(lambda: x.unbind()[1], hook=see)
        run(lambda: x.sum(), hook=see)
        y = x * 3
        collects = y.grad_fn.next_functions[0][0]
        handle = collects.register_hook(see)
        y.sum().backward()
        handle.remove()
        (x * 3).sum().backward()
        return [*found, x.grad]

    same(check)


def test_the_order_of_hooks_at_one_node(same):
    def check(torch):
        x, order = torch.tensor([1.0, 2.0], requires_grad=True), []
        y = x * 3
        y.retain_grad()
        y.grad_fn.register_hook(lambda inputs, outputs: order.append("after"))
        y.grad_fn.register_prehook(lambda outputs: order.append("before"))
        y.register_hook(lambda g: order.append("tensor") or g * 2)
        torch.autograd.grad(y.sum(), y, retain_graph=True)
        order.append("asked for y")
        torch.autograd.grad((y * y).sum(), x, create_graph=True)
        return [order, y.grad]

    same(check)


def test_hooks_after_accumulation_run_for_inputs(same):
    """findings E7."""

    def check(torch):
        x, w, found = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True), []
        for leaf in (x, w):
            leaf.register_post_accumulate_grad_hook(lambda t: found.append(t.grad.clone()))
        (x * w * 3).sum().backward(inputs=[x])
        torch.autograd.grad((x * w).sum(), x)
        return found

    same(check)


def test_an_input_cut_off_after_the_graph_was_freed(same):
    """What was saved is gone already: the second backward says so, whatever was detached."""

    def facts(torch):
        x = torch.ones(2, requires_grad=True)
        middle = x * 1
        result = middle**2
        result.sum().backward()
        middle.detach_()
        try:
            result.sum().backward()
        except RuntimeError as error:
            return str(error), x.grad
        return "twice", x.grad

    same(facts)
