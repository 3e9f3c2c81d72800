"""Make the pages that follow from what is in the repository: lessons, galleries, the library.

Widgets become programs of the page itself here: a page without a kernel, a widget manager and a
network can still be asked, moved and answered. Pictures get the words that say what they show.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

from matplotlib.image import imread

from eduflow.course.edition import minutes, promise, title
from eduflow.course.embed import live_html
from eduflow.course.frame import CELLAR
from eduflow.course.notebook import Notebook, is_marker, read_notebook
from eduflow.course.stubs import has_solution, without_solutions

WIDGETS = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
LIST = "all.md"
SOLUTION = """\
<details><summary>One solution</summary>

```python
{}
```

</details>
"""
# From which share of dark ink on a picture has black lines or letters, which a dark page turns
# white, and from which it shows pictures of things, which get a pale ground there instead.
LINES, PHOTOGRAPHS = 0.0005, 0.03
ALT = re.compile(r"^# alt:(.*(?:\n#.*)*)\n?", re.MULTILINE)
# The galleries as a reader meets them: from numbers to networks.
GALLERIES = {
    "Tensors": (
        "creating_and_printing",
        "views_and_shapes",
        "indexing_and_scattering",
        "random_numbers",
    ),
    "Operations and their gradients": (
        "elementwise_functions",
        "reductions_and_sorting",
        "matrix_products",
        "autograd_tools",
    ),
    "Layers": (
        "activations",
        "losses",
        "convolution_arithmetic",
        "pooling",
        "normalization",
        "padding_and_resizing",
    ),
    "Networks and training": ("modules_and_hooks", "optimizers", "saving_and_data"),
}


def lesson_files(folder: Path) -> list[Path]:
    """The lessons' notebooks in a folder, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def lesson_books(folder: Path) -> list[Notebook]:
    """The lessons in a folder, in order."""
    return [read_notebook(path) for path in lesson_files(folder)]


def copy_lessons(source: Path, target: Path) -> None:
    """Copy the notebooks next to the book's sources.

    Copies, not a link: Sphinx resolves a link to its real place outside the book, where links
    from one notebook to another lead nowhere. Unchanged copies keep their age, so that a second
    build is quick.
    """
    target.mkdir(exist_ok=True)
    wanted = {path.name: path for path in lesson_files(source)}
    for old in target.iterdir():
        if old.name not in wanted and old.name != LIST and old.is_file():
            old.unlink()
    for name, path in wanted.items():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        put_widgets_into_the_page(notebook)
        describe_pictures(notebook)
        fold_solutions(notebook)
        fold_outcomes(notebook)
        offer_to_run(notebook, name)
        lead_to(notebook, "](../book/reference/", "](../reference/")
        write(target / name, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    pictures = source / "images"
    if pictures.is_dir():
        shutil.copytree(pictures, target / "images", dirs_exist_ok=True)


def fold_solutions(notebook: dict[str, Any]) -> None:
    """Let an exercise stand there as learners get it, and below it, folded, one solution."""
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not has_solution(source):
            continue
        cell["source"] = without_solutions(source)
        lines = [line for line in source.split("\n") if not is_marker(line)]
        cells.append(
            {
                "cell_type": "markdown",
                "id": f"{cell['id'][:55]}-solution",
                "metadata": {},
                "source": SOLUTION.format("\n".join(lines)),
            }
        )
    notebook["cells"] = cells


def fold_outcomes(notebook: dict[str, Any]) -> None:
    """Fold what the cell after a prediction shows, so that there is something to predict.

    What lives in the page, such as an explorer, stays: it has to be seen to be moved.
    """
    asked = False
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        pages = [output.get("data", {}).get("text/html", "") for output in cell["outputs"]]
        if asked and pages and not any("<script" in "".join(page) for page in pages):
            cell["metadata"].setdefault("tags", []).append("hide-output")
        asked = "".join(cell["source"]).startswith("predict(")


def offer_to_run(notebook: dict[str, Any], name: str) -> None:
    """Put a button below the lesson's promise that opens the learner's copy in the browser."""
    title = notebook["cells"][0]
    address = f"../lite/notebooks/index.html?path=lessons/{name}"
    button = (
        f'\n\n<p class="ef-run"><a href="{address}">Run this lesson in your browser</a> Nothing to '
        "install; the first time about 30 MB arrive. What you write is kept there.</p>\n"
    )
    title["source"] = "".join(title["source"]).rstrip() + button


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


def describe_pictures(notebook: dict[str, Any], both_themes: bool = False) -> None:
    """Give each stored picture its alt text, and say how it comes onto a dark page.

    The text is what the comment `# alt: ...` in the cell that draws says; the page need not show
    it twice. A cell without one takes the caption below it, `*Picture: ...*`.
    With `both_themes` pictures are drawn for both and stay as they are.
    """
    cells = notebook["cells"]
    for cell, below in zip(cells, [*cells[1:], None], strict=True):
        if pictures := pictures_of(cell):
            source = "".join(cell["source"])
            words = alt_text(source) or caption(below)
            image = {"alt": words} if words else {}
            ink = 0.0 if both_themes else max(map(dark_ink, pictures))
            if ink < PHOTOGRAPHS:
                image["classes"] = "dark-light" if ink < LINES else "dark-light ef-lines"
            cell["metadata"].setdefault("mystnb", {})["image"] = image
            cell["source"] = ALT.sub("", source)


def pictures_of(cell: dict[str, Any]) -> list[bytes]:
    """The pictures that a cell has drawn."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [base64.b64decode("".join(d["image/png"])) for d in data if "image/png" in d]


def dark_ink(picture: bytes) -> float:
    """The share of a picture that would vanish on a dark page."""
    pixels = imread(io.BytesIO(picture))
    dark = (pixels[..., :3].max(-1) < 0.25) & (pixels[..., 3] > 0.8)
    return float(dark.mean())


def alt_text(source: str) -> str:
    """What the comment that begins with `# alt:` says, in one line."""
    found = ALT.search(source)
    return " ".join(found[1].replace("\n#", " ").split()) if found else ""


def caption(cell: dict[str, Any] | None) -> str:
    """The caption with which a Markdown cell begins, without its marks."""
    text = "".join(cell["source"]) if cell and cell["cell_type"] == "markdown" else ""
    found = re.match(r"\*Picture: (.*?)\*(?:\n\n|$)", text, re.DOTALL)
    return " ".join(found[1].replace("`", "").split()) if found else ""


def gallery_page(text: str) -> str:
    """A gallery of `book/reference` as the book shows it.

    Pictures get their words; links to lessons lead to the copies inside the book.
    """
    notebook = json.loads(text)
    describe_pictures(notebook, both_themes=True)
    lead_to(notebook, "](../../lessons/", "](../lessons/")
    return json.dumps(notebook, ensure_ascii=False)


def lead_to(notebook: dict[str, Any], old: str, new: str) -> None:
    """Lead links that fit the repository's folders to where the book has the pages."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = "".join(cell["source"]).replace(old, new)


def write_gallery_list(galleries: Path) -> None:
    """Write the page that lists the galleries, each with its title and first sentence."""
    lines = ["# Reference", "", "Galleries to look things up in: pictures, tables, small examples."]
    lines += ["Everything in them is public, and prints the same under PyTorch.", ""]
    for heading, slugs in GALLERIES.items():
        lines += [f"## {heading}", ""]
        for slug in slugs:
            path = galleries / f"{slug}.ipynb"
            lines.append(f"- [{title_of(path)}]({slug}.ipynb): {first_sentence(path)}")
        lines.append("")
    slugs = [slug for part in GALLERIES.values() for slug in part]
    lines += ["```{toctree}", ":hidden:", ":maxdepth: 1", "", *slugs, "```", ""]
    write(galleries / LIST, "\n".join(lines))


def first_sentence(path: Path) -> str:
    """The first sentence below the notebook's title, without links."""
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    text = "".join(first["source"]).split("\n\n")[1]
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def write_lesson_list(lessons: Path) -> None:
    """Write the page that lists the lessons floor by floor."""
    books = lesson_books(lessons)
    lines = ["# Lessons", ""]
    for book in books:
        if book.number == CELLAR:
            lines += ["## The cellar", "", "What all floors stand on, in any order.", ""]
        time = f"({minutes(book)})" if minutes(book) else ""
        lines += [f"**{book.number:02d} [{title(book)}]({book.slug}.ipynb)** {time}<br>"]
        lines += [promise(book), ""]
    slugs = [book.slug for book in books]
    lines += ["", "```{toctree}", ":hidden:", ":maxdepth: 1", "", *slugs, "```", ""]
    write(lessons / LIST, "\n".join(lines))


def title_of(path: Path) -> str:
    """Return the notebook's first heading."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line.removeprefix("# ").strip()
    return path.stem


def write(path: Path, text: str) -> None:
    """Write a page unless it is there already: an unchanged file keeps its age."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
