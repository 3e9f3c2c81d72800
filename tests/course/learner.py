"""A learner in a small course: three floors, four exercises, and answers of every kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from eduflow.course.gather import gather

from .conftest import GROWN, METHOD, TENSORS, Course, cell

ADD = '''#| export ops.py
@method("add", "__add__")
def add(x, y):
    """The sum of two tensors."""
    ### BEGIN SOLUTION
    return Tensor(x.data + y.data)
    ### END SOLUTION
'''
LINEAR = '''#| export nn/linear.py
class Linear:
    """Twice what is given."""

    def __call__(self, x):
        ### BEGIN SOLUTION
        return add(x, x)
        ### END SOLUTION


def twice(x):
    ### BEGIN SOLUTION
    return Linear()(x)
    ### END SOLUTION
'''
SIDE = """def side(x):
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION
"""
HINTS = """A word.

<details><summary>Hint 1</summary>

Look at `data`.
</details>
<details><summary>Hint 2 for <code>add</code></summary>

Make a `Tensor` of the sum.
</details>
<details><summary>Help, I get "no attribute"</summary>

`y` is a tensor, too.
</details>
"""
ASK = """predict("ops/one", "One and one?", ["1", "2"], "2", "Count them.")"""
CHECKS = '''
"""Checks of the small course."""

from __future__ import annotations

from . import Case, Exercise, late, register


def _sums(thing, torch):
    return [thing(torch.Tensor(a), torch.Tensor(b)).data for a, b in ((1, 2), (5, 5))]


register(
    Exercise("add", "add(x, y)", late(lambda torch: lambda x, y: torch.Tensor(x.data + y.data)),
             [Case(use=_sums, show="add(1, 2), add(5, 5)")])
)
register(
    Exercise("Linear", "Linear()", late(lambda torch: lambda: lambda x: torch.Tensor(2 * x.data)),
             [Case(use=lambda thing, torch: thing()(torch.Tensor(3)).data, show="Linear()(3)")])
)
register(
    Exercise("twice", "twice(x)", late(lambda torch: lambda x: torch.Tensor(2 * x.data)),
             [Case(use=lambda thing, torch: thing(torch.Tensor(3)).data, show="twice(3)")])
)
register(Exercise("side", "side(x)", lambda x: x + 1, [Case(args=(1,)), Case(args=(5,))]))
'''
SETUP = "from eduflow.course import *\nlesson({!r})\nimport eduflow as torch"


def small_course(course: Course) -> Course:
    """The course that the tests of the learner's way use, with the real machinery in it."""
    course.house()
    course.lesson("00_start", ("setup", SETUP.format("00_start")), ("tour", "torch.add"))
    course.lesson(
        "02_ops",
        ("setup", SETUP.format("02_ops")),
        ("ask", ASK),
        ("add", ADD),
        ("check-add", 'check("add", add)'),
        cell("help-add", HINTS, "markdown"),
        ("use-add", "print((torch.Tensor(1) + torch.Tensor(2)).data, torch.triple)"),
        ("linear", LINEAR),
        ("check-linear", 'check("Linear", Linear)\ncheck("twice", twice)'),
        ("use-linear", "print(torch.nn.linear.twice(torch.Tensor(4)).data)"),
        ("side", SIDE),
        ("check-side", 'if check("side", side):\n    print("well done")'),
    )
    course.lesson(
        "03_last",
        ("setup", SETUP.format("03_last")),
        ("grown", GROWN),
        ("use", "print(torch.nn.Grown()(torch.Tensor(5)).data)"),
    )
    assert TENSORS
    assert METHOD
    gather(course.lessons, course.package, force=True)
    course.install()
    for topic in (course.package / "course" / "checks").glob("[a-z]*.py"):
        topic.unlink()  # the real course's exercises
    course.write("course/checks/small.py", CHECKS.lstrip("\n"))
    return course


class Learner:
    """A folder made by `eduflow start`, and someone who works in it."""

    def __init__(self, course: Course, folder: str = "my länd") -> None:
        self.course = course
        self.root = course.root / folder
        self.env = {"EDUFLOW_PROGRESS": ""}

    def command(self, *arguments: str, folder: Path | None = None) -> str:
        """What a command of the course says."""
        code = (
            f"import runpy, sys; sys.argv = ['eduflow', *{list(arguments)!r}]\n"
            f"try: runpy.run_path({str(self.course.package / 'course' / '__main__.py')!r}, "
            "run_name='__main__')\nexcept SystemExit as left: print('->', left.code)"
        )
        return self.course.python(code, folder, **self.env)

    def start(self, *arguments: str) -> str:
        """Start, or update."""
        return self.command("start", str(self.root), *arguments)

    def path(self, slug: str) -> Path:
        """A notebook of the learner's."""
        return self.root / "lessons" / f"{slug}.ipynb"

    def cells(self, slug: str) -> dict[str, str]:
        """The sources by id."""
        data = json.loads(self.path(slug).read_text(encoding="utf-8"))
        return {raw["id"]: "".join(raw["source"]) for raw in data["cells"]}

    def write(self, slug: str, cell_id: str, source: str) -> None:
        """Change a cell as JupyterLab would, or add one at the end."""
        data = json.loads(self.path(slug).read_text(encoding="utf-8"))
        found = [raw for raw in data["cells"] if raw["id"] == cell_id]
        if not found:
            data["cells"].append(cell(cell_id, source))
        for raw in found:
            raw["source"] = source.splitlines(keepends=True)
        self.path(slug).write_text(json.dumps(data, indent=1), encoding="utf-8")

    def solve(self, slug: str) -> None:
        """Write the course's own solutions into a notebook."""
        book = json.loads((self.course.lessons / f"{slug}.ipynb").read_text(encoding="utf-8"))
        for raw in book["cells"]:
            source = "".join(raw["source"])
            if "### BEGIN SOLUTION" in source:
                lines = [line for line in source.split("\n") if "### " not in line]
                self.write(slug, raw["id"], "\n".join(lines))

    def run(self, slug: str, **changed: str) -> dict[str, str]:
        """Run a notebook from top to bottom in a fresh kernel; what each cell said, by id."""
        data = json.loads(self.path(slug).read_text(encoding="utf-8"))
        code = [raw["id"] for raw in data["cells"] if raw["cell_type"] == "code"]
        sources = self.cells(slug) | {k.replace("_", "-"): v for k, v in changed.items()}
        return dict(zip(code, self.shell(*(sources[name] for name in code)), strict=True))

    def shell(self, *cells: str) -> list[str]:
        """Run cells in a fresh kernel in the lessons' folder."""
        said = self.course.shell(*cells, folder=self.root / "lessons", **self.env)
        return [re.sub(r"\s*Out\[\d+\]:\s*$", "", text) for text in said]

    def script(self, code: str) -> str:
        """Run a script in the learner's folder."""
        file = self.root / "script.py"
        file.write_text(code, encoding="utf-8")
        run = "import runpy, sys; sys.path.insert(0, ''); runpy.run_path('script.py')"
        return self.course.python(run, self.root, **self.env)

    def own(self, path: str) -> str:
        """A file of the learner's package; "" if it is not there."""
        file = self.root / "myflow" / path
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def progress(self) -> dict[str, Any]:
        """What was recorded."""
        path = self.root / ".eduflow" / "progress.json"
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return data
