"""DLPack both ways: one memory under the tensors of eduflow and PyTorch, and NumPy's arrays."""

import numpy as np
import pytest

import eduflow

DTYPES = ["float16", "float32", "float64", "int8", "int64", "uint8", "complex64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_and_eduflow_share(dtype):
    x = eduflow.arange(6).reshape(2, 3).to(getattr(eduflow, dtype))[:, 1:]
    array = np.from_dlpack(x)
    assert np.shares_memory(array, x.numpy())
    assert array.strides == x.numpy().strides
    y = eduflow.from_dlpack(np.asarray(x))
    y[0, 0] = 0
    assert x[0, 0].item() == 0
    assert y.dtype is x.dtype
    assert y.stride() == x.stride()


@pytest.mark.truth
@pytest.mark.parametrize("dtype", DTYPES)
def test_pytorch_and_eduflow_share(dtype):
    torch = pytest.importorskip("torch")
    for one, other in ((torch, eduflow), (eduflow, torch)):
        x = one.arange(6).reshape(2, 3).to(getattr(one, dtype)).t()
        y = other.from_dlpack(x)
        assert (y.data_ptr(), tuple(y.shape), y.stride()) == (x.data_ptr(), (3, 2), (1, 3))
        x[1, 1] = 0
        assert y[1, 1].item() == 0


def test_a_copy_on_request():
    array = np.ones(2)
    x = eduflow.from_dlpack(array, copy=True, device="cpu")
    array[0] = 5
    assert x.tolist() == [1, 1]


def test_it_becomes_a_leaf_of_its_own():
    w = eduflow.from_dlpack(np.ones(2)).requires_grad_()
    (w * 3).sum().backward()
    assert w.grad.tolist() == [3, 3]


def test_the_older_way():
    x = eduflow.ones(2)
    assert eduflow.utils.dlpack.from_dlpack(x).data_ptr() == x.data_ptr()
    assert type(eduflow.to_dlpack(x)).__name__ == "PyCapsule"
    assert x.__dlpack_device__() == (1, 0)


def test_what_is_refused():
    with pytest.raises(BufferError, match=r"use tensor\.detach"):
        np.from_dlpack(eduflow.ones(1, requires_grad=True))
    with pytest.raises(TypeError, match="that speaks DLPack"):
        eduflow.from_dlpack([1.0])
    with pytest.raises(AssertionError, match="stream should be None"):
        eduflow.ones(1).__dlpack__(stream=3)
    for wrong in (np.array(["a"]), np.zeros(2, "datetime64[s]")):
        with pytest.raises((BufferError, TypeError)):
            eduflow.from_dlpack(wrong)
