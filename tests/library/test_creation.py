"""New tensors against PyTorch: shapes, dtypes, strides, values and error texts."""

import itertools

import numpy as np
import pytest

import eduflow
from tests.oracle import raised

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
DTYPES += ["complex64", "complex128"]


def all_raised(torch, cases):
    return [raised(lambda case=case: case(torch)) for case in cases]


DATA = [
    [], [[]], [[], []], 3, 2.5, True, 1j, [1, 2], [1.5, 2], [True, 2], [True, 2.0], [1, 2j],
    [[1, 2], [3, 4]], [[[1.0]], [[2.0]]], (1, (2)), [(1, 2), [3, 4]], range(4),
    [np.float32(1), np.float32(2)], [np.float64(1), 2], [np.int16(1)], [np.True_], np.float64(1),
    np.int32(1), np.bool_(True), np.arange(6, dtype="int64").reshape(2, 3), np.ones(2, "c8"),
    [np.array([1, 2], "int64"), np.array([3, 4], "int64")], np.arange(6.0).reshape(2, 3).T,
    np.float32([[1]]), np.ones((2, 2), "f2"), [1e400, -1e400], [2**53 + 1], [-(2**63)],
]  # fmt: skip


@pytest.mark.parametrize("i", range(len(DATA)))
def test_tensor(same, i):
    same(lambda torch: [torch.tensor(DATA[i]), torch.as_tensor(DATA[i]), torch.asarray(DATA[i])])


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensor_with_a_dtype(same, dtype):
    values = [[0, 1, 2], [0.5, 1.7], [True, False], 3, -1.5, [[1, 2], [3, 4]], [], np.arange(3.0)]
    if dtype == "uint8":
        values.remove(-1.5)
    same(lambda torch: [torch.tensor(v, dtype=getattr(torch, dtype)) for v in values])


def test_tensor_of_tensors(same):
    def make(torch):
        one, two = torch.tensor(1), torch.tensor(2.0)
        return [
            torch.tensor([one, two]),
            torch.tensor([torch.tensor([1]), torch.tensor([3])]),
            torch.tensor([[one, 2], [two, True]]),
            torch.tensor(two),
            torch.tensor([two, 2.0], dtype=torch.float64),
            torch.tensor(bytearray(b"ab")),
        ]

    same(make)


class Thing:
    pass


BAD_DATA = [
    [[1, 2], [3]], [[1], [2, 3]], [1, [2]], [1.0, [2]], [True, [2]], [[1], 2], [[1, 2], [3, "a"]],
    "abc", ["a"], [["a"]], None, [None], [1, None], {}, Thing(), [Thing()], {1}, b"ab", 2**63,
    [1, 2**64], [[[1, 2], [3, 4]], [[5, 6], [7]]], [[[1], [2]], [[3]]], [[[1, 2]], [[3]]],
    np.arange(3)[::-1], np.zeros(2, ">f8"),
]  # fmt: skip


def test_tensor_errors(same):
    same(lambda torch: [raised(lambda d=d: torch.tensor(d)) for d in BAD_DATA])
    overflows = [
        lambda torch: torch.tensor(300, dtype=torch.uint8),
        lambda torch: torch.tensor([1, 2**40], dtype=torch.int32),
        lambda torch: torch.tensor([1e10], dtype=torch.int32),
        lambda torch: torch.tensor([float("nan")], dtype=torch.int64),
        lambda torch: torch.tensor([1j], dtype=torch.float32),
        lambda torch: torch.tensor([1j], dtype=torch.int64),
        lambda torch: torch.tensor([1], dtype="float32"),
        lambda torch: torch.tensor([1], requires_grad=True),
        lambda torch: torch.tensor([1], device="cuda"),
        lambda torch: torch.tensor([1], device="gpu"),
        lambda torch: torch.tensor([torch.tensor([1, 2])]),
        lambda torch: torch.tensor([torch.tensor([1.0, 2])]),
        lambda torch: torch.tensor([1], torch.float32),
        lambda torch: torch.from_numpy([1]),
        lambda torch: torch.from_numpy(np.float32(3)),
        lambda torch: torch.from_numpy(np.zeros(4)[::-1]),
        lambda torch: torch.asarray([1], copy=False),
    ]
    same(lambda torch: all_raised(torch, overflows))
    same(lambda torch: torch.tensor([-1, -255], dtype=torch.uint8))


def test_an_unknown_numpy_dtype():
    with pytest.raises(TypeError, match=r"can't convert np.ndarray of type numpy.object_"):
        eduflow.from_numpy(np.zeros(2, dtype=object))


def test_memory_is_shared_or_not(same):
    def share(torch):
        array = np.zeros(6)
        part = array[2:]
        whole, window = torch.from_numpy(array), torch.from_numpy(part)
        held = [torch.as_tensor(array), torch.asarray(array), torch.tensor(array)]
        held += [torch.as_tensor(array, dtype=torch.float32), torch.asarray(array, copy=True)]
        array[3] = 7
        window[0] = 5
        x = torch.ones(2)
        same_object = [torch.as_tensor(x) is x, torch.as_tensor(x, dtype=torch.float64) is x]
        return [whole, window, window.storage_offset(), *held, same_object, array.tolist()]

    same(share)


FACTORIES = ["zeros", "ones", "empty", "rand", "randn"]


@pytest.mark.parametrize("name", FACTORIES)
def test_sizes(same, name):
    def make(torch):
        f = getattr(torch, name)
        made = [f(2, 3), f((2, 3)), f([2, 3]), f(()), f([]), f(0), f(3, 0), f(size=(2,))]
        made += [f(torch.Size([1, 2])), f(np.int64(2), torch.tensor(3)), f((torch.tensor(2), 3))]
        return [[list(x.shape), list(x.stride()), str(x.dtype), x.is_contiguous()] for x in made]

    same(make)
    wrong = [
        lambda f, torch: f(-1),
        lambda f, torch: f(2, -3),
        lambda f, torch: f(2.0),
        lambda f, torch: f((2.0,)),
        lambda f, torch: f((1, None)),
        lambda f, torch: f("a"),
        lambda f, torch: f(True),
        lambda f, torch: f(2, (3,)),
        lambda f, torch: f(torch.tensor([2, 3])),
        lambda f, torch: f(2, dtype="int"),
    ]
    if name in ("rand", "randn"):
        wrong = wrong[:9]  # PyTorch lists all signatures for the others
    same(lambda torch: [raised(lambda c=c: c(getattr(torch, name), torch)) for c in wrong])


def test_options(same):
    def make(torch):
        kinds = [int, float, bool, complex, torch.int8, None]
        made = [torch.zeros(2, dtype=kind) for kind in kinds]
        made.append(torch.ones(2, device="cpu", pin_memory=False, requires_grad=True))
        made.append(torch.full((2,), 1.0, device=torch.device("cpu"), requires_grad=True))
        return [[x, x.requires_grad, str(x.device)] for x in made]

    same(make)


FILLS = [3, 3.5, True, 1j, 0, -1, np.float32(2.5), np.int64(2)]


@pytest.mark.parametrize("dtype", [None, *DTYPES])
def test_full(same, dtype):
    def make(torch):
        kind = dtype and getattr(torch, dtype)
        fills = FILLS if dtype is None or dtype.startswith("complex") else [3, 3.5, True, 0, 1.0]
        like = torch.zeros(2, 3, dtype=torch.float64).t()
        made = [torch.full((2,), fill, dtype=kind) for fill in fills]
        made += [torch.full_like(like, fill, dtype=kind) for fill in fills[:2]]
        made += [like.new_full((2, 1), fill, dtype=kind) for fill in fills[:2]]
        return [*made, torch.full([2], fill_value=torch.tensor(3), dtype=kind)]

    same(make)


def test_full_errors(same):
    cases = [
        lambda torch: torch.full(2, 3),
        lambda torch: torch.full((2,), torch.tensor([3, 4])),
        lambda torch: torch.full((2,), "a"),
        lambda torch: torch.full((-2,), 1.5),
        lambda torch: torch.full((2,), 300, dtype=torch.uint8),
        lambda torch: torch.full((2,), 300, dtype=torch.int8),
        lambda torch: torch.full((2,), 1e10, dtype=torch.int16),
        lambda torch: torch.full((2,), 1e10, dtype=torch.int32),
        lambda torch: torch.full((2,), 1e30, dtype=torch.int64),
        lambda torch: torch.full((2,), 1e300, dtype=torch.float32),
        lambda torch: torch.full((2,), 1e300, dtype=torch.float16),
        lambda torch: torch.full((2,), float("nan"), dtype=torch.int64),
        lambda torch: torch.full((2,), 1j, dtype=torch.float32),
        lambda torch: torch.full((2,), 2**63),
        lambda torch: torch.full((2,), 3, requires_grad=True),
    ]
    same(lambda torch: all_raised(torch, cases))


STARTS, ENDS, STEPS = [0, 1, -2.5, 5], [0, 3, 7.5, -4], [1, 2, 0.3, -1, -0.7]


@pytest.mark.parametrize("dtype", [None, "int64", "float64", "int32", "float16"])
def test_arange(same, dtype):
    def make(torch):
        kind = dtype and getattr(torch, dtype)
        made = []
        for start, end, step in itertools.product(STARTS, ENDS, STEPS):
            if (end - start) * step >= 0 and not (dtype and "int" in dtype and abs(step) < 1):
                made.append(torch.arange(start, end, step, dtype=kind))
        return [*made, torch.arange(5, dtype=kind), torch.arange(4.5, dtype=kind)]

    same(make, rtol=2e-3 if dtype == "float16" else 1e-6)


def test_arange_forms(same):
    cases = [
        lambda torch: torch.arange(end=3),
        lambda torch: torch.arange(start=1, end=3),
        lambda torch: torch.arange(1, end=6, step=2),
        lambda torch: torch.arange(1, 6, step=2),
        lambda torch: torch.arange(True),
        lambda torch: torch.arange(torch.tensor(3)),
        lambda torch: torch.arange(torch.tensor(3.0)),
        lambda torch: torch.arange(np.int64(3)),
        lambda torch: torch.arange(np.float32(3)),
        lambda torch: torch.arange(2**40, 2**40 + 3),
        lambda torch: torch.arange(1.0, 3, requires_grad=True),
        lambda torch: torch.arange(300, dtype=torch.uint8)[-3:],
        lambda torch: torch.arange(0, 1, 0.1).shape,
        lambda torch: torch.arange(1, 2, 0.1).shape,
        lambda torch: torch.arange(0, 0.6, 0.2).shape,
    ]
    same(lambda torch: [case(torch) for case in cases])
    wrong = [
        lambda torch: torch.arange(5, 1),
        lambda torch: torch.arange(1, 5, 0),
        lambda torch: torch.arange(1, 5, -1),
        lambda torch: torch.arange(-3),
        lambda torch: torch.arange(float("inf")),
        lambda torch: torch.arange(float("nan")),
        lambda torch: torch.arange(1, 3, requires_grad=True),
        lambda torch: torch.arange(3, dtype=torch.bool),
        lambda torch: torch.arange("a"),
        lambda torch: torch.arange(None),
        lambda torch: torch.arange([3]),
        lambda torch: torch.arange(1j),
        lambda torch: torch.arange(0, 5, 0.5, dtype=torch.int64),
    ]
    same(lambda torch: all_raised(torch, wrong))


@pytest.mark.parametrize("dtype", [None, "int64", "float64", "int32", "float16", "complex64"])
def test_linspace_and_logspace(same, dtype):
    def make(torch):
        kind = dtype and getattr(torch, dtype)
        ends = [(0, 1), (-3, 10), (0, 10), (5, -5), (2.5, 2.5)]
        made = [
            torch.linspace(a, b, n, dtype=kind) for a, b in ends for n in (0, 1, 2, 3, 4, 7, 10)
        ]
        made += [
            torch.logspace(a, b, n, dtype=kind) for a, b in ((0, 2), (0, 3)) for n in (0, 1, 3)
        ]
        return [*made, torch.logspace(0, 3, 4, base=2, dtype=kind)]

    same(make, rtol=3e-3 if dtype == "float16" else 1e-6)


def test_linspace_forms(same):
    cases = [
        lambda torch: torch.linspace(start=0, end=1, steps=5),
        lambda torch: torch.linspace(torch.tensor(0.0), torch.tensor(1.0), 3),
        lambda torch: torch.linspace(0, 1j, 5),
        lambda torch: torch.logspace(0, 2, 3, 2),
        lambda torch: torch.linspace(0, 1, 3, requires_grad=True),
    ]
    same(lambda torch: [case(torch) for case in cases])
    wrong = [
        lambda torch: torch.linspace(0, 1, -1),
        lambda torch: torch.logspace(0, 1, -1),
        lambda torch: torch.linspace(torch.tensor([0.0, 1.0]), 1, 3),
    ]
    same(lambda torch: all_raised(torch, wrong))


def test_eye_and_triangles(same):
    def make(torch):
        eyes = [torch.eye(n, m) for n in range(3) for m in range(4)]
        eyes += [torch.eye(3), torch.eye(2, dtype=torch.int64), torch.eye(n=1, m=2)]
        shapes = [(3, 3), (3, 4), (4, 3), (0, 2), (2, 0)]
        places = [f(r, c, k) for f in (torch.tril_indices, torch.triu_indices)
                  for r, c in shapes for k in (-5, -2, -1, 0, 1, 5)]  # fmt: skip
        return [*eyes, *places, torch.triu_indices(3, 3, offset=1, dtype=torch.int32)]

    same(make)
    wrong = [
        lambda torch: torch.eye(-1),
        lambda torch: torch.eye(2, -1),
        lambda torch: torch.eye(2.0),
        lambda torch: torch.tril_indices(-1, 3),
        lambda torch: torch.triu_indices(3, -3),
        lambda torch: torch.tril_indices(3, 3, dtype=torch.float32),
    ]
    same(lambda torch: all_raised(torch, wrong))


WINDOWS = [
    lambda torch: torch.zeros(2, 3),
    lambda torch: torch.zeros(2, 3).t(),
    lambda torch: torch.zeros(2, 3, 4).permute(2, 0, 1),
    lambda torch: torch.zeros(2, 3, 4).permute(2, 0, 1)[:, :1],
    lambda torch: torch.zeros(2, 3, 4).permute(2, 0, 1)[:, :, 1:],
    lambda torch: torch.zeros(2, 3, 4).permute(2, 0, 1)[::2],
    lambda torch: torch.zeros(4, 8)[:, ::2],
    lambda torch: torch.zeros(4, 8)[:, ::2].t(),
    lambda torch: torch.zeros(3, 1).expand(3, 4),
    lambda torch: torch.zeros(3).expand(5, 3).t(),
    lambda torch: torch.zeros(2, 3, 4).expand(5, 2, 3, 4),
    lambda torch: torch.zeros(2, 1, 3).permute(2, 1, 0),
    lambda torch: torch.zeros(4, 1, 6).permute(2, 0, 1)[::2],
    lambda torch: torch.zeros(()),
    lambda torch: torch.zeros(0, 3),
    lambda torch: torch.zeros(2, 3, 4, 5).permute(0, 2, 3, 1),
]


@pytest.mark.parametrize("i", range(len(WINDOWS)))
def test_like(same, i):
    def make(torch):
        x = WINDOWS[i](torch)
        made = [torch.zeros_like(x), torch.ones_like(x), torch.full_like(x, 3), torch.empty_like(x)]
        made += [torch.rand_like(x), torch.ones_like(x, dtype=torch.int64, requires_grad=False)]
        made += [torch.zeros_like(x, memory_format=torch.contiguous_format)]
        made += [torch.zeros_like(x, memory_format=torch.preserve_format, requires_grad=True)]
        return [[y, list(y.stride()), y.requires_grad] for y in made if y is not made[3]]

    same(make)


def test_new_methods(same):
    def make(torch):
        x = torch.zeros(2, dtype=torch.float64)
        n = torch.zeros(2, dtype=torch.int64)
        return [
            x.new_zeros(2, 3),
            x.new_ones((2,)),
            x.new_zeros(size=(1,), dtype=torch.int32),
            n.new_full((2,), 2.5),
            n.new_full((2,), 2.5, dtype=torch.float32),
            list(n.new_empty(2, 3).shape),
            n.new_tensor([2.5]),
            x.new_tensor([1, 2]),
            x.new_tensor(np.array([1, 2])),
            x.new_tensor([1, 2], requires_grad=True).requires_grad,
            x.new([1, 2]),
            list(x.new(2, 3).shape),
            x.new_zeros(2, requires_grad=True).requires_grad,
        ]

    same(make)
    wrong = [
        lambda torch: torch.zeros(2).new_zeros(-1),
        lambda torch: torch.zeros(2).new_ones(2.0),
        lambda torch: torch.zeros(2, dtype=torch.int64).new_zeros(2, requires_grad=True),
        lambda torch: torch.zeros_like([1]),
        lambda torch: torch.ones_like(3),
    ]
    same(lambda torch: all_raised(torch, wrong))


def test_empty_strided_and_scalar_tensor(same):
    def make(torch):
        strided = [torch.empty_strided(n, s) for n, s in [((2, 3), (1, 2)), ((2,), (5,)), ((), ())]]
        numbers = [torch.scalar_tensor(x) for x in (3, 2.5, True)]
        return [[list(x.stride()), list(x.shape)] for x in strided], numbers

    same(make)
    same(lambda torch: torch.scalar_tensor(3, dtype=torch.int64))
    wrong = [
        lambda torch: torch.empty_strided((2, 3), (1,)),
        lambda torch: torch.empty_strided((2, 3), (-1, 2)),
    ]
    same(lambda torch: all_raised(torch, wrong))


def test_complex(same):
    def make(torch):
        real, imag = torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]])
        made = [torch.complex(real, real), torch.complex(real, imag), torch.polar(real, imag)]
        return [*made, torch.complex(real.double(), real.double())]

    same(make)
    wrong = [
        lambda torch: torch.complex(torch.tensor([1]), torch.tensor([2])),
        lambda torch: torch.complex(torch.zeros(1), torch.zeros(1, dtype=torch.float64)),
        lambda torch: torch.complex(1.0, 2.0),
    ]
    same(lambda torch: all_raised(torch, wrong))


LEGACY = ["Byte", "Char", "Short", "Int", "Long", "Half", "Float", "Double", "Bool", ""]


@pytest.mark.parametrize("kind", LEGACY)
def test_legacy_constructors(same, kind):
    def make(torch):
        new = getattr(torch, f"{kind}Tensor")
        made = [new(), new(0, 2), new([1, 0]), new([[1], [0]]), new((2, 3)), new(np.array([1, 2]))]
        made += [new(made[2])]
        shapes = [list(x.shape) for x in (new(2, 3), new(3), new(torch.Size([2])))]
        return [*made, shapes, made[-1].data_ptr() == made[2].data_ptr()]

    same(make)
    wrong = [
        lambda new: new(2.0),
        lambda new: new(-1),
        lambda new: new("a"),
        lambda new: new(2, "a"),
        lambda new: new([[1], [2, 3]]),
    ]
    same(lambda torch: [raised(lambda c=c: c(getattr(torch, f"{kind}Tensor"))) for c in wrong])


def test_legacy_types(same):
    def ask(torch):
        x = torch.zeros(2)
        kinds = [torch.FloatTensor, torch.LongTensor, torch.Tensor]
        return [
            [isinstance(x, kind) for kind in kinds],
            [str(kind) for kind in kinds[:2]],
            str(torch.LongTensor.dtype),
            str(type(torch.LongTensor([1]))),
            [torch.zeros(1, dtype=getattr(torch, d)).type() for d in DTYPES],
        ]

    same(ask)
