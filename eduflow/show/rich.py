"""`show.rich`: tensors and modules that say more when a notebook shows them."""

from __future__ import annotations

import html
import sys
from typing import Any

from .drawing import INK

MOST_SIDE = 12
# From the lowest number to zero to the highest: orange, white, blue.
LOW, ZERO, HIGH = (245, 196, 107), (255, 255, 255), (142, 201, 238)


def rich(on: bool = True) -> None:
    """From now on a notebook shows tensors as coloured tables, and modules as `show.model` does.

    Their text stays as it is, in a notebook's `print` and in every terminal. `rich(False)` ends
    it. Outside IPython nothing happens.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    package = __package__.partition(".")[0]
    formatter = shell.display_formatter.formatters["text/html"]
    for module, name, shown in (
        (package, "Tensor", tensor_html),
        (f"{package}.nn.modules.module", "Module", module_html),
    ):
        kind = getattr(sys.modules.get(module), name, None)
        if on:
            formatter.for_type_by_name(module, name, shown)
        elif kind is not None:
            formatter.pop(kind, None)
            formatter.deferred_printers.pop((module, name), None)


def tensor_html(tensor: Any) -> str:
    """The facts of a tensor, and its numbers in a table if they are few and have up to two dims."""
    facts = [f"size {tuple(tensor.size())}", str(tensor.dtype).rpartition(".")[2]]
    facts.append(f"stride {tensor.stride()}")
    if tensor.requires_grad:
        made = f"made by {tensor.grad_fn.name()}" if tensor.grad_fn else "a leaf"
        facts.append(f"requires grad, {made}")
    array = tensor._array
    line = f"<div><small>{html.escape(', '.join(facts))}</small>"
    sides = array.shape or (1,)
    if array.ndim > 2 or max(sides) > MOST_SIDE or not array.size or array.dtype.kind == "c":
        return f"{line}<pre>{html.escape(repr(tensor))}</pre></div>"
    table = array.reshape((1,) * (2 - array.ndim) + array.shape)
    finite = [abs(x) for x in table.ravel().tolist() if abs(x) < float("inf")]
    most = max(finite, default=0) or 1
    rows = "".join(
        f"<tr>{''.join(_cell(value, most) for value in row)}</tr>" for row in table.tolist()
    )
    return f"{line}<table><tbody>{rows}</tbody></table></div>"


def _cell(value: Any, most: float) -> str:
    end = HIGH if value >= 0 else LOW
    share = min(abs(value) / most, 1) if value == value else 0
    tint = ", ".join(
        f"{round(zero + (far - zero) * share)}" for zero, far in zip(ZERO, end, strict=True)
    )
    words = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f'<td style="background: rgb({tint}); color: {INK}">{words}</td>'


def module_html(module: Any) -> str:
    """A module as `show.model` shows it."""
    from .model import model

    return model(module).html()
