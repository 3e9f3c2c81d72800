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

# What bounds a figure above 1, by workload; shown beside its row while it is above. Times are of
# bare NumPy, one thread of the machine that the page names, the smallest of many runs.
BOUNDS = {
    "residual_block": "Its six matrix products are 453 million multiplications and additions, "
    "which take bare `np.matmul` 4.1 ms at 110 a nanosecond, as long as PyTorch's whole step: "
    "oneDNN convolves at 207 a nanosecond.",
    "cnn_batch_norm": "As for residual_block: the products alone take 40 ms of `np.matmul`; batch "
    "norm and the rectifier are about a tenth of the step.",
    "depthwise": "The depthwise convolution takes 1.1 ms for both ways, as in PyTorch; that of "
    "1x1 0.54 ms, and of those 0.44 are bare `np.matmul`; the rest are passes over the results.",
    "conv_transpose": "Its three matrix products are 453 million multiplications and additions, "
    "3.9 ms of bare `np.matmul`; PyTorch's whole step takes as long.",
    "decoder": "As for conv_transpose, in smaller pieces, and batch norm.",
    "lenet": "As for residual_block.",
    "lstm": "At each of 50 steps a matrix product takes 6.3 microseconds and some ten passes over "
    "the gates half a microsecond each, from Python: 0.9 ms for the way forward and 1.1 ms back; "
    "PyTorch's single call needs 1.7 ms for all.",
    "gelu": "Seventeen passes over a block in the cache, 0.09 nanoseconds a number each, and 0.19 "
    "for the tangent, are 1.6 ms for a million; PyTorch's formula stays in registers, 0.3 ms.",
    "layer_norm": "Five passes over the rows forward and eight back, 0.07 to 0.09 ms each for half "
    "a million numbers, and sums by BLAS, 0.025 ms each, are 1.1 ms of bare NumPy.",
    "gpt_block": "As for layer_norm and gelu.",
    "cross_entropy": "Logarithms of the shares and the gradient are arrays of their own, each "
    "passed over several times.",
    "embedding": "Reading the rows is 0.21 ms of bare `take`, zeros for the gradient 0.11 ms; "
    "adding up rows that were read several times is the rest.",
    "permutation": "The same numbers as PyTorch means its swaps, which it does one after the "
    "other; sorting them by place takes bare `np.sort` 4.5 ms for a million, the remainders of a "
    "million words 3 ms, and each of the four times that all places are read or written out of "
    "order 2 ms.",
    "initialization": "The same numbers as PyTorch means its Mersenne Twister: five million words "
    "of it take NumPy's `randint` 15 ms, PyTorch's whole call 12.",
    "random_numbers": "As for initialization.",
    "building": "7,100 calls in Python for 30 modules, each parameter and buffer of which is made, "
    "named, checked and filled by itself.",
    "state_dict": "6,000 calls in Python: 70 tensors are detached, looked up, checked and copied, "
    "and 30 modules each look for their names; the copies are 0.016 ms of bare NumPy.",
    "tiny_in_place": "200 changes are 0.08 ms of bare NumPy; the rest are 44 calls in Python for "
    "each: a copy of the old values, a node, a version, and what is checked.",
    "tiny_views": "250 views and sums are 0.06 ms of bare NumPy; the rest are 49 calls in Python "
    "for each: a quarter walks back, a seventh notes what the way back holds on to, others read "
    "arguments and make the view and its place in the base.",
    "small_mlp": "As for tiny_views.",
    "mlp_adam": "The same passes as in PyTorch, and new memory for each result.",
    "large_chain": "Three passes over memory, as in PyTorch: the memory's speed decides.",
    "chain_without_grad": "As for large_chain.",
}
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
    """The page: a picture, a table for each family, memory, growth, import; how to repeat it."""
    runs = json.loads(recorded.read_text(encoding="utf-8"))
    one = runs["1"]
    lines = ["# How fast it is", "", _opening(one), "", picture(one["times"]), ""]
    for family, works in families.items():
        lines += ["", f"## {family.capitalize()}", ""]
        lines += _table(works, runs)
    lines += ["", "## What bounds what is slower", ""]
    lines += [
        f"- `{name}`: {why}" for name, why in BOUNDS.items() if _ratio(one["times"], name) > 1
    ]
    lines += ["", *_memory(one), "", *_growth(one), "", *_imports(one), "", *_repeat(runs), ""]
    return "\n".join(lines)


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
        + (" These figures are from the quick form." if one["quick"] else ""),
        "",
        _TRIAL,
    ]
