"""Make the pages that follow from what is in the repository: lessons, their list, the library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

LIST = "all.md"


def copy_lessons(source: Path, target: Path) -> None:
    """Copy the notebooks next to the book's sources.

    Copies, not a link: Sphinx resolves a link to its real place outside the book, where links
    from one notebook to another lead nowhere. Unchanged copies keep their age, so that a second
    build is quick.
    """
    target.mkdir(exist_ok=True)
    wanted = {path.name: path for path in sorted(source.glob("[0-9][0-9]_*.ipynb"))}
    for old in target.iterdir():
        if old.name not in wanted and old.name != LIST and old.is_file():
            old.unlink()
    for name, path in wanted.items():
        if not (target / name).exists() or (target / name).read_bytes() != path.read_bytes():
            shutil.copyfile(path, target / name)
    pictures = source / "images"
    if pictures.is_dir():
        shutil.copytree(pictures, target / "images", dirs_exist_ok=True)


def write_lesson_list(lessons: Path) -> None:
    """Write the page that lists the lessons floor by floor, annexes below their lesson."""
    slugs = sorted((path.stem for path in lessons.glob("*.ipynb")), key=_place)
    lines = ["# Lessons", ""]
    for slug in slugs:
        indent = "  " if slug.endswith("_annex") else ""
        lines.append(f"{indent}- [{title_of(lessons / f'{slug}.ipynb')}]({slug}.ipynb)")
    if not slugs:
        lines.append("The first lesson is being written.")
    lines += ["", "```{toctree}", ":hidden:", ":maxdepth: 1", "", *slugs, "```", ""]
    _write(lessons / LIST, "\n".join(lines))


def title_of(path: Path) -> str:
    """Return the notebook's first heading."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line.removeprefix("# ").strip()
    return path.stem


def write_api_pages(package: Path, target: Path) -> None:
    """Write one page per module of the library, and the page that lists them."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    modules = [_dotted(package, path) for path in sorted(package.rglob("*.py"))]
    modules = [name for name in modules if _is_library(name)]
    for name in modules:
        lines = [f"# {name}", "", "```{eval-rst}", f".. automodule:: {name}"]
        lines += ["   :members:", "   :undoc-members:", "```", ""]
        _write(target / f"{name}.md", "\n".join(lines))
    lines = ["# The library", "", "One page for each file that the lessons build.", ""]
    lines += ["```{toctree}", ":maxdepth: 1", "", *modules, "```", ""]
    _write(target / "index.md", "\n".join(lines))


def _is_library(name: str) -> bool:
    parts = name.split(".")[1:]
    hand_written = parts[:1] in (["course"], ["show"])
    return bool(parts) and not hand_written and not any(part.startswith("_") for part in parts)


def _dotted(package: Path, path: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts)


def _place(slug: str) -> tuple[int, bool, str]:
    return int(slug[:2]), slug.endswith("_annex"), slug


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
