"""`show.model`: the tree of a network, with the sizes that flow through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .drawing import FAINT, PAPER, TINTS, Drawing
from .explorer import Explorer

HEAD = ("module", "class", "output size", "parameters", "remarks")
COLUMNS = (0, 190, 340, 470, 560)


def model(net: Any, *inputs: Any) -> Explorer:
    """Show the tree of a module: outputs' sizes for `inputs`, parameters, what is shared or frozen.

    The net is run once under `no_grad` and in eval mode, and left as it was; without inputs there
    are no sizes. A module or parameter that stands in several places is counted where it comes
    first.
    """
    rows = model_rows(net, inputs)
    total, trained = rows[0]["total"], rows[0]["trained"]
    counts = f"{total:,} parameters, {trained:,} of them trained"
    alt = f"A {rows[0]['class']} of {len(rows)} modules with {counts}. " + " ".join(
        f"{row['path'] or 'The whole'}: {row['class']}"
        + f", output {row['output']}" * bool(row["output"])
        + f", {row['remarks']}" * bool(row["remarks"])
        + "."
        for row in rows
    )
    state = {"rows": rows, "head": list(HEAD), "counts": counts}
    text = "\n".join([*_table(rows), counts])
    return Explorer("model", state, _picture(rows, counts, alt), alt, text)


def model_rows(net: Any, inputs: Any = ()) -> list[dict[str, Any]]:
    """One row for each place in the tree, from the top down."""
    places = list(_places(net, "", 0))
    first: dict[int, str] = {}
    owners: dict[int, str] = {}
    sizes = _sizes(net, [module for _, _, module in places], inputs)
    rows = []
    for path, depth, module in places:
        again = id(module) in first
        remarks = [f"the same module as {first[id(module)] or 'the whole'}"] if again else []
        own = 0
        flags = []
        for name, parameter in _own_parameters(module):
            owner = owners.setdefault(id(parameter), f"{path}.{name}".strip("."))
            flags.append(parameter.requires_grad)
            own += parameter.numel()
            if owner != f"{path}.{name}".strip(".") and not again:
                remarks.append(f"{name} is {owner}")
        if flags and not any(flags):
            remarks.append("frozen")
        elif not all(flags):
            remarks.append("partly frozen")
        first.setdefault(id(module), path)
        every = {id(p): p for p in module.parameters()}.values()
        rows.append(
            {
                "path": path,
                "depth": depth,
                "class": type(module).__name__,
                "output": sizes.get(id(module), ""),
                "own": own,
                "total": sum(p.numel() for p in every),
                "trained": sum(p.numel() for p in every if p.requires_grad),
                "remarks": "; ".join(remarks),
                "same": first[id(module)],
            }
        )
    return rows


def _own_parameters(module: Any) -> list[tuple[str, Any]]:
    """A module's own parameters by name, each once: from its drawer, which lesson 05 builds."""
    found: dict[int, tuple[str, Any]] = {}
    for name, parameter in module._parameters.items():
        if parameter is not None:
            found.setdefault(id(parameter), (name, parameter))
    return list(found.values())


def _places(module: Any, path: str, depth: int) -> Iterator[tuple[str, int, Any]]:
    """Every place in the tree, also those where a module stands a second time."""
    yield path, depth, module
    for name, child in module._modules.items():
        if child is not None:
            yield from _places(child, f"{path}.{name}".strip("."), depth + 1)


def _sizes(net: Any, modules: list[Any], inputs: Any) -> dict[int, str]:
    """The size of what each module returns, by its id."""
    sizes: dict[int, str] = {}
    if not inputs:
        return sizes
    from ..autograd.grad_mode import no_grad

    with _watched(modules, sizes), _evaluating(modules), no_grad():
        net(*inputs)
    return sizes


@contextmanager
def _watched(modules: list[Any], sizes: dict[int, str]) -> Iterator[None]:
    """Note what `forward` of each module returns."""

    def watch(module: Any) -> Any:
        forward = module.forward

        def noting(*args: Any, **kwargs: Any) -> Any:
            result = forward(*args, **kwargs)
            sizes.setdefault(id(module), _size(result))
            return result

        return noting

    kept = {id(module): (module, module.__dict__.get("forward")) for module in modules}
    try:
        for module, _ in kept.values():
            module.__dict__["forward"] = watch(module)
        yield
    finally:
        for module, before in kept.values():
            del module.__dict__["forward"]
            if before is not None:
                module.__dict__["forward"] = before


@contextmanager
def _evaluating(modules: list[Any]) -> Iterator[None]:
    """Without dropout, and without batches counted; afterwards as before."""
    modes = [(module, module.training) for module in modules]
    try:
        for module, _ in modes:
            module.training = False
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _size(result: Any) -> str:
    if hasattr(result, "size") and callable(result.size):
        return str(tuple(result.size()))
    if isinstance(result, tuple | list):
        return ", ".join(map(_size, result))
    return type(result).__name__


def _cells(row: dict[str, Any]) -> list[str]:
    name = "  " * row["depth"] + (row["path"].rpartition(".")[2] or "(the whole)")
    own = f"{row['own']:,}" if row["own"] else ""
    return [name, row["class"], row["output"], own, row["remarks"]]


def _table(rows: list[dict[str, Any]]) -> list[str]:
    lines = [list(HEAD), *map(_cells, rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        for line in lines
    )
    return [line.rstrip() for line in padded]


def _picture(rows: list[dict[str, Any]], counts: str, alt: str) -> str:
    drawing = Drawing()
    for x, text in zip(COLUMNS, HEAD, strict=True):
        drawing.words(8 + x, 14, text, bold=True)
    for number, row in enumerate(rows):
        y = 28 + 24 * number
        tint = TINTS[3] if "the same" in row["remarks"] else PAPER if number % 2 else FAINT
        drawing.box(4, y, "", tint, 760, 24)
        for x, text in zip(COLUMNS, _cells(row), strict=True):
            indent = 14 * row["depth"] if x == 0 else 0
            drawing.words(8 + x + indent, y + 12, text.strip(), size=11)
    drawing.words(8, 28 + 24 * len(rows) + 14, counts)
    return drawing.svg(alt)
