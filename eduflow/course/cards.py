"""Questions in a lesson: `predict` asks one before a cell is run, `quiz` a handful at the end.

One small widget shows both. Where widgets do not run, the same output carries the questions with
their answers folded below, as HTML and as plain text.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from . import progress
from .errors import CourseError

Question = dict[str, Any]


def predict(key: str, question: str, options: Sequence[str], answer: str, explanation: str) -> Any:
    """A question to commit to before running the next cell. Make it the last line of its cell.

    `answer` is one of the 2 to 6 `options`, word for word. `key` is unique in the course; progress
    is kept under it. Text between backticks is shown as code. Raises CourseError.
    """
    return _card("predictions", key, [_question(key, question, options, answer, explanation)])


def quiz(key: str, questions: Sequence[tuple[str, Sequence[str], str, str]]) -> Any:
    """Questions with explained answers and a score, each `(question, options, answer, why)`.

    The rules of `predict` hold for each of them. Raises CourseError.
    """
    if not questions or any(len(item) != 4 for item in questions):
        raise CourseError(
            f"quiz {key!r}: each question is (question, options, answer, explanation)."
        )
    return _card("quizzes", key, [_question(key, *item) for item in questions])


def _question(
    key: str, question: str, options: Sequence[str], answer: str, explanation: str
) -> Question:
    choices = list(options)
    if isinstance(options, str) or not 2 <= len(choices) <= 6 or len(set(choices)) < len(choices):
        raise CourseError(f"{key!r}: expected 2 to 6 different options, got {options!r}.")
    if answer not in choices:
        raise CourseError(
            f"{key!r}: the answer {answer!r} is none of the options.\n"
            f"  Copy one of them word for word: {', '.join(map(repr, choices))}."
        )
    return {
        "question": question,
        "options": choices,
        "answer": choices.index(answer),
        "explanation": explanation,
    }


def _card(kind: str, key: str, questions: list[Question]) -> Any:
    if not re.fullmatch(r"[a-z0-9][a-z0-9/_-]*", key):
        raise CourseError(f"The key {key!r} should be like 'views/flatten-shares'.")
    known: Any = progress.lookup(kind, key).get("chosen")
    chosen: list[int | None] = [None] * len(questions)
    if _fits(known, questions):
        chosen = known
    widget = _widget_class()
    if widget is None:
        return Page(kind, questions)
    return widget(kind=kind, key=key, questions=questions, chosen=chosen)


def _fits(chosen: Any, questions: list[Question]) -> bool:
    """Whether recorded choices belong to these questions."""
    return (
        isinstance(chosen, list)
        and len(chosen) == len(questions)
        and all(
            pick is None or (type(pick) is int and 0 <= pick < len(item["options"]))
            for pick, item in zip(chosen, questions, strict=True)
        )
    )


class Page:
    """The questions for places without widgets: plain text and HTML, answers folded below."""

    def __init__(self, kind: str, questions: list[Question]) -> None:
        self.kind = kind
        self.questions = questions

    def __repr__(self) -> str:
        several = len(self.questions) > 1
        lines, answers = [], []
        for number, item in enumerate(self.questions, 1):
            lead = f"{number}. " if several else ""
            lines += [lead + item["question"].replace("`", "")]
            lines += [f"   {'abcdef'[n]}) {text}" for n, text in enumerate(item["options"])]
            answers.append(f"{lead}{'abcdef'[item['answer']]}) {item['explanation']}")
        heading = "Quiz" if self.kind == "quizzes" else "Predict"
        return "\n".join(
            [f"{heading}:", *lines, "", "Answers:" if several else "Answer:", *answers]
        )

    def _repr_html_(self) -> str:
        heading = "Quiz" if self.kind == "quizzes" else "Predict"
        parts = [f"<p><strong>{heading}</strong></p>"]
        for item in self.questions:
            options = "".join(f"<li>{marked_up(text)}</li>" for text in item["options"])
            right = marked_up(item["options"][item["answer"]])
            parts.append(
                f"<p>{marked_up(item['question'])}</p><ol type='a'>{options}</ol>"
                f"<details><summary>Answer</summary><p>{right}: "
                f"{marked_up(item['explanation'])}</p></details>"
            )
        return f"<div>{''.join(parts)}</div>"


def marked_up(text: str) -> str:
    """Escape text for HTML, with spans between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


@cache
def _widget_class() -> Any:
    """The widget class, or None where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None
    folder = Path(__file__).parent / "static"

    class QuestionCard(anywidget.AnyWidget):
        """Questions with radio buttons; `chosen` holds the committed option of each, or None."""

        _esm = (folder / "card.js").read_text(encoding="utf-8")
        _css = (folder / "card.css").read_text(encoding="utf-8")
        kind = traitlets.Unicode().tag(sync=True)
        key = traitlets.Unicode().tag(sync=True)
        questions: Any = traitlets.List().tag(sync=True)
        chosen: Any = traitlets.List().tag(sync=True)

        @traitlets.observe("chosen")
        def _remember(self, change: Any) -> None:
            if _fits(self.chosen, self.questions) and any(p is not None for p in self.chosen):
                right = [
                    pick == item["answer"]
                    for pick, item in zip(self.chosen, self.questions, strict=True)
                ]
                entry = {"chosen": list(self.chosen), "right": sum(right), "of": len(right)}
                day = datetime.date.today().isoformat()
                progress.record(self.kind, self.key, entry | {"day": day})

        def _repr_mimebundle_(self, **kwargs: Any) -> Any:
            bundle = super()._repr_mimebundle_(**kwargs)
            page = Page(self.kind, self.questions)
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            if data is not None:
                data |= {"text/plain": repr(page), "text/html": page._repr_html_()}
            return bundle

    return QuestionCard
