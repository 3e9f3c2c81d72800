"""The course in the browser: every lesson, with nothing but this machine to ask, and work kept."""

from __future__ import annotations

import json
import re

import pytest

from eduflow.course.witness import ADDRESS
from tests.lessons.notebooks import code_cells, text

from .conftest import REQUIRED
from .lab import ROOT, VIEWPORT
from .lite import PYTHON_ARRIVED, SITE, LitePage, served
from .test_book import violations
from .test_explorers import convolution, said

LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
# What the learner's copy says besides: that lines are kept, or are still to be checked.
LEARNER = re.compile(r"^(Kept\b.*|.*the framework uses ours\.|.*this notebook uses ours\.)$")
# Cells in which the browser's Python and NumPy word something else than those on a computer.
ELSEWHERE: dict[str, str] = {}
# A browser whose storage can be made full.
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  if (window.full) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, given);
};"""


@pytest.fixture(scope="module")
def address():
    """The site inside the book, as `make book` built both, served from here."""
    if not all((folder / "index.html").is_file() for folder in (SITE, SITE.parent)):
        reason = "the book with the browser edition is not built; `make book` builds it"
        pytest.fail(reason) if REQUIRED else pytest.skip(reason)
    with served(SITE.parent) as found:
        yield f"{found}/lite"


@pytest.fixture
def context(browser, address):
    """A browser of a new reader; whoever asks another machine gets no answer."""
    context = browser.new_context(viewport=VIEWPORT)
    inside = (address.removesuffix("/lite"), "data:", "blob:")
    outside = re.compile(rf"^(?!{'|'.join(map(re.escape, inside))})")
    context.route(outside, lambda route: route.abort())
    yield context
    context.close()


def solutions(path):
    """The sources of a lesson's cells with our solutions in them, by id."""
    return {cell.id: cell.source for cell in code_cells(path)}


def said_by(outputs):
    """What a cell's outputs say, without what only the learner's copy says, and pictures as one."""
    parts, shown = [], []
    for output in outputs:
        data = output.get("data", {})
        if output.get("name") == "stdout":
            parts.append(text(output["text"]))
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        elif any("widget" in kind for kind in data):
            shown.append("<widget>")
        elif "image/png" in data:
            shown.append("<picture>")  # when it is drawn differs: at once, or at the cell's end
        else:
            parts.append(text(data.get("text/plain", "")))
    parts += shown
    lines = "\n".join(part.strip("\n") for part in parts if part.strip()).splitlines()
    whole = "\n".join(line.rstrip() for line in lines if not LEARNER.match(line)).strip()
    return ADDRESS.sub("ADDRESS", whole)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_runs_whole_and_says_the_same(context, address, path):
    page = LitePage(context, address, path.name)
    page.open_from_the_book()
    page.fill_in(solutions(path))
    page.run_all()
    assert page.failed_cells() == []
    assert page.unrun_cells() == []
    assert [line for line in page.complaints if not _of_a_new_folder(line)] == []
    stored = {cell.id: cell for cell in code_cells(path)}
    for cell in page.cells():
        if cell["kind"] == "code" and cell["id"] in stored:
            ours = stored[cell["id"]]
            if "nbval-ignore-output" in ours.tags or f"{path.stem}#{cell['id']}" in ELSEWHERE:
                continue
            assert said_by(cell["outputs"]) == said_by(ours.outputs), cell["id"]
    if path.stem.startswith("07"):
        an_explorer_moves_by_mouse_and_keyboard(page.page)
    page.close()


def an_explorer_moves_by_mouse_and_keyboard(page):
    box = page.locator(".ef-explorer").filter(has=page.get_by_role("slider")).first
    box.scroll_into_view_if_needed()
    convolution(box)
    box.locator('svg[aria-label="output"] .ef-cell').first.focus()
    before = said(box)
    page.keyboard.press("ArrowRight")
    assert said(box) != before


def _of_a_new_folder(line):
    """JupyterLite asks the site for a folder that the kernel has just made in its own storage."""
    return "404" in line and re.search(r"/api/contents/\S*/all\.json", line)


# What a newcomer writes into the first exercises of lesson 01, gap by gap.
TYPED = {
    "element-place": [
        """\
place = offset
for steps, stride in zip(index, strides):
    place += steps * stride
return place"""
    ],
    "contiguous-strides": [
        """\
strides, step = [], 1
for size in reversed(shape):
    strides.append(step)
    step *= max(size, 1)
return tuple(reversed(strides))"""
    ],
    "window": [
        """\
size = array.itemsize
strides = tuple([stride * size for stride in strides])
return np.ndarray(shape, array.dtype, owner_of(array), offset * size, strides)""",
        """\
before = (address(array) - address(owner)) // array.itemsize
return window(array, shape, strides, min(before + offset, end))""",
    ],
}


def write_by_hand(page, cell, text):
    """Type a text in the place of the cell's first line that is yours to write.

    The editor begins a line as deep as the one above, or deeper behind a colon.
    """
    cell.locator(".cm-line", has_text="is yours to write").first.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    depth = 0
    for number, line in enumerate(text.splitlines()):
        if number:
            page.keyboard.press("Enter")
        own = line.lstrip()
        for _ in range(depth - (len(line) - len(own)) // 4):
            page.keyboard.press("Backspace")
        page.keyboard.type(own)
        depth = (len(line) - len(own)) // 4 + own.endswith(":")


def test_a_newcomer_solves_the_first_exercises_and_finds_them_again(context, address):
    """From the front page alone: by clicks to lesson 01, by hand through it, and back next day."""
    path = LESSONS[1]
    page = LitePage(context, address, path.name)
    view = page.page
    view.goto(f"{page.book}/index.html")
    view.get_by_role("link", name="Start in your browser").click()
    view.get_by_role("link", name="Tensors and storage").click()
    page.wait(PYTHON_ARRIVED, 60)
    names = [cell["id"] for cell in page.cells()]
    for number, name in enumerate(names[: names.index("check-window") + 1]):
        cell = view.locator(".jp-Notebook .jp-Cell").nth(number)
        for gap in TYPED.get(name, []):
            write_by_hand(view, cell, gap)
        if name not in TYPED:
            cell.click(position={"x": 200, "y": 8})
        view.keyboard.press("Shift+Enter")
    page.wait("() => !document.querySelector('.jp-Notebook').textContent.includes('[*]')", 30)
    assert page.failed_cells() == []
    cells = {cell["id"]: cell for cell in page.cells()}
    said_there = said_by(cells["check-places"]["outputs"] + cells["check-window"]["outputs"])
    for name in ("element_place", "contiguous_strides", "window", "restride"):
        assert re.search(rf"^{name}: all \d+ checks passed", said_there, re.MULTILINE)
    errors = [o for c in cells.values() for o in c["outputs"] if o.get("name") == "stderr"]
    assert errors == []
    page.save()
    own = "[p.name for p in __import__('pathlib').Path('..').glob('myflow/**/*.py')]"
    kept = page.ask(own)
    assert len(json.loads(kept.replace("'", '"'))) > 1
    view.get_by_role("link", name="All lessons and your work").click()
    view.get_by_role("link", name="Go on with 01 Tensors and storage").wait_for()
    assert "3 of " in view.get_by_role("listitem").nth(1).inner_text()
    assert violations(view) == []
    page.open_from_the_book()
    again = {cell["id"]: cell["source"] for cell in page.cells()}
    assert {name: again[name] for name in TYPED} == {n: cells[n]["source"] for n in TYPED}
    assert page.ask(own) == kept
    page.run_all()
    assert page.failed_cells() == []  # what is not written is ours, and the rest runs
    page.close()


def test_a_second_tab_is_told(context, address):
    first, second = (LitePage(context, address, LESSONS[0].name) for _ in range(2))
    first.open()
    second.page.goto(f"{address}/notebooks/index.html?path=lessons/{LESSONS[0].name}")
    second.page.wait_for_selector('[data-notice="twice"]')
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("gone", "notice"),
    [("delete window.WebAssembly", "wasm"), ("indexedDB.open = () => { throw 1; }", "storage")],
)
def test_what_a_browser_lacks_is_said(context, address, gone, notice):
    page = context.new_page()
    page.add_init_script(gone)
    page.goto(f"{address}/notebooks/index.html?path=lessons/{LESSONS[0].name}")
    page.wait_for_selector(f'[data-notice="{notice}"]')
    page.close()


def test_what_needs_threads_elsewhere(context, address):
    path = next(path for path in LESSONS if path.stem.startswith("01"))
    page = LitePage(context, address, path.name)
    page.open()
    course = "__import__('eduflow.course', fromlist=['guard'])"
    page.ask(f"{course}.lesson({path.stem!r})")
    endless = "lambda: [n for n in iter(int, 1) if n]"
    assert "does it ever end?" in page.ask(f"{course}.guard.guarded({endless}, 1).error")
    assert "The two curves are one." in page.ask("capstone(2)")
    page.command("notebook:interrupt-kernel")
    page.page.wait_for_selector('[data-notice="interrupt"]')
    page.close()


def test_a_full_disk_is_said_and_nothing_lost(context, address):
    page = LitePage(context, address, LESSONS[0].name)
    page.page.add_init_script(FULL)
    page.open()
    page.page.evaluate("() => { window.full = true; }")
    page.fill_in({"draw": "drawing = 'kept'"})
    page.page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    page.page.wait_for_selector('[data-notice="save"]')
    page.page.evaluate("() => { window.full = false; }")
    page.page.keyboard.press("Escape")
    page.save()
    page.page.wait_for_selector('[data-notice="save"]', state="detached")
    page.close()
    again = LitePage(context, address, LESSONS[0].name)
    again.open()
    assert {c["id"]: c["source"] for c in again.cells()}["draw"] == "drawing = 'kept'"
    again.close()


@pytest.mark.parametrize("file", ["matplotlib-*.whl", "pyodide.asm.wasm", "bundle.js*"])
def test_an_interrupted_download_is_said(context, address, file):
    page = context.new_page()
    context.route(f"**/{file}", lambda route: route.abort())
    page.goto(f"{address}/notebooks/index.html?path=lessons/{LESSONS[0].name}")
    page.wait_for_selector('[data-notice="missing"]', timeout=60_000)
    page.close()


def test_work_goes_out_and_comes_back(context, browser, address, tmp_path):
    page = LitePage(context, address, LESSONS[0].name)
    page.open()
    page.run_all()
    page.save()
    page.close()
    start = context.new_page()
    start.goto(f"{address}/index.html")
    with start.expect_download() as downloaded:
        start.click("#take")
    file = tmp_path / "work.zip"
    downloaded.value.save_as(file)
    other = browser.new_context()
    back = other.new_page()
    back.goto(f"{address}/index.html")
    back.set_input_files("#file", file)
    back.wait_for_function("document.getElementById('said').textContent.includes('are back')")
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"PK no zip file")
    back.set_input_files("#file", wrong)
    back.wait_for_function("document.getElementById('said').textContent.includes('did not arrive')")
    other.close()
