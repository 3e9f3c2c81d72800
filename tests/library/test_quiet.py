"""NumPy's warnings: none while eduflow computes, and outside as the user set them."""

import inspect
import itertools
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import eduflow as torch
from tests.machine import needs_float_traps, needs_processes, needs_threads

AWKWARD = [-1.0, 0.0, -0.0, 1e38, -1e38, 1e-38, float("inf"), -float("inf"), float("nan"), 2.0]


@pytest.fixture(autouse=True)
def _strict():
    """What NumPy would warn of is an error, and so are warnings."""
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own warnings are not looked at here
        warnings.simplefilter("error", RuntimeWarning)
        yield


@needs_processes
def test_importing_changes_no_setting_of_numpy():
    code = "import numpy; before = numpy.geterr(); import eduflow; assert numpy.geterr() == before"
    subprocess.run([sys.executable, "-c", code], check=True)


@needs_float_traps
def test_computing_changes_no_setting_of_numpy():
    before = np.geterr()
    x = torch.tensor([-1.0, 0.0], requires_grad=True)
    assert torch.log(x).isnan().tolist() == [True, False]
    (1 / x).sum().backward()
    with pytest.raises(RuntimeError):
        torch.ones(2) + torch.ones(3)
    assert np.geterr() == before
    with pytest.raises(FloatingPointError):
        np.log(np.array(-1.0))


@needs_threads
def test_other_threads_are_silent_as_well():
    found = []

    def run():
        with np.errstate(all="raise"):
            found.append(torch.log(torch.tensor([-1.0, 0.0])).tolist())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert str(found) == "[[nan, -inf]]"


def functions():
    """Pairs (name, function) of all that the root, nn.functional and Tensor have."""
    for place in (torch, torch.nn.functional, torch.Tensor):
        for name in dir(place):
            found = getattr(place, name)
            if inspect.isfunction(found) and not name.startswith("_"):
                yield f"{getattr(place, '__name__', place)}.{name}", found


def required(function):
    """How many arguments have no default."""
    taken = inspect.signature(function).parameters.values()
    return len([p for p in taken if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_function_of_tensors_warns(count):
    """All functions of so many tensors, on numbers that make nan and infinity, and backward."""
    shapes = [(10,), (10, 10), (2, 10, 10)]
    tried = 0
    for (name, function), shape in itertools.product(functions(), shapes):
        if required(function) != count or name.endswith(("exponential_", "apply_", "map_")):
            continue
        data = np.resize(np.array(AWKWARD, np.float32), shape)
        inputs = [torch.tensor(np.roll(data, i).tolist()) for i in range(count)]
        try:
            result = function(*inputs)
            inputs = [x.requires_grad_() for x in inputs]
            result = function(*inputs)
            results = result if isinstance(result, tuple) else (result,)
            sum(r.sum() for r in results if r.requires_grad).backward()
        except FloatingPointError as error:
            raise AssertionError(f"{name} of {count} tensors {shape}: {error}") from error
        except Exception:
            continue  # this function wants other arguments
        tried += 1
    assert tried > {1: 200, 2: 100, 3: 3}[count]


def test_writing_and_converting():
    x = torch.tensor([1e38, -1.0, 0.0])
    x.mul_(1e10).div_(0.0).add_(x)
    assert not x.isfinite().any()
    huge = torch.full((3,), 3e38)
    assert huge.add_(huge.clone(), alpha=-2.0).isinf().all()
    torch.tensor([float("nan"), 1e30]).int()
    torch.full((3,), 1e30).half()
    whole = torch.zeros(3, dtype=torch.int32)
    whole.copy_(torch.tensor([float("nan"), 1e30, 2.0]))
    whole[:] = torch.tensor([float("nan"), 1e30, 2.0])
    torch.tensor([1e300], dtype=torch.float64).float()
    torch.logspace(0, 100, 3)


def test_layers_and_optimizers():
    layers = torch.nn.Sequential(
        torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.BatchNorm1d(4), torch.nn.ReLU()
    )
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad):
        optimizer = kind(layers.parameters(), lr=1e30)
        for scale in (1e30, float("inf"), 0.0):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(
                layers(torch.ones(3, 4) * scale), torch.ones(3).long()
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimizer.step()
    images = torch.full((2, 3, 8, 8), 1e38)
    torch.nn.Conv2d(3, 2, 3)(images).sum().backward()
    torch.nn.ConvTranspose2d(3, 2, 3)(images).sum().backward()
    torch.nn.functional.avg_pool2d(images * 10 - images * 10, 2)
    torch.nn.functional.interpolate(images, scale_factor=2, mode="bilinear")
