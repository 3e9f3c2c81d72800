"""The judge: run one piece of code under eduflow and under PyTorch, and compare.

A test hands `same` a function of the library module. Its result may hold tensors, numbers, text,
lists, tuples and dicts; tensors are compared by dtype, shape and values, exceptions by type and
text. Where PyTorch is installed it answers; elsewhere its recorded answers stand in.
"""

import importlib
import importlib.util
import json
import math
import os
import re
import warnings
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
TORCH_INSTALLED = importlib.util.find_spec("torch") is not None

# What Python itself says, from 3.12 and from 3.14 on, and before.
ABSTRACT = re.compile(r"without an implementation for abstract (methods?) (.+)")
BY_ZERO = re.compile(r"(integer|float) (division or modulo|division|modulo) by zero")


def worded_alike(text):
    """`text` with PyTorch's name for the library, and one wording for what Python itself says."""
    text = ABSTRACT.sub(lambda said: f"with abstract {said[1]} " + said[2].replace("'", ""), text)
    return BY_ZERO.sub("division by zero", text).replace("eduflow.", "torch.")


def raised(call):
    """The type and text of the exception that `call` raises, or None."""
    try:
        call()
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error).strip()}
    return None


def plain(value):
    """`value` as plain Python data: what both libraries can be compared by, and JSON can hold."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if type(value).__name__ in ("Tensor", "Parameter"):
        detached = value.detach()
        return {
            "dtype": str(value.dtype).split(".")[-1],
            "shape": list(value.shape),
            "values": plain(
                detached.resolve_conj().tolist() if value.is_complex() else detached.tolist()
            ),
        }
    if isinstance(value, complex):
        return {"real": plain(value.real), "imag": plain(value.imag)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value).replace("eduflow.", "torch.")


def answer(function, name):
    """Run `function` on a fresh seed under the library called `name`."""
    library = importlib.import_module(name)
    library.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(function(library))


def differences(expected, found, rtol, atol, path=""):
    """Every place where `found` differs from `expected`, as lines to read."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            return [f"{path}: keys {list(found)}, expected {list(expected)}"]
        return [
            line
            for key in expected
            for line in differences(expected[key], found[key], rtol, atol, f"{path}/{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{path}: {len(found)} items, expected {len(expected)}"]
        return [
            line
            for i, (a, b) in enumerate(zip(expected, found))
            for line in differences(a, b, rtol, atol, f"{path}[{i}]")
        ]
    if type(expected) is float and type(found) is float:
        close = math.isclose(expected, found, rel_tol=rtol, abs_tol=atol)
        if close or (math.isnan(expected) and math.isnan(found)):
            return []
    elif type(expected) is type(found):
        if expected == found:
            return []
        if isinstance(expected, str) and worded_alike(expected) == worded_alike(found):
            return []
    return [f"{path}: {found!r}, expected {expected!r}"]


class Oracle:
    """Compares with PyTorch or with what it once answered; one per test, cases are numbered."""

    def __init__(self, test_file, test_name, record):
        self.path = RECORDED / f"{Path(test_file).stem}.json"
        self.name, self.record, self.count = test_name, record, 0

    def __call__(self, function, *, rtol=1e-5, atol=1e-6):
        """Fail unless `function(eduflow)` equals `function(torch)`."""
        key = f"{self.name}:{self.count}"
        self.count += 1
        stored = self._stored()
        if TORCH_INSTALLED:
            expected = json.loads(json.dumps(answer(function, "torch")))
            if self.record:
                self._store(stored | {key: expected})
            elif key not in stored:
                raise AssertionError(f"{key} has no recorded answer: run pytest --record")
            else:
                drift = differences(expected, stored[key], rtol, atol)
                assert not drift, "the recorded answer is stale, run pytest --record: " + drift[0]
        elif key in stored:
            expected = stored[key]
        else:
            raise AssertionError(
                f"{key} has no recorded answer; record it where torch is installed"
            )
        found = json.loads(json.dumps(answer(function, "eduflow")))
        lines = differences(expected, found, rtol, atol)
        assert not lines, "eduflow differs from PyTorch:\n" + "\n".join(lines[:20])

    def _stored(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def _store(self, answers):
        self.path.parent.mkdir(exist_ok=True)
        temporary = self.path.with_suffix(".tmp")
        rows = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(answers.items()))
        temporary.write_text("{\n" + rows + "\n}\n")
        os.replace(temporary, self.path)
