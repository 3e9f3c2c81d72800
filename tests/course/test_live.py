"""Live growth in a real IPython shell, on a small package."""

from __future__ import annotations

import pytest

from eduflow.course.gather import gather
from eduflow.course.regrow import update_class

from .conftest import ADD, BILINEAR, INIT, LINEAR, METHOD, MORE, TENSORS, Course

SETUP = (
    "from eduflow.course import check, lesson, predict, quiz\nlesson({!r})\nimport eduflow as torch"
)
X = "x = torch.Tensor(3)"


@pytest.fixture
def built(course: Course) -> Course:
    """The small course, gathered, with the course package in it."""
    course.house()
    gather(course.lessons, course.package)
    course.install()
    return course


def setup(slug: str) -> str:
    return SETUP.format(slug)


def test_greeting(built: Course) -> None:
    said = built.shell(*(setup(s) for s in ("01_tensors", "02_ops", "02_ops_annex", "00_start")))
    assert said == [
        "Lesson 01_tensors. In place: nothing yet. What you build here goes on top.",
        "Lesson 02_ops. In place: floor 1. What you build here goes on top.",
        "Lesson 02_ops_annex. In place: floors 1 to 2. What you build here goes on top.",
        "Lesson 00_start. In place: the whole house.",
    ]


def test_the_first_floor_grows(built: Course) -> None:
    said = built.shell(
        setup("01_tensors"),
        "torch.Tensor",
        TENSORS,
        f"{X}\nprint(x.item(), Tensor is torch.Tensor, torch.SIZE, torch.tensors.__doc__)",
        METHOD,
        "print(x.double().item(), torch.double(x).item(), double.__module__)",
        "from inspect import getsource\nprint(getsource(Tensor)[:13], getsource(double)[:7])",
    )
    assert said[1].splitlines()[-1] == (
        "NotBuiltYet: torch.Tensor is not built yet: this lesson builds it; run the cell that does."
    )
    assert said[2] == ""
    assert said[3] == "3 True 4 Tensors."
    assert said[5] == "6 6 eduflow.tensors"
    assert said[6] == "class Tensor: @method"


def test_floors_above_are_not_there(built: Course) -> None:
    later = "is not built yet: lesson 02_ops builds it."
    said = built.shell(
        setup("01_tensors"),
        TENSORS,
        f"{X}\ny = torch.Tensor(4)",
        "x + y",
        "x == y",
        "len(x)",
        "bool(x)",
        "list(x)",
        "x[0]",
        "x.add(y)",
        "torch.Tensor.add",
        "torch.add",
        "torch.nn.Linear",
        "from eduflow import add",
        "from eduflow.nn import Linear",
        "import eduflow.nn.linear",
        "import eduflow.ops",
        "print(hash(x) == hash(x), {x: 1}[x], x in [x], hasattr(x, 'add'), hasattr(torch, 'add'))",
        "torch.nonsense",
        "x.nonsense_",
        "print(repr(x)[:8], x is x, x != None if False else 'fine')",
    )
    for number in range(3, 17):
        assert later in said[number], said[number]
    last = [text.splitlines()[-1] for text in said if text]
    assert f"NotBuiltYet: x + y {later}" in last
    assert f"NotBuiltYet: torch.add {later}" in last
    assert f"ModuleNotBuiltYet: torch.add {later}" in last
    assert "----> 1 x + y" in said[3]
    assert not any("live.py" in text for text in said[:17])
    assert said[17] == "True 1 True False False"
    assert (
        said[18].splitlines()[-1] == "AttributeError: module 'eduflow' has no attribute 'nonsense'"
    )
    assert (
        said[19].splitlines()[-1] == "AttributeError: 'Tensor' object has no attribute 'nonsense_'"
    )
    assert said[20].endswith("True fine")


def test_a_folder_modules_is_lifted_into_the_folder_above(course: Course) -> None:
    course.house()
    course.lesson("03_last", ("bilinear", BILINEAR))
    course.lesson("04_roof", ("more", "#| export roof.py\nq = 1"))
    gather(course.lessons, course.package)
    course.install()
    said = course.shell(
        setup("03_last"),
        "torch.nn.Bilinear",
        BILINEAR,
        "print(torch.nn.Bilinear is torch.nn.modules.Bilinear is Bilinear)",
        setup("04_roof"),
        "print(torch.nn.Bilinear is torch.nn.modules.bilinear.Bilinear)",
    )
    assert "this lesson builds it" in said[1]
    assert said[3] == "True"
    assert said[5] == "True"


def test_second_floor_and_its_annex(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        f"{X}\nx + x",
        ADD,
        "print((x + x).item(), x.add(x).item(), torch.add(x, x).item(), x.__len__.__name__)",
        LINEAR,
        "print(torch.nn.Linear()(x).item(), Linear().__class__.__module__)",
        INIT,
        "print(torch.nn.init.zero_(1), hasattr(torch.nn, 'zero_'), hasattr(torch, 'Linear'))",
        setup("02_ops_annex"),
        f"{X}\nprint(torch.add(x, x).item())",
        MORE,
        "print(torch.triple(x).item())",
    )
    assert "this lesson builds it" in said[1]
    assert said[3] == "6 6 6 add"
    assert said[5] == "6 eduflow.nn.linear"
    assert said[7] == "0 False False"
    assert said[9] == "6"
    assert said[11] == "9"


def test_failed_cells_leave_no_trace(built: Course) -> None:
    half = "#| export ops.py\nfrom .tensors import Tensor\nTensor.add = 1\ndef half(): pass\n1 / 0"
    said = built.shell(
        setup("02_ops"),
        half,
        "print(hasattr(torch, 'half'), hasattr(torch.Tensor, 'add'), 'half' in globals())",
        "import eduflow.ops",
        ADD,
        half,
        f"{X}\nprint((x + x).item(), x.add(x).item(), hasattr(torch.ops, 'half'))",
        "#| export ops.py\nx = (",
        "#| export ops.py\nfrom .more import triple",
    )
    assert said[1].endswith("ZeroDivisionError: division by zero")
    assert said[2] == "False False False"
    assert "this lesson builds it" in said[3]
    assert said[6] == "6 6 False"
    # From Python 3.13 on, IPython shows the subclass that Python raises for an unfinished line.
    assert said[7].splitlines()[-1].split(":")[0] in ("SyntaxError", "_IncompleteInputError")
    assert "lesson 02_ops_annex builds it" in said[8]


def test_traceback_shows_the_cell(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export ops.py\ndef broken(x):\n    y = x\n    return y / 0",
        "broken(1)",
    )
    assert "----> 4     return y / 0" in said[2]
    assert "live.py" not in said[2]


def test_modules_belong_to_one_lesson(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export tensors.py\nx = 1",
        "#| export more.py\nx = 1",
        "#| export ../x.py\nx = 1",
        "#| export mine.py\nmine = 1",
        "print(torch.mine, torch.tensors.__name__, hasattr(torch.tensors, 'x'))",
        "#| exported is another word\nprint('plain')",
        "\n# text\n#| export ops.py\nplain = 2",
        "print(hasattr(torch, 'plain'))",
    )
    assert "belongs to lesson 01_tensors, below" in said[1]
    assert "belongs to lesson 02_ops_annex, further up" in said[2]
    assert "leaves the package" in said[3]
    assert said[5] == "1 eduflow.tensors False"
    assert said[6] == "plain"
    assert said[8] == "False"


def test_running_a_cell_again(built: Course) -> None:
    better = ADD.replace("x.data + y.data", "x.data * y.data")
    said = built.shell(
        setup("02_ops"),
        ADD,
        LINEAR,
        "layer = Linear()\nalso = add",
        better,
        f"{X}\nprint(layer(x).item(), torch.add(x, x).item(), (x + x).item(), also is torch.add)",
        LINEAR.replace("add(x, x)", "add(x, add(x, x))"),
        "print(layer(x).item(), type(layer) is Linear is torch.nn.Linear)",
        setup("02_ops"),
        "print(torch.nn.Linear is Linear)",
    )
    assert said[5] == "9 9 9 True"
    assert said[7] == "27 True"
    assert said[9] == "True"


def test_a_class_run_again_keeps_its_methods(built: Course) -> None:
    changed = TENSORS.replace("return self.data", "return -self.data")
    said = built.shell(
        setup("01_tensors"),
        TENSORS,
        METHOD,
        X,
        changed,
        "print(x.item(), x.double().item(), isinstance(x, torch.Tensor), Tensor is torch.Tensor)",
        "x + x",
    )
    assert said[5] == "-3 -6 True True"
    assert "lesson 02_ops builds it" in said[6]


def test_classes_of_one_cell_run_again_stay_related(built: Course) -> None:
    pair = (
        "#| export pair.py\n"
        "class Lower:\n    def __init__(self):\n        super().__init__()\n        self.n = 1\n"
        "class Upper(Lower):\n    def __init__(self):\n"
        "        super().__init__()\n        self.n += {}"
    )
    said = built.shell(
        setup("02_ops"),
        pair.format(1),
        "first, lower = Upper(), Lower",
        pair.format(2),
        "print(Upper().n, isinstance(first, Upper), issubclass(Upper, lower), Lower is lower)",
    )
    assert said[4] == "3 True True True"


def test_builtins_are_not_hidden(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export ops.py\ndef sum(x):\n    return 'ours'\n\n\ndef _help(x):\n    return 'helped'",
        "print(sum([1, 2]), torch.sum(1), _help(1), hasattr(torch, '_help'))",
    )
    assert said[2] == "3 ours helped False"


def test_whole_house(built: Course) -> None:
    said = built.shell(
        setup("00_start"), f"{X}\nprint(torch.nn.Linear()(x).item(), torch.triple(x).item())"
    )
    assert said[1] == "6 9"


def test_unknown_lesson(built: Course) -> None:
    said = built.shell("from eduflow.course import lesson\nlesson('02_opps')")
    assert "There is no lesson '02_opps'. Did you mean 02_ops" in said[0]


def test_outside_a_notebook(built: Course) -> None:
    said = built.python("from eduflow.course import lesson; lesson('02_ops')")
    assert "CourseError: lesson(...) needs a notebook" in said


def test_update_class_moves_super_and_slots() -> None:
    class Base:
        def hello(self) -> str:
            return "base"

    def make(word: str) -> type:
        class Thing(Base):
            __slots__ = ("x",)

            def hello(self) -> str:
                return super().hello() + word

        return Thing

    old, new = make(" old"), make(" new")
    thing = old()
    assert update_class(old, new, set(vars(old)))
    assert thing.hello() == "base new"
    other = type("Thing", (Base,), {"__slots__": ("y",)})
    assert not update_class(old, other, set(vars(old)))
    assert thing.hello() == "base new"
