"""Functions by family: values, first and second derivatives and refusals as PyTorch has them.

They stand in `by_family/*.txt`, one call a line; a line that starts with `#` heads a group.
`R(2, 3)` is a tensor of random numbers, always the same, `C(2, 3)` one of complex numbers,
`P(2, 3)` one of numbers from 0.2 to 0.9. `slopes(f, x, y)` is what `f(x, y)` gives, its gradients,
and theirs; `first` leaves those out.
"""

import warnings
from pathlib import Path

import numpy as np
import pytest

import eduflow
from tests.library.graded import numbers
from tests.oracle import TORCH_INSTALLED

FOLDER = Path(__file__).parent / "by_family"


def groups():
    """For each group its name and its calls."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        name = path.stem
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                name = f"{path.stem}: {line.strip('# ')}"
            elif line.strip():
                found.setdefault(name, []).append(line)
    return found


def weighted(torch, results):
    """One real number that all results go into, each element with a weight of its own."""
    total = 0
    for y in results:
        if y.is_complex():
            y = torch.view_as_real(y)
        if y.requires_grad:
            weights = torch.from_numpy(np.cos(np.arange(1.0, y.numel() + 1)))
            total = total + (y.reshape(-1) * weights.to(y.dtype)).sum()
    return total


def slopes(torch, function, *inputs, twice=True):
    """The results of a function, the gradients of its inputs, and the gradients of those."""
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    found = function(*inputs)
    results = list(found) if isinstance(found, (tuple, list)) else [found]
    options = {"create_graph": twice, "allow_unused": True}
    first = torch.autograd.grad(weighted(torch, results), inputs, **options)
    further = [g for g in first if g is not None and g.requires_grad]
    second = None
    if further:
        second = torch.autograd.grad(weighted(torch, further), inputs, allow_unused=True)
    return [results, list(first), second and [0 if g is None else g for g in second]]


def answer(torch, line):
    """What a call gives, or the error it ends with."""
    torch.manual_seed(0)
    names = {
        "torch": torch,
        "F": torch.nn.functional,
        "nn": torch.nn,
        "np": np,
        "R": lambda *shape, seed=0: torch.from_numpy(numbers(*shape, seed=seed)),
        "C": lambda *shape: torch.from_numpy(numbers(*shape) + 1j * numbers(*shape, seed=1)),
        "P": lambda *shape, seed=0: torch.from_numpy(
            np.random.default_rng((seed, *shape)).uniform(0.2, 0.9, shape)
        ),
        "slopes": lambda *given: slopes(torch, *given),
        "first": lambda *given: slopes(torch, *given, twice=False),
    }
    *statements, last = line.split("; ")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec("\n".join(statements), names)
            return eval(last, names)
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error).strip().split("\n")[0]}


GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_by_family(same, name):
    same(lambda torch: {line: answer(torch, line) for line in GROUPS[name]}, rtol=1e-4, atol=1e-6)


@pytest.mark.skipif(not TORCH_INSTALLED, reason="PyTorch says which calls are right")
def test_most_calls_are_right():
    """A misspelled line would be refused by both."""
    import torch

    for name, lines in GROUPS.items():
        refused = [x for x in lines if isinstance(answer(torch, x), dict)]
        assert refused == [] or "refused" in name, refused


def test_the_slope_of_a_determinant_that_is_zero():
    """PyTorch says 0 for this one."""
    x = eduflow.tensor([[1.0, 2], [2, 4]], dtype=eduflow.float64, requires_grad=True)
    assert eduflow.autograd.gradcheck(eduflow.det, [x])
