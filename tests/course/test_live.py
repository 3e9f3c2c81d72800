"""Live growth in a real IPython shell, on a small package."""

from __future__ import annotations

import pytest

from eduflow.course.regrow import update_class

from .conftest import ADD, GROWN, LINEAR, METHOD, TENSORS, Course

SETUP = (
    "from eduflow.course import check, lesson, predict, quiz\nlesson({!r})\nimport eduflow as torch"
)
X = "x = torch.Tensor(3)"


@pytest.fixture
def built(course: Course) -> Course:
    """The small course, with the course package in it."""
    course.house()
    course.install()
    return course


def setup(slug: str) -> str:
    return SETUP.format(slug)


def last(text: str) -> str:
    """The last line of what a cell said: its error, if it has one."""
    return text.splitlines()[-1]


def test_greeting(built: Course) -> None:
    said = built.shell(*(setup(s) for s in ("01_tensors", "02_ops", "03_last", "00_start")))
    assert said == [
        "Lesson 01_tensors. In place: floor 0. What you build here goes on top.",
        "Lesson 02_ops. In place: floors 0 to 1. What you build here goes on top.",
        "Lesson 03_last. In place: floors 0 to 2. What you build here goes on top.",
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
        "print(torch.tensors.halved(5))",
    )
    assert last(said[1]) == (
        "NotBuiltYet: torch.Tensor is not built yet: this lesson builds it: run the cell "
        "with `class Tensor`."
    )
    assert said[2] == ""
    assert said[3] == "3 True 4 Tensors."
    assert said[5] == "6 6 eduflow.tensors"
    assert said[6] == "class Tensor: @method"
    assert said[7] == "2"


LATER = "lesson 02 builds it, in the cell with `def add`."
NEEDS = "it needs `add`, which lesson 02 builds, in the cell with `def add`."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x + y", f"NotBuiltYet: x + y is not built yet: {LATER}"),
        ("x == y", f"NotBuiltYet: x == y is not built yet: {LATER}"),
        ("len(x)", f"NotBuiltYet: len(x) is not built yet: {LATER}"),
        ("bool(x)", f"NotBuiltYet: using a tensor as true or false is not built yet: {LATER}"),
        ("list(x)", f"NotBuiltYet: iterating over a tensor is not built yet: {LATER}"),
        ("x[0]", f"NotBuiltYet: x[...] is not built yet: {LATER}"),
        ("x.add(y)", f"NotBuiltYet: torch.Tensor.add is not built yet: {LATER}"),
        ("torch.Tensor.add", f"NotBuiltYet: torch.Tensor.add is not built yet: {LATER}"),
        ("torch.add", f"NotBuiltYet: torch.add is not built yet: {LATER}"),
        ("torch.ops.add", f"NotBuiltYet: torch.ops.add is not built yet: {LATER}"),
        ("torch.triple", f"NotBuiltYet: torch.triple is not built yet: {NEEDS}"),
        ("torch.more.KEPT", f"NotBuiltYet: torch.more.KEPT is not built yet: {NEEDS}"),
        (
            "from eduflow import triple",
            f"ModuleNotBuiltYet: torch.triple is not built yet: {NEEDS}",
        ),
        (
            "torch.nn.Linear",
            "NotBuiltYet: torch.nn.Linear is not built yet: lesson 02 builds it, in the cell "
            "with `class Linear`.",
        ),
        (
            "torch.nn.Grown",
            "NotBuiltYet: torch.nn.Grown is not built yet: lesson 03 builds it, in the cell "
            "with `class Grown`.",
        ),
        ("from eduflow import add", f"ModuleNotBuiltYet: torch.add is not built yet: {LATER}"),
        (
            "from eduflow.nn import Linear",
            "ModuleNotBuiltYet: torch.nn.Linear is not built yet: lesson 02 builds it, in the cell "
            "with `class Linear`.",
        ),
        (
            "from eduflow.ops import Tensor, add",
            f"ModuleNotBuiltYet: torch.ops.add is not built yet: {LATER}",
        ),
        (
            "import eduflow.nn.functional as F\nF.add",
            f"NotBuiltYet: torch.nn.functional.add is not built yet: {LATER}",
        ),
        ("getattr(torch, 'add')", f"NotBuiltYet: torch.add is not built yet: {LATER}"),
        ("torch.plus_one(x)", f"UsedBeforeBuilt: `add` is not built yet: {LATER}"),
        ("x.plus_one()", f"UsedBeforeBuilt: `add` is not built yet: {LATER}"),
        ("torch.nonsense", "AttributeError: module 'eduflow' has no attribute 'nonsense'"),
        ("x.nonsense_", "AttributeError: 'Tensor' object has no attribute 'nonsense_'"),
        ("import eduflow.nonsense", "ModuleNotFoundError: No module named 'eduflow.nonsense'"),
    ],
)
def test_floors_above_are_not_there(built: Course, source: str, expected: str) -> None:
    said = built.shell(setup("01_tensors"), TENSORS, METHOD, f"{X}\ny = torch.Tensor(4)", source)
    assert last(said[4]) == expected
    line = len(source.splitlines())
    assert f"----> {line} {source.splitlines()[-1]}" in said[4]
    if "not built yet" in expected:
        assert "/course/" not in said[4]


def test_what_is_missing_does_not_show(built: Course) -> None:
    said = built.shell(
        setup("01_tensors"),
        TENSORS,
        f"{X}\nprint(hash(x) == hash(x), {{x: 1}}[x], x in [x], hasattr(x, 'add'), "
        "hasattr(torch, 'add'), 'add' in dir(torch), 'Tensor' in dir(torch))",
        "print(repr(x)[:8], x is x)",
    )
    assert said[2] == "True 1 True False False False True"
    assert said[3].endswith("True")


def test_whatever_cell_was_left_out(built: Course) -> None:
    """The second cell alone: what stands on the first one says so."""
    said = built.shell(
        setup("01_tensors"), METHOD, "torch.Tensor", TENSORS, "torch.double", METHOD,
        f"{X}\nprint(x.double().item())",
    )  # fmt: skip
    needs = "`Tensor` is not built yet: this lesson builds it: run the cell with `class Tensor`."
    assert last(said[1]) == f"UsedBeforeBuilt: {needs}"
    assert "run the cell with `class Tensor`" in last(said[2])
    assert last(said[4]).endswith("torch.double is not built yet: this lesson builds it: run the "
                                  "cell with `def method`.")  # fmt: skip
    assert said[6] == "6"


def test_second_floor(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        f"{X}\nx + x",
        ADD,
        "print((x + x).item(), x.add(x).item(), torch.add(x, x).item(), x.__len__.__name__)",
        "print(torch.triple(x).item(), x.plus_one().item(), torch.more.KEPT[0] is torch.add)",
        LINEAR,
        "print(torch.nn.Linear()(x).item(), Linear().__class__.__module__)",
        "print(torch.nn.init.zero_(1), hasattr(torch.nn, 'zero_'), hasattr(torch, 'Linear'))",
        "print(torch.nn.functional.add is torch.add, type(torch).__name__, "
        "type(torch.nn).__name__)",
        GROWN,
        setup("03_last"),
        GROWN,
        "print(issubclass(torch.nn.Grown, torch.nn.Linear), type(torch.nn).__name__)",
    )
    assert last(said[1]) == (
        "NotBuiltYet: x + x is not built yet: this lesson builds it: run the cell with `def add`."
    ).replace("x + x", "x + y")
    assert said[3] == "6 6 6 add"
    assert said[4] == "9 4 True"
    assert said[6] == "6 eduflow.nn.linear"
    assert said[7] == "0 False False"
    assert said[8] == "True module GrowingModule"
    assert "`Grown` belongs to lesson 03, further up" in said[9]
    assert said[12] == "True module"


def test_failed_cells_leave_no_trace(built: Course) -> None:
    half = (
        "#| export ops.py\nTensor.add = 1\n"
        "import sys; sys.modules['eduflow.more'].TABLE['x'] = 1\ndef half(): pass\n1 / 0"
    )
    said = built.shell(
        setup("02_ops"),
        half,
        "print(hasattr(torch.ops, 'half'), hasattr(torch.Tensor, 'add'), 'half' in globals(), "
        "'x' in torch.more.TABLE)",
        "torch.add",
        ADD,
        half,
        f"{X}\nprint((x + x).item(), x.add(x).item(), hasattr(torch.ops, 'half'))",
        "#| export ops.py\nx = (",
        "#| export ops.py\nadd = torch.nn.Linear",
    )
    assert said[1].endswith("ZeroDivisionError: division by zero")
    assert said[2] == "False False False False"
    assert "run the cell with `def add`" in said[3]
    assert said[6] == "6 6 False"
    # From Python 3.13 on, IPython shows the subclass that Python raises for an unfinished line.
    assert last(said[7]).split(":")[0] in ("SyntaxError", "_IncompleteInputError")
    assert "run the cell with `class Linear`" in said[8]


def test_a_cell_that_the_framework_cannot_stand_on(built: Course) -> None:
    wrong = METHOD.replace("        return function", "        raise ValueError(7)")
    wrong = wrong.split("@method")[0]
    said = built.shell(setup("01_tensors"), TENSORS, wrong, "torch.tensors.method", METHOD,
                       "print(torch.double(torch.Tensor(2)).item())")  # fmt: skip
    assert "do not run with what it built: ValueError: 7" in said[2]
    assert "Nothing was changed" in said[2]
    assert "run the cell with `def method`" in said[3]
    assert said[5] == "4"


def test_traceback_shows_the_cell(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export ops.py\ndef broken(x):\n    y = x\n    return y / 0",
        "broken(1)",
    )
    assert "----> 4     return y / 0" in said[2]
    assert "live.py" not in said[2]


def test_cells_belong_to_their_lesson(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export tensors.py\ndef method(): pass",
        "#| export nn/linear.py\nclass Grown: pass",
        "#| export ../x.py\nx = 1",
        "#| export ops2.py\nmine = 1",
        "print(torch.tensors.__name__, torch.tensors.method.__name__)",
        "#| exported is another word\nprint('plain')",
        "\n# text\n#| export ops.py\nplain = 2",
        "print(hasattr(torch.ops, 'plain'))",
        "#| export class.py\nx = 1",
        "#| export ops.py\nmine = 1",
        "print(torch.ops.mine, mine)",
    )
    assert "`method` belongs to lesson 01, below: it is built there in the cell" in said[1]
    assert "`Grown` belongs to lesson 03, further up" in said[2]
    assert "leaves the package" in said[3]
    assert "eduflow has no file ops2.py. Did you mean `ops.py`?" in said[4]
    assert said[5] == "eduflow.tensors method"
    assert said[6] == "plain"
    assert said[8] == "False"
    assert "a word of Python's own" in said[9]
    assert said[11] == "1 1"


def test_names_of_the_notebook(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "from math import floor\nSTEP = 2",
        "#| export ops.py\nSCALE = STEP + 1\n\n\ndef lower(x):\n    return floor(x) * SCALE",
        "print(torch.ops.lower(2.5), lower(1.5))",
        "#| export ops.py\nWRONG = nowhere + 1",
        "print(hasattr(torch.ops, 'WRONG'))",
    )
    assert said[3] == "6 3"
    assert last(said[4]).startswith(
        "NotInThisFile: name 'nowhere' is not defined: an export cell sees the names of "
        "eduflow/ops.py and those of this notebook."
    )
    assert said[5] == "False"


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
        "print(torch.more.KEPT[0] is torch.add, torch.triple(x).item())",
    )
    assert said[5] == "9 9 9 True"
    assert said[7] == "27 True"
    assert said[9] == "True"
    assert said[10] == "True 27"


def test_what_was_made_with_a_cell_is_made_anew(built: Course) -> None:
    own = '#| export ops.py\n@method("twice")\ndef twice(x):\n    return x'
    back = "        return function"
    loud = METHOD.replace(back, f"        function.loud = 1\n{back}")
    said = built.shell(
        setup("01_tensors"),
        TENSORS,
        METHOD,
        own,
        f"{X}\nprint(hasattr(twice, 'loud'), hasattr(torch.plus_one, 'loud'))",
        loud,
        "print(twice.loud, torch.plus_one.loud, torch.double.loud, double is torch.double, "
        "twice is torch.ops.twice is torch.Tensor.twice)",
    )
    assert said[4] == "False False"
    assert said[6] == "1 1 1 True True"


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
        "from inspect import getsource\nprint('-self.data' in getsource(Tensor), "
        "'-self.data' in getsource(Tensor.item), getsource(torch.tensors.halved)[:10])",
    )
    assert said[5] == "-3 -6 True True"
    assert "lesson 02 builds it" in said[6]
    assert said[7] == "True True def halved"


def test_classes_of_one_cell_run_again_stay_related(built: Course) -> None:
    pair = (
        "#| export ops.py\n"
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


def test_instances_that_a_cell_makes_of_its_class_stay_themselves(built: Course) -> None:
    kinds = (
        "#| export ops.py\n"
        "class Kind:\n    known = {{}}\n    def __init__(self, size):\n"
        "        self.size = size * {}\n        Kind.known[size] = self\n"
        "small, large = Kind(1), Kind(2)"
    )
    said = built.shell(
        setup("02_ops"),
        kinds.format(1),
        "kept, kind = small, Kind",
        kinds.format(10),
        "print(small is kept is torch.ops.small is Kind.known[1], kept.size, Kind is kind)",
        "print({type(each) for each in (small, large, *kind.known.values())} == {Kind})",
    )
    assert said[4] == "True 10 True"
    assert said[5] == "True"


def test_builtins_are_not_hidden(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "#| export ops.py\ndef sum(x):\n    return 'ours'\n\n\ndef _help(x):\n    return 'helped'",
        "print(sum([1, 2]), torch.ops.sum(1), _help(1), hasattr(torch, '_help'))",
    )
    assert said[2] == "3 ours helped False"


def test_imported_before_the_lesson_began(built: Course) -> None:
    said = built.shell(
        "import eduflow as torch\nfrom eduflow import nn",
        setup("02_ops"),
        "nn.Linear",
        ADD,
        LINEAR,
        "print(nn is torch.nn, nn.Linear()(torch.Tensor(1)).item())",
    )
    assert "run the cell with `class Linear`" in said[2]
    assert said[5] == "True 2"


def test_only_one_tensor_class(built: Course) -> None:
    said = built.shell(
        setup("02_ops"),
        "import gc\ngc.unfreeze()\n"
        "print(len([c for c in gc.get_objects() if isinstance(c, type) and "
        "c.__name__ == 'Tensor' and c in [vars(m).get('Tensor') for m in __import__('sys')"
        ".modules.values() if m]]))",
    )
    assert said[1] == "1"


def test_whole_house(built: Course) -> None:
    check = f"{X}\nprint(torch.nn.Linear()(x).item(), torch.triple(x).item())"
    said = built.shell(setup("00_start"), check, setup("02_ops"), setup("00_start"), check)
    assert said[1] == said[4] == "6 9"


def test_unknown_lesson(built: Course) -> None:
    said = built.shell("from eduflow.course import lesson\nlesson('02_opps')", "lesson('42_far')")
    assert "There is no lesson '02_opps'. Did you mean 02_ops" in said[0]
    assert "There is no lesson '42_far'." in said[1]


def test_a_broken_package_says_where(built: Course) -> None:
    said = built.shell(
        "from eduflow.course import lesson\n"
        "from pathlib import Path\nfile = Path('eduflow/ops.py')\n"
        "text = file.read_text()\n_ = file.write_text(text.replace('# %% end', '', 1))",
        "lesson('02_ops')",
    )
    assert "eduflow/ops.py, line 3: the region" in said[1]


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
