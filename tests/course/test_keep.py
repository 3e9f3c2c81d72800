"""What a learner writes: tried, kept when it passes, used by lessons, kernels and scripts."""

from __future__ import annotations

import shutil

import pytest

from .conftest import Course
from .learner import LINEAR, SETUP, Learner, small_course


@pytest.fixture
def learner(course: Course) -> Learner:
    """Someone who has just started."""
    someone = Learner(small_course(course))
    someone.start()
    return someone


GOOD = """#| export ops.py
def helper(x):
    return x.data


@method("add", "__add__")
def add(x, y):
    return Tensor(helper(x) + helper(y))"""
WRONG = GOOD.replace("helper(x) + helper(y)", "helper(x)")
STUB = "is yours to write; until your check passes the framework uses ours."
WRITTEN = "`add`: run the check below. Until your check passes the framework uses ours."


def test_nothing_written(learner: Learner) -> None:
    said = learner.run("02_ops")
    assert said["add"] == f"`add` {STUB}"
    assert said["check-add"].startswith("add: not written yet (0 of 1 checks), so ours")
    assert said["use-add"].startswith("3 <function triple")
    assert said["linear"] == (
        "`Linear` and `twice` are yours to write; until your checks pass the framework uses ours."
    )
    assert "Linear: not written yet" in said["check-linear"]
    assert "twice: not written yet" in said["check-linear"]
    assert said["use-linear"] == "8"
    assert said["side"] == "`side` is yours to write; until then this notebook uses ours."
    assert said["check-side"].startswith("side: not written yet (0 of 2 checks), so ours")
    assert learner.own("ops.py") == ""
    assert learner.progress()["checks"]["add"]["passed"] == 0
    assert learner.run("03_last")["use"] == "10"


def test_written_lines_are_not_called_unwritten(learner: Learner) -> None:
    stub = learner.cells("02_ops")["add"]
    said = learner.shell(SETUP.format("02_ops"), stub, stub, WRONG, WRONG)
    assert said[1:5] == [f"`add` {STUB}", "", WRITTEN, ""]


def test_changes_of_given_cells_are_said_to_stay_in_the_notebook(learner: Learner) -> None:
    given = learner.cells("03_last")["grown"]
    louder = given.replace("pass", "loud = True")
    said = learner.shell(
        SETUP.format("03_last"), given, f"{given}# a remark", louder, louder,
        "#| export nn/linear.py\ndef mine():\n    return 3", "print(torch.nn.linear.mine())",
    )  # fmt: skip
    holds = (
        "That holds in this notebook, until its kernel stops; other lessons and myflow stay as "
        "they are."
    )
    assert said[1:] == [
        "", "", f"You changed `Grown`, given here. {holds}", "", f"`mine`: added. {holds}", "3"
    ]  # fmt: skip
    assert learner.own("nn/linear.py") == ""


def test_an_empty_exercise_outside_of_the_package(learner: Learner) -> None:
    stub = learner.cells("02_ops")["side"]
    said = learner.shell(
        SETUP.format("02_ops"), stub, "side(4)", 'print(bool(check("side", side)))',
        "def side(x):\n    return x + 1", 'print(bool(check("side", side)))',
    )  # fmt: skip
    assert said[3].endswith("\nFalse")
    assert "so ours stands in" in said[3]
    assert said[5].endswith("\nTrue")


def test_cells_that_call_an_empty_exercise_run_on_ours(learner: Learner) -> None:
    stub = learner.cells("02_ops")["add"]
    said = learner.shell(
        SETUP.format("02_ops"), stub, "print(add(torch.Tensor(1), torch.Tensor(2)).data)",
        'print(bool(check("add", add)))', stub, 'print(bool(check("add", add)))',
    )  # fmt: skip
    assert said[2] == "3"
    assert said[3].endswith("\nFalse")
    assert said[5].endswith("\nFalse")
    assert said[4] == ""


def test_what_is_written_beside_an_empty_exercise_runs_on_ours(learner: Learner) -> None:
    stub = 'raise NotImplementedError("twice is yours to write")'
    half = learner.cells("02_ops")["linear"].replace(stub, "return Linear()(x)")
    said = learner.run("02_ops", linear=half)
    assert "Linear: not written yet (0 of 1 checks), so ours stands in." in said["check-linear"]
    assert "twice: the one check passed.\nKept once `Linear` passes, too." in said["check-linear"]
    assert learner.own("nn/linear.py") == ""


def test_all_written(learner: Learner) -> None:
    learner.solve("02_ops")
    said = learner.run("02_ops")
    assert said["check-add"] == (
        "add: the one check passed.\nKept: `add` in myflow/ops.py. The framework uses it now."
    )
    assert said["check-linear"].splitlines() == [
        "Linear: the one check passed.",
        "Kept once `twice` passes, too.",
        "twice: the one check passed.",
        "Kept: `Linear` and `twice` in myflow/nn/linear.py. The framework uses them now.",
    ]
    assert said["use-add"].startswith("3 <function triple")
    assert said["use-linear"] == "8"
    assert said["check-side"] == "side: all 2 checks passed.\nwell done"
    assert learner.own("ops.py").startswith("# Yours: add; all other lines are eduflow ")
    assert '__yours__ = (\n    "02 add",\n    "02 linear",\n)' in learner.own("__init__.py")
    again = learner.run("02_ops")
    assert again["add"] == again["linear"] == ""
    assert again["check-add"] == "add: the one check passed."
    assert learner.run("03_last")["use"] == "10"


def test_kept_lines_are_used_everywhere(learner: Learner) -> None:
    loud = GOOD.replace("return Tensor", 'print("mine")\n    return Tensor')
    said = learner.run("02_ops", add=loud)
    assert said["use-add"].startswith("mine\n3 <function triple")
    where = "print(torch.add.__code__.co_filename.endswith('ops.py'), torch.add.__module__)"
    later = learner.shell(
        SETUP.format("03_last"),
        f"(torch.Tensor(1) + torch.Tensor(2)).data\n{where}",
        "import inspect\nprint(inspect.getsource(torch.add))",
        "import myflow\nprint(myflow.add(myflow.Tensor(1), myflow.Tensor(2)).data)",
    )
    assert later[1] == "mine\nTrue eduflow.ops"
    assert 'print("mine")' in later[2]
    assert later[3] == "mine\n3"
    out = learner.script(
        "import sys, pickle, importlib\nimport myflow as torch\n"
        "print((torch.Tensor(1) + torch.Tensor(2)).data, torch.nn.Linear()(torch.Tensor(2)).data)\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'eduflow'])\n"
        "print(pickle.loads(pickle.dumps(torch.Tensor(7))).item(), torch.ops.__file__[-13:])\n"
        "importlib.reload(torch); print(torch.add.__module__, torch.__yours__)"
    )
    assert out.splitlines()[:2] == ["mine", "mine"]
    assert out.splitlines()[2:] == [
        "3 4", "[]", "7 myflow/ops.py", "myflow.ops ('02 add',)"
    ]  # fmt: skip


def test_wrong_then_right_then_wrong(learner: Learner) -> None:
    use = "print((torch.Tensor(1) + torch.Tensor(2)).data)"
    check = 'check("add", add)'
    said = learner.shell(
        SETUP.format("02_ops"), WRONG, check, use, GOOD, check, use, WRONG, check, use,
        f"{WRONG}\n", use, GOOD, check,
    )  # fmt: skip
    assert said[1] == WRITTEN
    assert "0 of 1 checks passed" in said[2]
    assert said[3] == "3"
    assert said[4] == ""
    assert "Kept: `add`" in said[5]
    assert said[7] == (
        "`add`: this is not the version that passed. Your last good version stays in use until "
        "your check passes."
    )
    assert said[8].endswith(
        'Your last good version stays in use and in myflow. `borrow("add")` would put ours in '
        "its place."
    )
    assert said[9] == "3"
    assert said[10] == ""
    assert said[12] == ""
    assert said[13] == "add: the one check passed."
    assert "helper" in learner.own("ops.py")


def test_leaning_on_ours_is_found_out(learner: Learner) -> None:
    lean = GOOD.replace("Tensor(helper(x) + helper(y))", "x + y")
    said = learner.shell(
        SETUP.format("02_ops"), lean, 'check("add", add)',
        "print((torch.Tensor(1) + torch.Tensor(2)).data, add.__globals__ is vars(torch.ops))",
        'check("add", torch.add)',
    )  # fmt: skip
    assert "It is not kept: in its place in the framework `add` fails" in said[2]
    assert "RecursionError" in said[2]
    assert said[3] == "3 False"
    assert said[4].startswith("add: not written yet (0 of 1")
    assert learner.own("ops.py") == ""


def test_own_recursion_is_not_hidden_by_ours(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), GOOD.replace("Tensor(helper(x) + helper(y))", "add(x, y)"),
        'check("add", add)',
    )  # fmt: skip
    assert "RecursionError" in said[2]
    assert "0 of 1 checks passed" in said[2]


def test_a_cell_that_raises_leaves_ours(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"),
        f"{GOOD}\n\n1 / 0",
        "print((torch.Tensor(1) + torch.Tensor(2)).data)",
    )
    assert "ZeroDivisionError" in said[1]
    assert said[2] == "3"


def test_lines_outside_of_the_cell_are_not_kept_and_it_is_said_why(learner: Learner) -> None:
    away = "def add(x, y):\n    return torch.Tensor(x.data + y.data)"
    stub = learner.cells("02_ops")["add"]
    for cells in ([away], [stub, away]):
        said = learner.shell(SETUP.format("02_ops"), *cells, 'check("add", add)')
        assert said[-1].endswith(
            "It is not kept, for another cell defines it. Put your lines into the exercise's cell, "
            "below its first line, `#| export ops.py`, run it and check again."
        )
    assert learner.own("ops.py") == ""


def test_cells_left_out_are_named(learner: Learner) -> None:
    said = learner.shell(SETUP.format("02_ops"), "torch.add", 'check("add", add)')
    assert said[1].endswith("this lesson builds it: run the cell with `def add`.")
    assert said[2] == "add: `add` is not there yet: run the cell that defines it first."


def test_what_stands_on_cells_that_were_not_run_is_not_judged(learner: Learner) -> None:
    source = "\n".join(line for line in LINEAR.splitlines() if "###" not in line)
    said = learner.shell(SETUP.format("02_ops"), source, 'check("Linear", Linear)')
    assert len(said[0].splitlines()) == 1
    assert said[2].splitlines()[0] == (
        "Linear: not checked. It stands on cells of this lesson that were not run since the kernel "
        "started."
    )
    assert "run the cell with `def add`" in said[2]
    assert said[2].endswith("Run > Run All Above Selected Cell runs them all.")


def test_the_kernel_is_restarted_after_every_cell(learner: Learner) -> None:
    learner.solve("02_ops")
    first = learner.run("02_ops")
    cells = learner.cells("02_ops")
    code = [name for name in first if name != "setup"]
    alone = {name: learner.shell(cells["setup"], cells[name])[1] for name in code}
    assert alone["check-add"] == "add: `add` is not there yet: run the cell that defines it first."
    assert alone["use-add"].endswith("lesson builds it: run the cell with `def add`.")
    assert alone["linear"] == ""
    assert "`Linear` is not there yet: run the cell that defines it first." in alone["check-linear"]
    assert alone["use-linear"].endswith("run the cell with `class Linear`.")
    assert (
        alone["check-side"] == "side: `side` is not there yet: run the cell that defines it first."
    )
    again = learner.run("02_ops")
    assert again["setup"].splitlines()[1].startswith("You have been here before: ")
    assert again["add"] == again["linear"] == ""
    assert again["check-add"] == "add: the one check passed."
    assert again["check-linear"] == "Linear: the one check passed.\ntwice: the one check passed."
    assert again["use-linear"] == first["use-linear"]
    assert learner.run("03_last")["use"] == "10"


def test_names_of_the_notebook(learner: Learner) -> None:
    source = GOOD.replace("def helper(x):\n    return x.data\n\n\n", "")
    said = learner.shell(
        SETUP.format("02_ops"), "def helper(x):\n    return x.data", source, 'check("add", add)'
    )
    assert said[2] == WRITTEN
    assert said[3].splitlines()[1:] == [
        "It is not kept: the cell uses `helper`, which only this notebook has.",
        "  Put its definition or its import into the cell of `add`, run it and check again.",
    ]
    assert learner.own("ops.py") == ""


def test_names_of_ones_own_are_no_names_of_the_notebook(learner: Learner) -> None:
    said = learner.shell(
        SETUP.format("02_ops"), "x = y = data = 1", GOOD, 'check("add", add)',
        "print(add.__globals__.get('data'))",
    )  # fmt: skip
    assert "Kept: `add`" in said[3]
    assert said[4] == "None"


def test_bodies_of_classes_see_the_file(learner: Learner) -> None:
    source = """#| export nn/linear.py
class Linear:
    by = staticmethod(add)

    def __call__(self, x):
        return self.by(x, x)


def twice(x):
    return Linear()(x)"""
    stub = learner.cells("02_ops")["add"]
    checks = 'check("Linear", Linear)\ncheck("twice", twice)'
    said = learner.shell(SETUP.format("02_ops"), stub, source, checks)
    assert "Kept: `Linear` and `twice`" in said[3]


def test_the_folder_may_move(learner: Learner) -> None:
    learner.solve("02_ops")
    learner.run("02_ops")
    moved = learner.root.with_name("elsewhere")
    shutil.move(learner.root, moved)
    learner.root = moved
    assert learner.run("03_last")["use"] == "10"
    out = learner.script("import myflow\nprint(myflow.__path__[0].endswith('elsewhere/myflow'))")
    assert out == "True\n"
    text = "".join(p.read_text("utf-8") for p in moved.rglob("*") if p.suffix in (".py", ".json"))
    assert str(learner.course.root) not in text


def test_a_file_edited_by_hand_is_kept(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD)
    file = learner.root / "myflow" / "ops.py"
    file.write_text(file.read_text("utf-8") + "\n\ndef extra():\n    return 5\n", "utf-8")
    learner.start()
    learner.run("02_ops", add=GOOD.replace("helper", "inner"))
    assert "def extra()" in learner.own("ops.py")
    assert "inner(y)" in learner.own("ops.py")
    assert learner.script("import myflow.ops\nprint(myflow.ops.extra())") == "5\n"


def test_a_file_that_is_no_python_any_more(learner: Learner) -> None:
    learner.run("02_ops", add=GOOD)
    file = learner.root / "myflow" / "ops.py"
    file.write_text(file.read_text("utf-8").replace("return Tensor(", "return Tensor(("), "utf-8")
    said = learner.shell(SETUP.format("03_last"), "print((torch.Tensor(1) + torch.Tensor(2)).data)")
    assert "myflow/ops.py, line" in said[0]
    assert "Until then the framework uses eduflow's file." in said[0]
    assert said[1] == "3"


KERNELS = """
from contextlib import contextmanager


class switch:
    plain = False


@contextmanager
def plain():
    switch.plain = True
    yield
    switch.plain = False
"""


def test_plain_switches_the_framework_of_the_lesson(learner: Learner) -> None:
    learner.course.write("_kernels/__init__.py", KERNELS)
    ask = "print(k.switch.plain)"
    said = learner.shell(
        SETUP.format("02_ops"), f"import eduflow._kernels as k\nwith plain():\n    {ask}\n{ask}"
    )
    assert said[1] == "True\nFalse"
