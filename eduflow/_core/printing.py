"""How a tensor is written: its numbers in columns, then what cannot be seen from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .package import PACKAGE


class _Options:
    """What `set_printoptions` sets; the values here are PyTorch's defaults."""

    precision, threshold, edgeitems, linewidth = 4, 1000, 3, 80
    sci_mode: bool | None = None


_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are written.

    `precision` digits after the point; from `threshold` elements on only `edgeitems` at both ends
    of each dim; lines of `linewidth` characters; `sci_mode` forces or forbids 1e5 and the like.
    `profile` is "default", "short" or "full". Mirrors torch.set_printoptions.
    """
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    chosen = _PROFILES.get(profile or "", {})
    for name, value in (chosen | {k: v for k, v in given.items() if v is not None}).items():
        setattr(_Options, name, value)
    _Options.sci_mode = sci_mode


def _number_format(values: np.ndarray) -> Callable[[float], str]:
    """How to write one of `values`, real floating-point numbers: a function number -> text.

    One format for all of them: whole numbers get a bare point, very large, very small and very
    different ones an exponent, the others `precision` digits.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0)].astype(np.float64))
    scientific, whole = False, True
    if sizes.size:
        low, high = sizes.min(), sizes.max()
        whole = bool((sizes == np.floor(sizes)).all())
        scientific = high / low > 1000 or high > 1e8 or (low < 1e-4 and not whole)
        if _Options.sci_mode is not None:
            scientific = _Options.sci_mode
    if scientific:
        return f"{{:.{_Options.precision}e}}".format
    if whole:
        return lambda number: f"{number:.0f}." if math.isfinite(number) else f"{number:.0f}"
    return f"{{:.{_Options.precision}f}}".format


def _column(values: np.ndarray) -> tuple[list[str], int]:
    """The texts of `values`, a flat array, all of one width: the longest one decides.

    Zero, inf and nan do not decide; they may stand out of the column if they are longer.
    """
    if values.dtype.kind != "f":
        texts = [str(number) for number in values.tolist()]
        return _aligned(texts, texts)
    write = _number_format(values)
    deciding = values[np.isfinite(values) & (values != 0)]
    return _aligned([write(x) for x in values.tolist()], [write(x) for x in deciding.tolist()])


def _aligned(texts: list[str], deciding: list[str]) -> tuple[list[str], int]:
    width = max(map(len, deciding), default=1)
    return [text.rjust(width) for text in texts], width


def _texts(values: np.ndarray) -> tuple[list[str], int]:
    """The texts of all numbers of a flat array, and how much room each takes in a line."""
    if values.dtype.kind != "c":
        texts, width = _column(values)
        return texts, width + 2
    reals, real_width = _column(values.real)
    imags, imag_width = _column(values.imag)
    texts = [
        real + ("" if imag.lstrip()[0] in "+-" else "+") + imag.lstrip() + "j"
        for real, imag in zip(reals, imags)
    ]
    return texts, real_width + imag_width + 3


def _edges(array: np.ndarray) -> np.ndarray:
    """Only the ends of each dim, where it is longer than what is shown of it."""
    for dim, size in enumerate(array.shape):
        if size > 2 * _Options.edgeitems:
            edge = _Options.edgeitems
            ends = np.r_[0:edge, size - edge : size]
            array = array.take(ends, axis=dim)
    return array


def _row(texts: list[str], room: int, indent: int, cut: bool) -> str:
    """One line of numbers in brackets, broken where the page ends."""
    if cut:
        edge = _Options.edgeitems
        texts = [*texts[:edge], " ...", *texts[edge:]]
    per_line = max(1, (_Options.linewidth - indent) // room)
    lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _block(
    texts: Iterator[str], shape: Sequence[int], whole: Sequence[int], room: int, indent: int
) -> str:
    """The numbers of a tensor in nested brackets; `texts` yields them in reading order.

    `shape` counts what is shown of each dim, `whole` what there is.
    """
    cut = whole[0] > shape[0]
    if len(shape) == 1:
        return _row([next(texts) for _ in range(shape[0])], room, indent, cut)
    parts = [_block(texts, shape[1:], whole[1:], room, indent + 1) for _ in range(shape[0])]
    if cut:
        parts.insert(_Options.edgeitems, "...")
    return "[" + ("," + "\n" * (len(shape) - 1) + " " * (indent + 1)).join(parts) + "]"


def _numbers_text(array: np.ndarray, indent: int) -> str:
    """All numbers of an array, or those at its ends if there are too many."""
    if not array.size:
        return "[]"
    shown = _edges(array) if array.size > _Options.threshold else array
    texts, room = _texts(shown.ravel())
    if not array.ndim:
        return texts[0]
    return _block(iter(texts), shown.shape, array.shape, room, indent)


def _node_name(tensor: Any) -> str:
    """What the tensor was made by, or nothing; Invalid for a view that lost its graph."""
    try:
        node = getattr(tensor, "grad_fn", None)
    except RuntimeError:
        return "Invalid"
    return "" if node is None else type(node).__name__


def _suffixes(tensor: Any, default: np.dtype) -> list[str]:
    """What stands behind the numbers: what they alone do not tell about the tensor."""
    told = {default, np.dtype(np.int64), np.dtype(bool), np.result_type(default, np.complex64)}
    array, suffixes = tensor._array, []
    if not array.size:
        told = {default}
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
    if array.dtype not in told:
        suffixes.append(f"dtype={tensor.dtype}")
    name = _node_name(tensor)
    if name:
        suffixes.append(f"grad_fn=<{name}>")
    elif getattr(tensor, "requires_grad", False):
        suffixes.append("requires_grad=True")
    return suffixes


def formatted(tensor: Any, default: np.dtype) -> str:
    """The text of a tensor, as PyTorch prints it; `default` is the default dtype, as NumPy's."""
    kind = type(tensor).__name__
    prefix = "tensor(" if kind in ("Tensor", "Parameter") else f"{kind}("
    indent = len(prefix)
    text = prefix + _numbers_text(tensor._array, indent)
    used = len(text) - text.rfind("\n") + 1
    for suffix in _suffixes(tensor, default):
        # Lines break where they do with PyTorch's shorter name, so that the texts stay alike.
        room = len(suffix.replace(f"{PACKAGE}.", "torch."))
        if used + room + 2 > _Options.linewidth:
            text += ",\n" + " " * indent + suffix
            used = indent + room
        else:
            text += ", " + suffix
            used += room + 2
    return text + ")"
