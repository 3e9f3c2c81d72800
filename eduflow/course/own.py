"""The learner's package: plain text of eduflow's files with the learner's own lines in them.

Only files with own lines are there; all others come from eduflow (`static/own_package.py`). The
first line of a file says which of its regions are the learner's, so that a file is whole or not
there: no second file has to agree with it. A file that was edited by hand outside of its regions
is kept as it is; only regions are changed in it from then on.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import names
from .edition import Task
from .errors import CourseError
from .files import atomic_write, read_text, write_if_changed
from .folder import Folder
from .regions import Package, Region, SourceFile

TEMPLATE = Path(__file__).parent / "static" / "own_package.py"
HEAD = re.compile(r"# Yours: ([\w ,-]*); all other lines are eduflow (.+)'s \(([0-9a-f]{12})\)\.")


@dataclass(frozen=True)
class OwnFile:
    """A file of the learner's package: its text without the first line, and its own regions."""

    source: SourceFile
    cells: tuple[str, ...]
    untouched: bool

    def own(self) -> list[Region]:
        """The regions that hold the learner's lines."""
        return [region for region in self.source.regions if region.cell in self.cells]


@dataclass
class Renewed:
    """What became of the learner's files when eduflow's own changed under them."""

    files: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def borrow_all(package: Path) -> None:
    """Make the folder of a package without a line of a learner's: all is borrowed."""
    package.mkdir()
    atomic_write(package / "__init__.py", TEMPLATE.read_text(encoding="utf-8"))


class OwnPackage:
    """The learner's package in front of eduflow's files."""

    def __init__(self, folder: Folder, theirs: Package, version: str) -> None:
        self.folder = folder
        self.theirs = theirs
        self.version = version
        self.known: dict[str, tuple[str, OwnFile]] = {}  # what was read last, by its path

    # Reading

    def files(self) -> dict[str, OwnFile]:
        """The learner's files by their path in the package; files eduflow lacks are not ours."""
        return {path: self._read(path) for path in self._paths()}

    def _paths(self) -> list[str]:
        """The paths of the learner's files, in eduflow's order.

        The folder is walked, for it holds few files: to ask for each of eduflow's takes seconds
        where files lie in a browser's storage.
        """
        root = self.folder.package
        there = {Path(place, name) for place, _, found in os.walk(root) for name in found}
        there.discard(root / "__init__.py")
        return [path for path in self.theirs.files if root / path in there]

    def _there(self, path: str) -> OwnFile | None:
        """One file of the learner's, or None."""
        return self._read(path) if (self.folder.package / path).is_file() else None

    def _read(self, path: str) -> OwnFile:
        text = read_text(self.folder.package / path)
        if self.known.get(path, ("", None))[0] != text:
            self.known[path] = text, self._understood(path, text)
        return self.known[path][1]

    def _understood(self, path: str, text: str) -> OwnFile:
        source = SourceFile(self.folder.package / path, path, text)
        head = HEAD.match(text)
        if head is None:
            return OwnFile(source, self._differing(source), False)
        cells = tuple(filter(None, head[1].split(", ")))
        return OwnFile(source, cells, _mark(source, cells) == head[3])

    def _differing(self, source: SourceFile) -> tuple[str, ...]:
        """The regions that a file without our first line has changed."""
        theirs = self.theirs.files[source.path]
        texts = {region.key: theirs.text_of(region) for region in theirs.regions}
        return tuple(
            region.cell
            for region in source.regions
            if texts.get(region.key, "") != source.text_of(region)
        )

    def text_of(self, key: tuple[int, str]) -> str | None:
        """The learner's kept lines for a region; None if they are borrowed."""
        for path, theirs in self.theirs.files.items():
            if any(region.key == key for region in theirs.regions):
                file = self._there(path)
                own = {region.key: region for region in file.own()} if file else {}
                if file and key in own:
                    return file.source.text_of(own[key])
        return None

    def texts(self) -> dict[tuple[int, str], str]:
        """All kept lines, by region."""
        return {
            region.key: file.source.text_of(region)
            for file in self.files().values()
            for region in file.own()
        }

    # Writing

    def keep(self, task: Task, key: tuple[int, str], text: str) -> None:
        """Put the learner's lines for a region into their package, whole or not at all."""
        own = self._there(task.path)
        if own and own.source.check():
            raise CourseError("\n".join(own.source.check()))
        base = own.source if own and not own.untouched else self.theirs.files[task.path]
        texts = {r.key: own.source.text_of(r) for r in own.own()} if own else {}
        texts[key] = text
        if not any(region.key == key for region in base.regions):
            raise CourseError(
                f"{base.name} has no region for the cell `{key[1]}` any more.\n"
                "  Remove or rename the file: what is yours in it comes back as you pass checks."
            )
        self._write(task.path, base, texts, bool(own and not own.untouched))
        self.list()

    def give_back(self, path: str, key: tuple[int, str]) -> bool:
        """Borrow a region again; False if it was not the learner's. The old file is backed up."""
        own = self._there(path)
        if own is None or key[1] not in own.cells:
            return False
        self.backup(own.source.file)
        theirs = self.theirs.files[path]
        texts = {r.key: own.source.text_of(r) for r in own.own() if r.key != key}
        if texts and own.untouched:
            self._write(path, theirs, texts, False)
        elif own.untouched:
            own.source.file.unlink()
        else:
            ours = {r.key: theirs.text_of(r) for r in theirs.regions if r.key == key}
            self._write(path, own.source, texts | ours, True, without=key)
        self.list()
        return True

    def _write(
        self,
        path: str,
        base: SourceFile,
        texts: dict[tuple[int, str], str],
        by_hand: bool,
        without: tuple[int, str] | None = None,
    ) -> None:
        """Write one file: the text of `base` with the learner's lines in some of its regions."""
        inside = {region: texts[region.key] for region in base.regions if region.key in texts}
        body = base.with_regions(inside)
        first, _, rest = body.partition("\n")
        body = rest if HEAD.match(first) else body
        cells = tuple(sorted(r.cell for r in inside if r.key != without))
        file = self.folder.package / path
        mark = "0" * 12 if by_hand else _mark(SourceFile(file, path, f"\n{body}"), cells)
        head = (
            f"# Yours: {', '.join(cells)}; all other lines are eduflow {self.version}'s ({mark})."
        )
        write_if_changed(file, f"{head}\n{body}")

    def renew(self) -> Renewed:
        """Carry own lines into the newest text of eduflow's files; safe to call at any time."""
        done = Renewed()
        for path, own in self.files().items():
            theirs = self.theirs.files[path]
            if not own.untouched or own.source.check():
                continue
            texts, lost = self._fitting(own, theirs)
            for region in lost:
                done.aside.append(self._aside(own, region))
            before = own.source.text
            if texts:
                self._write(path, theirs, texts, False)
                if read_text(own.source.file) != before:
                    done.files.append(path)
            else:
                own.source.file.unlink()
        self.list()
        return done

    def _fitting(
        self, own: OwnFile, theirs: SourceFile
    ) -> tuple[dict[tuple[int, str], str], list[Region]]:
        """Own lines by the regions that they fit into, and those that fit nowhere any more."""
        regions = {region.key: region for region in theirs.regions}
        texts: dict[tuple[int, str], str] = {}
        lost = []
        for region in own.own():
            mine = _defined(own.source, region)
            place = regions.get(region.key)
            if place and _defined(theirs, place) <= mine:
                texts[region.key] = own.source.text_of(region)
            else:
                lost.append(region)
        return texts, lost

    def _aside(self, own: OwnFile, region: Region) -> str:
        """Put lines that fit nowhere any more into a file of their own; its name."""
        file = self.folder.private / "aside" / f"{region.lesson:02d}-{region.cell}.py"
        self.backup(own.source.file)
        atomic_write(file, own.source.text_of(region) + "\n")
        return file.relative_to(self.folder.root).as_posix()

    def backup(self, file: Path) -> Path:
        """A copy of a file as it is now, below `.eduflow/backups`."""
        inside = file.relative_to(self.folder.root)
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        copy = self.folder.private / "backups" / stamp / inside
        number = 1
        while copy.exists():
            number += 1
            copy = self.folder.private / "backups" / f"{stamp}-{number}" / inside
        atomic_write(copy, read_text(file))
        return copy

    def list(self) -> None:
        """Write the package's `__init__.py`, which says what is the learner's and what borrowed."""
        own = set(self.texts())
        tasks = self.folder.tasks()
        yours = [f"{lesson:02d} {cell}" for lesson, cell in sorted(own)]
        borrowed = [f"{lesson:02d} {cell}" for lesson, cell in sorted(tasks.keys() - own)]
        text = TEMPLATE.read_text(encoding="utf-8")
        for name, listed in (("__yours__", yours), ("__borrowed__", borrowed)):
            text += f"{name} = {_tuple(listed)}\n"
        write_if_changed(self.folder.package / "__init__.py", text)


def _tuple(items: Iterable[str]) -> str:
    lines = "".join(f'    "{item}",\n' for item in items)
    return f"(\n{lines})" if lines else "()"


def _mark(source: SourceFile, cells: Iterable[str]) -> str:
    """What tells whether a file was edited outside of the learner's regions."""
    own = set(cells)
    text = source.with_regions({region: "" for region in source.regions if region.cell in own})
    return hashlib.sha256(text.partition("\n")[2].encode()).hexdigest()[:12]


def _defined(file: SourceFile, region: Region) -> set[str]:
    try:
        return {
            name
            for item in file.statements
            if item.region and item.region.key == region.key
            for name in names.bound(item.node)
            if not name.startswith("_")
        }
    except CourseError:
        return set()
