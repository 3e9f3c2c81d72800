"""The model explorer counts as the library counts, and leaves the model alone."""

from __future__ import annotations

import pytest

import eduflow as torch
from eduflow import nn, show


def network():
    tied = nn.Linear(8, 8)
    net = nn.Sequential(nn.Linear(4, 8), nn.Sequential(tied, nn.ReLU(), tied), nn.Linear(8, 8))
    net[0].requires_grad_(False)
    net[2].bias = tied.bias
    return net


def test_counts_sizes_and_remarks():
    net = network()
    rows = show.model(net, torch.ones(5, 4)).state["rows"]
    assert [row["path"] for row in rows] == ["", "0", "1", "1.0", "1.1", "1.2", "2"]
    assert rows[0]["total"] == sum(p.numel() for p in net.parameters())
    assert rows[0]["trained"] == sum(p.numel() for p in net.parameters() if p.requires_grad)
    assert [row["own"] for row in rows] == [0, 40, 0, 72, 0, 72, 72]
    assert {row["output"] for row in rows} == {"(5, 8)"}
    assert rows[1]["remarks"] == "frozen"
    assert rows[5]["remarks"] == "the same module as 1.0"
    assert rows[6]["remarks"] == "bias is 1.0.bias"


def test_the_model_is_left_as_it_was():
    net = nn.Sequential(nn.Dropout(), nn.Linear(2, 2))
    torch.manual_seed(0)
    before = torch.get_rng_state()
    show.model(net, torch.ones(1, 2))
    assert torch.equal(torch.get_rng_state(), before), "nothing was drawn: dropout was off"
    assert all(module.training and "forward" not in module.__dict__ for module in net.modules())
    assert net[1].weight.grad is None


def test_without_inputs_there_are_no_sizes():
    explorer = show.model(nn.Linear(2, 3))
    assert explorer.state["rows"][0]["output"] == ""
    assert "9 parameters, 9 of them trained" in repr(explorer)


def test_an_error_in_the_net_leaves_it_whole():
    net = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(RuntimeError):
        show.model(net, torch.ones(1, 3))
    assert "forward" not in net[0].__dict__
    assert net.training
