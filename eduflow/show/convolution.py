"""`show.convolution` and `show.transposed_convolution`: which cells feed which.

The geometry of one dim is computed here and, for the sliders, in `static/convolution.js`; the
tests hold the two against each other at every position of the sliders.
"""

from __future__ import annotations

from typing import Any

from .drawing import PAPER, TINTS, Drawing
from .explorer import Explorer

LIMITS = {
    "input": (1, 5),
    "kernel_size": (1, 4),
    "stride": (1, 3),
    "padding": (0, 3),
    "dilation": (1, 2),
    "output_padding": (0, 2),
}


def convolution(
    input: int = 5, kernel_size: int = 3, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Explorer:
    """Sliders for a convolution over a square: hover an output cell to see what feeds it.

    Raises ValueError for settings that the sliders do not reach.
    """
    start = _checked(locals())
    facts = convolution_axis(**start)
    alt = (
        f"Convolution of a {input} by {input} input: {_settings(start)}. "
        + (facts["error"] or f"The output has size {facts['size']} by {facts['size']}.")
        + " Each output cell carries the number of input cells that feed it."
    )
    return _explorer("convolution", start, facts, alt)


def transposed_convolution(
    input: int = 3,
    kernel_size: int = 3,
    stride: int = 2,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
    picture: str = "scatter",
) -> Explorer:
    """Sliders for a transposed convolution over a square, in two pictures.

    `picture` is "scatter" (each input cell stamps the kernel into the output) or "zeros inserted"
    (a convolution over a stretched input) to begin with. Raises ValueError for settings that the
    sliders do not reach.
    """
    if picture not in ("scatter", "zeros inserted"):
        raise ValueError(f"picture is 'scatter' or 'zeros inserted', not {picture!r}.")
    settings = locals()
    start = _checked({name: settings[name] for name in LIMITS})
    facts = transposed_axis(**start)
    sizes = ", ".join(f"{extra} gives {size}" for extra, size, _ in facts["sizes"]) or "none"
    alt = (
        f"Transposed convolution of a {input} by {input} input: {_settings(start)}. "
        + (facts["error"] or f"The output has size {facts['size']} by {facts['size']}.")
        + f" Output sizes by output_padding: {sizes}. "
        + "Each output cell carries the number of input cells that feed it."
    )
    return _explorer("transposed convolution", start, facts, alt, picture)


def _checked(settings: dict[str, int]) -> dict[str, int]:
    for name, value in settings.items():
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise ValueError(f"{name} goes from {low} to {high}, got {value}.")
    return dict(settings)


def _settings(start: dict[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in start.items() if name != "input")


def convolution_size(input: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """The size of a convolution's output along one dim; 0 or less where there is none."""
    return (input + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


def convolution_axis(
    input: int, kernel_size: int, stride: int, padding: int, dilation: int
) -> dict[str, Any]:
    """One dim of a convolution: `feeds[o]` lists the pairs (input cell, tap) behind output o."""
    size = convolution_size(input, kernel_size, stride, padding, dilation)
    error = ""
    if size < 1:
        reach, room = dilation * (kernel_size - 1) + 1, input + 2 * padding
        size, error = 0, f"Refused: the kernel reaches over {reach} cells, and there are {room}."
    feeds = [
        [
            [place, tap]
            for tap in range(kernel_size)
            if 0 <= (place := o * stride - padding + tap * dilation) < input
        ]
        for o in range(size)
    ]
    return {"size": size, "feeds": feeds, "error": error}


def transposed_axis(
    input: int, kernel_size: int, stride: int, padding: int, output_padding: int, dilation: int
) -> dict[str, Any]:
    """One dim of a transposed convolution.

    `feeds[o]` lists the pairs (input cell, tap) behind output o. `stretched` is the row over which
    an ordinary convolution with the kernel turned round gives the same: the input cell in each
    place, -1 for a zero. `sizes` lists (output_padding, output size, size that a convolution with
    these settings makes of that again) for each output_padding that PyTorch takes.
    """
    reach = dilation * (kernel_size - 1)
    least = (input - 1) * stride - 2 * padding + reach + 1
    size, error = least + output_padding, ""
    if output_padding >= max(stride, dilation):
        error = "Refused: output_padding must be smaller than stride or dilation."
    elif size < 1:
        error = f"Refused: the output would have size {size}."
    size = 0 if error else size
    feeds = [
        [
            [place, tap]
            for tap in range(kernel_size - 1, -1, -1)
            for place, rest in [divmod(o + padding - tap * dilation, stride)]
            if rest == 0 and 0 <= place < input
        ]
        for o in range(size)
    ]
    stretched = []
    for position in range(size + reach if size else 0):
        place, rest = divmod(position - reach + padding, stride)
        stretched.append(place if rest == 0 and 0 <= place < input else -1)
    sizes = [
        [extra, made, convolution_size(made, kernel_size, stride, padding, dilation)]
        for extra in range(max(stride, dilation))
        if (made := least + extra) > 0
    ]
    return {"size": size, "feeds": feeds, "stretched": stretched, "sizes": sizes, "error": error}


def _explorer(
    kind: str, start: dict[str, int], facts: dict[str, Any], alt: str, picture: str = ""
) -> Explorer:
    limits = {name: list(LIMITS[name]) for name in start}
    state = {"kind": kind, "start": start, "limits": limits, "picture": picture}
    return Explorer("convolution", state, _picture(kind, start, facts, alt), alt)


def _picture(kind: str, start: dict[str, int], facts: dict[str, Any], alt: str) -> str:
    """Input and output side by side; what padding adds or cuts off is dashed."""
    drawing, edge = Drawing(), 24
    transposed = kind != "convolution"
    frame = 0 if transposed else start["padding"]
    drawing.words(8, 14, f"{kind}: {_settings(start)}", bold=True)
    count = start["input"] + 2 * frame
    for row in range(count):
        for column in range(count):
            inside = all(frame <= n < frame + start["input"] for n in (row, column))
            tint = TINTS[1] if inside else PAPER
            place = 8 + edge * column, 48 + edge * row
            drawing.box(*place, "", tint, edge - 2, edge - 2, dashed=not inside)
    drawing.words(8, 36, f"input {start['input']} × {start['input']}")
    left = 40 + edge * count
    drawing.words(left, 36, facts["error"] or f"output {facts['size']} × {facts['size']}")
    for row, down in enumerate(facts["feeds"]):
        for column, across in enumerate(facts["feeds"]):
            many = len(down) * len(across)
            place = left + edge * column, 48 + edge * row
            drawing.box(*place, str(many), TINTS[0] if many else PAPER, edge - 2, edge - 2)
    bottom = drawing.height + 12
    drawing.words(8, bottom, "In an output cell: how many input cells feed it.", size=10)
    for line, (extra, size, back) in enumerate(facts.get("sizes", ())):
        words = f"output_padding {extra}: output {size}; convolved again: {back}"
        drawing.words(8, bottom + 16 * (line + 1), words, size=11)
    return drawing.svg(alt)
