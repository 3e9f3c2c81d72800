"""The face: what `dir`, `import *` and Tab show under each path is what PyTorch has there."""

import ast
import importlib
import json
import pathlib
import subprocess
import sys

import pytest

from tests.machine import needs_processes
from tests.oracle import RECORDED, TORCH_INSTALLED

# Packages whose every name is to be seen, and modules whose helpers only `dir` hides.
PACKAGES = ("", "nn", "nn.functional", "nn.modules", "nn.utils", "autograd", "optim", "utils",
            "utils.data", "cuda", "accelerator", "linalg", "special", "fft",
            "distributions")  # fmt: skip
MODULES = (
    "nn.init",
    "nn.utils.rnn",
    "nn.utils.parametrize",
    "nn.utils.parametrizations",
    "nn.parameter",
    "optim.lr_scheduler",
    "random",
    "serialization",
)
OURS = {"": {"course", "datasets", "show"}}  # what PyTorch does not have

LISTING = f"""
import importlib, json
places = {PACKAGES + MODULES!r}
modules = [importlib.import_module("torch." + place if place else "torch") for place in places]
print(json.dumps({{place: dir(module) for place, module in zip(places, modules)}}))
"""


def imported(library, path):
    """The module at this path of eduflow or torch."""
    return importlib.import_module(f"{library}.{path}" if path else library)


def public(names):
    """Those that do not begin with an underscore."""
    return {name for name in names if not name.startswith("_")}


@pytest.fixture(scope="module")
def theirs(request):
    """PyTorch's public names by path: its own where it is installed, else the recorded ones."""
    path = RECORDED / "face.json"
    if not TORCH_INSTALLED:
        return {place: set(names) for place, names in json.loads(path.read_text()).items()}
    # In a fresh interpreter: what else was imported hangs further modules into these.
    listed = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, check=True)
    names = {place: public(found) for place, found in json.loads(listed.stdout).items()}
    if request.config.getoption("--record"):
        rows = [f"{json.dumps(k)}: {json.dumps(sorted(v))}" for k, v in names.items()]
        path.write_text("{\n" + ",\n".join(rows) + "\n}\n")
    recorded = json.loads(path.read_text())
    assert {place: sorted(found) for place, found in names.items()} == recorded, (
        "the recorded names are stale, run pytest --record"
    )
    return names


@pytest.mark.parametrize("place", PACKAGES + MODULES)
def test_dir_shows_names_that_pytorch_has(theirs, place):
    module = imported("eduflow", place)
    found = public(dir(module))
    assert found
    assert found - theirs[place] == OURS.get(place, set())
    assert [name for name in found if not hasattr(module, name)] == []


@pytest.mark.parametrize("place", PACKAGES + MODULES)
def test_all_names_are_those_that_dir_shows(place):
    module = imported("eduflow", place)
    if hasattr(module, "__all__"):
        assert sorted(set(module.__all__)) == sorted(module.__all__)
        on_demand = {"course", "show"} if not place else set()
        assert public(dir(module)) == {*module.__all__, *on_demand}


@pytest.mark.parametrize("place", PACKAGES)
def test_packages_hold_no_helpers(theirs, place):
    """Not only hidden: but for files of the same folder there is nothing else to be found."""
    module = imported("eduflow", place)
    files = {name.rpartition(".")[2] for name in sys.modules if name.startswith("eduflow.")}
    assert public(vars(module)) - theirs[place] - OURS.get(place, set()) <= files


@pytest.mark.parametrize("place", PACKAGES + MODULES)
def test_import_star_brings_names_that_pytorch_has(theirs, place):
    space = {}
    exec(f"from eduflow{'.' * bool(place)}{place} import *", space)
    assert public(space) <= theirs[place] | {"datasets"}


@needs_processes
def test_what_programs_need_later_is_loaded_when_asked_for():
    code = (
        "import sys, eduflow\n"
        "later = ['course', 'show', 'optim', 'nn.modules', 'nn.functional', 'utils', 'fft']\n"
        "later += ['distributions', 'linalg', 'serialization', 'datasets', 'amp']\n"
        "assert not {'matplotlib', *(f'eduflow.{name}' for name in later)} & set(sys.modules)\n"
        "assert eduflow.optim.SGD and eduflow.save and eduflow.nn.Linear\n"
        "assert eduflow.show.strides and eduflow.course.lesson and eduflow.datasets.load_digits\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("place", ["eduflow", "eduflow.nn"])
def test_what_mypy_reads_is_what_is_loaded_when_asked_for(place):
    module = importlib.import_module(place)
    tree = ast.parse(pathlib.Path(module.__file__).read_text(encoding="utf-8"))
    [unseen] = [node for node in tree.body if isinstance(node, ast.If) and not node.orelse][-1:]
    read = {a.name: node.module for node in unseen.body for a in node.names}
    assert read.keys() <= set(module.__all__)
    for name, file in read.items():
        home = importlib.import_module(f"{place}.{file}" if file else place)
        assert module.__getattr__(name) is getattr(home, name)
    bound = {a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    assert set(module.__all__) <= bound | read.keys() | {"__version__"}


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'eduflow' has no attribute 'nonsense'"):
        importlib.import_module("eduflow").nonsense  # noqa: B018
