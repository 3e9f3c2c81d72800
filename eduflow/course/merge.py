"""Bring a new edition of a lesson into a learner's notebook, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .edition import Raw, digest
from .notebook import EXPORT, Cell

Delivered = list[tuple[str, str]]  # the cells' ids with the digests of their texts


@dataclass
class Merged:
    """The cells of the renewed notebook, and the ids of the cells that need a word."""

    cells: list[Raw] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def delivered(cells: Sequence[Raw]) -> Delivered:
    """What is remembered of an edition."""
    return [(str(raw.get("id")), digest(raw)) for raw in cells]


def merge(mine: Sequence[Raw], new: Sequence[Raw], before: Delivered, version: str) -> Merged:
    """The learner's cells with the new edition in them; `before` is what was delivered last.

    Untouched cells are renewed and touched ones kept. Where the new text of a touched cell
    changed, it follows in a cell of its own. Cells that the learner added stay behind the cell
    they stood behind, and cells that the learner removed stay away.
    """
    known = dict(before)
    ids = {str(raw.get("id")) for raw in new}
    own = _by_id(mine, known, ids)
    result = Merged()
    behind = _own_cells(mine, own, ids, known, result)
    result.cells += behind.get("", [])
    for raw in new:
        cell = str(raw.get("id"))
        if cell in own:
            cells = _one(own[cell], raw, known.get(cell, ""), version, result)
            if len(cells) > 1:  # an offer that nobody took makes room for the newer one
                behind[cell] = [item for item in behind.get(cell, []) if not _is_offer(item)]
            result.cells += cells
        elif cell not in known:
            result.cells.append(raw)
            result.added.append(cell)
        result.cells += behind.get(cell, [])
    _unique(result.cells)
    return result


def _by_id(mine: Sequence[Raw], known: dict[str, str], ids: set[str]) -> dict[str, Raw]:
    """The learner's cells by the ids that they were delivered with.

    Some editors give new ids; then the text says which cell it was.
    """
    own: dict[str, Raw] = {}
    for raw in mine:
        if str(raw.get("id")) in ids | known.keys():
            own.setdefault(str(raw["id"]), raw)
    lost = {mark: cell for cell, mark in known.items() if cell not in own}
    for raw in mine:
        cell = lost.get(digest(raw))
        if cell and cell not in own and not any(raw is item for item in own.values()):
            own[cell] = raw
    return own


def _own_cells(
    mine: Sequence[Raw],
    own: dict[str, Raw],
    ids: set[str],
    known: dict[str, str],
    result: Merged,
) -> dict[str, list[Raw]]:
    """Cells that the new edition lacks and that are kept, by the cell that they stand behind."""
    names = {id(raw): cell for cell, raw in own.items()}
    behind: dict[str, list[Raw]] = {}
    last = ""
    for raw in mine:
        cell = names.get(id(raw))
        if cell in ids:
            last = cell or last
        elif cell and digest(raw) == known[cell]:
            result.removed.append(cell)
        else:
            behind.setdefault(last, []).append(raw)
    return behind


def _one(mine: Raw, new: Raw, before: str, version: str, result: Merged) -> list[Raw]:
    """What becomes of one cell that both have."""
    cell = str(new.get("id"))
    touched, changed = digest(mine) != before, digest(new) != before
    if not touched:
        if changed:
            result.renewed.append(cell)
            return [new]
        return [mine | {"id": cell}]
    if changed and digest(mine) != digest(new):
        result.beside.append(cell)
        return [mine | {"id": cell}, _offer(new, version)]
    return [mine | {"id": cell}]


def _offer(new: Raw, version: str) -> Raw:
    """The new text of a cell that the learner has changed, to lie beside theirs."""
    raw = {**new, "id": f"{str(new.get('id'))[:60]}-new", "metadata": dict(new.get("metadata", {}))}
    cell = Cell(raw, 0)
    note = f"New text of the cell above (eduflow {version}). Yours is kept: take what you like."
    if cell.is_code:
        first, _, rest = cell.source.partition("\n")
        lines = [first, f"# {note}", rest] if EXPORT.match(first) else [f"# {note}", cell.source]
        cell.source = "\n".join(lines)
    else:
        cell.source = f"*{note}*\n\n{cell.source}"
    raw["metadata"]["eduflow"] = {"new_text_of": new.get("id"), "digest": digest(raw)}
    return raw


def _is_offer(raw: Raw) -> bool:
    """Whether a cell is an offer as it was made."""
    note = raw.get("metadata", {}).get("eduflow")
    return isinstance(note, dict) and note.get("digest") == digest(raw)


def _unique(cells: list[Raw]) -> None:
    """Give cells an id of their own where two have the same."""
    seen: set[str] = set()
    for raw in cells:
        cell = str(raw.get("id") or "cell")[:58]
        number = 1
        while (name := cell if number == 1 else f"{cell}-{number}") in seen:
            number += 1
        seen.add(name)
        raw["id"] = name
