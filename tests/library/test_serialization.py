"""Saving and loading: what comes back, what is refused, and what a failure leaves behind."""

import collections
import concurrent.futures
import io
import os
import pickle
import zipfile

import numpy as np
import pytest

import eduflow
from tests.machine import needs_hard_links, needs_threads
from tests.oracle import raised


def there_and_back(torch, thing, **options):
    """`thing`, saved and loaded."""
    file = io.BytesIO()
    torch.save(thing, file)
    file.seek(0)
    return torch.load(file, **options)


DTYPES = ["bool", "uint8", "int16", "int64", "float16", "float32", "float64", "complex64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors(same, dtype):
    def check(torch):
        x = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
        things = [x, x.t(), x[:, 1:], x[0, 0], x[:0], torch.ones(1).expand(3), x.view(-1)[::2]]
        found = [there_and_back(torch, thing) for thing in things]
        return [(y, y.stride(), y.storage_offset()) for y in found], found[2].is_contiguous()

    same(check)


def test_plain_data(same):
    data = {
        "numbers": [1, 2.5, 1j, True, None, 2**100],
        "texts": ("a", b"b", bytearray(b"c")),
        "set": [sorted({1, 2})],
        "ordered": collections.OrderedDict(b=1, a=2),
        "count": collections.Counter("aab"),
    }
    same(lambda torch: there_and_back(torch, data))
    same(
        lambda torch: there_and_back(
            torch, [torch.float32, torch.Size([2, 3]), torch.device("cpu")]
        )
    )
    same(lambda torch: type(there_and_back(torch, torch.Size([2]))).__name__)


def test_shared_memory_stays_shared(same):
    def check(torch):
        x = torch.arange(6.0)
        found = there_and_back(torch, {"x": x, "again": x, "part": x[2:4], "other": x.clone()})
        found["part"].zero_()
        return found, found["x"] is found["again"]

    same(check)


def test_gradients(same):
    def check(torch):
        w = torch.ones(2, requires_grad=True)
        p = torch.nn.Parameter(torch.ones(2), requires_grad=False)
        found = there_and_back(torch, [w, w * 2, torch.nn.Parameter(torch.ones(2)), p])
        facts = [(type(t).__name__, t.requires_grad, t.is_leaf, t.grad) for t in found]
        (found[2] * 3).sum().backward()
        return facts, found[2].grad

    same(check)


def test_what_users_hang_on_a_tensor(same):
    def check(torch):
        x = torch.ones(1)
        x.title, x.friend = "x", torch.zeros(1)
        found = there_and_back(torch, x)
        return found.title, found.friend

    same(check)


def network(torch):
    """Layers with parameters, buffers, and a weight that two of them share."""
    nn = torch.nn
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 3), nn.Linear(2, 3))
    net[3].weight = net[2].weight
    return net


def test_state_dicts(same):
    def check(torch):
        net, other = network(torch), network(torch)
        net[1](torch.rand(4, 2))
        state = there_and_back(torch, net.state_dict())
        other.load_state_dict(state)
        return type(state).__name__, state._metadata, dict(other.state_dict())

    same(check)


def test_modules(same):
    def check(torch):
        net = there_and_back(torch, network(torch).eval(), weights_only=False)
        return repr(net), net.training, net[2].weight is net[3].weight, dict(net.state_dict())

    same(check)


def test_optimizers(same):
    def check(torch):
        w = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
        (w * w).sum().backward()
        optimizer.step()
        return there_and_back(torch, {"epoch": 3, "optimizer": optimizer.state_dict()})["epoch"]

    same(check)
    state = there_and_back(eduflow, {"state": {0: {"momentum_buffer": eduflow.ones(2)}}})
    assert state["state"][0]["momentum_buffer"].tolist() == [1, 1]


class Harmless:
    """A class that is not on the list."""

    value = 3


class Evil:
    """Its pickle would run a command."""

    def __reduce__(self):
        return os.system, ("echo this must not run",)


@pytest.mark.parametrize(
    "thing",
    [Harmless(), Evil(), np.ones(2), slice(1), range(2), collections.defaultdict],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_refused(thing):
    with pytest.raises(pickle.UnpicklingError, match="not an allowed global by default"):
        there_and_back(eduflow, {"thing": [thing]})


def test_modules_are_refused_by_default():
    with pytest.raises(
        pickle.UnpicklingError, match=r"GLOBAL eduflow\.nn\.modules\.linear\.Linear"
    ):
        there_and_back(eduflow, eduflow.nn.Linear(1, 1))


def test_what_is_allowed():
    serialization = eduflow.serialization
    with serialization.safe_globals([Harmless]):
        assert there_and_back(eduflow, Harmless()).value == 3
        assert serialization.get_safe_globals() == [Harmless]
    assert serialization.get_safe_globals() == []
    serialization.add_safe_globals([Harmless])
    try:
        assert isinstance(there_and_back(eduflow, Harmless()), Harmless)
    finally:
        serialization.clear_safe_globals()
    with pytest.raises(pickle.UnpicklingError):
        there_and_back(eduflow, Harmless())


def test_map_location(same):
    def check(torch):
        x, seen = torch.arange(3.0), []

        def keep(storage, location):
            seen.append((storage.nbytes(), location))
            return storage

        wheres = ["cpu", torch.device("cpu"), {"cuda:0": "cpu"}, keep, lambda storage, where: None]
        wrong = ["cuda", "cuda:1", {"cpu": "cuda"}]
        return (
            [there_and_back(torch, x, map_location=where) for where in wheres],
            seen,
            [raised(lambda w=w: there_and_back(torch, x, map_location=w)) for w in wrong],
            raised(lambda: there_and_back(torch, x, map_location="nowhere")),
        )

    same(check)


def test_paths(tmp_path):
    path = tmp_path / "weights.pt"
    eduflow.save(eduflow.ones(2), path)
    eduflow.save(eduflow.zeros(2), str(path))
    assert eduflow.load(path).tolist() == eduflow.load(str(path)).tolist() == [0, 0]
    assert os.listdir(tmp_path) == ["weights.pt"]
    with open(path, "rb") as file:
        assert eduflow.load(file).tolist() == [0, 0]


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights.pt"
    eduflow.save(eduflow.ones(2), path)
    with pytest.raises((AttributeError, pickle.PicklingError)):
        eduflow.save({"a": eduflow.zeros(2), "b": lambda: 1}, path)
    assert eduflow.load(path).tolist() == [1, 1]
    assert os.listdir(tmp_path) == ["weights.pt"]


def test_the_same_bytes():
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        eduflow.save({"x": eduflow.arange(3)}, file)
    assert files[0].getvalue() == files[1].getvalue()


def test_wrong_files(same, tmp_path):
    def check(torch):
        return [
            raised(lambda: torch.load(tmp_path / "nothing"))["raised"],
            raised(lambda: torch.load(5)),
            raised(lambda: torch.save(1, 5)),
            raised(lambda: torch.save(1, "/nowhere/x.pt")),
            raised(lambda: torch.load(io.BytesIO(b"nothing of the kind")))["raised"],
            raised(lambda: torch.load(io.BytesIO(b"")))["raised"],
            raised(lambda: torch.load(io.BytesIO(b"PK\x03\x04 and no more")))["raised"],
        ]

    same(check)


def test_damaged_files():
    file = io.BytesIO()
    eduflow.save(eduflow.arange(1000.0), file)
    whole = file.getvalue()
    with pytest.raises(RuntimeError, match="not written to its end"):
        eduflow.load(io.BytesIO(whole[: len(whole) // 2]))
    with pytest.raises(RuntimeError, match="damaged"):
        eduflow.load(io.BytesIO(whole.replace(np.float32(500).tobytes(), b"\0\0\0\0")))
    for end in range(0, len(whole), 97):
        with pytest.raises((RuntimeError, EOFError, pickle.UnpicklingError)):
            eduflow.load(io.BytesIO(whole[:end]))


def archive(members, **options):
    """A zip archive with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


FOREIGN = [
    ({"readme.txt": b""}, "not written by eduflow.save or torch.save"),
    ({"a/data.pkl": b"", "b/data.pkl": b""}, "not written by eduflow.save or torch.save"),
    ({"format": b"tensors in a zip, version 1", "data.pkl": b""}, "early eduflow"),
    ({"net/data.pkl": b"N.", "net/constants.pkl": b""}, "TorchScript"),
]


@pytest.mark.parametrize(("members", "said"), FOREIGN)
def test_foreign_archives(members, said):
    with pytest.raises(pickle.UnpicklingError, match=said):
        eduflow.load(archive(members))


HOSTILE = {
    "calls a program": b"cos\nsystem\n(S'echo'\ntR.",
    "gets at a class": b"ctorch._utils\n_rebuild_tensor_v2\n(S'x'\nd}b.",
    "changes a dtype": b"ctorch\nfloat32\n}S'name'\nS'x'\nsb.",
    "asks for memory": b"cbuiltins\nbytearray\n(L100000000000L\ntR.",
    "counts too far": b"\x80\x02Nr\xff\xff\xff\xffj\xff\xff\xff\x7f.",
    "has instructions of protocol 4": b"\x80\x04\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "asks an extension": b"\x80\x02\x82\x01.",
    "ends early": b"\x80\x02(",
    "takes from an empty stack": b"R.",
    "has no instruction of this kind": b"\xff.",
    "speaks of memory that is not there": (
        b"(S'storage'\nctorch\nFloatStorage\nS'7'\nS'cpu'\nK\x01tQ."
    ),
}


@pytest.mark.parametrize("recipe", HOSTILE.values(), ids=HOSTILE)
def test_hostile_recipes(recipe):
    before = eduflow.float32.name
    with pytest.raises((RuntimeError, pickle.UnpicklingError)):
        eduflow.load(archive({"a/data.pkl": recipe, "a/byteorder": b"little"}))
    assert eduflow.float32.name == before


def test_a_small_file_does_not_become_a_large_tensor():
    file = archive(
        {"a/data.pkl": b"N.", "a/data/0": bytes(2**24)}, compression=zipfile.ZIP_DEFLATED
    )
    assert len(file.getvalue()) < 2**16
    with pytest.raises(pickle.UnpicklingError, match=r"a/data\S+ is compressed"):
        eduflow.load(file)


def test_names_of_ours_in_a_text_stay():
    text = "ceduflow._core.size\nSize\n and ceduflow._utils\n_rebuild_tensor_v2\n"
    found = there_and_back(eduflow, [text, eduflow.Size([2]), eduflow.ones(1), text + "!"])
    assert found[0] == text
    assert found[3] == text + "!"
    assert type(found[1]) is eduflow.Size


def test_memory_of_two_dtypes_is_refused(same):
    def check(torch):
        x = torch.zeros(4, dtype=torch.int32)
        return raised(lambda: torch.save([x, x.view(torch.int16)], io.BytesIO()))

    same(check)


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither such permissions nor easy links")
def test_permissions_and_links_stay(tmp_path):
    path, link = tmp_path / "weights.pt", tmp_path / "link.pt"
    eduflow.save(1, path)
    path.chmod(0o600)
    link.symlink_to(path.name)
    eduflow.save(2, link)
    assert link.is_symlink()
    assert eduflow.load(path) == 2
    assert path.stat().st_mode & 0o777 == 0o600


@needs_hard_links
def test_a_file_with_two_names_is_saved_under_the_one_that_is_given(tmp_path):
    path = tmp_path / "weights.pt"
    eduflow.save(1, path)
    (tmp_path / "other.pt").hardlink_to(path)
    eduflow.save(2, path)
    assert eduflow.load(path) == 2


@needs_threads
def test_many_threads_save_to_one_path(tmp_path):
    path = tmp_path / "weights.pt"
    things = [eduflow.full((1000,), float(n)) for n in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: eduflow.save(things[n % 8], path), range(64)))
    assert len(set(eduflow.load(path).tolist())) == 1
    assert os.listdir(tmp_path) == ["weights.pt"]


def test_a_window_outside_its_storage_is_refused():
    file, forged = io.BytesIO(), io.BytesIO()
    eduflow.save(eduflow.arange(4.0), file)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(forged, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            copy.writestr(name, content[:4] if name.endswith("data/0") else content)
    with pytest.raises(RuntimeError, match="the file is damaged"):
        eduflow.load(forged)
