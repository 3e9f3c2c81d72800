"""Files cross both ways: what eduflow saves PyTorch loads, and the other way around."""

import io

import numpy as np
import pytest

import eduflow
from eduflow.course.graduation import from_pytorch

from .test_every_module import GIVEN, NAMES

pytestmark = pytest.mark.truth
DTYPES = [dtype.name for dtype in eduflow._core.dtype.dtype.by_numpy.values()]


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def carried(thing, writer, reader, **options):
    """`thing`, saved by one and loaded by the other."""
    file = io.BytesIO()
    writer.save(thing, file)
    file.seek(0)
    return reader.load(file, **options)


def plain(thing):
    """Tensors as (type, dtype, size, stride, offset, bytes), and what is around them."""
    if hasattr(thing, "storage_offset"):
        kind = type(thing).__name__
        facts = str(thing.dtype).split(".")[1], tuple(thing.shape), thing.stride()
        numbers = thing.detach().numpy().tobytes()
        return kind, thing.requires_grad, *facts, thing.storage_offset(), numbers
    if isinstance(thing, dict):
        return type(thing).__name__, [(key, plain(value)) for key, value in thing.items()]
    if isinstance(thing, (list, tuple)):
        return [plain(part) for part in thing]
    return thing


def both_ways(torch, make):
    """What comes of it must be what PyTorch itself would load, however the file went."""
    theirs, ours = make(torch), make(eduflow)
    expected = plain(carried(theirs, torch, torch))
    assert plain(carried(theirs, torch, eduflow)) == expected
    assert plain(carried(ours, eduflow, torch, weights_only=True)) == plain(ours)
    assert plain(carried(ours, eduflow, eduflow)) == plain(ours)


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes(torch, name):
    def make(torch):
        x = torch.tensor(np.arange(6).reshape(2, 3)).to(getattr(torch, name))
        return [x, x.t(), x[:, 1:], x[1, 2], x[:0], x[:1].expand(2, 3), {"again": x}]

    both_ways(torch, make)


def test_memory_is_shared_across(torch):
    def make(torch):
        x = torch.arange(6.0)
        return {"x": x, "part": x[2:4], "again": x}

    for writer, reader in ((torch, eduflow), (eduflow, torch)):
        found = carried(make(writer), writer, reader)
        found["part"].zero_()
        assert found["x"].tolist() == [0, 1, 0, 0, 4, 5]
        assert found["x"] is found["again"]


def test_what_stands_around_tensors(torch):
    def make(torch):
        weight = torch.nn.Parameter(torch.ones(2))
        title = torch.ones(1)
        title.name_of_it = "a title"
        return {
            "size": tuple(torch.Size([2, 3])),
            "weight": weight,
            "leaf": torch.ones(2, requires_grad=True),
            "fixed": torch.nn.Parameter(torch.zeros(1), requires_grad=False),
            "plain": [1, 2.5, 2**70, None, True, "text", b"bytes", (1, 2), {"deep": []}],
        }

    both_ways(torch, make)
    for writer, reader in ((torch, eduflow), (eduflow, torch)):
        x = writer.ones(1)
        x.title = "a title"
        p = writer.nn.Parameter(writer.ones(1))
        p.title = "another"
        found = carried(
            [x, p, writer.float16, writer.Size([1]), writer.device("cpu")], writer, reader
        )
        assert (found[0].title, found[1].title) == ("a title", "another")
        assert found[2] is reader.float16
        assert (type(found[3]), found[4].type) == (reader.Size, "cpu")


STATEFUL = [name for name in NAMES if not name.startswith("Lazy")]


@pytest.mark.parametrize("name", STATEFUL)
def test_every_module(torch, name):
    def make(torch):
        torch.manual_seed(0)
        return getattr(torch.nn, name)(*GIVEN.get(name, ())).state_dict()

    theirs, ours = make(torch), make(eduflow)
    assert plain(carried(theirs, torch, eduflow)) == plain(theirs)
    found = carried(ours, eduflow, torch, weights_only=True)
    assert plain(found) == plain(ours)
    assert found._metadata == theirs._metadata
    module = getattr(eduflow.nn, name)(*GIVEN.get(name, ()))
    assert (
        str(module.load_state_dict(carried(theirs, torch, eduflow)))
        == "<All keys matched successfully>"
    )
    module = getattr(torch.nn, name)(*GIVEN.get(name, ()))
    assert str(module.load_state_dict(found)) == "<All keys matched successfully>"


def _is_optimizer(name):
    found = getattr(eduflow.optim, name)
    return isinstance(found, type) and issubclass(found, eduflow.optim.Optimizer)


OPTIMIZERS = [
    n for n in dir(eduflow.optim) if n[0].isupper() and n != "Optimizer" and _is_optimizer(n)
]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_where_the_other_stopped(torch, name):
    def begin(torch):
        w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 3.0]))
        options = {"momentum": 0.9} if name == "SGD" else {}
        return w, getattr(torch.optim, name)([w], lr=0.1, **options)

    def step(w, optimizer, n):
        for _ in range(n):
            optimizer.zero_grad()
            ((w - 1) ** 2).sum().backward()
            optimizer.step(lambda: ((w - 1) ** 2).sum()) if name == "LBFGS" else optimizer.step()

    for writer, reader in ((torch, eduflow), (eduflow, torch)):
        w, optimizer = begin(writer)
        step(w, optimizer, 3)
        kept = {"w": w.detach(), "optimizer": optimizer.state_dict()}
        found = carried(kept, writer, reader, weights_only=True)
        other, resumed = begin(reader)
        other.data.copy_(found["w"])
        resumed.load_state_dict(found["optimizer"])
        step(w, optimizer, 3)
        step(other, resumed, 3)
        np.testing.assert_allclose(other.tolist(), w.tolist(), rtol=1e-5)


def test_a_file_of_pytorchs_by_path_and_mapped(torch, tmp_path):
    ours = eduflow.load(from_pytorch())
    assert plain(ours) == plain(torch.load(from_pytorch()))
    path = tmp_path / "with a blank ü.pt"
    eduflow.save(ours, path)
    assert plain(torch.load(path, mmap=True)) == plain(ours)
