"""Notebooks as plain JSON: read, write, and find what each code cell exports.

Only the standard library is used, so that this works in every environment and in a few
milliseconds (importing nbformat alone takes seconds).
"""

from __future__ import annotations

import json
import keyword
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import CourseError
from .files import conflict_line, read_text, shown, write_if_changed

EXPORT = re.compile(r"#\|\s*export\b")
SLUG = re.compile(r"(\d\d)_[a-z0-9]+(?:_[a-z0-9]+)*")
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
NOT_LIBRARY = ("course", "show")


@dataclass(frozen=True)
class Export:
    """Where an export cell goes: a path inside the package, as its parts."""

    path: str

    @property
    def parts(self) -> tuple[str, ...]:
        """`nn/modules/linear.py` as `("nn", "modules", "linear")`."""
        return PurePosixPath(self.path).with_suffix("").parts


@dataclass
class Cell:
    """One cell. `raw` is its JSON object: what is changed there is written back."""

    raw: dict[str, Any]
    index: int

    @property
    def id(self) -> str:
        """The cell's id, or an empty text where the notebook has none."""
        return str(self.raw.get("id") or "")

    @property
    def is_code(self) -> bool:
        """Whether this is a code cell."""
        return self.raw.get("cell_type") == "code"

    @property
    def source(self) -> str:
        """The cell's text, whether the file stores it as one string or as lines."""
        source = self.raw.get("source", "")
        text = "".join(source) if isinstance(source, list) else str(source)
        return text.replace("\r\n", "\n")

    @source.setter
    def source(self, text: str) -> None:
        self.raw["source"] = text.splitlines(keepends=True)


@dataclass
class Notebook:
    """A notebook file. `path` may be any location; `name` is how messages call it."""

    path: Path
    data: dict[str, Any]
    cells: list[Cell] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """The file name without its ending, such as `02_autograd`."""
        return self.path.stem

    @property
    def name(self) -> str:
        """The folder and file name, such as `lessons/02_autograd.ipynb`."""
        return shown(self.path)

    @property
    def number(self) -> int:
        """The lesson's number, which its name starts with."""
        return int(self.slug[:2])

    def where(self, cell: Cell) -> str:
        """How a message points at a cell: `lessons/02_autograd.ipynb#the-tape`."""
        return f"{self.name}#{cell.id or f'(cell {cell.index + 1}, without an id)'}"


def without_outputs(raw: dict[str, Any]) -> dict[str, Any]:
    """A raw cell, changed in place: a code cell as if it had never been run."""
    if raw.get("cell_type") == "code":
        raw |= {"outputs": [], "execution_count": None}
    return raw


def read_notebook(path: Path) -> Notebook:
    """Read a notebook. Raises CourseError if the file is not a notebook of format 4."""
    path = Path(path)
    name = shown(path)
    if not path.exists():
        raise CourseError(f"{name}: there is no such notebook.")
    text = read_text(path)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise CourseError(_broken(name, text, error)) from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise CourseError(
            f"{name}: the file has no list of cells, so it is not a notebook of format 4.\n"
            "  Open it in JupyterLab and save it; that brings older notebooks up to date."
        )
    notebook = Notebook(path, data, [Cell(raw, index) for index, raw in enumerate(cells)])
    _check_metadata(notebook)
    return notebook


def _broken(name: str, text: str, error: json.JSONDecodeError) -> str:
    """What to say about a file that is not JSON."""
    conflict = conflict_line(text)
    if conflict:
        return (
            f"{name}: an unfinished merge stands in line {conflict}.\n"
            "  Keep one version, for example with `git checkout --ours` or `--theirs`, and put in "
            "by hand in JupyterLab what the other one had."
        )
    return (
        f"{name}: the file is not valid JSON: {error.msg} in line {error.lineno}, "
        f"column {error.colno}.\n"
        "  A merge or a text editor may have broken it. Mend that line, or take the last good "
        "version back, for example with `git checkout`."
    )


def _check_metadata(notebook: Notebook) -> None:
    """Raise CourseError unless the notebook and each of its cells have metadata, if only `{}`."""
    places = [(notebook.name, notebook.data)]
    places += [(notebook.where(cell), cell.raw) for cell in notebook.cells]
    for where, raw in places:
        if not isinstance(raw.get("metadata", {}), dict):
            raise CourseError(
                f"{where}: its metadata is {json.dumps(raw['metadata'])}, where a notebook has "
                "names and values.\n"
                '  Write `"metadata": {}` there in the notebook file.'
            )


def notebook_text(data: dict[str, Any]) -> str:
    """The text of a notebook file, the way Jupyter saves it; equal data give equal bytes."""
    for cell in data.get("cells", []):
        if isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].splitlines(keepends=True)
    return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_notebook(notebook: Notebook) -> bool:
    """Write the notebook back if anything changed; say whether it was written."""
    return write_if_changed(notebook.path, notebook_text(notebook.data))


def parse_export(source: str) -> Export | None:
    """What the cell exports, None for an ordinary cell; CourseError if the line is not right."""
    first = source.split("\n", 1)[0].rstrip()
    if not EXPORT.match(first):
        for number, line in enumerate(source.splitlines()[1:], start=2):
            if EXPORT.match(line):
                raise CourseError(
                    f"`{line.strip()}` stands in line {number}; it counts only as the first line.\n"
                    "  Move it to the top of the cell, or start a new cell with it."
                )
        return None
    words = EXPORT.sub("", first, count=1).split()
    if len(words) != 1:
        raise CourseError(
            f"`{first}` does not name one file of the package.\n"
            "  Write the path inside the package and nothing else: `#| export ops/shape.py`."
        )
    check_path(words[0])
    return Export(words[0])


def check_path(path: str) -> None:
    """Raise CourseError unless `path` is a module file inside the library part of the package."""
    parts = path.split("/")
    wrong = None
    if "\\" in path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        wrong = "it leaves the package, or is not written plainly"
    elif not path.endswith(".py"):
        wrong = "a module's file name ends in `.py`"
    elif parts[0] in NOT_LIBRARY or path in ("course.py", "show.py"):
        wrong = f"`{parts[0]}` is written by hand and lessons do not build it"
    elif parts[-1] == "__init__.py":
        wrong = "this file is written by hand and lessons do not build it"
    else:
        for part in [*parts[:-1], parts[-1][:-3]]:
            if not re.fullmatch(r"_?[a-z][a-z0-9_]*", part):
                wrong = f"`{part}` is not a module name; use small letters, digits and `_`"
            elif keyword.iskeyword(part):
                wrong = f"`{part}` is a word of Python's own, so that no import could name it"
    if wrong:
        raise CourseError(
            f"`#| export {path}`: {wrong}.\n"
            "  Give the path inside the package, such as `ops/shape.py` or `nn/modules/linear.py`."
        )


def check_merged(source: str) -> None:
    """Raise CourseError if an unfinished merge stands in a cell."""
    number = conflict_line(source)
    if number:
        raise CourseError(
            f"an unfinished merge stands in line {number} of the cell.\n"
            "  Keep the lines that are right, and remove the lines `<<<<<<<`, `=======`, `>>>>>>>`."
        )


def is_marker(line: str) -> bool:
    """Whether a line is one of the two solution markers, at any indent."""
    return line.strip() in (BEGIN, END)


def check_markers(source: str) -> None:
    """Raise CourseError unless every BEGIN SOLUTION has its END SOLUTION, one after the other."""
    opened = 0
    for number, line in enumerate(source.splitlines(), start=1):
        if line.strip() == BEGIN:
            if opened:
                raise CourseError(
                    f"`{BEGIN}` in line {number}, but the one in line {opened} is still open.\n"
                    f"  Put `{END}` before line {number}."
                )
            opened = number
        elif line.strip() == END:
            if not opened:
                raise CourseError(
                    f"`{END}` in line {number} without `{BEGIN}` above it.\n"
                    f"  Add `{BEGIN}` where the solution starts."
                )
            opened = 0
    if opened:
        raise CourseError(
            f"`{BEGIN}` in line {opened} is never closed.\n"
            f"  Add `{END}` on its own line where the solution ends."
        )


def trimmed(lines: list[str]) -> list[str]:
    """The lines without the blank ones at either end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def body_lines(source: str) -> list[str]:
    """The cell's lines without the export line and without blank lines at either end."""
    lines = source.split("\n")
    return trimmed(lines[1:] if EXPORT.match(lines[0]) else lines)


def exported_text(source: str) -> str:
    """What gather copies of an export cell: its lines, without export line and solution markers."""
    return "\n".join(trimmed([line for line in body_lines(source) if not is_marker(line)]))


def id_problems(notebook: Notebook) -> list[str]:
    """A message for every cell without an id, or with one that another cell has too."""
    problems = []
    for cell in notebook.cells:
        if not CELL_ID.fullmatch(cell.id):
            given = f"the id {cell.id!r}" if cell.id else "no id"
            problems.append(
                f"{notebook.where(cell)}: this cell has {given}.\n"
                "  Every cell needs one of letters, digits, `-` and `_`, such as `the-tape`: add "
                '`"id": "the-tape"` to the cell in the notebook file.'
            )
    counts = Counter(cell.id for cell in notebook.cells if cell.id)
    for cell_id, count in counts.items():
        if count > 1:
            problems.append(
                f"{notebook.name}#{cell_id}: {count} cells have this id.\n"
                "  Give all but one of them another id; scatter finds its way back by ids."
            )
    return problems
