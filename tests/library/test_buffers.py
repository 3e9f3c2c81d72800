"""Memory that is used again: never while anything still looks at it."""

import threading

import numpy as np
import pytest

import eduflow
from eduflow._kernels.buffers import buffer, buffer_like, is_kept
from tests.machine import needs_threads

FLOAT = np.dtype("float32")
SHAPE = (150, 200)


def place(array):
    return array.ctypes.data


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr("eduflow._kernels.buffers._kept", type(eduflow._kernels.buffers._kept)())


def test_memory_is_used_again_when_nobody_looks_at_it():
    first = buffer(SHAPE, FLOAT)
    where = place(first)
    del first
    assert place(buffer(SHAPE, FLOAT)) == where


@pytest.mark.parametrize(
    "look",
    [
        lambda array: array,
        lambda array: array[3:5].T,
        lambda array: array.view(np.int32).reshape(-1)[::7],
        lambda array: memoryview(array),
        lambda array: eduflow.from_numpy(array)[0].detach(),
        lambda array: np.ndarray((2,), FLOAT, array, 400),
        lambda array: np.lib.stride_tricks.as_strided(array, (3,), (4,)),
    ],
    ids=["array", "view", "other dtype", "memoryview", "tensor", "window", "strided"],
)
def test_memory_is_not_used_again_while_something_looks_at_it(look):
    first = buffer(SHAPE, FLOAT)
    where, looking = place(first), look(first)
    del first
    assert place(buffer(SHAPE, FLOAT)) != where
    del looking
    assert place(buffer(SHAPE, FLOAT)) == where


def test_only_arrays_of_the_same_shape_and_dtype_share():
    first = buffer(SHAPE, FLOAT)
    where = place(first)
    del first
    others = [buffer(SHAPE[::-1], FLOAT), buffer(SHAPE, np.dtype("int32"))]
    assert all(place(other) != where for other in others)
    assert [(x.shape, x.dtype) for x in others] == [(SHAPE[::-1], FLOAT), (SHAPE, np.int32)]


def test_small_and_huge_arrays_are_not_kept():
    for shape in ((10,), (5_000_000,)):
        assert buffer(shape, FLOAT).base is None


def test_what_is_kept_has_a_limit():
    where = place(held := buffer(SHAPE, FLOAT))
    held[...] = 7
    for length in range(1_000_000, 1_000_040):
        buffer((length,), FLOAT)
        assert eduflow._kernels.buffers._kept.bytes <= 1 << 26
    assert place(buffer(SHAPE, FLOAT)) != where
    assert (held == 7).all()


def test_of_one_kind_only_some_are_kept():
    held = [buffer(SHAPE, FLOAT) for _ in range(40)]
    assert len({place(array) for array in held}) == 40
    assert len(eduflow._kernels.buffers._kept.arrays[SHAPE, FLOAT]) == 16


@needs_threads
def test_each_thread_keeps_its_own():
    first = buffer(SHAPE, FLOAT)
    where = place(first)
    del first
    found = []
    thread = threading.Thread(target=lambda: found.append(place(buffer(SHAPE, FLOAT))))
    thread.start()
    thread.join()
    assert found != [where]


def test_a_buffer_for_an_array_has_its_layout():
    turned = np.zeros(SHAPE, FLOAT).T
    assert buffer_like(turned).strides == turned.strides
    assert buffer_like(turned.T).flags.c_contiguous


def test_only_the_memory_itself_is_kept_not_what_looks_at_it():
    array = buffer(SHAPE, FLOAT)
    assert is_kept(array.base)
    assert not is_kept(array)
    assert not is_kept(np.zeros(SHAPE, FLOAT))


def test_results_that_live_at_once_do_not_share():
    x = eduflow.randn(64, 4, 20, 20, requires_grad=True)
    weight = eduflow.randn(8, 4, 3, 3)
    results = [eduflow.conv2d(x, weight * k).relu() for k in range(1, 4)]
    expected = [result.detach().clone() for result in results]
    for result in results:
        result.sum().backward()
    for k, result in enumerate(results, start=1):
        assert eduflow.equal(result, expected[k - 1])
        assert eduflow.allclose(result, results[0] * k, rtol=1e-4, atol=1e-4)


def test_the_memory_of_a_result_may_grow():
    result = eduflow.ones(200, 200).relu()
    result.resize_(300, 200)
    assert result.shape == (300, 200)
    assert bool((result[:200] == 1).all())
    shared = eduflow.ones(200, 200).relu()
    other = shared.view(-1)
    with pytest.raises(RuntimeError, match="not resizable"):
        shared.resize_(300, 200)
    assert other.shape == (40_000,)
