"""eduflow as a wheel for the browser: the same bytes from the same files."""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from eduflow.course.notebook import without_outputs

WHEEL = "Wheel-Version: 1.0\nGenerator: eduflow\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def settings(root: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def version_of(root: Path) -> str:
    """The project's version."""
    version: str = settings(root)["project"]["version"]
    return version


def build(root: Path, folder: Path) -> dict[str, Any]:
    """Write the wheel of the checkout `root` into `folder`; its entry in Pyodide's list."""
    version = version_of(root)
    wheel = folder / f"eduflow-{version}-py3-none-any.whl"
    info = f"eduflow-{version}.dist-info"
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: eduflow\nVersion: {version}\n",
        f"{info}/WHEEL": WHEEL,
        f"{info}/RECORD": "",
    }
    patterns = ["*.py", *settings(root)["tool"]["setuptools"]["package-data"]["*"]]
    files = {file for pattern in patterns for file in (root / "eduflow").rglob(pattern)}
    contents = {file.relative_to(root).as_posix(): file.read_bytes() for file in files}
    contents |= {name: text.encode() for name, text in texts.items()}
    for path in sorted((root / "lessons").glob("*.ipynb")):
        contents[f"lessons/{path.name}"] = _without_outputs(path)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return {
        "source": "own",
        "version": version,
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": ["eduflow"],
        "depends": ["numpy", "matplotlib", "ipywidgets", "anywidget"],
    }


def _without_outputs(path: Path) -> bytes:
    """A lesson as `solution()` and `trace()` need it: beside the package, the cells alone."""
    book = json.loads(path.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        without_outputs(cell)
    return json.dumps(book, ensure_ascii=False, sort_keys=True).encode()
