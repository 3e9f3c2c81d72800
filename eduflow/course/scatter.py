"""Scatter: carry edits of a gathered file back into the lesson's cells.

The `# %% id` lines say which cell each piece belongs to. Export lines and solution markers, which
gathering left out, are put back. A notebook is saved in `.backup/` beside it before it changes,
its outputs stay as they are until the lesson is run again, and nothing at all is written if
anything is unclear.
"""

from __future__ import annotations

import ast
import copy
import difflib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from .errors import CourseError, Problems
from .gather import (
    BUILT_BY,
    PUBLIC_NAMES,
    all_text,
    digest,
    gather,
    header,
    module_text,
    recorded_digests,
)
from .house import House, Module, read_house
from .notebook import (
    BEGIN,
    Cell,
    Notebook,
    body_lines,
    check_markers,
    exported_text,
    is_marker,
    trimmed,
    write_notebook,
)

MARKER = "# %% "
BACKUP = ".backup"


@dataclass
class Scattered:
    """What scattering did: changed cells (`notebook#cell`), notebooks to run again, remarks."""

    cells: list[str] = field(default_factory=list)
    notebooks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def scatter(
    lessons: Path, target: Path, *, package: str = "eduflow", force: bool = False
) -> Scattered:
    """Carry edits in the gathered files of `target` back to the notebooks in `lessons`.

    If a file and its notebook were both changed since gathering, scatter refuses; `force` takes
    the file's version. Afterwards the package is gathered again. Raises Problems.
    """
    target = Path(target)
    house = read_house(lessons, package)
    recorded = recorded_digests(target)
    result, problems = Scattered(), list(house.problems)
    edited = copy.deepcopy({book.slug: book for book in house.notebooks})
    for module in house.modules.values() if not problems else []:
        try:
            _scatter_module(module, target, recorded, edited, force, result)
        except Problems as error:
            problems += error.problems
        except CourseError as error:
            problems.append(str(error))
    # What would be gathered from the changed cells must be sound before anything is written.
    changed = [edited[slug] for slug in dict.fromkeys(result.notebooks)]
    if not problems and changed:
        problems += House(list(edited.values()), package).problems
    if problems:
        raise Problems(problems)
    for notebook in changed:
        back_up(notebook.path)
        write_notebook(notebook)
    result.notebooks = [notebook.name for notebook in changed]
    if changed:
        gather(lessons, target, package=package, force=True)
    return result


def back_up(path: Path) -> Path:
    """Copy a notebook into `.backup/` beside it, under a number that is free."""
    folder = path.parent / BACKUP
    folder.mkdir(exist_ok=True)
    if not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    number = 1
    while (copy_path := folder / f"{path.stem}.{number}{path.suffix}").exists():
        number += 1
    shutil.copy2(path, copy_path)
    return copy_path


def _scatter_module(
    module: Module,
    target: Path,
    recorded: dict[str, str],
    edited: dict[str, Notebook],
    force: bool,
    result: Scattered,
) -> None:
    """Bring one file's edits into the copies in `edited`."""
    path = target / module.path
    shown = f"{target.name}/{module.path}"
    if not path.exists():
        result.notes.append(f"{shown} is not gathered yet; `make gather` writes it.")
        return
    text = path.read_text(encoding="utf-8")
    ours = module_text(module)
    if text == ours:
        return
    before = recorded.get(module.path)
    if before == digest(text) and not force:
        result.notes.append(
            f"{shown} was not edited, but {module.notebook.name} was; `make gather` brings it over."
        )
        return
    if before not in (None, digest(ours)) and not force:
        raise CourseError(
            f"{shown} and {module.notebook.name} were both changed since the last gathering.\n"
            "  Undo one of the two, or choose: `scatter --force` takes the file's version, "
            "`gather --force` the notebook's."
        )
    pieces = _split(text, shown, module, result)
    notebook = edited[module.notebook.slug]
    problems = []
    for part in module.parts:
        new = pieces[part.cell.id]
        if new != exported_text(part.cell.source):
            cell = notebook.cells[part.cell.index]
            try:
                cell.source = merged(cell, new)
            except CourseError as error:
                problems.append(f"{shown}, {notebook.where(cell)}: {error}")
            result.cells.append(notebook.where(cell))
            result.notebooks.append(notebook.slug)
    if problems:
        raise Problems(problems)


def _split(text: str, shown: str, module: Module, result: Scattered) -> dict[str, str]:
    """The file's text by cell id. Raises Problems if any of it belongs to no cell."""
    lines = text.split("\n")
    problems = []
    if not lines[0].startswith(BUILT_BY):
        problems.append(
            f"{shown}: the first line is no longer `{header(module)}`.\n  Put it back as it was."
        )
        raise Problems(problems)
    pieces: dict[str, list[str]] = {}
    order: list[str] = []
    current: list[str] = []
    outside = current
    for line in lines[1:]:
        if line.startswith(MARKER):
            order.append(line.removeprefix(MARKER).strip())
            current = pieces.setdefault(order[-1], [])
        else:
            current.append(line)
    if any(line.strip() for line in outside):
        problems.append(
            f"{shown}: text between the first line and the first `{MARKER}` line belongs to no "
            f"cell: `{next(line.strip() for line in outside if line.strip())}`.\n"
            "  Move it below a marker."
        )
    public = pieces.pop(PUBLIC_NAMES.removeprefix(MARKER), None)
    order = [name for name in order if name != PUBLIC_NAMES.removeprefix(MARKER)]
    expected = [part.cell.id for part in module.parts]
    if order != expected:
        problems.append(_order_problem(shown, module, order, expected))
    problems += _check_public(shown, module, public, result)
    if problems:
        raise Problems(problems)
    return {cell: "\n".join(trimmed(piece)) for cell, piece in pieces.items()}


def _order_problem(shown: str, module: Module, order: list[str], expected: list[str]) -> str:
    missing = [cell for cell in expected if cell not in order]
    unknown = [cell for cell in order if cell not in expected]
    twice = sorted({cell for cell in order if order.count(cell) > 1})
    if unknown:
        what = f"no export cell of {module.notebook.name} for this file is called {unknown[0]!r}"
    elif missing:
        what = f"the line `{MARKER}{missing[0]}` is missing"
    elif twice:
        what = f"the line `{MARKER}{twice[0]}` stands there twice"
    else:
        what = "the markers stand in another order than the notebook's cells"
    return (
        f"{shown}: {what}.\n"
        f"  The file needs these markers, in this order: {', '.join(expected)}. Cells are added, "
        "moved and removed in the notebook."
    )


def _check_public(
    shown: str, module: Module, public: list[str] | None, result: Scattered
) -> list[str]:
    """Nothing but `__all__` may stand in the generated block; edits of `__all__` are ignored."""
    text = "\n".join(public or [])
    try:
        statements = ast.parse(text).body
    except SyntaxError:
        statements = []
    only_all = all(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for node in statements
    )
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    if (text.strip() and not statements) or not only_all or comments:
        return [
            f"{shown}: below `{PUBLIC_NAMES}` stands more than `__all__`, and it belongs to no "
            "cell.\n  Move it above that line, into the cell it belongs to."
        ]
    if text.strip() != all_text(module.public).strip():
        result.notes.append(
            f"{shown}: changes of `__all__` are not carried over; gather writes it from the names "
            "without a leading `_`."
        )
    return []


def merged(cell: Cell, new: str) -> str:
    """The cell's source with `new` as its code, export line and solution markers kept.

    A marker goes back between the lines it stood between. Lines added right at a marker count as
    part of the solution. Raises CourseError if a marker's place cannot be told.
    """
    if any(is_marker(line) for line in new.split("\n")):
        raise CourseError(
            "the file holds a solution marker; markers stand in the notebook only.\n"
            "  Remove the marker line from the file."
        )
    first = cell.source.split("\n", 1)[0]
    lines = _with_markers(body_lines(cell.source), new.split("\n"))
    source = "\n".join([first, *lines])
    try:
        check_markers(source)
    except CourseError:
        raise _lost_marker() from None
    if exported_text(source) != new:
        raise _lost_marker()
    return source


def _with_markers(old: list[str], new: list[str]) -> list[str]:
    plain = [line for line in old if not is_marker(line)]
    matcher = difflib.SequenceMatcher(None, plain, new, autojunk=False)
    every = {
        block.a + step: block.b + step
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    } | {-1: -1, len(plain): len(new)}
    moved = {
        line: to for line, to in every.items() if line in (-1, len(plain)) or plain[line].strip()
    }
    places: list[tuple[int, int, str]] = []
    position = 0
    for count, line in enumerate(old):
        if not is_marker(line):
            position += 1
            continue
        if every.get(position, -2) == every.get(position - 1, -4) + 1:
            places.append((every[position], count, line))
            continue
        above, below = _filled(plain, position - 1, -1), _filled(plain, position, 1)
        after = moved[above] + 1 if above in moved else None
        before = moved.get(below)
        # Lines added beside a marker join the solution: it opens early and closes late.
        wanted = (after, before) if line.strip() == BEGIN else (before, after)
        place = wanted[0] if wanted[0] is not None else wanted[1]
        if place is None:
            raise _lost_marker()
        places.append((place, count, line))
    result = list(new)
    for place, _, line in sorted(places, reverse=True):
        result.insert(place, line)
    return result


def _filled(lines: list[str], start: int, step: int) -> int:
    """The nearest line that is not blank, from `start` on; one past the end if there is none."""
    while 0 <= start < len(lines) and not lines[start].strip():
        start += step
    return start


def _lost_marker() -> CourseError:
    return CourseError(
        "the lines around a solution marker changed so much that its place cannot be told.\n"
        "  Make this change in the notebook, where you see the markers."
    )
