"""The text of a tensor is PyTorch's, to the last space."""

import pytest

import eduflow

VALUES = {
    "whole": [0.0, 1.0, -2.0, 30.0, 1000.0],
    "zeros": [0.0, -0.0],
    "fractions": [0.5, -1.25, 3.14159265, 100.0],
    "one third": [1 / 3],
    "tiny": [1e-5, 1.0],
    "small": [1.5e-4, 1e-4],
    "tiny whole mix": [1e-10, 0.0],
    "huge": [1e9, 1.0],
    "big whole": [1e8, 1e8 - 1e3],
    "over": [123456789.0, 2e8],
    "ratio 1000": [1.0, 1000.0],
    "ratio more": [1.5, 1501.5],
    "ratio whole": [1.0, 1001.0],
    "nan": [float("nan"), 1.0],
    "inf": [float("inf"), -float("inf"), 0.5],
    "only nan": [float("nan")],
    "only inf": [-float("inf"), float("inf")],
    "nan and big": [float("nan"), 1e6, 0.25],
    "nan and zero": [float("nan"), 0.0, -0.0],
    "negative": [-1.0, -10.0],
    "half way": [0.00005, 0.12345, 0.99995],
    "long": [12345.678, 0.1],
    "largest": [3.4e38, 1e-38],
}


@pytest.mark.parametrize("name", VALUES)
def test_floats(same, name):
    def texts(torch):
        kinds = [torch.float32, torch.float64, torch.float16]
        tensors = [torch.tensor(VALUES[name], dtype=kind) for kind in kinds]
        single = [torch.tensor(number) for number in VALUES[name]]
        return [repr(x) for x in [*tensors, *single]]

    same(texts)


@pytest.mark.parametrize("name", VALUES)
def test_complex(same, name):
    def texts(torch):
        numbers = [complex(a, b) for a in VALUES[name] for b in VALUES[name][:2]]
        kinds = [torch.complex64, torch.complex128]
        return [repr(torch.tensor(numbers, dtype=kind)) for kind in kinds]

    same(texts)


def test_ints_and_bools(same):
    def texts(torch):
        values = [[0, 1, -100], [[1, 2], [30, 4]], 5, [True, False], [[True]], [2**62, -1]]
        kinds = [torch.uint8, torch.int8, torch.int16, torch.int32]
        more = [torch.tensor([[1, 20], [3, 4]], dtype=kind) for kind in kinds]
        return [repr(x) for x in [*map(torch.tensor, values), *more]]

    same(texts)


SHAPES = [(), (1,), (3,), (7,), (20,), (40,), (2, 3), (3, 1), (1, 1, 1), (2, 3, 4), (2, 1, 3, 2)]
SHAPES += [(1000,), (1001,), (30, 30), (40, 40), (3, 400), (400, 3), (7, 8, 30), (2, 2, 500)]
SHAPES += [(6, 7, 8, 9), (1001, 1), (1, 1001), (1, 1, 1, 2000), (2, 12), (5, 33)]
EMPTY = [(0,), (0, 3), (3, 0), (2, 0, 4), (0, 0)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shapes(same, shape):
    def texts(torch):
        count = 1
        for size in shape:
            count *= size
        whole = torch.arange(count).reshape(shape)
        kinds = [torch.int64, torch.float32, torch.float64, torch.int16, torch.complex64]
        return [repr(x) for x in [torch.rand(shape) * 8 - 4, *[whole.to(kind) for kind in kinds]]]

    same(texts)


def test_empty(same):
    def texts(torch):
        kinds = [torch.float32, torch.int64, torch.bool, torch.float64]
        return [repr(torch.zeros(shape, dtype=kind)) for shape in EMPTY for kind in kinds]

    same(texts)


def test_views(same):
    def texts(torch):
        x = torch.arange(24.0).reshape(2, 3, 4) / 7
        return [repr(v) for v in (x[0], x[:, 1], x.transpose(0, 2), x[..., ::2], x[1, 2, 3])]

    same(texts)


OPTIONS = [
    {"precision": 2},
    {"precision": 8},
    {"precision": 0},
    {"threshold": 5},
    {"threshold": 5, "edgeitems": 1},
    {"threshold": 10, "edgeitems": 2},
    {"linewidth": 40},
    {"linewidth": 200},
    {"linewidth": 5},
    {"sci_mode": True},
    {"sci_mode": False},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "full", "precision": 1},
    {"profile": "default", "linewidth": 60},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options(same, options):
    def texts(torch):
        torch.set_printoptions(**options)
        try:
            tensors = [
                torch.rand(12) - 0.5,
                torch.rand(4, 6) * 2000 - 1000,
                torch.tensor([1e-8, 1.0]),
                torch.zeros(3),
                torch.arange(30),
                torch.rand(3, 3, 3),
                torch.tensor([1.5 + 2j, 3.25 - 1e-3j]),
                torch.tensor(3.14159),
                torch.tensor([float("nan"), 2.0]),
            ]
            if options.get("profile") != "full":
                tensors.append(torch.arange(1500.0))
            return [repr(x) for x in tensors]
        finally:
            torch.set_printoptions(profile="default")

    same(texts)


def test_what_stands_behind_the_numbers(same):
    def texts(torch):
        leaf = torch.tensor([1.0, 2.0], requires_grad=True)
        wide = torch.ones(20, requires_grad=True, dtype=torch.float64)
        results = [leaf, leaf * 2, wide, (wide * 2) / 3, leaf.detach()]
        results += [torch.ones(n, dtype=torch.float64, requires_grad=True) for n in range(9, 15)]
        results += [torch.zeros(0, 3, dtype=torch.float64, requires_grad=True)]
        return [repr(x) for x in results]

    same(texts)


def test_another_default_dtype(same):
    def texts(torch):
        torch.set_default_dtype(torch.float64)
        try:
            kinds = [torch.float32, torch.float64, torch.complex64, torch.complex128, torch.int64]
            tensors = [torch.ones(shape, dtype=kind) for kind in kinds for shape in (2, 0)]
            return [repr(x) for x in tensors]
        finally:
            torch.set_default_dtype(torch.float32)

    same(texts)


def test_str_and_format(same):
    def texts(torch):
        x = torch.tensor(3.14159)
        return [
            str(x),
            f"{x}",
            f"{x:.2f}",
            f"{x:8.3f}|",
            f"{torch.tensor(7):03d}",
            f"{torch.tensor([1.5])}",
            f"{torch.tensor([1.5])!r:>20}",
            f"{torch.Size([2, 3])} {torch.float32} {torch.device('cpu')} {torch.device('cpu')!r}",
        ]

    same(texts)
    with pytest.raises(TypeError, match="unsupported format string"):
        f"{eduflow.tensor([1.5]):.2f}"


def test_only_the_ends_of_a_large_tensor_are_read():
    import time

    x = eduflow.zeros(10_000, 1000)
    start = time.perf_counter()
    assert "..." in repr(x)
    assert time.perf_counter() - start < 0.05
