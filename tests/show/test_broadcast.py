"""Broadcasting: the sources of the sum, and the dims that gradients are summed over."""

from __future__ import annotations

import itertools
import re

import pytest

import eduflow as torch
from eduflow import show

SIZES = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 1, 1), (4, 2, 3), (1, 1, 3)]


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.combinations_with_replacement(SIZES, 2))
)
def test_every_element_comes_from_where_it_says(first, second):
    try:
        total = torch.zeros(first) + torch.zeros(second)
    except RuntimeError as error:
        with pytest.raises(RuntimeError, match=re.escape(str(error))):
            show.broadcast(first, second)
        return
    state = show.broadcast(first, second).state
    assert tuple(state["size"]) == tuple(total.size())
    for part, size in zip(state["parts"], (first, second), strict=True):
        x = torch.ones(size, requires_grad=True)
        numbers = torch.arange(x.numel()).reshape(size)
        assert numbers.expand(total.size()).flatten().tolist() == part["source"]
        grad = torch.arange(total.numel(), dtype=torch.float32).reshape(total.size())
        (x.expand(total.size()) * grad).sum().backward()
        by_hand = grad.sum(part["summed"]) if part["summed"] else grad
        assert x.grad.flatten().tolist() == by_hand.flatten().tolist()


def test_values_and_words():
    explorer = show.broadcast(torch.tensor([[10.0], [20.0]]), torch.tensor([1.0, 2, 3]))
    assert explorer.state["sum"] == ["11", "12", "13", "21", "22", "23"]
    assert "a has size (2, 1), is repeated along dim 1; its gradient is summed over" in explorer.alt
    with pytest.raises(ValueError, match="1 to 96"):
        show.broadcast((10, 1), (10,))
