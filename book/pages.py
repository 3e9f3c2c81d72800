"""Make the pages that follow from what is in the repository: lessons, their list, the library.

Widgets become programs of the page itself here: a page without a kernel, a widget manager and a
network can still be asked, moved and answered.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from eduflow.course.embed import live_html

WIDGETS = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
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
        notebook = json.loads(path.read_text(encoding="utf-8"))
        put_widgets_into_the_page(notebook)
        _write(target / name, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    pictures = source / "images"
    if pictures.is_dir():
        shutil.copytree(pictures, target / "images", dirs_exist_ok=True)


def put_widgets_into_the_page(notebook: dict[str, Any]) -> None:
    """Replace each stored widget by HTML that holds its module and its state.

    Outputs whose HTML is alive already only lose their widget; the rest of the notebook stays.
    """
    widgets = notebook["metadata"].pop("widgets", {}).get(WIDGETS, {}).get("state", {})
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            view = data.pop(VIEW, None)
            page = "".join(data.get("text/html", ""))
            if view is None or "<script>" in page:
                continue
            state = widgets.get(view["model_id"], {}).get("state", {})
            if "_esm" in state:
                own = {key: value for key, value in state.items() if not key.startswith("_")}
                data["text/html"] = live_html(state["_esm"], state["_css"], own, page)


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
