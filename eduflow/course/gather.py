"""Gather: carry the lessons' export cells into the regions of the package's files.

Nothing of the framework is imported or run. If there is any problem, all problems are reported
and no file is touched. A file that is written gets plain newlines and no byte order mark.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .agreed import Agreed, refuse
from .errors import Problems
from .files import write_all
from .house import Pair, read_house
from .regions import Region, SourceFile


@dataclass
class Gathered:
    """What gathering did, or with `check` would do. Paths are relative to the package folder."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def gather(lessons: Path, target: Path, *, check: bool = False, force: bool = False) -> Gathered:
    """Write the cells of the notebooks in `lessons` into their regions in the folder `target`.

    With `check` nothing is written. A region that was edited since it last agreed with its cell is
    kept safe: gather refuses until `scatter` has carried the edit back, or `force` gives it up.
    Raises Problems with everything that is wrong.
    """
    lessons, target = Path(lessons), Path(target)
    house = read_house(lessons, target)
    if house.problems:
        raise Problems(house.problems)
    agreed = Agreed(lessons)
    differing = [pair for pair in house.pairs if not pair.agrees]
    if not (check or force):
        refused = [refuse(pair, agreed.changed(pair), "gather") for pair in differing]
        if any(refused):
            raise Problems([str(error) for error in refused if error])
    texts = _texts(differing)
    if not check:
        write_all({file.file: text for file, text in texts.items()})
        agreed.keep(house.pairs, {pair.name: pair.in_cell for pair in differing})
    written = {file.path for file in texts}
    return Gathered(
        sorted(written),
        sorted({pair.file.path for pair in house.pairs} - written),
        [pair.where for pair in differing],
    )


def _texts(pairs: list[Pair]) -> dict[SourceFile, str]:
    """The new text of every file that one of the cells changes."""
    regions: dict[SourceFile, dict[Region, str]] = {}
    for pair in pairs:
        regions.setdefault(pair.file, {})[pair.region] = pair.in_cell
    return {file: file.with_regions(texts) for file, texts in regions.items()}
