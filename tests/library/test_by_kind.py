"""Short programs, by the kind of fault that they once showed: what PyTorch answers, or refuses.

They stand in `by_kind/*.txt`, one a paragraph; a line that starts with `#` heads a group. The last
line of a program is its answer. Errors are compared by type and by the first line of their text.
"""

import ast
import warnings
from pathlib import Path

import numpy as np
import pytest

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


def answer(torch, program):
    """What a program answers, or the error it ends with."""
    torch.manual_seed(0)
    function = function_of(program)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(torch, torch.nn.functional, torch.nn)
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error).strip().split("\n")[0]}
    finally:
        torch.set_grad_enabled(True)  # whatever a program left it at


GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_by_kind(same, name):
    programs = GROUPS[name]
    same(lambda torch: {program: answer(torch, program) for program in programs})
