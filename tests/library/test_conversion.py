"""Other dtypes, copies and pickles against PyTorch."""

import copy
import io
import pickle

import numpy as np
import pytest

import eduflow
from tests.oracle import raised

DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
METHODS = [
    "double",
    "float",
    "half",
    "long",
    "int",
    "short",
    "char",
    "byte",
    "bool",
    "cfloat",
    "cdouble",
]


@pytest.mark.parametrize("name", DTYPES)
def test_to_dtype(same, name):
    def check(torch):
        dtype = getattr(torch, name)
        return [
            torch.tensor(x).to(dtype)
            for x in ([0.0, 1.5, 2.9], [0, 1, 100], [True, False], 1.25, [1 + 2j])
        ]

    same(check)


def test_methods(same):
    def check(torch):
        x = torch.tensor([0.0, 1.5])
        return [
            [getattr(x, name)() for name in METHODS],
            x.type(),
            x.int().type(),
            x.type(torch.int16),
            x.type("torch.DoubleTensor"),
            x.type_as(torch.tensor([True])),
            raised(lambda: x.type("foo")),
        ]

    same(lambda torch: check(torch) if torch.__name__ == "torch" else _renamed(check, torch))


def _renamed(check, torch):
    """eduflow says eduflow.FloatTensor where PyTorch says torch.FloatTensor."""
    return check(torch)


def test_to_forms(same):
    def check(torch):
        x = torch.tensor([1.0, 2.0])
        return [
            x.to(torch.float32) is x,
            x.to("cpu") is x,
            x.to(torch.device("cpu")) is x,
            x.to(x) is x,
            x.to(torch.float32, copy=True) is x,
            x.to(dtype=torch.int64),
            x.to(device="cpu", dtype=torch.int64),
            x.to("cpu", torch.float64),
            x.to(torch.ones(1, dtype=torch.float16)),
            x.cpu() is x,
            x.float() is x,
            x.to("cpu", non_blocking=True) is x,
            x.to(torch.float64, False, True),
            raised(lambda: x.to("cuda")),
            raised(lambda: x.cuda()),
            raised(lambda: x.to("cuda:0")),
        ]

    same(check)


def test_gradients_come_back(same):
    def check(torch):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.double() * 2 + x.half().to(torch.float64) + x.clone()
        y.backward(torch.tensor([1.0, 3.0], dtype=torch.float64))
        z = torch.tensor([1.0, 2.0], requires_grad=True)
        (z.to(torch.complex64) * 1j).abs().sum().backward()
        return [
            x.grad,
            z.grad,
            x.double().grad_fn.name(),
            x.clone().grad_fn.name(),
            x.long().requires_grad,
        ]

    same(check)


def test_clone_keeps_strides(same):
    def check(torch):
        x = torch.arange(6.0).reshape(2, 3)
        return [
            x.t().clone().stride(),
            x[:, :2].clone().stride(),
            x.expand(4, 2, 3).clone().stride(),
            x.clone().data_ptr() == x.data_ptr(),
            x.t().clone(),
        ]

    same(check)


def test_copies(same):
    def check(torch):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        (x * 2).sum().backward()
        deep, shallow = copy.deepcopy(x), copy.copy(x)
        two = copy.deepcopy([x, x])
        return [
            deep,
            deep.requires_grad,
            deep.grad,
            deep.is_leaf,
            deep.data_ptr() == x.data_ptr(),
            shallow.requires_grad,
            shallow.is_leaf,
            shallow.data_ptr() == x.data_ptr(),
            two[0] is two[1],
            raised(lambda: copy.deepcopy(x * 2)),
        ]

    same(check)


def test_deepcopies_of_views_share_their_memory(same):
    def check(torch):
        x = torch.arange(6.0).reshape(2, 3)
        whole, row = copy.deepcopy([x, x[1]])
        return [
            whole,
            row,
            row.storage_offset(),
            row.data_ptr() - whole.data_ptr(),
            copy.deepcopy(x.t()).stride(),
        ]

    same(check)


def test_pickles(same):
    def check(torch):
        x = torch.tensor([[1.0, 2.0]], requires_grad=True)
        x.note = "kept"
        y = pickle.loads(pickle.dumps(x))
        values = [torch.tensor(v) for v in ([1, 2], 2.5, [True], [1 + 2j])]
        return [y, y.requires_grad, y.is_leaf, y.grad, pickle.loads(pickle.dumps(values))]

    same(check)


def test_unpickled_tensors_are_as_fast():
    x = pickle.loads(pickle.dumps(eduflow.ones(3)))
    assert x._array.dtype is np.dtype("float32")
    file = io.BytesIO()
    pickle.dump(eduflow.float64, file)
    file.seek(0)
    assert pickle.load(file) is eduflow.float64
