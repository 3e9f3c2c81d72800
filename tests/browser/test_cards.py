"""Predictions and quizzes in a page, by keyboard alone and as a screen reader has them.

The card needs neither JupyterLab nor a kernel; a page with the module in it will do.
"""

from __future__ import annotations

import json

import pytest

from .lab import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
STATIC = ROOT / "eduflow" / "course" / "static"
QUESTIONS = [
    {
        "question": "What does `x.view(-1)` share?",
        "options": ["Nothing", "Its `memory`"],
        "answer": 1,
        "explanation": "A view is the same memory.",
    },
    {
        "question": "And `x.clone()`?",
        "options": ["Nothing", "Its memory"],
        "answer": 0,
        "explanation": "A clone is a copy.",
    },
]
PAGE = """<button id="before">before</button><div id="card"></div><button id="after">after</button>
<script type="module">
{module}
const state = {{ kind: {kind}, questions: {questions}, chosen: {chosen} }};
window.state = state;
window.saved = 0;
window.keys = [];
document.addEventListener("keydown", (event) => window.keys.push(event.key));
render({{ el: document.getElementById("card"), model: {{
  get: (key) => state[key], set: (key, value) => {{ state[key] = value; }},
  save_changes() {{ window.saved += 1; {save} }}, on() {{}}, off() {{}},
}} }});
</script>"""


@pytest.fixture
def page(browser):
    """An empty page."""
    page = browser.new_page()
    yield page
    page.close()


def show(page, questions, chosen, kind="predictions", save=""):
    """Draw a card; `save` is what its kernel does when it is told an answer."""
    module = (STATIC / "card.js").read_text("utf-8").replace("export default { render };", "")
    words = {"kind": kind, "questions": questions, "chosen": chosen}
    texts = {key: json.dumps(value) for key, value in words.items()}
    page.set_content(PAGE.format(module=module, save=save, **texts))
    page.wait_for_selector(".ef-card")


def focused(page):
    """The role or tag of what has the keyboard, and its text."""
    return page.evaluate(
        "() => [document.activeElement.getAttribute('role') || document.activeElement.tagName,"
        " document.activeElement.textContent]"
    )


def test_a_prediction_with_the_keyboard_alone(page):
    show(page, QUESTIONS[:1], [None])
    page.focus("#before")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("radio", name="Nothing").is_checked()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="Its memory").is_checked()
    assert page.get_by_role("status").first.text_content() == ""
    assert page.evaluate("state.chosen") == [None]  # nothing is said before it is committed
    page.keyboard.press("Enter")
    assert page.evaluate("[state.chosen, saved]") == [[1], 1]
    assert focused(page) == ["status", "Yes. A view is the same memory."]
    page.keyboard.press("Tab")
    assert focused(page) == ["BUTTON", "after"]


def test_a_quiz_goes_from_question_to_question(page):
    show(page, QUESTIONS, [None, None], "quizzes")
    for number, said in enumerate(["Not this time. It is: Its memory.", "Yes. A clone"]):
        page.keyboard.press("Tab")
        if not number:
            page.keyboard.press("Tab")  # past the button before the card
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        assert focused(page) == ["BUTTON", "Commit"]
        page.keyboard.press("Enter")
        assert focused(page)[1].startswith(said)
    assert page.evaluate("state.chosen") == [0, 0]
    assert page.locator(".ef-score").text_content() == "1 of 2 right."


def test_as_a_screen_reader_has_it(page):
    show(page, QUESTIONS, [None, 0], "quizzes")
    assert page.get_by_role("region", name="Quiz: What does x.view(-1) share?").count() == 1
    group = page.get_by_role("group", name="1. What does x.view(-1) share?")
    assert group.get_by_role("radio").count() == 2
    assert page.get_by_role("button", name="Commit").count() == 1  # the other one is answered
    assert page.get_by_role("button", name="Commit").is_disabled()
    answered = page.get_by_role("group", name="2. And x.clone()?")
    assert all(radio.is_disabled() for radio in answered.get_by_role("radio").all())
    assert page.get_by_role("status").nth(1).text_content() == "Yes. A clone is a copy."
    assert focused(page)[0] == "BODY"  # an answered card takes the keyboard from nobody


def test_where_nobody_listens(page):
    """On a page without a kernel the answer is shown, and nothing complains."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    show(page, QUESTIONS[:1], [None], save="throw new Error('no kernel');")
    page.get_by_text("Nothing").click()
    page.get_by_role("button", name="Commit").click()
    assert page.get_by_role("status").first.text_content().startswith("Not this time.")
    assert errors == []
