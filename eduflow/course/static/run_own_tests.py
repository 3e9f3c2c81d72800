"""Run the library's tests on a learner's package: eduflow, with the learner's files in front.

    python run_own_tests.py NAME FOLDER RESULT [--lines] TESTS...

RESULT becomes a JSON file: how many tests passed, and which failed. With `--lines` it says for each
test which files and lines of the folder's package it ran; that is slow, and meant for a few tests.
"""

import importlib
import json
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest


class Record:
    """What happened to each test, and the lines of one package that it ran."""

    def __init__(self, package, lines):
        self.package = os.path.realpath(package) + os.sep
        self.outcomes = {}
        self.ran = {}
        self.lines = lines

    def pytest_runtest_logreport(self, report):
        before = self.outcomes.get(report.nodeid, "skipped")
        if report.failed or (report.when == "call" and before != "failed"):
            self.outcomes[report.nodeid] = report.outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        if not self.lines:
            return (yield)
        seen = self.ran.setdefault(item.nodeid, {})
        homes = {}

        def trace(frame, event, _):
            name = frame.f_code.co_filename
            if name not in homes:
                homes[name] = os.path.realpath(name).startswith(self.package)
            if event == "call" and homes[name]:
                inside = os.path.relpath(os.path.realpath(name), self.package).replace(os.sep, "/")
                seen.setdefault(inside, set()).add(frame.f_code.co_firstlineno)

        sys.setprofile(trace)
        try:
            return (yield)
        finally:
            sys.setprofile(None)


class Front(MetaPathFinder):
    """Finds a module of eduflow in the learner's package where that has a file of its own."""

    def __init__(self, package):
        self.package = package

    def find_spec(self, fullname, path=None, target=None):
        """A package that has files of its own in both places looks into both."""
        root, *rest = fullname.split(".")
        place = self.package.joinpath(*rest)
        if root == "eduflow" and rest and (place / "__init__.py").is_file():
            inside = [str(place), *(str(Path(folder, rest[-1])) for folder in path)]
            file = place / "__init__.py"
            return spec_from_file_location(fullname, file, submodule_search_locations=inside)
        file = place.with_suffix(".py")
        found = root == "eduflow" and rest and file.is_file()
        return spec_from_file_location(fullname, file) if found else None

    def load(self):
        """Import eduflow and every module that the learner has a file for."""
        importlib.import_module("eduflow")
        for file in sorted(self.package.rglob("*.py")):
            parts = file.relative_to(self.package).with_suffix("").parts
            if parts[-1] != "__init__":
                importlib.import_module(".".join(("eduflow", *parts)))


def main(name, folder, result, *rest):
    """Run the tests and write the result; pytest's own code comes back."""
    lines = rest[:1] == ("--lines",)
    front = Front(Path(folder, name))
    sys.meta_path.insert(0, front)
    front.load()
    record = Record(os.path.join(folder, name), lines)
    code = pytest.main([*rest[lines:]], plugins=[record])
    ran = {test: {f: sorted(n) for f, n in files.items()} for test, files in record.ran.items()}
    with open(result, "w", encoding="utf-8") as stream:
        json.dump({"outcomes": record.outcomes, "ran": ran}, stream)
    return int(code)


if __name__ == "__main__":
    here = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or ".") != here]
    sys.exit(main(*sys.argv[1:]))
