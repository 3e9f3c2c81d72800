"""The explorers in a real browser: in JupyterLab, in the book without a network, and by themselves.

What they show after they were moved is held against the library's own numbers.
"""

from __future__ import annotations

import ast
import json
import re

import pytest

import eduflow as torch
from eduflow import show
from eduflow.show.convolution import LIMITS, convolution_axis, transposed_axis
from eduflow.show.explorer import EXPORT, program
from eduflow.show.strides import LIMITS as STRIDES
from eduflow.show.strides import STORAGE, strides_facts
from tests.show.test_convolution import CONVOLUTIONS, TRANSPOSED

from .lab import ROOT
from .test_book import BOOK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TITLES = {
    "Memory": "memory",
    "Strides": "strides",
    "Flatten": "flatten",
    "Broadcasting": "broadcast",
    "The graph": "graph",
    "Convolution": "convolution",
    "Transposed convolution": "transposed_convolution",
    "The model": "model",
    "A pad to draw a digit on": "pad",
}


# Moving each explorer, wherever it stands


def move(box, **values):
    """Put sliders to their places."""
    for name, value in values.items():
        box.get_by_role("slider", name=name, exact=True).fill(str(value))


def said(box):
    return box.locator(".ef-said").inner_text()


def texts(box, label):
    """What the cells of a board say."""
    return box.locator(f'svg[aria-label="{label}"] .ef-cell text').all_text_contents()


def caption(box, start):
    """The numbers in the caption that begins with `start`: size, stride and offset."""
    [line] = [
        text for text in box.locator("figcaption").all_inner_texts() if text.startswith(start)
    ]
    return [ast.literal_eval(part) for part in re.findall(r"\([^)]*\)|(?<=offset )\d+", line)]


def strides(box):
    for bar, value in zip(
        ("size[0]", "size[1]", "stride[0]", "stride[1]", "offset"), (3, 2, 2, 3, 1)
    ):
        box.get_by_label(bar, exact=True).fill(str(value))
    window = (10 * torch.arange(12)).as_strided((3, 2), (2, 3), 1)
    assert texts(box, "tensor") == [str(n) for n in window.flatten().tolist()]
    assert ("not contiguous" in box.inner_text()) == (not window.is_contiguous())
    box.locator('svg[aria-label="tensor"] .ef-cell').nth(3).hover()
    assert said(box).endswith("= 6.")
    assert window[1, 1].item() == 60
    box.get_by_label("stride[0]", exact=True).fill("6")
    with pytest.raises(RuntimeError, match="out of bounds"):
        torch.arange(12).as_strided((3, 2), (6, 3), 1)
    assert "refused, it needs 17 elements" in box.inner_text()


def flatten(box):
    size, stride = caption(box, "x:")
    x = torch.arange(1000).as_strided(size, stride)
    last = len(size) - 1
    for start in range(last + 1):
        move(box, start_dim=start, end_dim=last)
        flat = x.flatten(start)
        kind = "view" if flat.data_ptr() == x.data_ptr() else "copy"
        line = f"x.flatten({start}, {last}) has size {tuple(flat.size())}, stride {flat.stride()}"
        assert f"{line}: a {kind}" in box.inner_text()


def memory(box):
    box.locator("svg .ef-cell").first.click()
    versions = re.findall(r"version (\d+)", box.inner_text())
    box.get_by_label("Value to write").fill("77")
    box.get_by_role("button", name="Write").click()
    box.locator(".ef-said", has_text=re.compile("was written|run this cell first")).wait_for()
    if "run this cell" in said(box):
        return  # a stored output in JupyterLab; there the lesson is run afterwards
    assert "77" in box.locator("svg .ef-cell text").all_text_contents()
    after = re.findall(r"version (\d+)", box.inner_text())
    assert int(after[0]) == int(versions[0]) + 1
    assert "was written" in said(box)


def broadcast(box):
    numbers = [[float(n) for n in texts(box, name)] for name in ("a", "b", "sum")]
    assert [a + b for a, b in zip(*numbers[:2])] == numbers[2]
    box.locator('svg[aria-label="a"] .ef-cell').first.hover()
    lit = box.locator('svg[aria-label="sum"] .ef-lit').count()
    assert f"used {lit} times" in said(box) or (lit == 1 and "used once" in said(box))


def graph(box):
    boxes = box.locator(".ef-cell").count()
    step = box.get_by_role("button", name="Step", exact=True)
    taken = 0
    while step.is_enabled():
        step.click()
        taken += 1
        assert f"Step {taken} of " in said(box)
    assert 1 < taken <= boxes
    assert "is added to" in said(box) or "raises here" in said(box)
    box.get_by_role("button", name="Start over").click()
    assert "Press Step" in said(box)


def convolution(box):
    move(box, input=5, kernel_size=3, stride=2, padding=1, dilation=1)
    fed = torch.nn.functional.conv2d(
        torch.ones(1, 1, 5, 5), torch.ones(1, 1, 3, 3), stride=2, padding=1
    )
    assert [float(text) for text in texts(box, "output")] == fed.flatten().tolist()
    box.locator('svg[aria-label="output"] .ef-cell').nth(1).hover()
    assert f"the sum of {fed.flatten()[1].item():.0f} input cells" in said(box)
    box.get_by_role("button", name="Play").click()
    box.page.wait_for_timeout(700)
    assert "Output cell 0, 0" in said(box)
    box.get_by_role("button", name="Stop").click()


def transposed_convolution(box):
    settings = {"stride": 2, "padding": 1, "output_padding": 1, "dilation": 1}
    move(box, input=3, kernel_size=3, **settings)
    fed = torch.nn.functional.conv_transpose2d(
        torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3), **settings
    )
    for picture in ("zeros inserted", "scatter"):
        box.get_by_label(picture).check()
        kept = [float(text) for text in texts(box, "output") if text]
        assert kept == fed.flatten().tolist()
    assert "input 3 × 3, output 6 × 6" in box.inner_text()
    box.locator('svg[aria-label="input"] .ef-cell').nth(4).hover()
    assert "Input cell 1, 1 feeds 9 output cells" in said(box)
    assert box.locator('svg[aria-label="output"] .ef-lit').count() == 9
    move(box, output_padding=2)
    assert "output_padding must be smaller" in box.inner_text()
    move(box, input=2, padding=3, output_padding=0)
    assert "No size becomes 2 under conv2d" in box.inner_text()
    assert box.locator("table").count() == 0


def model(box):
    rows = box.locator("tbody tr:visible")
    before = rows.count()
    box.get_by_role("button").first.click()
    assert rows.count() == 1 < before
    box.get_by_role("button").first.click()
    rows.last.hover()
    assert "parameters in it" in said(box)


def pad(box):
    box.get_by_role("button", name="Clean the board").click()
    sheet = box.locator(".ef-sheet")
    sheet.scroll_into_view_if_needed()
    place, mouse = sheet.bounding_box(), box.page.mouse
    right, down = place["width"] / 16, place["height"] / 16
    mouse.move(place["x"] + 8.5 * right, place["y"] + 2.5 * down)
    mouse.down()
    mouse.move(place["x"] + 8.5 * right, place["y"] + 13.5 * down)
    mouse.up()
    inked = box.locator(".ef-sheet .ef-ink").evaluate_all("all => all.map(n => n.cell)")
    assert [(cell["x"], cell["y"]) for cell in inked] == [(8, y) for y in range(2, 14)]
    mouse.move(0, 0)
    heard = re.compile(r"I read a 1|nobody reads it|run this cell first")
    box.locator(".ef-said", has_text=heard).wait_for()
    if "I read" in said(box):
        assert float(box.get_by_label("chance of a 1").get_attribute("value") or 0) > 0.5
    box.locator(".ef-sheet .ef-cell").nth(8 + 16 * 2).focus()
    box.page.keyboard.press("Enter")
    assert box.locator(".ef-sheet .ef-ink").count() == 11


MOVES = {name: globals()[name] for name in TITLES.values()}


def move_all(page):
    """Move every explorer on a page; returns their names."""
    names = []
    for box in page.locator(".ef-explorer:visible").all():
        title = box.get_attribute("aria-label").partition(":")[0]
        MOVES[TITLES[title]](box)
        names.append(TITLES[title])
    return names


# By themselves


MAKERS = {
    "memory": lambda: show.memory(torch.arange(6.0).view(2, 3)),
    "strides": show.strides,
    "flatten": lambda: show.flatten(torch.arange(24).view(2, 3, 4).transpose(0, 1), 1),
    "broadcast": lambda: show.broadcast((3, 1), (4,)),
    "graph": lambda: show.graph((torch.ones(2, requires_grad=True) * 3).sum()),
    "convolution": show.convolution,
    "transposed_convolution": show.transposed_convolution,
    "pad": lambda: show.pad("..#\n.+#\n..#\n..#"),
    "model": lambda: show.model(torch.nn.Sequential(torch.nn.Linear(2, 2)), torch.ones(1, 2)),
}
BIGGEST = {"input": 5, "kernel_size": 4, "stride": 3, "padding": 0, "dilation": 2}


@pytest.fixture(scope="module")
def page(browser):
    """An empty page without a network, which fails the test that makes it complain."""
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    yield page
    page.close()


@pytest.mark.parametrize("name", MAKERS)
def test_moves_on_a_page_of_its_own(page, name):
    errors = []
    listen = lambda error: errors.append(str(error))  # noqa: E731
    page.on("pageerror", listen)
    page.set_content(f"<body>{MAKERS[name]().html()}</body>")
    assert move_all(page) == [name]
    page.remove_listener("pageerror", listen)
    assert errors == []


@pytest.mark.parametrize("name", MAKERS)
def test_the_keyboard_reaches_everything(page, name):
    page.mouse.move(0, 0)  # the test before may have left it where a cell comes to stand
    page.set_content(f"<body>{MAKERS[name]().html()}</body>")
    box = page.locator(".ef-explorer")
    page.keyboard.press("Tab")
    assert box.evaluate("node => node.contains(document.activeElement)")
    if box.locator(".ef-cell").count() > 1:
        box.locator(".ef-cell").first.focus()
        before = said(box)
        page.keyboard.press("ArrowDown" if name in ("broadcast", "graph") else "ArrowRight")
        assert said(box) != before
    unnamed = box.locator("input:not([aria-label]):not([type=radio])").count()
    silent = box.locator('.ef-cell:not([aria-label]), .ef-cell[aria-label=""]').count()
    assert unnamed == silent == 0


def in_javascript(page, name, call):
    """Evaluate an expression beside the functions of an explorer's module."""
    source = program(name).removesuffix(EXPORT)
    return json.loads(page.evaluate(f"() => {{ {source}\nreturn JSON.stringify({call}); }}"))


def test_python_and_javascript_agree_on_every_convolution(page):
    calls = f"{json.dumps(CONVOLUTIONS)}.map(convolutionAxis)"
    assert in_javascript(page, "convolution", calls) == [
        convolution_axis(**s) for s in CONVOLUTIONS
    ]


def test_python_and_javascript_agree_on_every_transposed_convolution(page):
    calls = f"{json.dumps(TRANSPOSED)}.map(transposedAxis)"
    assert in_javascript(page, "convolution", calls) == [transposed_axis(**s) for s in TRANSPOSED]


def test_python_and_javascript_agree_on_every_window(page):
    def ends(name):
        return range(STRIDES[name][0], STRIDES[name][1] + 1)

    given = [
        ([a, b], [s, t], offset)
        for a in ends("size")
        for b in ends("size")
        for s in ends("stride")
        for t in ends("stride")
        for offset in ends("offset")
    ]
    calls = f"{json.dumps(given)}.map(([a, b, c]) => stridesFacts(a, b, c, {STORAGE}))"
    assert in_javascript(page, "strides", calls) == [strides_facts(*each) for each in given]


def test_they_are_quick(page):
    explorer = show.transposed_convolution()
    page.set_content("<body></body>")
    paint, answers = page.evaluate(
        """async ([html, settings]) => {
          const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          const start = performance.now();
          const place = document.createElement("div");
          place.innerHTML = html;
          document.body.append(place);
          const script = document.createElement("script");
          script.textContent = place.querySelector("script").textContent;
          place.querySelector("script").replaceWith(script);
          await frame();
          const paint = performance.now() - start;
          const answers = [];
          for (const [name, value] of Object.entries(settings)) {
            const begin = performance.now();
            const bar = document.querySelector(`input[aria-label=${name}]`);
            bar.value = value;
            bar.dispatchEvent(new Event("input"));
            document.body.getBoundingClientRect();
            answers.push(performance.now() - begin);
          }
          return [paint, answers];
        }""",
        [explorer.html(), BIGGEST],
    )
    print(f"first paint {paint:.0f} ms, a slider {max(answers):.0f} ms at most")
    assert paint < 300
    assert sorted(answers)[len(answers) // 2] < 50
    assert set(BIGGEST) < set(LIMITS)


# In the lessons


def with_explorers():
    """The lessons that store an explorer, and how many."""
    found = {}
    for path in sorted((ROOT / "lessons").glob("[0-9][0-9]_*.ipynb")):
        count = path.read_text(encoding="utf-8").count("<div data-ef=")
        if count:
            found[path.stem] = count
    return found


LESSONS = with_explorers()


# Lessons whose pictures are plain figures, with the reason.
FIGURES_ONLY = {
    "09": "its pictures are one digit's scores, in different company",
    "10": "its pictures are paths over a surface, which training draws",
    "11": "its picture is what each missing part changes; its curve grows while it trains",
    "14": "two conventions stand side by side, and there is nothing to move",
    "15": "its picture is three curves",
    "16": "its picture is a file, row by row",
    "17": "its pictures are calls and times, which each run measures",
    "18": "its pictures are orders in memory, and times, which each run measures",
    "19": "its picture is what brackets choose of three tables",
    "22": "its picture is a row of six places, and the windows along it",
    "21": "its picture is a line that training fits, rightly and wrongly",
}


def test_every_floor_uses_one():
    floors = {path.name[:2] for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb")}
    assert {name[:2] for name in LESSONS} == floors - set(FIGURES_ONLY)


@pytest.mark.skipif(not (BOOK / "index.html").exists(), reason="`make book` builds the book")
@pytest.mark.parametrize("name", LESSONS)
def test_in_the_book_without_a_network(browser, name):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("http*://**", lambda route: route.abort())
    try:
        page.goto((BOOK / "lessons" / f"{name}.html").as_uri(), wait_until="domcontentloaded")
        assert len(move_all(page)) == LESSONS[name]
        cards = page.locator(".ef-card")
        if cards.count():
            card = cards.first
            card.locator("input").first.check()
            card.get_by_role("button", name="Commit").first.click()
            assert card.locator(".ef-answer").count() == 1
        assert errors == []
    finally:
        page.close()
