"""Memory, strides and flatten say what the library says."""

from __future__ import annotations

import itertools

import pytest

import eduflow as torch
from eduflow import show
from eduflow.show.flatten import flatten_facts
from eduflow.show.memory import memory_state
from eduflow.show.strides import LIMITS, STORAGE, strides_facts


def between(name):
    low, high = LIMITS[name]
    return range(low, high + 1)


def test_every_position_of_the_sliders_of_strides():
    storage = torch.arange(STORAGE)
    sizes = list(itertools.product(between("size"), repeat=2))
    steps = list(itertools.product(between("stride"), repeat=2))
    refused = 0
    for size, stride, offset in itertools.product(sizes, steps, between("offset")):
        facts = strides_facts(size, stride, offset)
        try:
            window = storage.as_strided(size, stride, offset)
        except RuntimeError:
            assert not facts["inside"], (size, stride, offset)
            refused += 1
            continue
        assert facts["inside"]
        assert window.is_contiguous() == facts["contiguous"], (size, stride, offset)
        assert window.flatten().tolist() == facts["cells"]
    assert refused > 100


def test_strides_refuses_what_its_sliders_cannot_show():
    with pytest.raises(ValueError, match="limits"):
        show.strides((9, 1), (1, 1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(24).view(2, 3, 4),
        lambda: torch.arange(24).view(2, 3, 4).transpose(0, 1),
        lambda: torch.arange(24).view(2, 3, 4).transpose(1, 2),
        lambda: torch.arange(24).view(2, 3, 4)[:, 1:],
        lambda: torch.arange(24).view(4, 6)[::2, ::3],
        lambda: torch.arange(24).view(2, 3, 4)[:, :1, :],
        lambda: torch.arange(4).view(4, 1).expand(4, 3),
        lambda: torch.arange(5),
    ],
)
def test_flatten_says_view_where_the_library_makes_one(make):
    x = make()
    size, stride = list(x.size()), list(x.stride())
    for start in range(x.dim()):
        for end in range(start, x.dim()):
            facts, flat = flatten_facts(size, stride, start, end), x.flatten(start, end)
            shares = flat.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
            assert shares == facts["kind"].startswith("view"), (start, end)
            assert list(flat.size()) == facts["size"]
            assert list(flat.stride()) == facts["stride"]


def test_memory_knows_who_shares_with_whom():
    base = torch.arange(12.0).reshape(3, 4)
    turned, part, other = base.t(), base[1:, ::2], torch.ones(2)
    state = memory_state([("a", base), ("b", turned), ("c", part), ("d", other)])
    assert [window["storage"] for window in state["tensors"]] == [0, 0, 0, 1]
    for window, tensor in zip(state["tensors"], (base, turned, part, other), strict=True):
        values = state["storages"][window["storage"]]["values"]
        read = [float(values[cell]) for cell in window["cells"]]
        assert read == tensor.flatten().tolist()
    part[0, 0] = 7
    assert [w["version"] for w in memory_state([("b", turned), ("d", other)])["tensors"]] == [1, 0]


def test_memory_writes_into_the_tensor():
    base = torch.arange(6.0)
    view = base.view(2, 3)
    explorer = show.memory(base, view)
    assert [w["name"] for w in explorer.state["tensors"]] == ["base", "view"]
    state = explorer.answer({"tensor": 1, "at": [1, 2], "value": 50})
    assert base[5].item() == 50
    assert state["storages"][0]["values"][5] == "50"
    assert [window["version"] for window in state["tensors"]] == [base._version] * 2 == [1, 1]


def test_memory_says_why_nothing_was_written():
    leaf = torch.ones(2, requires_grad=True)
    state = show.memory(leaf).answer({"tensor": 0, "at": [0], "value": 5})
    assert "a leaf Variable that requires grad" in state["said"]
    assert leaf.tolist() == [1, 1]


def test_memory_is_for_small_tensors_of_one_kind():
    with pytest.raises(ValueError, match="up to 96 elements; that of t1 has 100"):
        show.memory(torch.ones(100))
    numbers = torch.ones(2)
    with pytest.raises(ValueError, match="another size"):
        show.memory(numbers, numbers.view(torch.int16))
