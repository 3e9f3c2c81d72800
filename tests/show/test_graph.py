"""The graph explorer walks as backward does."""

from __future__ import annotations

import pytest

import eduflow as torch
from eduflow import show


def leaves(*values):
    return [torch.tensor(value, requires_grad=True) for value in values]


def arrived(explorer, name):
    """The gradient that arrives at the node of a variable."""
    [number] = [n for n, node in enumerate(explorer.state["nodes"]) if node["called"] == name]
    return next(step["grad"] for step in explorer.state["steps"] if step["node"] == number)


def test_gradients_are_those_of_backward():
    a, b, c = leaves(2.0, -1.0, 3.0)
    d = a * b
    e = d + c
    out = e * d
    explorer = show.graph(out)
    assert a.grad is None, "looking changes nothing"
    d.retain_grad()
    out.backward()
    for name, tensor in {"a": a, "b": b, "c": c, "d": d}.items():
        assert float(arrived(explorer, name)) == tensor.grad.item(), name
    assert [node["name"] for node in explorer.state["nodes"]][:2] == [
        "MulBackward0",
        "AddBackward0",
    ]
    assert all(not step["error"] for step in explorer.state["steps"])


def test_broadcast_gradients_are_summed():
    x = torch.ones(4, 3, requires_grad=True)
    row = torch.tensor([1.0, 2, 3], requires_grad=True)
    explorer = show.graph((x * row).exp().log().sum())
    assert arrived(explorer, "row") == "[4.0, 4.0, 4.0]"
    assert arrived(explorer, "x") == "size (4, 3)"


def test_an_in_place_change_is_marked_where_backward_raises():
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = x.exp()
    loss = (y * 3).sum()
    y.mul_(0)
    explorer = show.graph(loss, spoilt=y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
    last = explorer.state["steps"][-1]
    node = explorer.state["nodes"][last["node"]]
    assert node["name"] == "ExpBackward0"
    assert node["saved"] == [{"what": "result", "version": 0, "now": 1}]
    assert "the saved result was changed in place: it is at version 1" in last["error"]
    assert "changed in place" in explorer.alt


def test_freed_graphs_and_no_graphs():
    x = torch.ones(2, requires_grad=True)
    loss = (x * x).sum()
    loss.backward()
    assert "freed" in show.graph(loss).state["steps"][-1]["error"]
    with pytest.raises(ValueError, match="no graph"):
        show.graph(torch.ones(2))
    for _ in range(70):
        x = x + 1
    with pytest.raises(ValueError, match="up to 60 nodes; here are 71"):
        show.graph(x)


def test_boxes_do_not_lie_on_each_other():
    x = torch.ones(2, requires_grad=True)
    nodes = show.graph((x.sin() + x.cos() + x.exp()).sum()).state["nodes"]
    for n, node in enumerate(nodes):
        for other in nodes[:n]:
            assert node["y"] != other["y"] or abs(node["x"] - other["x"]) >= 1
