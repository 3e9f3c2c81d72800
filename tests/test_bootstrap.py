"""Setting up: tools/bootstrap.py and tools/find-python.sh, without a network.

Each checkout here is a small one whose path has blanks and umlauts. Its environment is a real one,
but for pip: that is a stand-in which writes down how it was called and makes `eduflow` importable.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PIP = """\
import json, os, pathlib, site, sys
checkout = pathlib.Path.cwd()
with open(checkout / "pip.log", "a", encoding="utf-8") as log:
    log.write(json.dumps({"words": sys.argv[1:], "environment": dict(os.environ)}) + "\\n")
if (checkout / "offline").exists() or "--no-index" in sys.argv and (checkout / "lacking").exists():
    sys.exit(1)
folder = pathlib.Path(__file__).parents[1]
(folder / "eduflow.pth").write_text(str(checkout), encoding="utf-8")
"""
SCRIPT = "#!{}\nimport sys\nprint(sys.prefix)\n"


def load_bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bootstrap = load_bootstrap()


class Checkout:
    """A small checkout with an environment of its own."""

    def __init__(self, path):
        self.path, self.venv = path, path / ".venv"
        self.python = Path(bootstrap.python_of(str(self.venv)))

    @property
    def packages(self):
        command = "import sysconfig; print(sysconfig.get_path('purelib'))"
        said = subprocess.check_output([self.python, "-I", "-c", command], encoding="utf-8")
        return Path(said.strip())

    def ready(self, *extras, **variables):
        """Run bootstrap for `extras`; the finished process."""
        command = [sys.executable, "tools/bootstrap.py", ".venv", *extras]
        environment = os.environ | {"PYTHONUTF8": "1"} | variables
        return subprocess.run(
            command, cwd=self.path, env=environment, capture_output=True, encoding="utf-8"
        )

    def calls(self):
        """How pip was called so far, and forget it."""
        log = self.path / "pip.log"
        calls = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [json.loads(call) for call in calls]

    def imports(self):
        """The file that `import eduflow` runs in the environment, started elsewhere."""
        command = [self.python, "-I", "-X", "utf8", "-c", "import eduflow; print(eduflow.__file__)"]
        return Path(subprocess.check_output(command, encoding="utf-8").strip())

    def edit(self, name, before, after):
        text = (self.path / name).read_text(encoding="utf-8")
        assert before in text
        (self.path / name).write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    made = Checkout(tmp_path / "Kurs für Späße")
    for folder in ("eduflow", "tools"):
        (made.path / folder).mkdir(parents=True)
    (made.path / "eduflow" / "__init__.py").touch()
    for name in ("pyproject.toml", "constraints.txt", "tools/bootstrap.py"):
        shutil.copy(ROOT / name, made.path / name)
    subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", made.venv])
    (made.packages / "pip").mkdir()
    (made.packages / "pip" / "__init__.py").touch()
    (made.packages / "pip" / "__main__.py").write_text(PIP, encoding="utf-8")
    return made


def test_the_checkout_is_installed_once_editable_and_with_its_pins(checkout):
    assert checkout.ready("lab").returncode == 0
    assert checkout.calls()[0]["words"][-4:-2] == ["--no-index", "--no-build-isolation"]
    assert checkout.imports() == checkout.path / "eduflow" / "__init__.py"
    again = checkout.ready("lab")
    assert (again.returncode, again.stdout, checkout.calls()) == (0, "", [])
    checkout.ready("test")
    (call,) = checkout.calls()
    assert call["words"][-2:] == ["-e", ".[lab,test]"]
    assert call["words"][call["words"].index("-c") + 1] == "constraints.txt"


def test_without_what_is_needed_pip_may_use_the_network(checkout):
    (checkout.path / "lacking").touch()
    assert checkout.ready("lab").returncode == 0
    first, second = (call["words"] for call in checkout.calls())
    assert "--no-index" in first
    assert "--no-index" not in second
    assert "setuptools>=77" in second, "without it no editable install can be mended offline"


def test_new_dates_and_comments_are_no_new_requirements(checkout):
    checkout.ready("lab")
    checkout.calls()
    checkout.edit("pyproject.toml", "line-length = 100", "line-length = 99  # narrower")
    checkout.edit("constraints.txt", "# One list", "# A list")
    os.utime(checkout.path / "tools" / "bootstrap.py")
    (checkout.path / "offline").touch()
    assert checkout.ready("lab").returncode == 0
    assert checkout.calls() == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("pyproject.toml", '"numpy>=2.0"', '"numpy>=2.1"'),
        ("pyproject.toml", '"jupyterlab>=4.4"', '"jupyterlab>=4.5"'),
        ("constraints.txt", "numpy==", "numpy==1"),
    ],
)
def test_new_requirements_are_noticed(checkout, name, before, after):
    checkout.ready("lab")
    checkout.calls()
    checkout.edit(name, before, after)
    assert checkout.ready("lab").returncode == 0
    assert len(checkout.calls()) == 1


def test_a_failed_install_says_what_to_do_and_is_tried_again(checkout):
    (checkout.path / "offline").touch()
    failed = checkout.ready("lab")
    assert failed.returncode == 1
    assert "pip could not install eduflow[lab]" in failed.stderr
    assert "No network?" in failed.stderr
    (checkout.path / "offline").unlink()
    checkout.calls()
    assert checkout.ready("lab").returncode == 0
    assert len(checkout.calls()) == 1


def test_wishes_to_install_elsewhere_do_not_reach_pip(checkout):
    wishes = {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "PIP_PREFIX": "/nowhere",
              "PIP_NO_DEPS": "1", "PYTHONPATH": "/nowhere", "PIP_TIMEOUT": "99"}  # fmt: skip
    assert checkout.ready("lab", **wishes).returncode == 0
    (call,) = checkout.calls()
    assert call["environment"]["PIP_USER"] == "0"
    assert call["environment"]["PIP_TIMEOUT"] == "99", "how to reach an index is the user's matter"
    assert not {"PIP_TARGET", "PIP_PREFIX", "PIP_NO_DEPS", "PYTHONPATH"} & set(call["environment"])


@pytest.mark.parametrize("carry", [shutil.move, shutil.copytree], ids=["moved", "copied"])
@pytest.mark.parametrize("name", ["short", "längerer Ort"])
def test_a_checkout_elsewhere_gets_its_environment_mended(checkout, tmp_path, carry, name):
    checkout.ready("lab", "test")
    (checkout.packages / "kept.txt").touch()
    script = Path(bootstrap.folder_of(checkout.venv)) / "a-tool"
    script.write_text(SCRIPT.format(checkout.python), encoding="utf-8")
    checkout.calls()
    options = {"symlinks": True} if carry is shutil.copytree else {}
    carry(checkout.path, tmp_path / name, **options)
    there = Checkout(tmp_path / name)
    mended = there.ready("lab")
    assert mended.returncode == 0, mended.stderr
    assert "came from another place" in mended.stdout
    assert there.imports() == there.path / "eduflow" / "__init__.py"
    assert (there.packages / "kept.txt").exists()
    assert [call["words"][-1] for call in there.calls()] == [".[lab,test]"]
    assert str(there.venv) in (there.venv / "pyvenv.cfg").read_text(encoding="utf-8")
    if os.name != "nt":
        (there.venv / "bin" / "a-tool").chmod(0o755)
        said = subprocess.check_output([there.venv / "bin" / "a-tool"], encoding="utf-8")
        assert Path(said.strip()) == there.venv
    assert there.ready("test").stdout == ""
    if carry is shutil.copytree:
        assert checkout.imports() == checkout.path / "eduflow" / "__init__.py"
        assert checkout.ready("lab").stdout == ""


def test_an_environment_that_imports_another_checkout_is_mended(checkout, tmp_path):
    checkout.ready("lab")
    other = tmp_path / "other"
    shutil.copytree(checkout.path / "eduflow", other / "eduflow")
    (checkout.packages / "eduflow.pth").write_text(str(other), encoding="utf-8")
    assert checkout.ready("lab").returncode == 0
    assert checkout.imports() == checkout.path / "eduflow" / "__init__.py"


def test_an_environment_that_does_not_start_is_made_anew(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(bootstrap, "has", lambda *module: True)
    monkeypatch.setattr(
        bootstrap.subprocess, "check_call", lambda words, **_: commands.append(words)
    )
    venv = tmp_path / ".venv"
    venv.mkdir()
    assert bootstrap.probe(str(venv)) is None
    bootstrap.create(str(venv))
    assert commands == [[sys.executable, "-m", "venv", str(venv)]]


def test_a_python_without_venv_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "has", lambda *module: False)
    with pytest.raises(SystemExit, match=r"sudo apt-get install python3\.\d+-venv"):
        bootstrap.create(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (b"#!/old/.venv/bin/python\nprint(1)\n", True),
        (b"#!/old/.venv/bin/python3.12\nprint(1)\n", True),
        (b"#!/bin/sh\n'''exec' \"/old place/bin/python\" \"$0\" \"$@\"\n' '''\nprint(1)\n", True),
        (b"#!/bin/sh\nprint(1)\n", False),
        (b"\x7fELF\x00\xff\n", False),
        (b"", False),
    ],
)
def test_only_python_scripts_get_a_new_first_line(tmp_path, content, changes):
    path = tmp_path / "script"
    path.write_bytes(content)
    bootstrap.readdress(str(path), "/new/bin/python")
    assert path.read_bytes() == (b"#!/new/bin/python\nprint(1)\n" if changes else content)
    bootstrap.readdress(str(path), "/a new/bin/python")
    blank = b"#!/bin/sh\n'''exec' \"/a new/bin/python\" \"$0\" \"$@\"\n' '''\nprint(1)\n"
    assert path.read_bytes() == (blank if changes else content)


needs_sh = pytest.mark.skipif(os.name == "nt" or not shutil.which("sh"), reason="needs a shell")


def find_python(*words, **variables):
    command = ["sh", ROOT / "tools" / "find-python.sh", *words]
    return subprocess.run(
        command, env=os.environ | variables, capture_output=True, encoding="utf-8"
    )


@needs_sh
def test_a_python_is_found_by_a_path_with_blanks(tmp_path):
    folder = tmp_path / "eigene Dateien ä"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    assert find_python(str(folder / "python")).stdout.strip() == str(folder / "python")


@needs_sh
@pytest.mark.parametrize(
    ("version", "fits"), [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False)]
)
def test_versions_that_fit(tmp_path, version, fits):
    fake = tmp_path / "python"
    number = ".".join(map(str, version))
    run = f"import sys; sys.version_info = ({version[0]}, {version[1]}, 1); exec(sys.argv[1])"
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {number}.1" && exit\n'
        f'exec "{sys.executable}" -c "{run}" "$2"\n'
    )
    fake.chmod(0o755)
    found = find_python(str(fake))
    assert found.stdout.strip() == (str(fake) if fits else "")
    assert fits or f"and '{fake}' is Python {number}.1." in found.stderr


@needs_sh
def test_the_environment_s_own_python_will_do_where_there_is_no_other(tmp_path):
    shell = Path(shutil.which("sh"))
    (tmp_path / "sh").symlink_to(shell)
    found = find_python("", sys.executable, PATH=str(tmp_path))
    assert found.stdout.strip() == sys.executable
    missing = find_python("", str(tmp_path / "none"), PATH=str(tmp_path))
    assert missing.returncode == 1
    assert "no 'python3' was found" in missing.stderr


def test_all_texts_name_the_same_pythons():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [
        tuple(map(int, match[1].split(".")))
        for line in project["classifiers"]
        if (match := re.fullmatch(r"Programming Language :: Python :: (\d+\.\d+)", line))
    ]
    assert (versions[0], versions[-1]) == (bootstrap.OLDEST, bootstrap.NEWEST)
    oldest, newest = (".".join(map(str, version)) for version in (versions[0], versions[-1]))
    assert project["requires-python"] == f">={oldest}"
    shell = (ROOT / "tools" / "find-python.sh").read_text(encoding="utf-8")
    assert f"{versions[0]} <= sys.version_info[:2] <= {versions[-1]}" in shell
    for name in ("README.md", "constraints.txt", "book/index.md"):
        assert f"Python {oldest} to {newest}" in (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_no_checkout_gets_carriage_returns(tmp_path):
    git = ["git", "-C", tmp_path, "-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    subprocess.check_call([*git, "init", "-q"])
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    text = ["a.sh", "a.ipynb", "a.py", "Makefile", "run", "a.md", "a.json"]
    content = dict.fromkeys(text, b"one\ntwo\n") | {"a.npz": b"one\r\ntwo\n", "a.gz": b"\r\n\n"}
    for name, held in content.items():
        (tmp_path / name).write_bytes(held)
    subprocess.check_call([*git, "add", "."], stderr=subprocess.DEVNULL)
    for name in content:
        (tmp_path / name).unlink()
    subprocess.check_call([*git, "checkout", "-q", "--", "."])
    assert {name: (tmp_path / name).read_bytes() for name in content} == content
