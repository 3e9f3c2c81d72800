"""Wrong calls of every public function and method: refusals say nothing internal."""

import random

import pytest

import eduflow
from tests.oracle import TORCH_INSTALLED
from tests.wrong_calls.calls import callables, random_call, written
from tests.wrong_calls.compare import fault, internal_word, outcome


@pytest.mark.parametrize("seed", range(4))
def test_refusals_say_nothing_internal(seed):
    numbers, names, wrong = random.Random(seed), callables(eduflow), []
    for _ in range(1000):
        call = random_call(numbers, names)
        error = outcome(eduflow, call)
        word = error is not None and internal_word(error)
        if word and not (TORCH_INSTALLED and _says_so_too(call, error)):
            wrong.append(f"{written(call)}: {error}")
    assert not wrong


def _says_so_too(call, error):
    """Whether PyTorch's own refusal has such a word."""
    import torch

    said = outcome(torch, call) if hasattr(torch, call[1]) or call[0] != "torch" else None
    return said is not None and fault(said, error) != "internal word"


def test_a_fault_is_found():
    """The judge can tell: an internal word, another type, a call that went well."""
    refused = TypeError("exp() takes no arguments")
    assert fault(refused, TypeError("_quick.<locals>.unary() takes none")) == "internal word"
    assert fault(refused, AttributeError("'int' object has no attribute '_array'"))
    assert fault(refused, ValueError("no")) == "another type"
    assert fault(refused, None) == "accepted"
    assert fault(refused, TypeError("exp(): argument 'input' must be Tensor, not int")) is None
