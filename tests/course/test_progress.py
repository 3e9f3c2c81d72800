"""`eduflow progress`, the panel, and the other commands of a learner."""

from __future__ import annotations

import datetime
import json
import shutil
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from eduflow.course import capstone, folder, lab, report
from eduflow.course.folder import Folder, read
from eduflow.course.own import OwnPackage
from eduflow.course.regions import Package
from eduflow.course.standing import Exercise, Floor, Standing, standing
from eduflow.course.start import start

from .conftest import Course
from .learner import SETUP, Learner, small_course
from .test_keep import GOOD

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def learner(course: Course) -> Learner:
    """Someone who has just started."""
    someone = Learner(small_course(course))
    someone.start()
    return someone


def answer(learner: Learner, key: str, chosen: int, right: int, days_ago: int) -> None:
    """An answer to a question as the card records it."""
    path = learner.root / ".eduflow" / "progress.json"
    data: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    day = datetime.date.today() - datetime.timedelta(days=days_ago)
    entry = {"chosen": [chosen], "right": right, "of": 1, "day": day.isoformat()}
    data.setdefault("predictions", {})[key] = entry
    path.write_text(json.dumps(data), encoding="utf-8")


def test_a_fresh_start(learner: Learner) -> None:
    said = learner.command("progress", folder=learner.root).splitlines()
    assert said[0] == "Your house: `myflow` in my länd"
    rows = {line.split()[0]: line for line in said if line.startswith("   ")}
    assert rows["2"].endswith("0 of 3 exercises, 1 question, lines: 0 yours, 10 borrowed")
    assert said[-3].startswith("Lines of the cells that you write in: 0 yours")
    assert said[-2] == "Next: write add in lessons/02_ops.ipynb."


def test_what_was_done_is_counted(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD)
    learner.shell(
        "from eduflow.course import *\nlesson('02_ops')", "hint('Linear')", "borrow('Linear')"
    )
    answer(learner, "ops/one", 1, 1, 0)
    said = learner.command("progress", str(learner.root))
    assert "1 of 3 exercises, 1 of 1 answers right, lines: 5 yours" in said
    assert "add: passed; Linear: borrowed; side: open" in said
    assert "Next: write Linear in lessons/02_ops.ipynb." in said


def test_a_last_good_version_counts_as_passed(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD)
    learner.run("02_ops", add=GOOD.replace("helper(x) +", "0 +"))
    assert "add: passed" in learner.command("progress", str(learner.root))


def test_missed_questions_are_asked_once_more(learner: Learner) -> None:
    found = folder.read(learner.root)
    for days, asked in ((0, 0), (1, 0), (2, 1), (30, 1)):
        answer(learner, "ops/one", 0, 0, days)
        assert len(standing(found).missed) == asked
    said = learner.command("progress", str(learner.root))
    assert "Some days ago you missed this one." in said
    assert "One and one?" in said
    shown = learner.shell("from eduflow.course import *\nprogress_panel()")
    assert "Your house" in shown[0]
    answer(learner, "again/ops/one", 0, 0, 0)
    assert standing(found).missed == []


def test_the_panel_is_a_table_that_can_be_read_aloud(learner: Learner) -> None:
    page = report.panel(standing(folder.read(learner.root)))._repr_html_()
    assert "<caption>Your house, floor by floor</caption>" in page
    assert page.count('<th scope="row">') == 4
    assert '<a href="02_ops.ipynb">The 02_ops</a>' in page
    assert "<code>add</code> (open)" in page
    assert page.index("03_last.ipynb") < page.index("00_start.ipynb")


def test_outside_of_a_folder(learner: Learner, tmp_path: Path) -> None:
    said = learner.command("progress", str(tmp_path))
    assert "There is no learner's folder" in said
    assert "-> 1" in said


# JupyterLab


def test_lab_opens_the_first_lesson_without_a_question_about_news(tmp_path: Path) -> None:
    root = tmp_path / "with blanks"
    start(root, None, "1")
    words = lab.command(standing(read(root)), ["--", "--no-browser"])
    assert words[1:4] == ["-m", "jupyterlab", str(root / "lessons" / "00_start_here.ipynb")]
    assert f"--ServerApp.root_dir={root}" in words
    assert words[-1] == "--no-browser"
    path = Path(lab.environment()["JUPYTER_CONFIG_PATH"].split(lab.os.pathsep)[-1])
    assert lab.environment()["PATH"].startswith(sysconfig.get_path("scripts") + lab.os.pathsep)
    text = (path / "labconfig" / "default_setting_overrides.json").read_text("utf-8")
    assert json.loads(text)["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


@pytest.mark.parametrize(
    ("passed", "answered", "opened"),
    [
        ([0, 0, 0], [0, 0, 0], 0),
        ([1, 0, 0], [0, 0, 0], 0),  # begun
        ([2, 0, 0], [0, 0, 0], 1),  # all of it passed: the next, whatever was not answered
        ([1, 1, 0], [0, 0, 0], 1),  # left behind on purpose: one goes on where one was
        ([0, 0, 0], [0, 1, 0], 1),
        ([2, 2, 2], [3, 3, 3], 2),
    ],
)
def test_lab_opens_the_lesson_where_one_is(tmp_path, passed, answered, opened) -> None:
    floors = [
        Floor(f"0{n}_floor", "Floor", [exercise(k < done) for k in range(2)], 3, said, said)
        for n, (done, said) in enumerate(zip(passed, answered, strict=True))
    ]
    (tmp_path / "lessons").mkdir()
    for floor in floors:
        (tmp_path / "lessons" / f"{floor.slug}.ipynb").touch()
    found = Standing(Folder(tmp_path, "myflow"), floors, [])
    assert lab.command(found, [])[3] == str(tmp_path / "lessons" / f"0{opened}_floor.ipynb")


def exercise(passed: bool) -> Exercise:
    return Exercise("name", ("name",), passed, passed, False, {})


# The library's tests, and the capstone


TESTS = """
import eduflow
from eduflow import Tensor


def test_add():
    assert eduflow.add(Tensor(1), Tensor(2)).data == 3
    assert eduflow.add.__module__ == "eduflow.ops"


def test_twice():
    assert eduflow.nn.Linear()(Tensor(2)).data == 4


def test_word():
    assert Tensor.__module__ == "tensors"
"""


def test_tests_tell_whose_lines_fail(learner: Learner) -> None:
    root = learner.course.root
    assert "The library's tests are not installed" in learner.command("test", folder=learner.root)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    (root / "tests" / "library").mkdir(parents=True)
    (root / "tests" / "library" / "test_small.py").write_text(TESTS, encoding="utf-8")
    learner.solve("02_ops")
    learner.run("02_ops", add=GOOD)
    said = learner.command("test", "--package", "myflow", folder=learner.root)
    assert "2 of 3 tests pass with `myflow`." in said
    assert "1 fail with everything borrowed, too: not yours." in said
    assert "lesson 02  no complaint" in said
    assert "-> 0" in said
    file = learner.root / "myflow" / "ops.py"
    file.write_text(file.read_text("utf-8").replace("helper(x) + helper", "5 + helper"), "utf-8")
    said = learner.command("test", folder=learner.root)
    assert "linear" not in said
    assert "lesson 02  add: 2 failing tests pass once it is borrowed, such as tests/" in said
    assert "-> 1" in said
    assert "is 'myflow', not 'other'" in learner.command(
        "test", "--package", "other", folder=learner.root
    )


def test_trace_tells_whose_lines_ran(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD)
    learner.course.write("_kernels/__init__.py", "class switch:\n    plain = False\n")
    (learner.root / "mit leer.py").write_text(
        "import sys\nimport myflow as torch\n"
        "print(torch.nn.Linear()(torch.Tensor(2)).data, sys.argv[1:])\nsys.exit(3)\n",
        encoding="utf-8",
    )
    said = learner.command("trace", "mit leer.py", "-x", "word", folder=learner.root)
    assert "4 ['-x', 'word']" in said
    assert "you wrote 2, the course showed " in said
    assert "1 are borrowed exercises" in said
    assert "  ops.py                                       2" in said
    assert "The picture is trace.png in my länd." in said
    assert "-> 3" in said
    assert "There is no script nothing.py" in learner.command(
        "trace", "nothing.py", folder=learner.root
    )


def test_trace_in_a_lesson_counts_what_the_learner_wrote(learner: Learner) -> None:
    learner.course.write("_kernels/__init__.py", "class switch:\n    plain = False\n")
    count = "trace(lambda: torch.nn.Linear()(torch.Tensor(2)))"
    cells, check = learner.cells("02_ops"), 'check("add", add)'
    start = (SETUP.format("02_ops"), cells["add"], cells["linear"])
    said = learner.shell(*start, count, GOOD, count, check, count)
    assert "you wrote 0;" in said[3]
    assert "you wrote 0;" in said[5]  # until the check passes, ours runs
    assert "you wrote 2;" in said[7]
    later = learner.shell(SETUP.format("03_last"), count)
    assert "you wrote 2;" in later[1]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's folder with the real lessons, everything borrowed."""
    root = tmp_path_factory.mktemp("real") / "learn"
    start(root, None, "1")
    return root


def real_learner(root: Path) -> Learner:
    """Someone in that folder, with this repository as the course."""
    someone = Learner(Course(ROOT))
    someone.root = root
    return someone


def test_capstone(real: Path) -> None:
    said = real_learner(real).command("capstone", "--steps", "4", folder=real)
    assert "The two curves are one. No line of it is yours yet: all was borrowed." in said
    assert (real / "capstone.png").stat().st_size > 5000


@pytest.mark.parametrize("order", [1, -1])
def test_capstone_says_whose_lines_ran(tmp_path: Path, order: int) -> None:
    """In whatever order the files come, of which most have no line of one's own."""
    mine = start(tmp_path / "learn", None, "1").folder
    package = Package(ROOT / "eduflow")
    key, task = next(iter(mine.tasks().items()))
    file = package.files[task.path]
    (region,) = [region for region in file.regions if region.key == key]
    OwnPackage(mine, package, "1").keep(task, key, file.text_of(region))
    ran = {"ops/view.py": {"shown": 3}, task.path: {"yours": 1}}
    said = capstone._whose(mine, dict(list(ran.items())[::order]))
    assert said == f"That network learned by your lines: {', '.join(task.names)}."
    said = capstone._whose(mine, {"ops/view.py": {"shown": 3}})
    assert said.startswith("Your lines so far are for other work")


def test_capstone_where_no_process_can_start(real: Path) -> None:
    """As in the browser: within a lesson's kernel, whose framework is not whole."""
    *_, said = real_learner(real).shell(
        "from eduflow.course import lesson\nlesson('01_tensors_and_storage')",
        "import sys\nsys.platform = 'emscripten'\ncapstone(4)\n"
        "print(any(name.startswith('reference') for name in sys.modules))",
    )
    assert "The two curves are one. No line of it is yours yet: all was borrowed." in said
    assert said.strip().endswith("False")


def test_the_package_is_whole_under_its_own_name(real: Path) -> None:
    out = real_learner(real).script(
        "import io, pickle, sys\nimport myflow as torch\nfrom myflow import nn\n"
        "import myflow.nn.functional as F\n"
        "torch.manual_seed(0)\n"
        "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3))\n"
        "x = torch.randn(2, 1, 8, 8)\n"
        "F.cross_entropy(net(x), torch.tensor([1, 2])).backward()\n"
        "print(net[0].weight.grad.shape, type(x).__module__.split('.')[0])\n"
        "again = pickle.loads(pickle.dumps(net)); print(torch.equal(again(x), net(x)))\n"
        "data = io.BytesIO(); torch.save(net.state_dict(), data); data.seek(0)\n"
        "print(net.load_state_dict(torch.load(data)), b'eduflow' in data.getvalue())\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'eduflow'])\n"
        "import eduflow\nprint(eduflow.Tensor is torch.Tensor)\n"
        "torch.manual_seed(1); eduflow.manual_seed(1)\n"
        "print((torch.rand(3).numpy() == eduflow.rand(3).numpy()).all())\n"
    )
    assert out.splitlines() == [
        "myflow.Size([2, 1, 3, 3]) myflow", "True", "<All keys matched successfully> False", "[]",
        "False", "True",
    ]  # fmt: skip


def test_copies_of_a_folder_are_alike(real: Path, tmp_path: Path) -> None:
    copy = tmp_path / "zwei zwölf"
    shutil.copytree(real, copy)
    assert "up to date" in real_learner(copy).command("start", folder=copy)
