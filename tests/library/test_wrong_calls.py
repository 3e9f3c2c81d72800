"""Wrong calls of every public function and method: refusals say nothing internal."""

import json
import random
import re
from pathlib import Path

import pytest

import eduflow
from tests.oracle import RECORDED, TORCH_INSTALLED
from tests.wrong_calls.calls import callables, random_call, read, written
from tests.wrong_calls.compare import INTERNAL, fault, internal_word, outcome

ANSWERS = RECORDED / "wrong_calls.json"
ONCE_ACCEPTED = Path(random_call.__code__.co_filename).with_name("once_accepted.txt")


def drawn(seed):
    """A thousand calls, by the text that shows them."""
    numbers, names = random.Random(seed), callables(eduflow)
    calls = [random_call(numbers, names) for _ in range(1000)]
    return {written(call): call for call in calls}


def said_by_pytorch(call):
    """The internal words in what PyTorch itself says of a call; none where it has no such name."""
    import torch

    if call[0] == "torch" and not hasattr(torch, call[1]):
        return []
    return sorted({found[0] for found in re.finditer(INTERNAL, str(outcome(torch, call)))})


@pytest.fixture
def theirs(request):
    """PyTorch's internal words by call: asked where it is installed, else as recorded."""

    def words(seed):
        recorded = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
        if not TORCH_INSTALLED:
            return recorded[str(seed)]
        found = {
            text: words for text, call in drawn(seed).items() if (words := said_by_pytorch(call))
        }
        if request.config.getoption("--record"):
            recorded = {**recorded, str(seed): found}
            rows = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in recorded.items()]
            ANSWERS.write_text("{\n" + ",\n".join(rows) + "\n}\n")
        assert found == recorded[str(seed)], "the recorded words are stale, run pytest --record"
        return found

    return words


@pytest.mark.parametrize("seed", range(4))
def test_refusals_say_nothing_internal(seed, theirs):
    wrong, too = [], theirs(seed)
    for text, call in drawn(seed).items():
        error = outcome(eduflow, call)
        word = error is not None and internal_word(error)
        if word and word not in too.get(text, []):
            wrong.append(f"{text}: {error}")
    assert not wrong


def test_a_fault_is_found():
    """The judge can tell: an internal word, another type, a call that went well."""
    refused = TypeError("exp() takes no arguments")
    assert fault(refused, TypeError("_quick.<locals>.unary() takes none")) == "internal word"
    assert fault(refused, AttributeError("'int' object has no attribute '_array'"))
    assert fault(refused, ValueError("no")) == "another type"
    assert fault(refused, None) == "accepted"
    assert fault(refused, TypeError("exp(): argument 'input' must be Tensor, not int")) is None


def test_what_once_went_well_or_said_something_internal():
    """Each line names the type of PyTorch's error, which is asked where it is installed.

    Below it stands, indented, what PyTorch says where that is as internal as ours may be then.
    """
    wrong = []
    for kind, text, said in re.findall(
        r"^(\w+): (.*)\n(?:    (.*)\n)?", ONCE_ACCEPTED.read_text(encoding="utf-8"), re.MULTILINE
    ):
        call = read(text)
        found = outcome(eduflow, call)
        if fault(expected_error(call, kind, said), found):
            wrong.append(f"{text}: {found!r}, expected {kind}")
    assert not wrong


def expected_error(call, kind, said):
    """PyTorch's error for a call, which must be of this kind; a stand-in where it is missing."""
    if not TORCH_INSTALLED:
        return type(kind, (Exception,), {})(said)
    import torch

    error = outcome(torch, call)
    assert type(error).__name__ == kind, call
    assert said in str(error), call
    return error
