"""`eduflow grade`: check the folders of a class, each answer in a process of its own.

The checks, the lessons and the list of exercises are those of this eduflow; of a learner's folder
only the text of notebooks is read. Limits hold for time, memory, output, files, programs and the
network. What a process does, hang, leave, fork or fill the disk, costs its own answer alone.
"""

from __future__ import annotations

import contextlib
import csv
import html
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .answers import Solved, above_of, solutions
from .errors import CourseError
from .files import atomic_write
from .notebook import Notebook, read_notebook
from .processes import python_path
from .stubs import without_solutions

RUNNER = Path(__file__).parent / "static" / "run_answer.py"
SECONDS = 60  # for all checks of one exercise cell
LARGEST = 20 << 20  # bytes of a notebook that is still read


@dataclass(frozen=True)
class Grade:
    """What became of one check of a learner's."""

    lesson: str
    check: str
    passed: int
    total: int
    text: str

    @property
    def word(self) -> str:
        """The outcome in a word."""
        if self.total and self.passed == self.total:
            return "passed"
        return "not written" if "not written yet" in self.text else "not passed"


def grade(folders: Sequence[Path], place: Path, lessons: Sequence[str] = ()) -> int:
    """Check the folders; `place` gets `grades.csv` and a page for each learner. 1 if one is none.

    Grades of learners are written as they come: stopped and run again, nothing is half written.
    """
    wanted = [s for s in solutions() if chosen(s.lesson, lessons)]
    rows, missing = [], []
    for name, folder in _named(folders).items():
        if not folder.is_dir():
            missing.append(str(folder))
            continue
        grades = grades_of(folder, wanted)
        atomic_write(place / f"{name}.html", _page(name, grades))
        rows += [[name, g.lesson, g.check, g.word, g.passed, g.total] for g in grades]
        atomic_write(place / "grades.csv", _csv(rows))
        passed = sum(g.word == "passed" for g in grades)
        print(f"{name}: {passed} of {len(grades)} checks passed", flush=True)
    for path in missing:
        print(f"{path}: no such folder", file=sys.stderr)
    print(f"The table is {place / 'grades.csv'}; beside it lies a page for each learner.")
    return 1 if missing else 0


def chosen(slug: str, lessons: Sequence[str]) -> bool:
    """Whether a lesson is among those that were named, by number or slug; all if none was."""
    return not lessons or slug in lessons or slug[:2] in [name.zfill(2) for name in lessons]


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    """Names for pages: those of the folders, with more of the path where two are alike."""
    found: dict[str, Path] = {}
    for folder in folders:
        name = re.sub(r"[^\w.-]", "_", folder.resolve().name) or "learner"
        number = 1
        while (label := name if number == 1 else f"{name}-{number}") in found:
            number += 1
        found[label] = folder
    return found


def grades_of(folder: Path, wanted: Sequence[Solved]) -> list[Grade]:
    """What all checks say of the notebooks in a learner's folder."""
    books: dict[str, Notebook | str] = {}
    found = []
    for solved in wanted:
        if solved.lesson not in books:
            books[solved.lesson] = _book(folder, solved.lesson)
        found += _graded(books[solved.lesson], solved)
    return found


def _book(folder: Path, lesson: str) -> Notebook | str:
    """A learner's notebook, or why it cannot be read."""
    places = [folder / "lessons" / f"{lesson}.ipynb", folder / f"{lesson}.ipynb"]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        return "the notebook is not there"
    if path.stat().st_size > LARGEST:
        return "the notebook is too large to be read"
    try:
        return read_notebook(path)
    except CourseError as error:
        return str(error)


def _graded(book: Notebook | str, solved: Solved) -> list[Grade]:
    task = solved.task
    if isinstance(book, str):
        return _all(solved, f"not written yet: {book}.")
    source = next((cell.source for cell in book.cells if cell.id == task.cell), None)
    if source is None or source.rstrip() == without_solutions(solved.source).rstrip():
        return _all(solved, "not written yet.")
    request = {"task": task.as_json(), "source": source, "above": above_of(book, task)}
    verdict = _run(request)
    if isinstance(verdict, str):
        return _all(solved, verdict)
    return [Grade(solved.lesson, check, *verdict[check]) for check in task.checks]


def _all(solved: Solved, text: str) -> list[Grade]:
    return [Grade(solved.lesson, c, 0, 0, f"{c}: {text}") for c in solved.task.checks]


def _run(request: dict[str, Any]) -> dict[str, Any] | str:
    """The verdict of a process of its own, or what became of it."""
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile() as out:
        environment = {k: v for k, v in os.environ.items() if k in KEPT}
        environment |= {"EDUFLOW_PROGRESS": "off", "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = python_path()
        process = subprocess.Popen(
            [sys.executable, str(RUNNER), place, str(SECONDS)],
            cwd=place, env=environment, stdin=subprocess.PIPE, stdout=out,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.communicate(json.dumps(request | {"token": token}).encode(), SECONDS + 10)
        except subprocess.TimeoutExpired:
            return f"it was stopped after {SECONDS} seconds: does it ever end?"
        finally:
            _end(process)
        out.seek(0)
        return _verdict(out.read().split(b"\n")[-1], token, set(request["task"]["checks"]))


KEPT = {"PATH", "SYSTEMROOT", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _verdict(line: bytes, token: str, checks: set[str]) -> dict[str, Any] | str:
    try:
        said, verdict = json.loads(line)
        if said != token or set(verdict) != checks:
            raise ValueError(said)
        found: dict[str, Any] = verdict
        return found
    except (ValueError, TypeError):
        return "it ended its process, or took more memory or room than there is."


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["learner", "lesson", "check", "outcome", "passed", "of"], *rows])
    return text.getvalue()


def _page(name: str, grades: list[Grade]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(g.lesson)}</td><td><code>{html.escape(g.check)}</code></td>"
        f"<td>{g.word}</td><td><pre>{html.escape(g.text)}</pre></td></tr>\n"
        for g in grades
    )
    passed = sum(g.word == "passed" for g in grades)
    title = html.escape(name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font-family:sans-serif;margin:2em}td,th{vertical-align:top;text-align:left;"
        "padding:.3em 1em .3em 0}pre{white-space:pre-wrap;margin:0}</style></head>\n"
        f"<body><h1>{title}</h1><p>{passed} of {len(grades)} checks passed.</p>\n"
        "<table><thead><tr><th>lesson</th><th>exercise</th><th>outcome</th>"
        f"<th>what the check says</th></tr></thead><tbody>\n{rows}</tbody></table></body></html>\n"
    )
