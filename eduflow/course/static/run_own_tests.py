"""Run the library's tests on a learner's package: what they call eduflow is that package.

    python run_own_tests.py NAME FOLDER RESULT [--lines] TESTS...

RESULT becomes a JSON file: how many tests passed, and which failed. With `--lines` it says for each
test which files and lines of the folder's package it ran; that is slow, and meant for a few tests.
"""

import importlib
import json
import os
import pkgutil
import sys

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


def swap(name):
    """Import all of a package, and let it be called eduflow."""
    mine = importlib.import_module(name)
    for info in pkgutil.walk_packages(mine.__path__, name + "."):
        if info.name.split(".")[1] not in ("course", "show"):
            importlib.import_module(info.name)
    for module in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
        sys.modules["eduflow" + module[len(name) :]] = sys.modules[module]


def main(name, folder, result, *rest):
    """Run the tests and write the result; pytest's own code comes back."""
    lines = rest[:1] == ("--lines",)
    sys.path.insert(0, folder)
    swap(name)
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
