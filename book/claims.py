"""The chapter *What people say*: the claims that lessons put to the test, with test and verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pages import lesson_books

from eduflow.course.edition import title
from eduflow.course.notebook import Notebook

HEADING = re.compile(r"^#+ What people say.*$", re.MULTILINE)
NEXT_HEADING = re.compile(r"^#+ ", re.MULTILINE)
ITEM = re.compile(r"^(?:\*|-|\d+\.) +(.*(?:\n {2,}.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Claims:
    """What one lesson tests: the sentences, the cell, what it printed, the verdict."""

    lesson: Notebook
    sentences: list[str]
    code: str
    printed: str
    verdict: str


def claims_of(lesson: Notebook) -> Claims | None:
    """The claims of a lesson; None if it has no such part."""
    cells = lesson.cells
    for place, cell in enumerate(cells):
        heading = None if cell.is_code else HEADING.search(cell.source)
        if heading:
            said = cell.source[heading.end() :]
            test = next(k for k in range(place, len(cells)) if cells[k].is_code)
            reading = next(k for k in range(test, len(cells)) if not cells[k].is_code)
            verdict = NEXT_HEADING.split(cells[reading].source, maxsplit=1)[0]
            return Claims(
                lesson,
                [" ".join(item.split()) for item in ITEM.findall(said)],
                cells[test].source,
                "".join(_printed(cells[test].raw)),
                verdict.strip(),
            )
    return None


def _printed(cell: dict[str, Any]) -> list[str]:
    return ["".join(output["text"]) for output in cell.get("outputs", []) if "text" in output]


def claims_page(lessons: Path) -> str:
    """The chapter's text."""
    found = [claims for book in lesson_books(lessons) if (claims := claims_of(book))]
    count = sum(len(claims.sentences) for claims in found)
    lines = [
        "# What people say",
        "",
        f"{count} sentences about PyTorch that stand on popular pages of the web, in our words. "
        "Each is put to the test in a lesson, by the code that stands here with what it printed. "
        "True, false, or true only when? Decide before you open the verdict.",
        "",
    ]
    for claims in found:
        slug = claims.lesson.slug
        lines += [f"## {title(claims.lesson)}", "", f"From [the lesson](lessons/{slug}.ipynb)", ""]
        lines += [f"{number}. {said}" for number, said in enumerate(claims.sentences, 1)]
        lines += ["", "<details><summary>The test, and what is true</summary>", ""]
        lines += [
            "```python",
            claims.code,
            "```",
            "",
            "```text",
            claims.printed.rstrip(),
            "```",
            "",
        ]
        lines += [claims.verdict, "", "</details>", ""]
    return "\n".join(lines)
