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
from colab import write_colab  # noqa: E402
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
from speed_page import speed_page  # noqa: E402

from tests.bench.workloads import FAMILIES  # noqa: E402

# The one place that says where the course lives; the launch buttons are made from it.
REPOSITORY = "https://github.com/eduflow-course/eduflow"
BRANCH = "main"
# The branch that holds the built site, where Colab finds its notebooks.
SITE_BRANCH = "gh-pages"

copy_lessons(ROOT / "lessons", BOOK / "lessons")
write_lesson_list(BOOK / "lessons")
write_gallery_list(BOOK / "reference")
write_name_pages(BOOK / "lessons", BOOK / "reference", BOOK / "api")
write(BOOK / "claims.md", claims_page(ROOT / "lessons"))
write(BOOK / "coverage.md", coverage_page(ROOT / "tests" / "recorded" / "face.json"))
write(BOOK / "speed.md", speed_page(ROOT / "tests" / "bench" / "recorded.json", FAMILIES))

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


def lead_launch_buttons(app, page, template, context, doctree):
    """Lead Binder to a gallery in book/ and to the learner's copy of a lesson; Colab to its own."""
    folders = {"Binder": "learn/", "Colab": f"{SITE_BRANCH}/colab/"}
    if page.startswith("reference/"):
        folders["Binder"] = "book/"
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if folder := folders.get(button.get("text")):
                before = f"/{BRANCH}/" if button["text"] == "Colab" else "/"
                button["url"] = button["url"].replace(
                    f"{before}{page}.ipynb", f"/{folder}{page}.ipynb"
                )


def bring_colab(app, failure):
    """Put Colab's notebooks into the site."""
    if failure is None and app.builder.name == "html":
        place = Path(app.outdir, "colab")
        write_colab(ROOT / "lessons", BOOK / "reference", place, REPOSITORY, BRANCH)


def made_anew(app, env, added, changed, removed):
    """The front page's parts come from the lessons, which its file does not show."""
    return ["index"]


def setup(app):
    """Called by Sphinx."""
    app.connect("env-get-outdated", made_anew)
    app.connect("source-read", prepare)
    # Behind the theme, which makes the buttons.
    app.connect("html-page-context", lead_launch_buttons, priority=900)
    app.connect("build-finished", bring_colab)


html_theme = "sphinx_book_theme"
html_use_index = False  # the pages by PyTorch's names are one
html_static_path = ["static"]
html_css_files = ["book.css"]
html_theme_options = {
    "repository_url": REPOSITORY,
    "repository_branch": BRANCH,
    "use_repository_button": True,
    "use_download_button": True,
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
        "notebook_interface": "jupyterlab",
    },
    "navbar_persistent": [],  # the theme has a search box of its own; two would stand side by side
    "show_toc_level": 2,
}
