"""dtypes, devices, and what comes out when dtypes meet, against PyTorch."""

import pickle

import pytest

import eduflow
from tests.oracle import raised

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
DTYPES += ["complex64", "complex128"]


@pytest.mark.parametrize("name", DTYPES)
def test_facts(same, name):
    def facts(torch):
        d = getattr(torch, name)
        x = torch.zeros(2, dtype=d)
        own = [str(d), repr(d), d.itemsize, d.is_floating_point, d.is_complex, d.is_signed]
        own += [x.element_size(), x.nbytes, x.is_floating_point(), x.is_complex()]
        return [*own, torch.is_floating_point(x), torch.is_complex(x), torch.is_tensor(x)]

    same(facts)
    assert pickle.loads(pickle.dumps(getattr(eduflow, name))) is getattr(eduflow, name)


def test_other_names(same):
    names = ["short", "int", "long", "half", "float", "double", "cfloat", "cdouble"]
    same(lambda torch: [str(getattr(torch, name)) for name in names])


def meetable(name):
    """The dtypes whose meeting with this one does not need complex32, which NumPy lacks."""
    unlike = {"float16": ["complex64", "complex128"]}.get(name, [])
    unlike = ["float16"] if name.startswith("complex") else unlike
    return [other for other in DTYPES if other not in unlike]


@pytest.mark.parametrize("name", DTYPES)
def test_meetings(same, name):
    def meet(torch):
        d = getattr(torch, name)
        others = [getattr(torch, other) for other in meetable(name)]
        found = [str(torch.promote_types(d, other)) for other in others]
        found += [torch.can_cast(d, other) for other in others]
        for mine in ((), (2,)):
            x = torch.zeros(mine, dtype=d)
            found += [str(torch.result_type(x, number)) for number in (True, 1, 1.5)]
            for shape in ((), (2,)):
                found += [str(torch.result_type(x, torch.zeros(shape, dtype=o))) for o in others]
        return found

    same(meet)


def test_default_dtype(same):
    def change(torch):
        found = []
        for d in (torch.float64, torch.float16, torch.float32):
            torch.set_default_dtype(d)
            found += [str(torch.get_default_dtype()), torch.tensor([1.5])]
            found += [] if d is torch.float16 else [torch.tensor([1j])]
            found += [torch.zeros(1), torch.arange(1.0), torch.full((1,), 1.0), torch.tensor(1)]
            found += [torch.linspace(0, 1, 2), torch.eye(1), torch.Tensor([2])]
        wrong = [lambda: torch.set_default_dtype(torch.int64), lambda: torch.set_default_dtype(3)]
        return [*found, [raised(case) for case in wrong]]

    same(change)


def test_limits(same):
    def limits(torch):
        floats = [torch.finfo(d) for d in (torch.float16, torch.float32, torch.float64)]
        floats += [torch.finfo(), torch.finfo(torch.complex64)]
        names = ["bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"]
        ints = [torch.iinfo(getattr(torch, d)) for d in DTYPES[1:6]]
        found = [[repr(x), *[getattr(x, name) for name in names]] for x in floats]
        found += [[repr(x), x.bits, x.min, x.max, x.dtype] for x in ints]
        wrong = [
            lambda: torch.finfo(torch.int64),
            lambda: torch.iinfo(torch.float32),
            lambda: torch.iinfo(torch.bool),
            lambda: torch.finfo(3),
            lambda: torch.is_floating_point(3),
        ]
        return [found, [raised(case) for case in wrong]]

    same(limits, rtol=1e-12)


def test_constants(same):
    same(lambda torch: [torch.pi, torch.e, torch.inf, torch.nan], rtol=0)


def test_devices(same):
    def devices(torch):
        made = [torch.device("cpu"), torch.device("cuda:1"), torch.device("cpu", 0)]
        made += [torch.device(torch.device("mps")), torch.device("cuda", 2)]
        texts = [[str(d), repr(d), d.type, d.index] for d in made]
        pairs = [torch.device("cpu") == torch.device("cpu"), torch.device("cpu") == "cpu"]
        wrong = [lambda: torch.device("gpu"), lambda: torch.zeros(1, device="cuda")]
        return [texts, pairs, [raised(case) for case in wrong], str(torch.zeros(1).device)]

    same(devices)


def test_there_is_no_accelerator(same):
    def ask(torch):
        here = [torch.cuda.is_available(), torch.cuda.device_count(), torch.cuda.manual_seed_all(1)]
        here += [torch.accelerator.is_available(), torch.accelerator.device_count()]
        here += [torch.accelerator.current_accelerator(), torch.cuda.memory_allocated()]
        wrong = [
            torch.cuda.synchronize,
            torch.cuda.current_device,
            torch.accelerator.synchronize,
            torch.accelerator.current_device_index,
        ]
        return [here, [raised(case) for case in wrong]]

    same(ask)
