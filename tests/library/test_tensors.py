"""A tensor's window over its storage: sizes, strides, offsets, bytes, against PyTorch."""

import numpy as np
import pytest

import eduflow
from tests.oracle import raised

WINDOWS = [
    lambda torch: torch.arange(24).reshape(2, 3, 4),
    lambda torch: torch.arange(24.0).reshape(2, 3, 4)[1],
    lambda torch: torch.arange(24).reshape(2, 3, 4)[:, 1:, ::2],
    lambda torch: torch.arange(6.0).reshape(2, 3).t(),
    lambda torch: torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1)[1:],
    lambda torch: torch.tensor(5),
    lambda torch: torch.zeros(0),
    lambda torch: torch.zeros(3, 0, 2),
    lambda torch: torch.ones(3, 1).expand(3, 4),
    lambda torch: torch.tensor([True, False])[1:],
    lambda torch: torch.ones(1, 5, 1),
    lambda torch: torch.arange(10, dtype=torch.int16)[3:9:2],
]


@pytest.mark.parametrize("i", range(len(WINDOWS)))
def test_geometry(same, i):
    def facts(torch):
        x = WINDOWS[i](torch)
        storage = x.untyped_storage()
        return [
            [list(x.shape), list(x.size()), list(x.stride()), x.storage_offset()],
            [
                x.dim(),
                x.ndim,
                x.numel(),
                x.nelement(),
                torch.numel(x),
                x.element_size(),
                x.itemsize,
            ],
            [x.nbytes, storage.nbytes(), storage.size(), len(storage), x.is_contiguous()],
            [x.tolist(), str(x.device), x.is_cuda, str(x.layout), x.shape.numel(), str(x.shape)],
            [raised(lambda d=d: x.size(d)) or x.size(d) for d in range(-4, 4)],
            [raised(lambda d=d: x.stride(d)) or x.stride(d) for d in range(-4, 4)],
            raised(lambda: len(x)) or len(x),
            raised(x.item) or x.item(),
            raised(lambda: bool(x)) or bool(x),
            raised(lambda: float(x)) or float(x),
        ]

    same(facts)


def test_memory_is_shared_with_numpy(same):
    def share(torch):
        x = torch.zeros(2, 3)
        x.numpy()[0, 1] = 5
        window = x.t().numpy()
        window[2, 1] = 7
        return [x, np.asarray(x).tolist(), np.array(x.t()).shape, x.numpy().strides]

    same(share)
    wrong = lambda torch: raised(torch.ones(2, requires_grad=True).numpy)  # noqa: E731
    same(wrong)


def test_storage_bytes(same):
    def bytes_of(torch):
        x = torch.tensor([[1, 2], [3, 4]], dtype=torch.int16)
        view = x[1]
        storage = x.untyped_storage()
        return [
            storage.tolist(),
            view.untyped_storage().tolist(),
            storage.data_ptr() == view.untyped_storage().data_ptr(),
            view.data_ptr() - x.data_ptr(),
            storage[2],
            list(torch.zeros(0).untyped_storage()),
        ]

    same(bytes_of)


def test_sizes_behave_like_tuples(same):
    def sizes(torch):
        size = torch.zeros(2, 3, 4).shape
        texts = [str(size), repr(size[1:]), str(size[0]), str(size + size), str(torch.Size([]))]
        return [
            texts,
            size == (2, 3, 4),
            size.numel(),
            list(size),
            len(size),
            hash(size) == hash((2, 3, 4)),
        ]

    same(sizes)


def outcome(function, *arguments):
    """What a call gives, or how it fails."""
    return raised(lambda: function(*arguments)) or function(*arguments)


def test_conversions_to_python(same):
    def convert(torch):
        numbers = [torch.tensor(x) for x in (3, 2.5, True, [7], [[2.0]], [1, 2], [])]
        calls = [bool, int, float, complex, torch.Tensor.item, torch.Tensor.tolist]
        return [[outcome(call, x) for call in calls] for x in numbers]

    same(convert)
    same(lambda torch: [[10, 20, 30][torch.tensor(2)], outcome([1].__getitem__, torch.tensor(0.5))])


def test_a_tensor_calls_itself_by_its_public_name():
    assert str(eduflow.Tensor) == "<class 'eduflow.Tensor'>"
