"""The tape's kernels do what their plain forms do: the same nodes, saved arrays and gradients."""

import numpy as np
import pytest

import eduflow as torch
from eduflow._kernels.pointwise import BODIES, VALUES
from eduflow.course import plain
from eduflow.ops import binary, unary

TAPE = ("engine.walk_back", "record.record")  # what test_kernels leaves to this test
UNARY = ["exp", "sin", "sigmoid", "square", "t", "contiguous", "relu", "neg"]
BINARY = ["mul", "add", "sub", "maximum", "matmul", "div"]


def _leaves(rng):
    shapes = [(4, 4), (4, 4), (1, 4), (4, 1)]
    values = [torch.tensor(rng.standard_normal(shape) + 2) for shape in shapes]
    return [value.requires_grad_(number != 1) for number, value in enumerate(values)]


def _program(rng, leaves):
    """A random graph: views, broadcasting, values used twice, detached parts, sizes of 1."""
    known = list(leaves)
    for _ in range(12):
        x, y = (known[i] for i in rng.integers(0, len(known), 2))
        name = str(rng.choice(UNARY + BINARY))
        if name == "matmul":
            x, y = (v.expand(4, 4) for v in (x, y))
        result = getattr(x, name)(*[y] * (name in BINARY))
        result = result.detach() if rng.random() < 0.1 else result
        known.append(result * 0.3 if rng.random() < 0.5 else result[:, 1:].sum(1, keepdim=True))
    return sum(value.sum() for value in known)


def _nodes(root):
    """What each node of a graph saved, and where its gradients go, from the root down."""
    order, found, waiting = {}, [], [root]
    while waiting:
        node = waiting.pop()
        if node is None or node in order:
            continue
        order[node] = len(order)
        waiting += node.edges
        saved = [
            (getattr(array, "shape", None), place, version)
            for array, place, _, version in node.saved or ()
        ]
        wanted = [derivative is not None for derivative in node.derivatives or ()]
        found.append((type(node).__name__, saved, wanted, node.fits))
    return found


def _run(seed):
    rng = np.random.default_rng(seed)
    leaves = _leaves(rng)
    loss = _program(rng, leaves)
    nodes = _nodes(loss.grad_fn)
    loss.backward(retain_graph=bool(seed % 2))
    return nodes, [leaf.grad if leaf.grad is None else leaf.grad.numpy() for leaf in leaves]


@pytest.mark.parametrize("seed", range(30))
def test_the_tape_is_the_same_in_both_forms(seed):
    fast_nodes, fast = _run(seed)
    with plain():
        plain_nodes, slow = _run(seed)
    assert fast_nodes == plain_nodes
    assert [a is None for a in fast] == [b is None for b in slow]
    for a, b in zip(fast, slow):
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-12)


# Programs of what has a short cut, on a tensor of shape (3, 4) and one of (4,); x has a history.
SHORT = {
    "view": lambda x, y: x.view(4, 3) * 2,
    "view of a size": lambda x, y: x.view(x.shape).view((2, -1)),
    "view of what is turned": lambda x, y: x.t().contiguous().view(-1),
    "reshape": lambda x, y: x.reshape(2, 6).reshape(-1),
    "reshape with a copy": lambda x, y: x.t().reshape(12) * x.t().reshape(2, 6).view(12),
    "reshape of three dims": lambda x, y: x.view(3, 2, 2).transpose(0, 2).reshape((6, 2)).sum(1),
    "a new dim": lambda x, y: x.unsqueeze(0) * y.unsqueeze(-1) + x[:, :1].unsqueeze(-1),
    "dims swapped": lambda x, y: x.transpose(0, 1).transpose(-1, 0) * y + y.transpose(0, -1),
    "a slice that is turned": lambda x, y: x[1:].transpose(1, 0).unsqueeze(1).reshape(2, 4),
    "sums": lambda x, y: x.sum() * y + x.mean(1, keepdim=True) - x.sum((0, 1)) * x.amax(0),
    "reshape of a window": lambda x, y: x[:, 1:3].reshape(6),
    "reshape of steps of 0": lambda x, y: y[:1].expand(3).reshape(3, 1) * x,
    "an int": lambda x, y: x[1] * y + x[-3],
    "an int to no dims": lambda x, y: y[2] * y[-1] * x,
    "a slice": lambda x, y: x[1:] * x[:-1],
    "a slice with steps": lambda x, y: x[::2] * 3 + x[0:5:2],
    "a slice of all, and of none": lambda x, y: x[:] * 2 + x[2:1].sum(),
    "a slice of a slice": lambda x, y: x[1:][0] * y[1:3][:1],
    "broadcasting": lambda x, y: (x + y) * x[:, :1] - y[:1] + x[:1] * y[3],
    "broadcasting to new dims": lambda x, y: x.view(1, 3, 4) * y.view(4, 1, 1) + x.view(3, 1, 4),
    "curves": lambda x, y: (x.tanh() * y.exp() - x.log()).tanh() / y.sqrt() + x.sin() * y.cos(),
    "in place": lambda x, y: (x * 1).mul_(x).add_(2).sub_(x).div_(y + 5),
    "in place with numbers": lambda x, y: (x * 1).mul_(0.5).add_(2).sub_(1e-3).div_(3),
    "in place with alpha": lambda x, y: (x * 1).add_(x, alpha=2).sub_(y, alpha=-0.5),
    "in place, later needed": lambda x, y: x.exp().add_(x).mul_(x.sin()),
    "in place on a view": lambda x, y: (x * 1)[1].mul_(y).add_(1),
    "in place by oneself": lambda x, y: (lambda z: z.add_(z).mul_(z))(x * 1),
    "in place on a constant": lambda x, y: y.detach().clone().mul_(y).add_(y[0]),
    "a view, then in place": lambda x, y: (lambda z: z.view(12)[2:4] * z.mul_(2)[0, 1:3])(x * 1),
}


def _short(name, wide):
    torch.manual_seed(0)
    dtype = torch.float64 if wide else torch.float32
    a = (torch.rand(3, 4, dtype=dtype) + 0.5).requires_grad_()
    b = (torch.rand(4, dtype=dtype) + 0.5).requires_grad_()
    found = []
    for recording in (True, False):
        with torch.set_grad_enabled(recording):
            result = SHORT[name](a * 1, b * 1)
        facts = result.stride(), result.storage_offset(), result._version, result._is_view()
        found += [result.detach().numpy(), facts]
        if recording:
            nodes = _nodes(result.grad_fn)
            grads = torch.autograd.grad(result.sum() * 2, (a, b), create_graph=True, **UNUSED)
            total = sum((grad * grad).sum() for grad in grads)
            twice = torch.autograd.grad(total, (a, b), **UNUSED) if total.requires_grad else ()
            found += [[g.detach().numpy() for g in (*grads, *twice)], nodes]
    return found


UNUSED = {"allow_unused": True, "materialize_grads": True}


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("name", SHORT)
def test_short_cuts_do_what_the_longer_way_does(name, wide):
    try:
        fast = _short(name, wide)
    except RuntimeError as error:
        fast = str(error)
    with plain():
        try:
            slow = _short(name, wide)
        except RuntimeError as error:
            slow = str(error)
    if isinstance(fast, str) or isinstance(slow, str):
        assert fast == slow
        return
    assert fast[1] == slow[1]
    assert fast[3] == slow[3]
    assert fast[5] == slow[5]
    for i in (0, 4):
        np.testing.assert_allclose(fast[i], slow[i], rtol=1e-12 if wide else 1e-6)
    for a, b in zip(fast[2], slow[2], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12 if wide else 1e-5)
        assert a.dtype == b.dtype


@pytest.mark.parametrize("name", VALUES)
def test_what_is_computed_without_a_derivative_is_what_the_plain_form_returns(name):
    operation = getattr(binary, name, None) or getattr(unary, name)
    body, count = operation.__wrapped__, len(operation.kind.parameters)
    for dtype in ("float16", "float32", "float64", "complex64"):
        for shape in ((), (0,), (3, 4)):
            arrays = [np.random.default_rng(i).random(shape).astype(dtype) for i in range(count)]
            found, wanted = VALUES[name](*arrays), body(*arrays)[0]
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype == wanted.dtype


@pytest.mark.parametrize("name", BODIES)
def test_short_bodies_return_what_the_plain_forms_return(name):
    operation = getattr(binary, name, None) or getattr(unary, name)
    count = len(operation.kind.parameters)
    for dtype in ("float32", "float64"):
        for shape in ((), (0,), (3, 4)):
            numbers = np.random.default_rng(0)
            arrays = [numbers.standard_normal(shape).astype(dtype) for _ in range(count)]
            grad = np.asarray(numbers.standard_normal(shape).astype(dtype))
            pairs = zip(BODIES[name](*arrays), operation.__wrapped__(*arrays), strict=True)
            for found, wanted in pairs:
                if callable(found):
                    found, wanted = found(grad), wanted(grad)
                np.testing.assert_array_equal(found, wanted)
                assert found.dtype == wanted.dtype


# Tensors that lie in memory in all ways, and looks at them: each look at each tensor.
LYING = {
    "in order": lambda x: x,
    "one of several rows": lambda x: x[::5],
    "one of several columns": lambda x: x[:, ::5],
    "one number": lambda x: x[::5, 1::7],
    "turned": lambda x: x.t(),
    "every other": lambda x: x[:, ::2],
    "part of the rows": lambda x: x[1:],
    "expanded": lambda x: x[:1].expand(3, 4),
    "no rows": lambda x: x[:0],
    "one dim": lambda x: x[1],
    "no dims": lambda x: x[1, 2],
}
LOOKS = {
    **{f"unsqueeze({d})": lambda x, d=d: x.unsqueeze(d) for d in (-3, -2, -1, 0, 1, 2)},
    **{f"transpose{d}": lambda x, d=d: x.transpose(*d) for d in ((0, 1), (-1, 0), (0, 0))},
    **{f"view{s}": lambda x, s=s: x.view(*s) for s in ((-1,), (1, -1), (2, -1), (1, 4), (4, 3))},
    **{f"reshape{s}": lambda x, s=s: x.reshape(s) for s in ((-1,), (12,), (3, 1), (6, 2), (1, 4))},
    **{f"[{i}]": lambda x, i=i: x[i] for i in (0, -1, 2, 5)},
    **{f"[{a}:{b}:{c}]": lambda x, a=a, b=b, c=c: x[a:b:c] for a, b, c in ((0, 1, 1), (1, 9, 2))},
    **{f"[{a}:{b}]": lambda x, a=a, b=b: x[a:b] for a, b in ((None, None), (-2, None), (2, 1))},
}


def _window(lying, look):
    x = torch.arange(12.0).view(3, 4)
    try:
        found = LOOKS[look](LYING[lying](x))
    except (RuntimeError, IndexError) as error:
        return str(error)
    shared = found.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    return found.tolist(), found.shape, found.stride(), found.storage_offset() * shared, shared


@pytest.mark.parametrize("lying", LYING)
def test_short_looks_see_what_longer_ones_see(lying):
    fast = {look: _window(lying, look) for look in LOOKS}
    with plain():
        assert fast == {look: _window(lying, look) for look in LOOKS}
