"""`eduflow start`: make a learner's folder, or bring a newer edition of the course into it.

Whatever is replaced was not touched by the learner or is copied to `.eduflow/backups` first. Each
file is written whole; stopped at any point, the command may simply be run again.
"""

from __future__ import annotations

import contextlib
import copy
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from .edition import Raw, digest, learner_cells, learner_metadata, tasks, title
from .errors import CourseError
from .files import write_if_changed
from .folder import RECORD, Folder, Lesson, check_name, find, read
from .merge import Merged, delivered, merge
from .notebook import SLUG, Notebook, notebook_text, read_notebook
from .own import OwnPackage
from .regions import Package
from .source import lesson_files, package_folder
from .version import version

README = Path(__file__).parent / "static" / "learner.md"
DEFAULT_FOLDER, DEFAULT_NAME = "learn", "myflow"
STALE = 60.0  # seconds after which a file that is still half written was given up


@dataclass
class Started:
    """What starting did, in the order in which it is told."""

    folder: Folder
    new: bool
    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    beside: list[tuple[str, list[str]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def start(root: Path, name: str | None, edition: str) -> Started:
    """Make or renew the learner's folder `root` with a package called `name`.

    Raises CourseError if the folder or the name will not do, or the lessons are not installed.
    """
    books = [read_notebook(path) for path in lesson_files()]
    folder, new = _open(root, name, edition)
    done = Started(folder, new)
    _sweep(root)
    try:
        for book in books:
            _deliver(book, done, edition)
        _readme(done)
        folder.version = edition
        folder.save()
        _renew_package(done, edition)
    except OSError as error:
        raise CourseError(
            f"{root}: cannot be written: {error.strerror or error}.\n"
            "  Nothing of yours was lost. Make room or give yourself the right to write there, and "
            "run the command again."
        ) from None
    return done


def _open(root: Path, name: str | None, edition: str) -> tuple[Folder, bool]:
    """The learner's folder, made if it is not there, and whether it is new."""
    if root.exists() and not root.is_dir():
        raise CourseError(f"{root} is a file.\n  Name a folder: `eduflow start learn`.")
    if (root / RECORD).is_file():
        folder = _read_again(root, name)
        if name not in (None, folder.name):
            raise CourseError(
                f"The framework in {root} is called {folder.name!r} already.\n"
                f"  Leave out `--name`, or start another folder for {name!r}."
            )
        return folder, False
    _check_root(root)
    wanted = DEFAULT_NAME if name is None else name
    check_name(wanted, root)
    folder = Folder(root, wanted, edition)
    try:
        folder.save()
    except OSError as error:
        raise CourseError(
            f"{root}: no folder can be made there: {error.strerror or error}.\n"
            "  Name another place: `eduflow start FOLDER`."
        ) from None
    return folder, True


def _read_again(root: Path, name: str | None) -> Folder:
    """The folder's record; a damaged one is put aside, and what it said is found out anew."""
    try:
        return read(root)
    except CourseError:
        os.replace(root / RECORD, root / RECORD.with_suffix(".damaged"))
        own = [path.parent for path in root.glob("*/__init__.py") if "_MineFirst" in _text(path)]
        return Folder(root, name or (own[0].name if own else DEFAULT_NAME))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _check_root(root: Path) -> None:
    """Raise CourseError for a folder that is the course's own, or holds other lessons."""
    place, ours = root.resolve(), package_folder()
    inside = place == ours or ours in place.parents
    lessons = [p for p in (root / "lessons").glob("*.ipynb") if SLUG.fullmatch(p.stem)]
    if inside or place == ours.parent or lessons:
        raise CourseError(
            f"{root} holds the course itself or other lessons.\n"
            "  Choose a folder of your own: `eduflow start learn`."
        )


def _sweep(root: Path) -> None:
    """Remove what a killed command left half written."""
    for path in root.rglob(".*.new") if root.is_dir() else ():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()


def _deliver(book: Notebook, done: Started, edition: str) -> None:
    """Bring one lesson into the folder."""
    folder, cells = done.folder, learner_cells(book)
    path = folder.notebook(book.slug)
    before = folder.lessons.get(book.slug)
    if not path.exists():
        _write(path, cells, learner_metadata())
        done.added.append(book.slug)
    elif before is None or before.cells != delivered(cells):
        try:
            mine = read_notebook(path)
        except CourseError as error:
            done.problems.append(
                f"{error}\n  It was left as it is. Rename it, and `eduflow start` brings a new one."
            )
            return
        known = before.cells if before else delivered(cells)
        own = copy.deepcopy([cell.raw for cell in mine.cells])
        _merged(mine, merge(own, cells, known, edition), done, edition)
    folder.lessons[book.slug] = Lesson(title(book), delivered(cells), tasks(book))


def _merged(mine: Notebook, result: Merged, done: Started, edition: str) -> None:
    """Write a renewed notebook after a copy of the old one."""
    data = mine.data | {"cells": result.cells}
    if notebook_text(data) == notebook_text(mine.data):
        return
    _own(done.folder, edition).backup(mine.path)
    write_if_changed(mine.path, notebook_text(data))
    done.renewed.append(mine.slug)
    if result.beside:
        done.beside.append((mine.slug, result.beside))


def _write(path: Path, cells: list[Raw], metadata: Raw) -> None:
    data = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    write_if_changed(path, notebook_text(data))


def _readme(done: Started) -> None:
    """The page in front, unless the learner has made it theirs."""
    folder = done.folder
    path = folder.root / "README.md"
    text = README.read_text(encoding="utf-8").replace("myflow", folder.name)
    mark = digest({"cell_type": "page", "source": text})
    known = (folder.readme, mark)
    if path.exists() and digest({"cell_type": "page", "source": _text(path)}) not in known:
        return
    write_if_changed(path, text)
    folder.readme = mark


def _own(folder: Folder, edition: str) -> OwnPackage:
    return OwnPackage(folder, Package(package_folder()), edition)


def _renew_package(done: Started, edition: str) -> None:
    """Bring own lines into the newest text of eduflow's files."""
    renewed = _own(done.folder, edition).renew()
    done.notes += [f"renewed around your lines: {done.folder.name}/{p}" for p in renewed.files]
    done.notes += [
        f"eduflow has no place for these lines of yours any more; they are kept in {path}"
        for path in renewed.aside
    ]


def told(done: Started) -> str:
    """What starting did, for people."""
    folder, root = done.folder, done.folder.root
    lines = []
    if done.new:
        lines.append(f"Made {root}: {len(done.added)} lessons, your framework `{folder.name}`.")
    elif done.added or done.renewed or done.notes:
        lines.append(f"Brought {root} up to date (eduflow {folder.version}). Your work is kept.")
        lines += [f"  new: lessons/{slug}.ipynb" for slug in done.added]
        lines += [f"  renewed where you changed nothing: lessons/{s}.ipynb" for s in done.renewed]
    else:
        lines.append(f"{root} is up to date.")
    for slug, cells in done.beside:
        lines.append(
            f"  lessons/{slug}.ipynb: you and the course both changed {_listed(cells)}. Yours is "
            "kept; the new text lies in the cell below it."
        )
    lines += [f"  {note}" for note in done.notes]
    lines += ["", *done.problems] if done.problems else []
    if done.renewed or done.beside:
        lines.append("  Before that, copies were put into .eduflow/backups.")
    return "\n".join(lines)


def _listed(cells: list[str]) -> str:
    shown = ", ".join(f"`{cell}`" for cell in cells[:6])
    return shown + (f" and {len(cells) - 6} more" if len(cells) > 6 else "")


def started(place: Path | None, name: str | None) -> int:
    """The command `eduflow start`; 1 if a lesson could not be renewed."""
    inside = find(Path.cwd()) if place is None else None
    root = place or (inside.root if inside else Path(DEFAULT_FOLDER))
    done = start(root, name, version())
    print(told(done))
    if done.new:
        print(
            f"Go on with `eduflow lab {_typed(root)}`, or open lessons/00_start_here.ipynb there."
        )
    return 1 if done.problems else 0


def _typed(root: Path) -> str:
    text = str(root)
    return f'"{text}"' if " " in text else text


def learners_folder(place: Path | None, name: str | None = None) -> Folder:
    """The folder a command is about: `place`, or around here, or `learn` below.

    With `name` its package must have that name. CourseError if there is none.
    """
    for root in [place] if place else [Path.cwd(), Path(DEFAULT_FOLDER)]:
        folder = find(root)
        if folder and name in (None, folder.name):
            return folder
        if folder:
            raise CourseError(f"The framework in {folder.root} is {folder.name!r}, not {name!r}.")
    raise CourseError(
        f"There is no learner's folder {place or 'here'}.\n"
        "  Make one with `eduflow start`, or go into yours first."
    )
