"""What `pip install` gets: a wheel and a source archive that hold the course, and nothing stray."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import eduflow

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LESSONS = {path.name for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb")}
# What the wheel may hold besides Python files.
DATA = {".js", ".css", ".pt", ".npz", ".gz", ".json", ".md", ".ipynb", ".typed"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with both archives, built from a clean copy of what git tracks."""
    folder = tmp_path_factory.mktemp("archives")
    copy = folder / "checkout"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    words = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), "."]
    done = subprocess.run(words, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    """The names in the wheel."""
    [path] = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_library_and_the_lessons(wheel):
    data = f"eduflow-{VERSION}.data/data/share/eduflow/lessons/"
    assert {name.removeprefix(data) for name in wheel if name.startswith(data)} == LESSONS
    python = {path.relative_to(ROOT).as_posix() for path in (ROOT / "eduflow").rglob("*.py")}
    assert python <= wheel
    assert "eduflow/course/static/learner.md" in wheel


def test_the_wheel_holds_nothing_stray(wheel):
    info = f"eduflow-{VERSION}.dist-info/"
    rest = {name for name in wheel if not name.startswith(info)}
    assert {name.split("/")[0] for name in rest} == {"eduflow", f"eduflow-{VERSION}.data"}
    assert {Path(name).suffix for name in rest} <= DATA | {".py"}


def test_the_source_archive_builds_the_same(built):
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"lessons/{name}" for name in LESSONS} <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "LICENSE-lessons"} <= names


def test_an_installed_wheel_starts_a_learner_anywhere(built, tmp_path):
    [path] = built.glob("*.whl")
    prefix = tmp_path / "a prefix"
    # Without --ignore-installed pip would take the tested checkout out of its environment.
    words = ["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--ignore-installed"]
    words += ["--prefix", str(prefix)]
    subprocess.run([sys.executable, *words, str(path)], check=True)
    site = next(prefix.rglob("eduflow/__init__.py")).parents[1]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); sys.prefix = {str(prefix)!r}\n"
        "from eduflow.course.cli import main; sys.argv = ['eduflow', 'start', 'learn']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert "learn" in done.stdout, done.stderr
    assert {path.name for path in elsewhere.rglob("[0-9][0-9]_*.ipynb")} == LESSONS


def test_version_citation_and_changelog_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^version: {re.escape(VERSION)}$", citation, re.MULTILINE)
    assert eduflow.version.eduflow == VERSION
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(VERSION)
    released = [heading for heading in headings if heading != "Unreleased"]
    date = re.search(r'^date-released: "(.+)"$', citation, re.MULTILINE)[1]
    assert released[0] == f"{VERSION} ({date})"
