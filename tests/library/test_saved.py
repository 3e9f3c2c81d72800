"""What a derivative saves is found by identity: no name, no place to keep it makes a difference."""

import gc
import itertools
import weakref

import numpy as np
import pytest

import eduflow
from eduflow._core.dispatch import op, pointwise
from eduflow._kernels import switch
from eduflow.autograd.record import joint_op


@op()
def by_other_names(x):
    y = x * x * x
    kept = x
    return y, lambda grad: grad * 3 * kept * kept


@op()
def result_by_another_name(x):
    y = np.exp(x)
    return y, lambda grad: grad * y


@op()
def by_a_view(x):
    flat = x.reshape(-1)
    return x * x, lambda grad: grad * 2 * flat.reshape(grad.shape)


@op()
def in_an_inner_function(x):
    def slope():
        return 2 * x

    return x * x, lambda grad: grad * slope()


@op()
def in_a_tuple(x):
    kept = (x,)
    return x * x, lambda grad: grad * 2 * kept[0]


@op()
def by_its_owner(x):
    owner = x if x.base is None else x.base
    return x * x, lambda grad: grad * 2 * owner.reshape(grad.shape)


@joint_op()
def for_all_inputs(a, b):
    first = a
    return a * b, lambda grad, needs: (grad * b, grad * first)


@pointwise()
def elementwise(x, y):
    left, right = x, y
    return left * right, lambda grad: grad * right, lambda grad: grad * left


OPERATIONS = {
    by_other_names: "input",
    result_by_another_name: "result",
    by_a_view: "input",
    in_an_inner_function: "input",
    in_a_tuple: "input",
    by_its_owner: "input",
}


@pytest.fixture(params=["fast", "plain"])
def mode(request, monkeypatch):
    monkeypatch.setattr(switch, "plain", request.param == "plain")


def middle(*sizes):
    leaf = eduflow.ones(*sizes, requires_grad=True)
    return leaf, leaf * 2


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda f: f.__name__)
def test_a_saved_array_that_is_changed_is_missed(operation, mode):
    _, x = middle(2, 2)
    y = operation(x)
    (x if OPERATIONS[operation] == "input" else y).detach().add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: \[.*\[2, 2\]\]"):
        y.sum().backward()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda f: f.__name__)
def test_what_is_not_saved_may_change(operation, mode):
    leaf, x = middle(2, 2)
    y = operation(x)
    expected = {"input": [[4.0, 4.0], [4.0, 4.0]], "result": [[7.3891, 7.3891]] * 2}
    if operation is by_other_names:
        expected["input"] = [[12.0, 12.0], [12.0, 12.0]]
    (y if OPERATIONS[operation] == "input" else x).detach().add_(1)
    y.backward(eduflow.ones(2, 2))
    wanted = 2 * np.array(expected[OPERATIONS[operation]])
    np.testing.assert_allclose(leaf.grad.numpy(), wanted, rtol=1e-5)


@pytest.mark.parametrize("operation", [for_all_inputs, elementwise], ids=lambda f: f.__name__)
@pytest.mark.parametrize("which", [0, 1])
def test_each_of_two_inputs_is_found(operation, which, mode):
    pair = [middle(3)[1], middle(3)[1]]
    y = operation(*pair)
    pair[which].detach().add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_derivative_that_nobody_asked_for_saves_nothing(mode):
    weights, x = eduflow.ones(3, requires_grad=True), eduflow.ones(3)
    y = elementwise(x, weights)
    weights.detach().add_(1)  # only the gradient of x, which nobody wants, needs the weights
    y.sum().backward()
    assert weights.grad.tolist() == [1, 1, 1]


def test_second_derivatives_know_what_was_saved_by_any_name(mode):
    for operation, second in [
        (by_other_names, 6.0),
        (result_by_another_name, 2.7182817),
        (in_an_inner_function, 2.0),
        (in_a_tuple, 2.0),
    ]:
        x = eduflow.ones(2, requires_grad=True)
        (first,) = eduflow.autograd.grad(operation(x).sum(), x, create_graph=True)
        (found,) = eduflow.autograd.grad(first.sum(), x)
        assert found.tolist() == pytest.approx([second] * 2)


def test_a_second_derivative_that_would_miss_something_is_refused(mode):
    x = eduflow.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="cannot be differentiated again: it keeps 'flat'"):
        eduflow.autograd.grad(by_a_view(x).sum(), x, create_graph=True)


TWINS = {
    "mul": lambda t, x, c: x * c,
    "matmul": lambda t, x, c: x @ c,
    "mv": lambda t, x, c: x @ c[0],
    "bmm": lambda t, x, c: t.bmm(x[None], c[None]),
    "einsum": lambda t, x, c: t.einsum("ij,jk->ik", x, c),
    "linear": lambda t, x, c: t.nn.functional.linear(x, c),
    "addcmul": lambda t, x, c: t.addcmul(x, x, c),
    "div": lambda t, x, c: x / c,
    "pow": lambda t, x, c: x**c,
    "lerp": lambda t, x, c: t.lerp(x, c, x),
    "minus": lambda t, x, c: (x - c * 2) ** 2,
}


@pytest.mark.parametrize(("name", "how"), [*itertools.product(TWINS, ["detach", "data"])])
def test_a_constant_is_not_taken_for_its_twin(same, name, how):
    """`x @ x.detach()`: the same memory, but only one of the two is differentiated."""

    def check(torch):
        x = torch.tensor([[0.5, 0.25], [0.75, 1.0]], requires_grad=True)
        constant = x.detach() if how == "detach" else x.data
        made = (TWINS[name](torch, x, constant) * 0.5).exp().sum()
        (first,) = torch.autograd.grad(made, x, create_graph=True)
        (second,) = torch.autograd.grad((first * first).sum(), x)
        return [first.detach(), second]

    same(check, rtol=1e-4)


def test_both_captures_may_be_one_input(same, mode):
    def check(torch):
        x = torch.tensor([3.0, -2.0], requires_grad=True)
        (first,) = torch.autograd.grad(torch.mul(x, x).sum(), x, create_graph=True)
        return [first.detach(), torch.autograd.grad(first.sum(), x)]

    same(check)


def test_memory_is_free_as_soon_as_the_walk_is_over(mode):
    x = eduflow.ones(3, requires_grad=True) * 2
    gone, y = weakref.ref(x._array), (x.exp() * x).sum()
    del x
    assert gone() is not None
    gc.disable()
    try:
        y.backward()
        assert gone() is None
    finally:
        gc.enable()


def test_plain_and_fast_recording_note_the_same():
    found = []
    for plain in (True, False):
        switch.plain, before = plain, switch.plain
        try:
            _, x = middle(2, 3)
            row = eduflow.ones(3, requires_grad=True)
            made = [x * row, x.exp(), x @ x.T, x[0] * 2, x * x, by_a_view(x), x / 3, 2 - x]
            made += [eduflow.complex(x, x) * eduflow.complex(x, x), x.reshape(3, 2).sum(0)]
            found.append([notes(tensor.grad_fn) for tensor in made])
        finally:
            switch.plain = before
    assert found[0] == found[1]


def notes(node):
    """What a node knows, in a form that can be compared."""
    saved = [
        (array is None or array.shape, place, version) for array, place, _, version in node.saved
    ]
    return node.name(), [edge and edge.name() for edge in node.edges], saved, node.fits


def test_plain_and_fast_walks_end_alike():
    def both(graph):
        found = []
        for plain in (True, False):
            before, switch.plain = switch.plain, plain
            try:
                x = eduflow.linspace(0.5, 2, 6).reshape(2, 3).detach().requires_grad_()
                found.append([part.tolist() for part in graph(x)])
            finally:
                switch.plain = before
        assert found[0] == found[1]

    def diamond(x):
        y = x + x
        for _ in range(30):
            y = (y + y) * 0.5
        y.sum().backward()
        return [x.grad]

    def twice(x):
        y = (x.exp() * x[0]).sum()
        y.backward(retain_graph=True)
        y.backward()
        with pytest.raises(RuntimeError, match="a second time"):
            y.backward()
        return [x.grad]

    def hooked(x):
        seen, y = [], x * 3
        y.register_hook(lambda g: seen.append(g) or g * 2)
        (y * y).sum().backward()
        return [x.grad, *seen]

    def asked(x):
        y = x * x
        z = (y.exp() + x).mean()
        return eduflow.autograd.grad(z, [y, x])

    def one_array_for_two(x):
        w = eduflow.ones(2, 3, requires_grad=True)
        (x + w).backward(eduflow.ones(2, 3))
        x.grad.add_(5)
        return [x.grad, w.grad]

    def given_gradient(x):
        above = eduflow.ones(2, 3)
        (x + 0).backward(above)
        x.grad.add_(5)
        return [x.grad, above]

    def several(x):
        a, b = x.unbind()
        (a * 2 + b.max(0).values).sum().backward()
        return [x.grad]

    for graph in (diamond, twice, hooked, asked, one_array_for_two, given_gradient, several):
        both(graph)
