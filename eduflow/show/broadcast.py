"""`show.broadcast`: which elements are repeated, and where their gradients are summed again."""

from __future__ import annotations

import itertools
from typing import Any

from .drawing import PAPER, TINTS, Drawing, rows_of
from .explorer import Explorer

MOST_ELEMENTS = 96


def broadcast(a: Any, b: Any) -> Explorer:
    """Show how two tensors, or two sizes, are brought to one size, and their sum.

    Sizes stand for tensors filled 1, 2, 3 and so on. Raises RuntimeError in the library's words if
    the sizes do not fit, ValueError if the result has more than 96 elements.
    """
    from .. import arange

    first, second = [
        x if hasattr(x, "size") else arange(1, 1 + _count(x)).reshape(tuple(x)) for x in (a, b)
    ]
    total = first.detach() + second.detach()
    if not 1 <= total.numel() <= MOST_ELEMENTS:
        raise ValueError(f"show.broadcast is for results of 1 to {MOST_ELEMENTS} elements.")
    state = {
        "size": list(total.size()),
        "sum": _words(total),
        "parts": [
            {"name": name, "values": _words(x), **broadcast_facts(x.size(), total.size())}
            for name, x in (("a", first), ("b", second))
        ],
    }
    said = " ".join(f"{part['name']} {part['words']}" for part in state["parts"])
    alt = f"Two tensors brought to size {tuple(total.size())}. {said}"
    return Explorer("broadcast", state, _picture(state, alt), alt)


def broadcast_facts(size: Any, target: Any) -> dict[str, Any]:
    """Where each element of the target comes from, and over which dims its gradient is summed."""
    missing = len(target) - len(size)
    full = (1,) * missing + tuple(size)
    steps, step = [], 1
    for count in reversed(full):
        steps.insert(0, step if count != 1 else 0)
        step *= count
    places = itertools.product(*map(range, target))
    source = [sum(i * step for i, step in zip(index, steps)) for index in places]
    repeated = [dim for dim, count in enumerate(full) if count == 1 != target[dim]]
    summed = sorted({*range(missing), *repeated})
    words = f"has size {tuple(size)}"
    if missing:
        words += f", gets {missing} new dim{'s' * (missing > 1)} in front"
    if repeated:
        words += f", is repeated along dim {_list(repeated)}"
        words += f"; its gradient is summed over dim {_list(summed)}"
    return {
        "size": list(size),
        "source": source,
        "repeated": repeated,
        "summed": summed,
        "words": words + ".",
    }


def _list(dims: list[int]) -> str:
    return " and ".join(map(str, dims))


def _count(size: Any) -> int:
    count = 1
    for n in size:
        count *= n
    return count


def _words(x: Any) -> list[str]:
    return [f"{value:.4g}" for value in x._array.ravel().tolist()]


def _picture(state: dict[str, Any], alt: str) -> str:
    drawing, y = Drawing(), 14.0
    for number, part in enumerate(state["parts"]):
        drawing.words(8, y, f"{part['name']} {part['words']}", bold=True)
        tints = [TINTS[number] if new else PAPER for new in _first_uses(part["source"])]
        words = [part["values"][place] for place in part["source"]]
        drawing.grid(8, y + 12, state["size"], words, tints)
        y += 12 + 32 * rows_of(state["size"]) + 20
    drawing.words(8, y, f"a + b: size {tuple(state['size'])}", bold=True)
    drawing.grid(8, y + 12, state["size"], state["sum"], [TINTS[2]] * len(state["sum"]))
    drawing.words(8, drawing.height + 12, "White boxes are repetitions.", size=10)
    return drawing.svg(alt)


def _first_uses(source: list[int]) -> list[bool]:
    seen: set[int] = set()
    first = []
    for place in source:
        first.append(place not in seen)
        seen.add(place)
    return first
