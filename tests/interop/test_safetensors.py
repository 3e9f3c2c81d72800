"""`eduflow.interop.safetensors` reads what safetensors writes, and the other way round."""

import importlib
import json
import struct

import numpy as np
import pytest

import eduflow

kept = pytest.importorskip("safetensors.numpy", reason="the extra `test` brings safetensors")
interop = importlib.import_module("eduflow.interop.safetensors")

KINDS = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]


@pytest.mark.parametrize("kind", KINDS)
def test_both_ways(tmp_path, kind):
    path = tmp_path / "with a blank.safetensors"
    x = eduflow.arange(6).reshape(2, 3).to(getattr(eduflow, kind))
    empty, one = eduflow.zeros(0, 3), eduflow.tensor(1.5)
    interop.save_file({"x": x, "empty": empty, "one": one}, path, {"format": "pt"})
    theirs = kept.load_file(path)
    assert theirs["x"].dtype == np.dtype(kind)
    assert theirs["x"].tolist() == x.tolist()
    assert theirs["one"].shape == ()
    kept.save_file({"x": x.numpy()}, path)
    ours = interop.load_file(path)["x"]
    assert ours.dtype is x.dtype
    assert ours.tolist() == x.tolist()


def test_a_state_dict_comes_back(tmp_path):
    path = tmp_path / "net.safetensors"
    net, other = eduflow.nn.Linear(3, 2), eduflow.nn.Linear(3, 2)
    interop.save_file(net.state_dict(), path)
    other.load_state_dict(interop.load_file(path))
    assert eduflow.equal(net.weight, other.weight)
    loaded = interop.load(interop.save(net.state_dict()))["bias"]
    loaded.add_(1)  # the memory is its own
    assert not eduflow.equal(loaded, net.bias)


def test_what_does_not_fit_is_refused(tmp_path):
    x = eduflow.ones(2, 3)
    with pytest.raises(ValueError, match="Expected a dict"):
        interop.save([x])
    with pytest.raises(ValueError, match="Key `x` is invalid"):
        interop.save({"x": 1})
    with pytest.raises(ValueError, match="non contiguous tensor: `t`"):
        interop.save({"t": x.t()})
    with pytest.raises(RuntimeError, match="share memory"):
        interop.save({"x": x, "again": x[0]})
    path = tmp_path / "none.safetensors"
    with pytest.raises(ValueError, match="Key `x`"):
        interop.save_file({"x": None}, path)
    assert not path.exists()


def test_other_dtypes_and_damaged_files_are_refused():
    header = json.dumps({"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    with pytest.raises(ValueError, match="dtype BF16"):
        interop.load(struct.pack("<Q", len(header)) + header + bytes(4))
    whole = interop.save({"x": eduflow.ones(3)})
    for damaged in (b"", whole[:10], whole[:-1], b"\xff" * 100):
        with pytest.raises(Exception, match=r"[Hh]eader|[Tt]ensor|offset|buffer|metadata"):
            interop.load(damaged)
