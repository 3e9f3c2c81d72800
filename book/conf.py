"""The book: lessons and galleries with their stored outputs, and the library's own pages.

`make book` builds it. Nothing is executed here. Explorers and questions live in their pages and
need no network. The one thing that the browser takes from a CDN is the typesetting of formulas
(MathJax).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

BOOK = Path(__file__).parent
ROOT = BOOK.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(BOOK))

from pages import (  # noqa: E402
    copy_lessons,
    gallery_page,
    write_api_pages,
    write_gallery_list,
    write_lesson_list,
)

# The one place that says where the course lives; the launch buttons are made from it.
REPOSITORY = "https://github.com/eduflow-course/eduflow"
BRANCH = "main"

copy_lessons(ROOT / "lessons", BOOK / "lessons")
write_lesson_list(BOOK / "lessons")
write_gallery_list(BOOK / "reference")
write_api_pages(ROOT / "eduflow", BOOK / "api")

project = "eduflow"
author = "The eduflow developers"
copyright = "the eduflow developers; lessons CC BY 4.0, code MIT"
html_title = "eduflow"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
suppress_warnings = ["mystnb.unknown_mime_type"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"
add_module_names = False
# What is no markup: an underscore behind a word, and a star that begins no *emphasis*.
MARKS = re.compile(r"(\*\w(?:[^*]*[\w.])?\*(?!\w))|(?<=\w)_(?!\w)|\*(?=\S)")
# Docstrings name types in plain words; those words have no pages to point at.
nitpick_ignore_regex = [("py:.*", ".*")]


def plain_words(app, what, name, thing, options, lines):
    """Keep reStructuredText from reading links into `relu_` and emphasis into `*sizes`.

    What stands between backticks, and indented code, is left alone.
    """
    for number, line in enumerate(lines):
        if not line.startswith("    "):
            parts = re.split("(`+[^`]*`+)", line)
            parts[::2] = [MARKS.sub(lambda m: m[1] or "\\" + m[0], part) for part in parts[::2]]
            lines[number] = "".join(parts)


def prepare_gallery(app, page, source):
    """Galleries are read where they lie, and changed only on their way into the page."""
    if page.startswith("reference/") and page != "reference/all":
        source[0] = gallery_page(source[0])


def find_gallery(app, page, template, context, doctree):
    """Lead the launch buttons of a gallery to its place in the repository, below book/."""
    if page.startswith("reference/"):
        for group in context.get("header_buttons", []):
            for button in group.get("buttons", []):
                url = button.get("url", "")
                if isinstance(url, str) and url.startswith("http"):
                    button["url"] = url.replace(f"/{page}.ipynb", f"/book/{page}.ipynb")


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", prepare_gallery)
    # Behind the theme, which makes the buttons.
    app.connect("html-page-context", find_gallery, priority=900)
    app.connect("autodoc-process-docstring", plain_words)


html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["book.css"]
html_theme_options = {
    "repository_url": REPOSITORY,
    "repository_branch": BRANCH,
    "path_to_docs": "",
    "use_repository_button": True,
    "use_download_button": True,
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "navbar_persistent": [],  # the theme has a search box of its own; two would stand side by side
    "show_toc_level": 2,
}
