"""`eduflow test`: the library's own tests, run on a learner's package, told lesson by lesson."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .desk import Key
from .errors import CourseError
from .folder import RECORD, Folder, read
from .own import OwnPackage, borrow_all
from .processes import python_path
from .regions import Package
from .source import checkout, package_folder

RUNNER = Path(__file__).parent / "static" / "run_own_tests.py"
AT_MOST = 60  # failing tests that are looked into
# They hold what no learner writes: the kernels, and that an error inside eduflow's own lines is
# told as one about the arguments; an error in a learner's lines is shown as it is.
LEFT_OUT = (
    "--ignore=tests/library/test_kernels.py",
    "--ignore=tests/library/test_kernels_tape.py",
    "--deselect=tests/library/test_wrong_calls.py::test_refusals_say_nothing_internal",
)
Cured = dict[Key, list[str]]  # the tests that pass once a region is borrowed


@dataclass
class Outcome:
    """What became of the tests: their outcomes, and the lines of the package that each ran."""

    outcomes: dict[str, str]
    ran: dict[str, dict[str, list[int]]]

    def failed(self) -> list[str]:
        """The tests that failed, in order."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]


@dataclass
class Blame:
    """Why tests fail: those that fail with everything borrowed, too, and whose lines the rest."""

    others: set[str] = field(default_factory=set)
    mine: list[str] = field(default_factory=list)
    cured: Cured = field(default_factory=dict)


class OwnTests:
    """The library's tests and the learner's package."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.root = _tests()
        self.own = OwnPackage(folder, Package(package_folder()), folder.version)

    def run(
        self, words: list[str], place: Path, *, lines: bool = False, quiet: bool = True
    ) -> Outcome:
        """Run tests with the learner's package as it lies in `place`."""
        name = self.folder.name
        words = ["-q", "--no-header", "--tb=no", "-r", "N", "-p", "no:cacheprovider", *words]
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / "result.json"
            command = [sys.executable, str(RUNNER), name, str(place.resolve()), str(result)]
            done = subprocess.run(
                [*command, *(["--lines"] if lines else []), *words],
                cwd=self.root,
                env=os.environ | {"PYTHONPATH": python_path()},
                capture_output=quiet,
                text=True,
            )
            if not result.exists():
                what = (done.stderr or "").strip().splitlines()[-1:] or ["its message stands above"]
                raise CourseError(
                    f"The tests could not be started with `{name}`: {what[0]}.\n"
                    f"  Does a script that begins with `import {name}` run?"
                )
            return Outcome(**json.loads(result.read_text(encoding="utf-8")))

    def blame(self, failed: list[str]) -> Blame:
        """Find out why tests fail."""
        some = failed[:: -(-len(failed) // AT_MOST) or 1]
        if not some:
            return Blame()
        with tempfile.TemporaryDirectory() as place:
            borrow_all(Path(place) / self.folder.name)
            found = Blame(set(self.run(some, Path(place)).failed()))
        found.mine = [test for test in some if test not in found.others]
        if found.mine:
            keys = self._through(self.run(found.mine, self.folder.root, lines=True).ran)
            found.cured = self._search(found.mine, keys)
        return found

    def _search(self, tests: list[str], keys: list[Key], sure: bool = False) -> Cured:
        """Which region each test needs borrowed, by halving them: some runs for each that is bad.

        `sure` is whether the tests are known to pass with all of `keys` borrowed.
        """
        if not tests or not keys:
            return {}
        if len(keys) == 1:
            cured = tests if sure else self._cured(tests, keys)
            return {keys[0]: cured} if cured else {}
        left, right = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        cured = self._cured(tests, left)
        rest = [test for test in tests if test not in cured]
        return self._search(cured, left, True) | self._search(rest, right)

    def _cured(self, tests: list[str], keys: list[Key]) -> list[str]:
        """Those of the tests that pass once some regions are borrowed."""
        with self._without(keys) as place:
            failed = self.run(tests, place).failed()
        return [test for test in tests if test not in failed]

    @contextmanager
    def _without(self, keys: list[Key]) -> Iterator[Path]:
        """A copy of the learner's folder in which some of their regions are borrowed."""
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place)
            shutil.copytree(self.folder.package, copy / self.folder.name)
            (copy / RECORD).parent.mkdir()
            shutil.copy(self.folder.root / RECORD, copy / RECORD)
            own = OwnPackage(read(copy), self.own.theirs, self.folder.version)
            for path, file in own.files().items():
                for region in file.own():
                    if region.key in keys:
                        own.give_back(path, region.key)
            yield copy

    def _through(self, ran: dict[str, dict[str, list[int]]]) -> list[Key]:
        """The learner's regions of which the tests ran a function, in order."""
        return sorted(
            region.key
            for path, file in self.own.files().items()
            for region in file.own()
            if any(
                region.first <= line <= region.last
                for files in ran.values()
                for line in files.get(path, [])
            )
        )

    def report(self, every: Outcome, found: Blame) -> str:
        """What the tests said, lesson by lesson."""
        counts = Counter(every.outcomes.values())
        failed = counts["failed"]
        lines = [
            f"{counts['passed']} of {counts['passed'] + failed} tests pass with "
            f"`{self.folder.name}`."
        ]
        if failed > AT_MOST:
            looked = len(found.mine) + len(found.others)
            lines.append(f"{looked} of the {failed} that fail were looked into.")
        if found.others:
            lines.append(f"{len(found.others)} fail with everything borrowed, too: not yours.")
        keys = sorted(region.key for file in self.own.files().values() for region in file.own())
        for lesson in sorted({key[0] for key in keys}):
            cells = [cell for number, cell in keys if number == lesson]
            needed = {cell: found.cured.get((lesson, cell)) for cell in cells}
            told = ", ".join(_told(cell, tests) for cell, tests in needed.items() if tests)
            lines.append(f"  lesson {lesson:02d}  {told or 'no complaint'}")
        if not keys:
            lines.append("  No line of it is yours yet: everything is borrowed.")
        cured = {test for tests in found.cured.values() for test in tests}
        lost = [test for test in found.mine if test not in cured]
        lines += [f"  several cells at once, or a line outside of them: {x}" for x in lost[:10]]
        return "\n".join(lines)


def _told(cell: str, cured: list[str]) -> str:
    """What is said of a cell without which tests pass."""
    count = "one failing test passes" if len(cured) == 1 else f"{len(cured)} failing tests pass"
    return f"{cell}: {count} once it is borrowed, such as {cured[0]}"


def run_tests(folder: Folder, more: list[str]) -> int:
    """Run the tests on the learner's package and report; 1 if a test fails because of their lines.

    A test that fails is looked into: does it fail with everything borrowed, too, and which lesson's
    cell must be borrowed for it to pass? Raises CourseError where there are no tests or no pytest.
    """
    tests = OwnTests(folder)
    more = [word for word in more if word != "--"]
    if not any((tests.root / word.partition("::")[0]).exists() for word in more):
        more += ["tests/library", *LEFT_OUT]
    print(f"The library's tests run on `{folder.name}`. This takes a minute or two.", flush=True)
    every = tests.run(more, folder.root, quiet=False)
    found = tests.blame(every.failed())
    print(tests.report(every, found))
    return 1 if found.mine else 0


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
