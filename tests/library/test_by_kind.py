"""Short programs, by the kind of fault that they once showed: what PyTorch answers, or refuses.

They stand in `by_kind/*.txt`, one a paragraph; a line that starts with `#` heads a group. The last
line of a program is its answer. Errors are compared by type and by the first line of their text.
"""

import ast
import importlib
import warnings
from pathlib import Path

import numpy as np
import pytest

from tests.oracle import TORCH_INSTALLED

FOLDER = Path(__file__).parent / "by_kind"


def groups():
    """For each group its name and its programs."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        name = path.stem
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            program = paragraph.strip("\n")
            if program.startswith("#"):
                name = f"{path.stem}: {program.strip('# ')}"
            elif program:
                found.setdefault(name, []).append(program)
    return found


def function_of(program):
    """A program as a function of the library that returns its answer."""
    body = ast.parse(program).body
    if isinstance(body[-1], ast.Expr):
        body[-1] = ast.copy_location(ast.Return(body[-1].value), body[-1])
    tree = ast.parse("def function(torch, F, nn): pass")
    tree.body[0].body = body
    names = {"np": np}
    exec(compile(ast.fix_missing_locations(tree), "<program>", "exec"), names)
    return names["function"]


def kept_state(torch):
    """A function that sets all that a program may switch for the whole process as it was."""
    switches = [
        (torch.set_default_dtype, torch.get_default_dtype()),
        (torch.use_deterministic_algorithms, torch.are_deterministic_algorithms_enabled()),
        (torch.set_num_threads, torch.get_num_threads()),
        (torch.set_grad_enabled, torch.is_grad_enabled()),
    ]
    inference, device = torch.is_inference_mode_enabled(), torch.get_default_device()

    def restore():
        if torch.is_inference_mode_enabled() != inference:  # it switches gradients as well
            torch.inference_mode(inference).__enter__()
        if torch.get_default_device() != device:  # even the same one, set, changes PyTorch's ways
            torch.set_default_device(None)
        for switch, value in switches:
            switch(value)
        torch.autograd.set_detect_anomaly(False)
        torch.set_printoptions(profile="default")

    return restore


def answer(torch, program):
    """What a program answers, or the error it ends with."""
    torch.manual_seed(0)
    function = function_of(program)
    restore = kept_state(torch)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(torch, torch.nn.functional, torch.nn)
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error).strip().split("\n")[0]}
    finally:
        restore()


GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_by_kind(same, name):
    programs = GROUPS[name]
    same(lambda torch: {program: answer(torch, program) for program in programs})


@pytest.mark.parametrize("name", ["eduflow", "torch"] if TORCH_INSTALLED else ["eduflow"])
def test_a_program_leaves_nothing_behind(name):
    torch = importlib.import_module(name)
    program = """
torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=2)
torch.autograd.set_detect_anomaly(True)
torch.inference_mode().__enter__()
torch.set_grad_enabled(False)
raise ValueError("no")
"""
    x = torch.ones(1, requires_grad=True)
    before = str(x * 1.23456)
    assert answer(torch, program) == {"raised": "ValueError", "text": "no"}
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()
    assert torch.get_default_dtype() is torch.float32
    assert str(x * 1.23456) == before


def test_names_of_groups_tell_them_apart():
    """pytest numbers tests whose names are too long, and numbers change with every new group."""
    assert [name for name in GROUPS if len(name) > 95 or "\n" in name] == []
