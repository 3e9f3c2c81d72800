"""Predictions, quizzes, and the record of what was done."""

from __future__ import annotations

import builtins
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from eduflow.course import cards, check, predict, progress, quiz
from eduflow.course.errors import CourseError

QUESTION = ("Is `x` < y?", ["yes", "no"], "no", "It is *not*.")


@pytest.fixture(autouse=True)
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A progress file of our own."""
    path = tmp_path / "deep" / "progress.json"
    monkeypatch.setenv("EDUFLOW_PROGRESS", str(path))
    return path


def bundle(card: Any) -> dict[str, Any]:
    """What the notebook stores of a card."""
    made = card._repr_mimebundle_()
    data: dict[str, Any] = made[0] if isinstance(made, tuple) else made
    return data


def test_what_is_stored() -> None:
    data = bundle(predict("a/b", *QUESTION))
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("Predict:\nIs x < y?\n   a) yes\n   b) no\n")
    assert data["text/plain"].endswith("Answer:\nb) It is *not*.")
    assert "<code>x</code> &lt; y?" in data["text/html"]
    assert "<details>" in data["text/html"]
    again = bundle(predict("a/b", *QUESTION))
    assert [again[key] for key in ("text/plain", "text/html")] == [
        data[key] for key in ("text/plain", "text/html")
    ]


def test_committing_is_remembered(record: Path) -> None:
    card = predict("a/b", *QUESTION)
    assert card.chosen == [None]
    card.chosen = [0]
    today = datetime.date.today().isoformat()
    assert json.loads(record.read_text(encoding="utf-8"))["predictions"] == {
        "a/b": {"chosen": [0], "right": 0, "of": 1, "day": today}
    }
    assert predict("a/b", *QUESTION).chosen == [0]
    longer = quiz("a/b", [QUESTION, QUESTION])
    assert longer.chosen == [None, None]
    longer.chosen = [1, None]
    known = {"chosen": [1, None], "right": 1, "of": 2, "day": today}
    assert progress.lookup("quizzes", "a/b") == known


def test_choices_for_other_questions_are_dropped() -> None:
    progress.record("predictions", "a/b", {"chosen": [5]})
    assert predict("a/b", *QUESTION).chosen == [None]


@pytest.mark.parametrize(
    ("key", "options", "answer", "text"),
    [
        ("a", ["yes", "no"], "maybe", "none of the options"),
        ("a", ["yes"], "yes", "2 to 6"),
        ("a", ["yes", "yes"], "yes", "different"),
        ("a", "yes", "yes", "2 to 6"),
        ("A key", ["yes", "no"], "no", "should be like"),
    ],
)
def test_refuses(key: str, options: Any, answer: str, text: str) -> None:
    with pytest.raises(CourseError, match=text):
        predict(key, "?", options, answer, "why")


def test_quiz_of_wrong_form() -> None:
    with pytest.raises(CourseError, match="explanation"):
        quiz("a", [("?", ["a", "b"], "a")])  # type: ignore[list-item]


def test_without_anywidget(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any) -> Any:
        if name == "anywidget":
            raise ImportError(name)
        return real(name, *args)

    cards._widget_class.cache_clear()
    monkeypatch.setattr(builtins, "__import__", missing)
    page = quiz("a/b", [QUESTION, QUESTION])
    monkeypatch.undo()
    cards._widget_class.cache_clear()
    assert repr(page).endswith("Answers:\n1. b) It is *not*.\n2. b) It is *not*.")


@pytest.mark.parametrize("text", ["{", "[]", '{"checks": []}', "\x00"])
def test_damaged_record_is_kept(
    record: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record.parent.mkdir()
    for number in (1, 2):
        record.write_text(text, encoding="utf-8")
        assert progress.record("checks", "a", {"passed": number})
        assert record.with_name(f"progress.damaged-{number}.json").read_text("utf-8") == text
        assert "is kept as" in capsys.readouterr().out
    assert progress.lookup("checks", "a") == {"passed": 2}


def test_off(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDUFLOW_PROGRESS", "off")
    assert not progress.record("checks", "a", {})
    assert progress.load() == {"predictions": {}, "quizzes": {}, "checks": {}, "help": {}}
    assert not record.parent.exists()


def test_beside_the_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDUFLOW_PROGRESS")
    (tmp_path / "lessons").mkdir()
    monkeypatch.chdir(tmp_path / "lessons")
    assert progress.location() == tmp_path / ".eduflow" / "progress.json"
    monkeypatch.chdir(tmp_path)
    assert progress.location() == tmp_path / ".eduflow" / "progress.json"


def test_nowhere_to_write(record: Path) -> None:
    record.parent.write_text("a file, not a folder")
    assert not progress.record("checks", "a", {})
    assert check("element_place", lambda *args: None).passed == 0
