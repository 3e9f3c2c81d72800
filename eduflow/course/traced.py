"""`eduflow trace SCRIPT`: whose lines of the framework ran, told by file and drawn."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import CourseError
from .folder import Folder
from .own import HEAD
from .placeholders import load_whole
from .processes import python_path
from .regions import SourceFile
from .source import lesson_files
from .trace import ASIDE, ROOT, Written, calls_aside, run_traced, statements

RUNNER = Path(__file__).parent / "static" / "run_trace.py"
KINDS = ("yours", "shown", "borrowed", "other")
COLORS = ("#b3560f", "#3d7a99", "#9fb8c4", "#bbbbbb")
MOST = 18  # files in the picture and in the table


def trace_script(folder: Folder, script: Path, words: list[str]) -> int:
    """Run a script that uses the learner's package, and say whose lines ran; its own code."""
    if not script.is_file():
        raise CourseError(f"There is no script {script}.\n  Name a Python file.")
    with tempfile.TemporaryDirectory() as place:
        result = Path(place) / "result.json"
        where = folder.name, str(folder.root.resolve())
        done = subprocess.run(
            [sys.executable, str(RUNNER), *where, str(result), str(script), *words],
            env=os.environ | {"PYTHONPATH": python_path()},
        )
        if not result.exists():
            raise CourseError(f"{script} could not be run with `{folder.name}`; see above.")
        files = json.loads(result.read_text(encoding="utf-8"))
    print(told(files, folder.name))
    picture = _draw(files, folder) if files else None
    if picture:
        print(f"The picture is {picture.name} in {folder.root.name}.")
    return done.returncode


def told(files: dict[str, dict[str, int]], name: str) -> str:
    """The lines that ran, in one sentence and by file."""
    total: Counter[str] = Counter()
    for counts in files.values():
        total.update(counts)
    count = sum(total.values())
    if not count:
        return f"No line of the framework ran. Does the script begin with `import {name}`?"
    share = (total["yours"] + total["shown"]) / count
    lines = [
        f"Of the {count} lines of the framework that ran you wrote {total['yours']}, the course "
        f"showed {total['shown']}, {total['borrowed']} are borrowed exercises, and "
        f"{total['other']} stand in helper files. Yours or shown: {share:.0%}.",
        "",
        f"  {'file':<36}" + "".join(f"{kind:>10}" for kind in KINDS),
    ]
    order = _order(files)
    for path in order[:MOST]:
        lines.append(f"  {path:<36}" + "".join(f"{files[path].get(k, 0):>10}" for k in KINDS))
    if len(order) > MOST:
        lines.append(f"  ... and {len(order) - MOST} more files")
    return "\n".join(lines)


def _order(files: dict[str, dict[str, int]]) -> list[str]:
    """Files with most of the learner's lines first."""
    return sorted(files, key=lambda p: (-files[p].get("yours", 0), -sum(files[p].values()), p))


def _draw(files: dict[str, dict[str, int]], folder: Folder) -> Path | None:
    """A bar for each file; None where matplotlib is not installed."""
    try:
        figures = importlib.import_module("matplotlib.figure")
    except ImportError:
        return None
    order = _order(files)[:MOST][::-1]
    figure = figures.Figure(figsize=(7, 1.2 + 0.26 * len(order)), layout="constrained")
    axes = figure.subplots()
    left = [0] * len(order)
    for kind, color in zip(KINDS, COLORS):
        widths = [files[path].get(kind, 0) for path in order]
        axes.barh(order, widths, left=left, color=color, label=kind)
        left = [a + b for a, b in zip(left, widths)]
    axes.set(xlabel="lines that ran", title=f"Whose lines of {folder.name} ran")
    axes.legend(frameon=False, loc="lower right")
    path = folder.root / "trace.png"
    figure.savefig(path, dpi=150)
    return path


def tally_files(step: Callable[[], object]) -> dict[str, dict[str, int]]:
    """Run `step` in plain mode; how many lines of each file ran, by whose they are.

    For a package of the learner's: this module must have been imported as a part of it.
    """
    homes = [Path(place).resolve() for place in sys.modules[ROOT].__path__]
    load_whole(ROOT)  # what is loaded when first asked for would count with the step
    ran = run_traced(step, tuple(os.path.normcase(home) + os.sep for home in homes))
    readers: dict[str, _Reader] = {}
    written = Written(lesson_files()[0].parent)
    found: dict[str, set[tuple[int, str]]] = {}
    for name, number in ran:
        if name not in readers:
            readers[name] = _Reader(Path(name).resolve(), homes, written)
        reader = readers[name]
        line = reader.line(number) if reader.counts else None
        if line:
            found.setdefault(reader.path, set()).add(line)
    return {path: dict(Counter(kind for _, kind in lines)) for path, lines in found.items()}


class _Reader:
    """A file that ran: where it lies in the package, and whose its lines are."""

    def __init__(self, file: Path, homes: list[Path], written: Any) -> None:
        home = next(home for home in homes if home in file.parents)
        self.path = file.relative_to(home).as_posix()
        self.counts = not self.path.startswith(ASIDE) and (
            home != homes[0] or file.name[:2] != "__"
        )
        text = file.read_text(encoding="utf-8") if self.counts else ""
        self.source = SourceFile(file, self.path, text)
        self.starts = statements(text)
        self.calls = calls_aside(self.source)
        self.written = written
        head = HEAD.match(text) if home == homes[0] else None
        self.own = head[1].split(", ") if head else []

    def line(self, number: int) -> tuple[int, str] | None:
        """The statement that a line belongs to, and whose it is; None for what is left aside."""
        start = self.starts.get(number, number)
        region = self.source.region_at(start)
        if region is None:
            return None if start in self.calls else (start, "other")
        if start not in self.written.in_region(self.source, region):
            return start, "shown"
        return start, "yours" if region.cell in self.own else "borrowed"
