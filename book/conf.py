"""The book: lessons and galleries with their stored outputs, and the library's own pages.

`make book` builds it. Nothing is executed here. Explorers and questions live in their pages and
need no network; formulas are MathML, which browsers draw by themselves.
"""

from __future__ import annotations

import sys
from pathlib import Path

BOOK = Path(__file__).parent
ROOT = BOOK.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(BOOK))

from claims import claims_page  # noqa: E402
from coverage_page import coverage_page  # noqa: E402
from landing import furnished  # noqa: E402
from names import write_name_pages  # noqa: E402
from pages import (  # noqa: E402
    copy_lessons,
    gallery_page,
    write,
    write_gallery_list,
    write_lesson_list,
)

# The one place that says where the course lives; the launch buttons are made from it.
REPOSITORY = "https://github.com/eduflow-course/eduflow"
BRANCH = "main"

copy_lessons(ROOT / "lessons", BOOK / "lessons")
write_lesson_list(BOOK / "lessons")
write_gallery_list(BOOK / "reference")
write_name_pages(BOOK / "lessons", BOOK / "reference", BOOK / "api")
write(BOOK / "claims.md", claims_page(ROOT / "lessons"))
write(BOOK / "coverage.md", coverage_page(ROOT / "tests" / "recorded" / "face.json"))

project = "eduflow"
author = "The eduflow developers"
copyright = "the eduflow developers; lessons CC BY 4.0, code MIT"
html_title = "eduflow"
language = "en"

extensions = ["myst_nb", "sphinxext.opengraph", "formulas"]
html_math_renderer = "mathml"
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
suppress_warnings = ["mystnb.unknown_mime_type"]


def prepare(app, page, source):
    """Galleries and the front page are read where they lie, and changed on their way out."""
    if page.startswith("reference/") and page != "reference/all":
        source[0] = gallery_page(source[0])
    if page == "index":
        source[0] = furnished(source[0], ROOT / "lessons")


def find_gallery(app, page, template, context, doctree):
    """Lead the launch buttons of a gallery to its place in the repository, below book/."""
    if page.startswith("reference/"):
        for group in context.get("header_buttons", []):
            for button in group.get("buttons", []):
                url = button.get("url", "")
                if isinstance(url, str) and url.startswith("http"):
                    button["url"] = url.replace(f"/{page}.ipynb", f"/book/{page}.ipynb")


def made_anew(app, env, added, changed, removed):
    """The front page's parts come from the lessons, which its file does not show."""
    return ["index"]


def setup(app):
    """Called by Sphinx."""
    app.connect("env-get-outdated", made_anew)
    app.connect("source-read", prepare)
    # Behind the theme, which makes the buttons.
    app.connect("html-page-context", find_gallery, priority=900)


html_theme = "sphinx_book_theme"
html_use_index = False  # the pages by PyTorch's names are one
html_static_path = ["static"]
html_css_files = ["book.css"]
html_theme_options = {
    "repository_url": REPOSITORY,
    "repository_branch": BRANCH,
    "path_to_docs": "learn",  # Binder opens the copy to solve, which postBuild makes there
    "use_repository_button": True,
    "use_download_button": True,
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "navbar_persistent": [],  # the theme has a search box of its own; two would stand side by side
    "show_toc_level": 2,
}
