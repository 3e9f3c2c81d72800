"""What a cell and its region held when they last agreed, to tell which side was changed since.

The record is a file of digests in `lessons/.backup/`, which git ignores. Where it says nothing
(a fresh checkout, a pull), the last commit is asked: its lines are safe there, so that whichever
side still holds them was not changed. Without an answer nobody's lines are overwritten.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from .errors import CourseError
from .files import atomic_write
from .house import Pair
from .notebook import Cell, exported_text
from .regions import SourceFile

BACKUP = ".backup"
RECORD = "agreed.json"


class Agreed:
    """The record of one folder of lessons."""

    def __init__(self, lessons: Path) -> None:
        self.path = lessons / BACKUP / RECORD
        self.digests = self._read()
        self._committed: dict[Path, str | None] = {}

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def changed(self, pair: Pair) -> tuple[bool, bool] | None:
        """Whether the cell and whether the region was changed; None where nobody can tell."""
        sides = (pair.in_cell, pair.in_file)
        base = self.digests.get(pair.name)
        if base and base in [digest(side) for side in sides]:
            return digest(sides[0]) != base, digest(sides[1]) != base
        committed = self._at_last_commit(pair)
        if committed in sides:
            return sides[0] != committed, sides[1] != committed
        return None if base is None and committed is None else (True, True)

    def _at_last_commit(self, pair: Pair) -> str | None:
        """The lines in the last commit, if cell and region agreed there."""
        text = self._show(pair.file.file)
        book = self._show(pair.notebook.path)
        if text is None or book is None:
            return None
        file = SourceFile(pair.file.file, pair.file.path, text)
        region = next((item for item in file.regions if item.key == pair.region.key), None)
        try:
            cells = [Cell(raw, index) for index, raw in enumerate(json.loads(book)["cells"])]
            source = next(cell.source for cell in cells if cell.id == pair.cell.id)
        except (ValueError, LookupError, TypeError, StopIteration):
            return None
        lines = exported_text(source)
        return lines if region and file.text_of(region) == lines else None

    def _show(self, path: Path) -> str | None:
        if path not in self._committed:
            command = ["git", "show", f"HEAD:./{path.name}"]
            try:
                done = subprocess.run(command, cwd=path.parent, capture_output=True, check=False)
                text = done.stdout.decode("utf-8-sig").replace("\r\n", "\n")
                self._committed[path] = None if done.returncode else text
            except (OSError, UnicodeDecodeError):
                self._committed[path] = None
        return self._committed[path]

    def keep(self, pairs: list[Pair], texts: dict[str, str] | None = None) -> None:
        """Record what the pairs agree on now; `texts` has what was just carried over, by name."""
        known = texts or {}
        digests = {
            pair.name: digest(known.get(pair.name, pair.in_file))
            for pair in pairs
            if pair.agrees or pair.name in known
        }
        rest = {pair.name: self.digests[pair.name] for pair in pairs if pair.name in self.digests}
        new = rest | digests
        if new != self.digests:
            ignored(self.path.parent)
            atomic_write(self.path, json.dumps(new, indent=0, sort_keys=True) + "\n")
            self.digests = new


def ignored(folder: Path) -> Path:
    """Make a folder that git ignores; give it back."""
    folder.mkdir(exist_ok=True)
    if not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


def digest(text: str) -> str:
    """A short fingerprint of some lines."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def refuse(pair: Pair, changed: tuple[bool, bool] | None, command: str) -> CourseError | None:
    """Why `command` must not overwrite; None if only the side that it carries was changed."""
    here = f"{pair.file.name} (region `{pair.region.mark}`) and {pair.where}"
    choose = (
        "  Undo one of the two, or choose: `scatter --force` takes the file's version, "
        "`gather --force` the notebook's."
    )
    if changed is None:
        return CourseError(f"{here} differ, and nothing tells which one is newer.\n{choose}")
    in_cell, in_file = changed
    if in_cell and in_file:
        return CourseError(f"{here} were both changed since they last agreed.\n{choose}")
    if in_file and command == "gather":
        return CourseError(
            f"{pair.file.name}: the region `{pair.region.mark}` was edited since it last agreed "
            f"with {pair.where}; gathering would lose the edit.\n"
            "  Carry it into the lesson with `make scatter`, or give it up with `gather --force`."
        )
    return None
