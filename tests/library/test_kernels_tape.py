"""The tape's kernels do what their plain forms do: the same nodes, saved arrays and gradients."""

import numpy as np
import pytest

import eduflow as torch
from eduflow.course import plain

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
        saved = [(array.shape, place, version) for array, place, _, version in node.saved or ()]
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
