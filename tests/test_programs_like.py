"""Programs like those of others: twenty steps of training have PyTorch's losses to 1e-3."""

import ast
import functools
from pathlib import Path

import pytest

import eduflow

FOLDER = Path(__file__).parent / "programs" / "like"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


class _Imports(ast.NodeTransformer):
    """`import torch` and its kin, as imports of another library."""

    def __init__(self, library):
        self.library = library

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name == "torch":
                alias.name, alias.asname = self.library, alias.asname or "torch"
            elif alias.name.startswith("torch."):
                assert alias.asname, "`import torch.x` alone binds `torch`: give it a name"
                alias.name = self.library + alias.name.removeprefix("torch")
        return node

    def visit_ImportFrom(self, node):
        if node.module and node.module.partition(".")[0] == "torch":
            node.module = self.library + node.module.removeprefix("torch")
        return node


@functools.cache
def losses(name, torch):
    """The losses that a program ends with, whose `torch` is the given library."""
    path = FOLDER / f"{name}.py"
    tree = _Imports(torch.__name__).visit(ast.parse(path.read_text(encoding="utf-8")))
    names = {"__name__": f"{name}_of_{torch.__name__}"}
    exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), names)
    return names["losses"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_losses_are_pytorchs(same, name):
    same(lambda torch: losses(name, torch), rtol=1e-3, atol=0)


def test_the_programs_learn():
    """A program that goes nowhere would compare nothing."""
    for name in ("char_rnn", "nano_gpt", "seq2seq", "resnet"):
        found = losses(name, eduflow)
        assert len(found) >= 20
        assert min(found[-3:]) < found[0] - 0.05, name
