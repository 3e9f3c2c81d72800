"""`eduflow progress` and the panel in notebooks: the house, floor by floor."""

from __future__ import annotations

import html
from pathlib import Path

from .cards import marked_up, predict
from .errors import CourseError
from .folder import Folder, find
from .frame import CELLAR
from .shown import Shown, show
from .standing import Exercise, Floor, Standing, standing

ASKED = 3  # how many missed questions are asked at a time


def report(folder: Folder) -> str:
    """The learner's standing as plain text."""
    found = standing(folder)
    lines = [f"Your house: `{folder.name}` in {folder.root.name}", ""]
    width = max((len(_title(floor)) for floor in found.floors), default=0)
    for floor in found.downwards:
        if floor.number == CELLAR:
            lines.append("  -- the cellar")
        lines.append(f"  {floor.number:>2}  {_title(floor):<{width}}  {_summary(floor)}")
        left = [f"{item.name}: {_state(item)}" for item in floor.exercises]
        if left and any(item.passed or item.borrowed or item.help for item in floor.exercises):
            lines.append(f"      {'':<{width}}  {'; '.join(left)}")
    lines += ["", _lines(found), found.next.replace("`", "")]
    for item in found.missed[:1]:
        question, options, _, _ = item.card
        lines += ["", "Some days ago you missed this one. What do you say now?", f"  {question}"]
        lines += [f"    {'abcdef'[n]}) {text}" for n, text in enumerate(options[:6])]
        lines.append("  Answer it with `progress_panel()` in any lesson.")
    return "\n".join(lines)


def _title(floor: Floor) -> str:
    return floor.title.split(": ")[0]


def _summary(floor: Floor) -> str:
    parts = []
    if floor.exercises:
        parts.append(f"{floor.passed} of {len(floor.exercises)} exercises")
    if floor.questions:
        parts.append(_questions(floor))
    if floor.own or floor.borrowed:
        parts.append(f"lines: {floor.own} yours, {floor.borrowed} borrowed")
    return ", ".join(parts) or "a tour"


def _questions(floor: Floor) -> str:
    if not floor.answered:
        return f"{floor.questions} question{'s' if floor.questions > 1 else ''}"
    left = floor.questions - floor.answered
    return f"{floor.right} of {floor.answered} answers right" + (f", {left} to go" if left else "")


def _state(item: Exercise) -> str:
    if item.passed:
        return "passed"
    if item.borrowed:
        return "borrowed"
    given = item.help.get("hints", 0)
    return f"open, {given} hint{'s' if given > 1 else ''} taken" if given else "open"


def _lines(found: Standing) -> str:
    own, borrowed = (sum(getattr(f, which) for f in found.floors) for which in ("own", "borrowed"))
    return f"Lines of the cells that you write in: {own} yours, {borrowed} borrowed from eduflow."


def panel(found: Standing) -> Shown:
    """The standing as a table, from the roof down to the cellar."""
    rows = "".join(_row(floor) for floor in found.downwards)
    page = (
        "<table><caption>Your house, floor by floor</caption><thead><tr>"
        '<th scope="col">floor</th><th scope="col">lesson</th><th scope="col">exercises</th>'
        '<th scope="col">questions</th><th scope="col">lines</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p>{html.escape(_lines(found))} {marked_up(found.next)}</p>"
    )
    return Shown(report(found.folder), page)


def _row(floor: Floor) -> str:
    exercises = ", ".join(
        f"{'&#9679;' if item.passed else '&#9675;'}&nbsp;<code>{html.escape(item.name)}</code> "
        f"({_state(item)})"
        for item in floor.exercises
    )
    share = _questions(floor) if floor.questions else ""
    lines = f"{floor.own} yours, {floor.borrowed} borrowed" if floor.own + floor.borrowed else ""
    link = f'<a href="{html.escape(floor.slug)}.ipynb">{html.escape(_title(floor))}</a>'
    return (
        f'<tr><th scope="row">{floor.number}</th><td style="text-align: left">{link}</td>'
        f'<td style="text-align: left">{exercises}</td><td>{share}</td><td>{lines}</td></tr>'
    )


def progress_panel() -> None:
    """Show your house, and ask once more what you missed some days ago.

    Raises CourseError outside of a learner's folder.
    """
    folder = find(Path.cwd())
    if folder is None:
        raise CourseError(
            "There is no learner's folder around this notebook.\n  `eduflow start` makes one."
        )
    found = standing(folder)
    show(panel(found))
    for item in found.missed[:ASKED]:
        show(predict(item.key, *item.card))
