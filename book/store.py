"""Run the galleries of `book/reference` and store what they show: `make galleries`.

The same machinery that stores the lessons' outputs, so the same bytes every time.
"""

from __future__ import annotations

import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parent
sys.path.insert(0, str(BOOK.parent))

from eduflow.course.errors import CourseError  # noqa: E402
from eduflow.course.lessons import run_lesson  # noqa: E402


def main(wanted: list[str]) -> int:
    """Run the wanted galleries, all if none is named; 1 if one of them failed or is unknown."""
    known = {path.stem: path for path in sorted((BOOK / "reference").glob("*.ipynb"))}
    slugs = [Path(name).stem for name in wanted] or list(known)
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        print(f"There is no gallery {', '.join(unknown)}. There are: {', '.join(known)}")
        return 1
    failed = 0
    for slug in slugs:
        try:
            print(f"{slug}: {'stored' if run_lesson(known[slug]) else 'unchanged'}", flush=True)
        except CourseError as error:
            print(f"{slug}: failed\n\n{error}\n", flush=True)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
