"""`eduflow test`: the library's own tests, run on a learner's package, told lesson by lesson."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .errors import CourseError
from .folder import Folder
from .own import OwnPackage, borrow_all
from .processes import python_path
from .regions import Package
from .source import checkout, package_folder

RUNNER = Path(__file__).parent / "static" / "run_own_tests.py"
AT_MOST = 400  # failing tests that are looked into


@dataclass
class Outcome:
    """What became of the tests: their outcomes, and the lines of the package that each ran."""

    outcomes: dict[str, str]
    ran: dict[str, dict[str, list[int]]]

    def failed(self) -> list[str]:
        """The tests that failed, in order."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]


def run_tests(folder: Folder, more: list[str]) -> int:
    """Run the tests on the learner's package and report; 1 if a test fails because of their lines.

    A test that fails is looked into: does it fail with everything borrowed, too, and whose lines
    did it run? Raises CourseError where there are no tests or no pytest.
    """
    root = _tests()
    more = [word for word in more if word != "--"]
    print(f"The library's tests run on `{folder.name}`. This takes a minute or two.", flush=True)
    every = _run(folder.name, folder.root, root, [*_words(more), "tests/library"], quiet=False)
    failed = every.failed()[:AT_MOST]
    with tempfile.TemporaryDirectory() as place:
        borrow_all(Path(place) / folder.name)
        others = set(_run(folder.name, Path(place), root, failed).failed()) if failed else set()
    mine = [test for test in failed if test not in others]
    ran = _run(folder.name, folder.root, root, ["--lines", *mine]).ran if mine else {}
    print(report(folder, every, others, ran))
    return 1 if mine else 0


def _tests() -> Path:
    """The checkout with the tests."""
    root = checkout()
    if root is None or not (root / "tests" / "library").is_dir():
        raise CourseError(
            "The library's tests are not installed; they stand in eduflow's repository.\n"
            "  Clone it, run `make author` there once, and this command from your folder with that "
            "checkout's eduflow."
        )
    if importlib.util.find_spec("pytest") is None:
        raise CourseError('pytest is not installed here.\n  `pip install "eduflow[test]"`.')
    return root


def _words(more: list[str]) -> list[str]:
    return ["-q", "--no-header", "--tb=no", "-r", "N", *more]


def _run(name: str, folder: Path, root: Path, words: list[str], quiet: bool = True) -> Outcome:
    """Run tests with the package `name` in `folder`."""
    lines, tests = words[:1] == ["--lines"], [word for word in words if word != "--lines"]
    words = tests if not quiet else [*_words([]), *tests]
    with tempfile.TemporaryDirectory() as place:
        result = Path(place) / "result.json"
        command = [sys.executable, str(RUNNER), name, str(folder.resolve()), str(result)]
        command += [*(["--lines"] if lines else []), "-p", "no:cacheprovider", *words]
        environment = os.environ | {"PYTHONPATH": python_path()}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=quiet, text=True)
        if not result.exists():
            what = (done.stderr or "").strip().splitlines()[-1:] or ["its message stands above"]
            raise CourseError(
                f"The tests could not be started with `{name}`: {what[0]}.\n"
                f"  Does a script that begins with `import {name}` run?"
            )
        return Outcome(**json.loads(result.read_text(encoding="utf-8")))


def report(
    folder: Folder, every: Outcome, others: set[str], ran: dict[str, dict[str, list[int]]]
) -> str:
    """What the tests said, lesson by lesson."""
    counts = Counter(every.outcomes.values())
    lines = [
        f"{counts['passed']} of {counts['passed'] + counts['failed']} tests pass with "
        f"`{folder.name}`."
    ]
    if others:
        lines.append(f"{len(others)} that fail do so with everything borrowed, too: not yours.")
    own = OwnPackage(folder, Package(package_folder()), folder.version)
    through = _through(own, ran)
    keys = [region.key for file in own.files().values() for region in file.own()]
    for lesson, cell in sorted(keys):
        tests = through.get((lesson, cell), [])
        what = f"{len(tests)} failing tests run it, such as {tests[0]}" if tests else "no complaint"
        lines.append(f"  lesson {lesson:02d}  {cell}: {what}")
    if not own.files():
        lines.append("  No line of it is yours yet: everything is borrowed.")
    lost = [test for test in ran if not any(test in tests for tests in through.values())]
    lines += [f"  elsewhere: {test}" for test in lost[:10]]
    return "\n".join(lines)


def _through(
    own: OwnPackage, ran: dict[str, dict[str, list[int]]]
) -> dict[tuple[int, str], list[str]]:
    """The tests that ran lines of each region of the learner's."""
    found: dict[tuple[int, str], list[str]] = {}
    for path, file in own.files().items():
        for region in file.own():
            for test, files in ran.items():
                if any(region.first <= line <= region.last for line in files.get(path, [])):
                    found.setdefault(region.key, []).append(test)
    return found
