"""Build the course for the browser: a JupyterLite site with the learner's lessons and eduflow.

python tools/lite/build.py [--pyodide FOLDER] [--out FOLDER]
    [--pyodide-at ADDRESS --site-at ADDRESS]

Everything is made in a new folder, which takes the old one's place when it is whole. The site asks
no other machine for anything, unless `--pyodide-at` names the address of Pyodide's files: then
those are left out of it, and `--site-at` says where the site will be.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import files
import wheel
from files import LiteError

from eduflow.course.edition import minutes, promise, tasks, title
from eduflow.course.notebook import read_notebook
from eduflow.course.source import lesson_files
from eduflow.course.start import start

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "book" / "_build" / "html" / "lite"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# Loaded when a kernel starts, so that no lesson installs anything.
PACKAGES = ["sqlite3", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", "micropip"]
PACKAGES += ["piplite", "eduflow"]
STORAGE = "eduflow: your lessons"  # the database in the browser; page/work.js knows it, too
APPS = ("notebooks", "lab")
BUILD_SETTINGS = {
    "LiteBuildConfig": {"apps": list(APPS), "no_sourcemaps": True},
    "ContentsManager": {"allow_hidden": True},  # the learner's record lies in .eduflow
}


def main() -> int:
    """Build the site; 1 with a sentence if something is missing, and then nothing is changed."""
    parser = argparse.ArgumentParser(description="Build the course for the browser.")
    parser.add_argument("--pyodide", type=Path, help="a folder with Pyodide's files; else pip's")
    parser.add_argument("--out", type=Path, default=OUT, help="where the site goes")
    parser.add_argument("--pyodide-at", default="", help="read Pyodide's own files from there")
    parser.add_argument("--site-at", default="", help="the site's address, with --pyodide-at")
    options = parser.parse_args()
    try:
        addresses = _addresses(options.pyodide_at, options.site_at)
        folder = options.pyodide or files.fetch(ROOT / "build" / "pyodide")
        files.check(folder)
        with _new_folder(options.out) as new:
            build(folder, new, *addresses)
    except LiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The course in the browser is at {options.out / 'index.html'}: serve its folder.")
    return 0


def _addresses(pyodide: str, site: str) -> tuple[str, str]:
    if bool(pyodide) != bool(site):
        raise LiteError(
            "--pyodide-at and --site-at go together: packages of ours that Pyodide does not have "
            "are read from the site, by its full address."
        )
    for address in filter(None, (pyodide, site)):
        if not re.fullmatch(r"https?://\S+/", address):
            raise LiteError(f"{address!r} is no address that begins with https:// and ends in /.")
    return pyodide, site


@contextlib.contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place if all goes well, and vanishes if not."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".lite-", dir=out.parent) as place:
        new, old = Path(place, "new"), Path(place, "old")
        yield new
        if out.exists():
            os.replace(out, old)
        os.replace(new, out)


def build(pyodide: Path, out: Path, pyodide_at: str = "", site_at: str = "") -> None:
    """Build the site into the new folder `out`."""
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        learner = start(work / "contents", None, wheel.version_of(ROOT))
        shutil.copyfile(HERE / "page" / "learner.md", learner.folder.root / "README.md")
        _jupyterlite(work, out)
    own = out / "static" / "pyodide"
    names = set(files.wanted()) - (files.official() if pyodide_at else set())
    files.copy_into(pyodide, own, names)
    entry = {"eduflow": wheel.build(ROOT, own)}
    _write_json(own / "pyodide-lock.json", files.lock(entry, site_at))
    _configure(out, pyodide_at, site_at)
    _pages(out)
    (out / ".nojekyll").touch()  # hosts that leave out hidden folders are told not to


def _jupyterlite(work: Path, out: Path) -> None:
    """Let JupyterLite build its own part of the site."""
    _write_json(work / "jupyter_lite_config.json", BUILD_SETTINGS)
    shutil.copyfile(HERE / "page" / "overrides.json", work / "overrides.json")
    words = ["build", "--contents", str(work / "contents"), "--output-dir", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", *words, "--lite-dir", str(work)],
        cwd=work,
        env=os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"},
        capture_output=True,
        text=True,
    )
    made = out / "notebooks" / "index.html"
    if done.returncode or not made.is_file():
        last = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-12:])
        raise LiteError(f"JupyterLite could not be built; nothing was changed.\n{last}")


def _configure(out: Path, pyodide_at: str, site_at: str) -> None:
    """Say where Pyodide is, what a kernel loads, and how the pages behave."""
    options: dict[str, Any] = {"packages": PACKAGES}
    if pyodide_at:
        options["lockFileURL"] = f"{site_at}static/pyodide/pyodide-lock.json"
    path = out / "jupyter-lite.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    settings = data["jupyter-config-data"]
    settings |= {
        "appName": "eduflow",
        "exposeAppInBrowser": True,
        "contentsStorageName": STORAGE,
        "disabledExtensions": [
            "@jupyterlab/apputils-extension:announcements",
            "@jupyterlab/apputils-extension:notification",
        ],
    }
    settings.setdefault("litePluginSettings", {})[KERNEL] = {
        "pyodideUrl": f"{pyodide_at or './static/pyodide/'}pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": options,
    }
    _write_json(path, data)


def _pages(out: Path) -> None:
    """Our own pages: the start page, and what watches over every lesson's page."""
    for name in ("eduflow.css", "watch.js", "work.js"):
        shutil.copyfile(HERE / "page" / name, out / name)
    page = (HERE / "page" / "index.html").read_text(encoding="utf-8")
    (out / "index.html").write_text(page.replace("<!-- lessons -->", _list()), encoding="utf-8")
    ours = (
        '<link rel="icon" href="favicon.ico"><link rel="stylesheet" href="../eduflow.css">'
        '<script src="../watch.js"></script>'
    )
    for app in APPS:
        path = out / app / "index.html"
        text = path.read_text(encoding="utf-8")
        if "<head>" not in text:
            raise LiteError(f"{app}/index.html of this JupyterLite has no <head> to add to.")
        path.write_text(text.replace("<head>", f"<head>{ours}", 1), encoding="utf-8")


def _list() -> str:
    """The lessons as rows of the start page."""
    rows = []
    for path in lesson_files():
        book = read_notebook(path)
        checks = html.escape(json.dumps([task.checks for task in tasks(book)]))
        rows.append(
            f'<li><a href="notebooks/index.html?path=lessons/{path.name}" '
            f'data-lesson="lessons/{path.name}" data-checks="{checks}">'
            f"{path.stem[:2]} {_text(title(book))}</a> "
            f"<small>{_text(minutes(book))}</small><p>{_text(promise(book))}</p></li>"
        )
    return "\n".join(rows)


def _text(markdown: str) -> str:
    """A line of markdown as HTML, as far as titles and promises use it."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(markdown))


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
