"""Gather: write the package that the lessons build.

Each `#| export PATH` cell is copied into the file it names. Package files (`__init__.py`) and
`_floors.py` are made from what is found. Nothing of the framework is imported or run. If there
is any problem, all problems are reported and no file is touched.
"""

from __future__ import annotations

import ast
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import names
from .errors import Problems
from .files import write_if_changed
from .house import Floor, House, Module, read_house
from .notebook import packages_of

BUILT_BY = "# Built by "
PUBLIC_NAMES = "# %% public names"
LINE = 100
MADE = f"{BUILT_BY}`make gather` from all lessons. Changes made here would be lost.\n"


@dataclass
class Gathered:
    """What gathering did, or with `check` would do. Paths are relative to the package folder."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def differs(self) -> list[str]:
        """Every file that is not as the lessons say."""
        return self.written + self.removed


def gather(
    lessons: Path,
    target: Path,
    *,
    package: str = "eduflow",
    check: bool = False,
    force: bool = False,
) -> Gathered:
    """Write the package built by the notebooks in `lessons` into the folder `target`.

    With `check` nothing is written. A file that was edited by hand since it was gathered is kept
    safe: gather refuses until `scatter` has carried the edit back, or `force` gives it up.
    Raises Problems with everything that is wrong.
    """
    house = read_house(lessons, package)
    if house.problems:
        raise Problems(house.problems)
    target = Path(target)
    files = plan(house, version_of(Path(lessons).resolve().parent))
    problems = _unsafe(target, files, force or check)
    if problems:
        raise Problems(problems)
    result = Gathered()
    for path, text in files.items():
        same = _read(target / path) == text
        (result.unchanged if same else result.written).append(path)
        if not (same or check):
            write_if_changed(target / path, text)
    for path in _stale(target, files):
        result.removed.append(path)
        if not check:
            (target / path).unlink()
            _remove_empty(target, (target / path).parent)
    return result


def plan(house: House, version: str) -> dict[str, str]:
    """Every file of the package and its text."""
    files = {module.path: module_text(module) for module in house.modules.values()}
    digests = {path: digest(text) for path, text in files.items()}
    for folder in house.folders():
        files["/".join([*folder, "__init__.py"])] = _init_text(house, folder, version)
    files["_floors.py"] = _floors_text(house, digests, version)
    return files


def digest(text: str) -> str:
    """A short fingerprint of a gathered file, to tell later on whether it was edited."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def version_of(root: Path) -> str:
    """The version in `pyproject.toml`, or 0.0.0 where there is none."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "0.0.0"


# The text of each kind of file


def header(module: Module) -> str:
    """The first line of a gathered module."""
    return f"{BUILT_BY}{module.notebook.name}. Edit it there, or here and `make scatter`."


def module_text(module: Module) -> str:
    """A gathered module: header, the cells each below their marker, and the public names."""
    chunks = [f"# %% {part.cell.id}\n{part.text}".rstrip("\n") for part in module.parts]
    chunks.append(f"{PUBLIC_NAMES}\n{all_text(module.public)}")
    return f"{header(module)}\n" + "\n\n\n".join(chunks) + "\n"


def all_text(public: list[str]) -> str:
    """The `__all__` assignment."""
    return f"__all__ = {literal(public, used=len('__all__ = '))}"


def literal(value: Any, indent: int = 0, used: int = 0) -> str:
    """Python source for plain data, laid out as the formatter would lay it out."""
    one_line = _one_line(value)
    if used + len(one_line) <= LINE or not isinstance(value, (list, dict)) or not value:
        return one_line
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        heads = [f"{pad}{_one_line(key)}: " for key in value]
        items = [(head, item) for head, item in zip(heads, value.values(), strict=True)]
    else:
        items = [(pad, item) for item in value]
    lines = [f"{head}{literal(item, indent + 4, len(head) + 1)}," for head, item in items]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, *lines, " " * indent + closing])


def _one_line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_one_line(k)}: {_one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_one_line, value)) + "]"
    if isinstance(value, str) and ('"' not in value or "'" in value):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _init_text(house: House, folder: tuple[str, ...], version: str) -> str:
    lines: list[str] = []
    exported: list[str] = []
    children: dict[str, None] = {}
    for module in house.modules.values():
        leaf = ".".join(module.export.parts[len(folder) :])
        if folder in packages_of(module.export.parts) and module.lifted:
            lines.append(_import_line(leaf, module.public))
            exported += module.public
        elif module.folder == folder:
            if module.export.namespace:
                lines.append(f"from . import {leaf}")
                exported.append(leaf)
            else:
                lines.append(f"from . import {leaf} as {leaf}")
        if module.folder != folder and module.folder[: len(folder)] == folder:
            children[module.folder[len(folder)]] = None
    lines += [f"from . import {child}" for child in children]
    exported += children
    doc = ".".join(("torch", *folder)) + ", as the lessons built it."
    if not folder:
        doc = "A deep-learning framework with PyTorch's names, built lesson by lesson on NumPy."
        lines.append(f'\n__version__ = "{version}"')
    return f'{MADE}"""{doc}"""\n\n' + "\n".join([*lines, "", all_text(sorted(exported))]) + "\n"


def _import_line(leaf: str, public: list[str]) -> str:
    line = f"from .{leaf} import {', '.join(public)}"
    if len(line) <= LINE:
        return line
    return f"from .{leaf} import (\n" + "".join(f"    {name},\n" for name in public) + ")"


def _floors_text(house: House, digests: dict[str, str], version: str) -> str:
    floors: dict[str, Any] = {}
    for notebook in house.notebooks:
        floors[notebook.slug] = {"title": notebook.title, "modules": {}}
    for module in house.modules.values():
        floors[module.notebook.slug]["modules"][module.path] = {
            "names": module.public,
            "methods": names.methods(module.statements),
            "namespace": module.export.namespace,
            "digest": digests[module.path],
        }
    return (
        f"{MADE}"
        '"""Which lesson builds what; the course reads this to say where a missing name comes '
        'from."""\n\n'
        f"VERSION = {_one_line(version)}\nFLOORS = {literal(floors, used=9)}\n"
    )


def read_floors(target: Path) -> dict[str, Any]:
    """FLOORS from a gathered package, read as data; empty if there is none."""
    text = _read(Path(target) / "_floors.py")
    if text is None:
        return {}
    try:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FLOORS":
                floors: dict[str, Any] = ast.literal_eval(node.value)
                return dict(sorted(floors.items(), key=lambda item: (Floor.of(item[0]), item[0])))
    except (SyntaxError, ValueError):
        pass
    return {}


def recorded_digests(target: Path) -> dict[str, str]:
    """The fingerprint of every module file as it was last gathered."""
    return {
        path: module.get("digest", "")
        for floor in read_floors(target).values()
        for path, module in floor["modules"].items()
    }


# What stands in the package folder already


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_built(text: str | None) -> bool:
    return text is not None and text.startswith(BUILT_BY)


def _unsafe(target: Path, files: dict[str, str], force: bool) -> list[str]:
    """A message for every file that gather must not overwrite."""
    problems = []
    recorded = recorded_digests(target)
    for path, text in files.items():
        old = _read(target / path)
        if old is None or old == text or not old.strip():
            continue
        shown = f"{target.name}/{path}"
        if not _is_built(old):
            problems.append(
                f"{shown}: this file was written by hand (no `{BUILT_BY.strip()}` in its first "
                "line), so it is left alone.\n"
                "  Export to another file, or move the hand-written one away."
            )
        elif not force and path in recorded and digest(old) != recorded[path]:
            problems.append(
                f"{shown}: it was edited since it was gathered; gathering would lose the edit.\n"
                "  Carry the edit into the lesson with `make scatter`, or give it up with "
                "`gather --force`."
            )
    for path in _stale(target, files):
        old = _read(target / path) or ""
        if not force and digest(old) != recorded.get(path, digest(old)):
            problems.append(
                f"{target.name}/{path}: no cell exports to this file any more, and it was edited "
                "since it was gathered.\n  Move the edit to a lesson, or use `gather --force`."
            )
    return problems


def _stale(target: Path, files: dict[str, str]) -> list[str]:
    """Gathered files whose cells are gone."""
    found = []
    for path in sorted(target.rglob("*.py")) if target.is_dir() else []:
        inside = path.relative_to(target).as_posix()
        if inside not in files and inside.split("/")[0] not in ("course", "show"):
            with path.open(encoding="utf-8", errors="replace") as stream:
                if stream.readline().startswith(BUILT_BY):
                    found.append(inside)
    return found


def _remove_empty(target: Path, folder: Path) -> None:
    """Remove a folder that holds nothing but Python's cache, and its parents in turn."""
    while folder != target and target in folder.parents:
        rest = [item for item in folder.iterdir() if item.name != "__pycache__"]
        if rest:
            return
        for item in (folder / "__pycache__").glob("*.pyc"):
            item.unlink()
        if (folder / "__pycache__").is_dir():
            (folder / "__pycache__").rmdir()
        folder.rmdir()
        folder = folder.parent
