"""How fast eduflow is beside PyTorch, as it was measured last: the page `speed`.

`make bench ARGS=--record` measures, and writes the file that this page is made of.
"""

from __future__ import annotations

import html
import json
import math
import statistics
from pathlib import Path
from typing import Any

from tests.bench.workloads.bounds import BOUNDS, TARGETS

# Why there is no pool of threads; shown below the tables.
_TRIAL = (
    "With two threads eduflow computes matrix products on both, and all else on one. A second "
    "thread of Python for half of each batch was tried on a busy machine: the least of many runs "
    "took 0.64 times as long for `exp` of four million numbers, 0.74 for their sum, 0.78 for a "
    "transposed convolution, but 0.94 to 1.13 for a convolution, max pooling, layer norm and GELU, "
    "so there is none."
)
_WIDTH, _LEFT, _ROW = 720, 190, 16  # of the picture, in pixels
_LOW, _HIGH = 1 / 8, 16  # the ratios at its edges


def speed_page(recorded: Path, families: dict[str, list[Any]]) -> str:
    """The page: a picture, a table for each family, bounds, memory, growth, import; how to repeat.

    What is wanted of workloads, and what bounds them, stands beside them.
    """
    runs = json.loads(recorded.read_text(encoding="utf-8"))
    one = runs["1"]
    lines = ["# How fast it is", "", _opening(one), "", picture(one["times"]), ""]
    for family, works in families.items():
        lines += ["", f"## {family.capitalize()}", ""]
        lines += _table(works, runs)
    lines += ["", *_bounds(one["times"])]
    lines += ["", *_memory(one), "", *_growth(one), "", *_imports(one), "", *_repeat(runs), ""]
    return "\n".join(lines)


def fall_short(times: dict[str, Any]) -> list[str]:
    """The workloads whose figure is above what is wanted of them."""
    return [name for name in times if _ratio(times, name) > TARGETS.get(name, 1)]


def _bounds(times: dict[str, Any]) -> list[str]:
    special = ", ".join(f"{limit:g} for `{name}`" for name, limit in TARGETS.items())
    return [
        "## What bounds what falls short",
        "",
        f"Wanted is a ratio of at most 1, but {special}. What stands in the way elsewhere, in "
        "shares of the processor's time, as `make bench ARGS='NAME --profile'` prints them:",
        "",
        *[f"- `{name}`, {_ratio(times, name):.2f}: {BOUNDS[name]}" for name in fall_short(times)],
    ]


def _ratio(times: dict[str, Any], name: str, form: str = "eduflow") -> float:
    return times.get(name, {}).get(f"{form} ratio", [math.nan])[0]


def _opening(one: dict[str, Any]) -> str:
    times = one["times"]
    fast, slow = (
        statistics.median(_ratio(times, name, form) for name in times)
        for form in ("eduflow", "plain")
    )
    machine = one["machine"]
    return (
        f"A step in eduflow over the same step in PyTorch {one['torch']}, both on one thread of a "
        f"CPU: {fast:.2f} in the median of {len(times)} workloads. With the plain forms, the lines "
        f"that [the lessons](lessons/all.md) show and you write, it is {slow:.2f}. Measured on "
        f"{one['date']} with Python {one['python']} and NumPy {one['numpy']} on "
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}."
    )


def _place(ratio: float) -> float:
    """Where a ratio stands in the picture, from left, on a logarithmic scale."""
    inside = min(max(ratio, _LOW), _HIGH)
    return _LEFT + (_WIDTH - _LEFT - 10) * math.log(inside / _LOW) / math.log(_HIGH / _LOW)


def picture(times: dict[str, Any]) -> str:
    """An SVG: for each workload the ratio with its quartiles, and that of the plain forms."""
    names = sorted(times, key=lambda name: _ratio(times, name))
    faster = sum(_ratio(times, name) <= 1 for name in names)
    words = (
        f"{len(names)} workloads by their time over PyTorch's, from {names[0]}, "
        f"{_ratio(times, names[0]):.2f}, to {names[-1]}, {_ratio(times, names[-1]):.2f}; "
        f"{faster} are at most 1. The tables below hold all figures."
    )
    height = _ROW * (len(names) + 2)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html.escape(words)}" '
        'font-size="11" fill="currentColor" stroke="none" style="max-width: 100%">'
    ]
    for tick in (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16):
        x, strong = _place(tick), 0.8 if tick == 1 else 0.2
        parts += [
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_ROW}" y2="{height}" stroke="currentColor" '
            f'stroke-opacity="{strong}"/>',
            f'<text x="{x:.0f}" y="11" text-anchor="middle">{tick:g}</text>',
        ]
    for row, name in enumerate(names):
        parts += _row(name, times[name], _ROW * (row + 1.8))
    return "".join([*parts, "</svg>"]) + (
        "\n\nTime over PyTorch's: a dot is the median, the line through it goes from the first to "
        "the third quartile, and a ring is the plain form. What is right of 16 stands at the edge."
    )


def _row(name: str, found: dict[str, Any], y: float) -> list[str]:
    middle, low, high = map(_place, found["eduflow ratio"])
    plain = _place(found["plain ratio"][0])
    return [
        f'<text x="{_LEFT - 12}" y="{y + 4:.0f}" text-anchor="end">{name.replace("_", " ")}</text>',
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:.0f}" y2="{y:.0f}" stroke="currentColor" '
        'stroke-width="2"/>',
        f'<circle cx="{middle:.1f}" cy="{y:.0f}" r="4"/>',
        f'<circle cx="{plain:.1f}" cy="{y:.0f}" r="4" fill="none" stroke="currentColor"/>',
    ]


def _table(works: list[Any], runs: dict[str, Any]) -> list[str]:
    two = runs.get("2")
    head = "| workload | eduflow ms | PyTorch ms | ratio (quartiles) | plain forms |"
    lines = [
        head + (" two threads |" if two else ""),
        "|---|--:|--:|--:|--:|" + "--:|" * bool(two),
    ]
    for work in works:
        name, found = work.__name__, runs["1"]["times"].get(work.__name__)
        if found is None:
            continue
        middle, low, high = found["eduflow ratio"]
        what = " ".join(work.__doc__.split())
        row = (
            f"| `{name}`: {what} | {found['eduflow ms']:.3g} | {found['PyTorch ms']:.3g} | "
            f"**{middle:.2f}** ({low:.2f} to {high:.2f}) | {found['plain ratio'][0]:.2f} |"
        )
        lines.append(row + (f" {_ratio(two['times'], name):.2f} |" if two else ""))
    return lines


def _memory(one: dict[str, Any]) -> list[str]:
    pairs = {name: (m["eduflow"], m.get("PyTorch")) for name, m in one["memory"].items()}
    above = [name for name, (ours, theirs) in pairs.items() if theirs and ours > max(theirs, 1)]
    return [
        "## Memory",
        "",
        "By how many megabytes the process grew at most while the workload ran three times. "
        + (f"More than PyTorch's: {', '.join(f'`{n}`' for n in above)}." if above else ""),
        "",
        "| workload | eduflow MB | PyTorch MB |",
        "|---|--:|--:|",
        *(f"| `{name}` | {ours} | {theirs} |" for name, (ours, theirs) in pairs.items()),
    ]


def _growth(one: dict[str, Any]) -> list[str]:
    return [
        "## Growth",
        "",
        "How time grows with size: the exponent that fits the times at these sizes, so 1 means "
        "twice the time for twice the size.",
        "",
        "| with | sizes | eduflow | PyTorch |",
        "|---|---|--:|--:|",
        *(
            f"| {name} | {', '.join(map(str, found['sizes']))} | {found['eduflow exponent']:.2f} | "
            f"{found['PyTorch exponent']:.2f} |"
            for name, found in one["growth"].items()
        ),
    ]


def _imports(one: dict[str, Any]) -> list[str]:
    took = one["import"]
    over = took["eduflow"] / took["numpy"]
    return [
        "## Import",
        "",
        f"`import eduflow` takes {over:.1f} times as long as `import numpy`, which is part of it; "
        f"`import torch` takes {took['torch'] / took['numpy']:.0f} times as long.",
    ]


def _repeat(runs: dict[str, Any]) -> list[str]:
    one = runs["1"]
    clock = "the processor's time" if one["clock"] == "cpu" else "time on the wall"
    return [
        "## How it was measured",
        "",
        "`make bench ARGS=--record` for one thread, `make bench ARGS='--record --threads 2'` for "
        "two; `make bench ARGS=--quick` gives an idea in two minutes. Each workload has a process "
        "of its own, in which eduflow, PyTorch and the plain forms take turns in short rounds; "
        f"figures are medians over the rounds, and the clock of one thread is {clock}."
        " NumPy's OpenBLAS and PyTorch's oneDNN both choose their code by the processor that is "
        "there; OPENBLAS_CORETYPE, by which the environment can name another, does not count."
        + (" These figures are from the quick form." if one["quick"] else ""),
        "",
        _TRIAL,
    ]
