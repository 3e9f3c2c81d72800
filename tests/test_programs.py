"""Random programs: a fixed sample against recorded answers, more of them where torch is."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import TORCH_INSTALLED
from tests.programs.compare import disagreements, random_program, written
from tests.programs.run import run
from tests.programs.steps import STEPS

SAMPLE = [random_program(random.Random(seed), 8) for seed in range(240)]
STEP = st.tuples(st.integers(0, len(STEPS) - 1), *[st.integers(0, 59)] * 4)


@pytest.mark.parametrize("number", range(0, len(SAMPLE), 10))
def test_sample(same, number):
    for program in SAMPLE[number : number + 10]:
        same(lambda torch, program=program: run(torch, program), rtol=2e-4, atol=1e-5)


@pytest.mark.skipif(not TORCH_INSTALLED, reason="needs PyTorch: make truth")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, max_size=12))
def test_agreement(program):
    import torch

    lines = disagreements(torch, program)
    assert not lines, written(program) + "\n" + "\n".join(lines[:5])
